// What the background checks of the workers found.
import { useEffect } from 'preact/hooks';
import { useApi } from '../../api/resource';
import { ago, count, instant, timeframeName } from '../../format';
import { Empty, ReadState } from '../../ui/states';

const everyMs = 30_000;

const statuses: Record<string, [label: string, tone: string]> = {
  ok: ['No errors', 'good'],
  repaired: ['Repaired', 'warn'],
  unchecked: ['Not checked yet', ''],
  wrong: ['Error', 'bad'],
};

export function DataChecks() {
  const read = useApi('/api/v1/health/books', { query: { limit: 20 } });
  const { data } = read;
  useEffect(() => {
    const timer = setInterval(read.reload, everyMs);
    return () => clearInterval(timer);
  }, []);
  if (!data) return <ReadState read={read} height={240} />;
  const [label, tone] = statuses[data.status] ?? [data.status, ''];
  const { streams, ledgers, findings } = data;
  const others = [
    ...ledgers.filter(one => one.status === 'wrong' || one.status === 'repaired').map(one => ({ key: `l${one.batchId}`, href: `/batches/${one.batchId}`, name: one.name, status: one.status })),
    ...streams.items
      .filter(one => one.status === 'wrong' || one.status === 'repaired')
      .map(one => ({ key: `s${one.symbol}|${one.timeframe}`, name: `${one.symbol} ${timeframeName(one.timeframe)}`, href: `/alerts?symbol=${encodeURIComponent(one.symbol)}`, status: one.status })),
  ];
  return (
    <div class="stack">
      <div class="checks-state">
        <span class={`pill ${tone}`}>{label}</span>
        <span>
          {count(ledgers.length)} {ledgers.length === 1 ? 'batch' : 'batches'}, {count(streams.alerts)} alerts and {count(streams.trades)} trades
        </span>
        <span class="faint" title={data.checkedAt ? instant(data.checkedAt) : undefined}>
          {data.checkedAt ? `last checked ${ago(data.checkedAt)}` : 'first check in progress'}
        </span>
      </div>
      {others.length > 0 && (
        <ul class="chips" aria-label="With errors at the last check">
          {others.map(one => (
            <li key={one.key}>
              <a href={one.href} class={`pill ${statuses[one.status]?.[1] ?? ''}`}>
                {one.name}: {statuses[one.status]?.[0] ?? one.status}
              </a>
            </li>
          ))}
        </ul>
      )}
      {findings.length === 0 ? (
        <Empty icon="check" title="No errors found" />
      ) : (
        <div class="table-scroll">
          <table aria-label="Findings">
            <thead>
              <tr>
                <th scope="col">Found</th>
                <th scope="col">Where</th>
                <th scope="col">What</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {findings.map((one, i) => (
                <tr key={i}>
                  <td title={instant(one.foundAt)}>{ago(one.foundAt)}</td>
                  <td>
                    {one.batchId !== null ? (
                      <a href={`/batches/${one.batchId}`}>{ledgers.find(ledger => ledger.batchId === one.batchId)?.name ?? `Batch ${one.batchId}`}</a>
                    ) : (
                      <a href={`/alerts?symbol=${encodeURIComponent(one.symbol ?? '')}&timeframe=${encodeURIComponent(one.timeframe ?? '')}`}>
                        {one.symbol} {timeframeName(one.timeframe ?? '')}
                      </a>
                    )}
                  </td>
                  <td class="wraps">{one.what}</td>
                  <td>
                    {one.repairedAt ? (
                      <span class="pill good" title={instant(one.repairedAt)}>
                        Repaired
                      </span>
                    ) : (
                      <span class="pill bad">Not repaired</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
