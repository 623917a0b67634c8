// The drawdown periods of the selection, worst first; each is a way to the trades that made it.
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, date, duration, money, percent } from '../../format';
import { setQuery } from '../../router';
import { ReadState } from '../../ui/states';
import { CsvLink } from './csv-link';

const path = '/api/v1/batches/{id}/drawdowns' as const;
const limit = 10;

/** A period ends before its `to`; that of a drawdown has the trade that recovered it. */
const behind = (time: string | null | undefined) => time && new Date(Date.parse(time) + 1).toISOString();

export function Drawdowns({ id, query, zone }: { id: string; query: Query; zone: string }) {
  const read = useApi(path, { path: { id }, query: { ...query, limit } });
  const { data, stale } = read;
  if (data?.items.length === 0) return null;
  return (
    <section class="card" aria-label="Drawdown periods">
      <header>
        <h2>Drawdown periods</h2>
        {data && data.total > data.items.length && (
          <span class="faint">
            the {count(data.items.length)} deepest of {count(data.total)}
          </span>
        )}
        <CsvLink path={path} id={id} query={query} />
      </header>
      <ReadState read={read} height={260} />
      {data && (
        <div class={`table-scroll${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label="Drawdown periods, table">
          <table class="rows" data-list="drawdowns">
            <thead>
              <tr>
                <th scope="col" class="number">
                  Depth
                </th>
                <th scope="col" class="number">
                  In money
                </th>
                <th scope="col">From</th>
                <th scope="col">Lowest</th>
                <th scope="col">Recovered</th>
                <th scope="col" class="number">
                  Duration
                </th>
                <th scope="col" class="number">
                  Trades
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map(period => (
                <tr key={period.peakTime}>
                  <th scope="row" class="number">
                    <button
                      type="button"
                      class="link-button"
                      title="Show this period in the charts"
                      onClick={() => setQuery({ span: null, from: period.peakTime, to: behind(period.recoveryTime), view: null }, { replace: false })}
                    >
                      {percent(period.depthPercentage)}
                    </button>
                  </th>
                  <td class="number">{money(period.depth)}</td>
                  <td>{date(period.peakTime, zone)}</td>
                  <td>{date(period.troughTime, zone)}</td>
                  <td>{period.recoveryTime ? date(period.recoveryTime, zone) : <span class="pill warn">Not yet</span>}</td>
                  <td class="number">{duration(period.seconds)}</td>
                  <td class="number">{count(period.trades)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
