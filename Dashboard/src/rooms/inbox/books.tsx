// What the standing checks of the workers found.
import { useEffect } from 'preact/hooks';
import { useApi } from '../../api/resource';
import { ago, count, instant } from '../../format';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';

const everyMs = 30_000;

const statuses: Record<string, [label: string, tone: string]> = {
  ok: ['All agree', 'good'],
  repaired: ['Repaired', 'warn'],
  unchecked: ['Not checked yet', ''],
  wrong: ['Wrong', 'bad'],
};

export function Books() {
  const { data, problem, reload } = useApi('/api/v1/health/books', { query: { limit: 20 } });
  useEffect(() => {
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, []);
  if (problem && !data) return <ProblemNote problem={problem} onRetry={reload} />;
  if (!data) return <Skeleton height={240} />;
  const [label, tone] = statuses[data.status] ?? [data.status, ''];
  const { streams, ledgers, findings } = data;
  const others = [
    ...ledgers.filter(one => one.status === 'wrong' || one.status === 'repaired').map(one => ({ key: `l${one.batchId}`, href: `/batches/${one.batchId}`, name: one.name, status: one.status })),
    ...streams.items
      .filter(one => one.status === 'wrong' || one.status === 'repaired')
      .map(one => ({ key: `s${one.symbol}|${one.timeframe}`, name: `${one.symbol} ${one.timeframe}`, href: `/alerts?symbol=${encodeURIComponent(one.symbol)}`, status: one.status })),
  ];
  return (
    <div class="stack">
      <div class="books-state">
        <span class={`pill ${tone}`}>{label}</span>
        <span>
          {count(ledgers.length)} {ledgers.length === 1 ? 'ledger' : 'ledgers'}, {count(streams.total)} {streams.total === 1 ? 'stream' : 'streams'} with {count(streams.alerts)} alerts and{' '}
          {count(streams.trades)} trades
        </span>
        <span class="faint" title={data.checkedAt ? instant(data.checkedAt) : undefined}>
          {data.checkedAt ? `all looked at since ${ago(data.checkedAt)}` : 'not all looked at yet'}
        </span>
      </div>
      {others.length > 0 && (
        <ul class="chips" aria-label="Not in order at their last check">
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
        <Empty icon="check" title="Nothing was ever found otherwise" />
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
                        {one.symbol} {one.timeframe}
                      </a>
                    )}
                  </td>
                  <td class="wraps">{one.what}</td>
                  <td>
                    {one.repairedAt ? (
                      <span class="pill good" title={instant(one.repairedAt)}>
                        repaired
                      </span>
                    ) : (
                      <span class="pill bad">still wrong</span>
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
