// Imports: history brought in as a file, through the same queue and by the same rules as live alerts.
import { useEffect } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, dateTime } from '../../format';
import { place, setQuery } from '../../router';
import type { RoomProps } from '../../rooms';
import { isAdmin } from '../../session';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { OneImport } from './one';
import { ImportProgress, formatNames } from './progress';
import { SendFile } from './send';
import './imports.css';

const pageSize = 50;
const mostShown = 1000;
const followEveryMs = 1000;

export default function Imports({ rest }: RoomProps) {
  const [id] = rest;
  return id === undefined ? <ImportList /> : <OneImport key={id} id={id} />;
}

/** Imports have no news of their own: while one runs it is asked for. */
export function useFollow(runs: boolean, reload: () => void) {
  useEffect(() => {
    if (!runs) return undefined;
    const timer = setInterval(reload, followEveryMs);
    return () => clearInterval(timer);
  }, [runs, reload]);
}

export const isRunning = ({ state }: Pick<Schema<'Import'>, 'state'>) => state === 'receiving' || state === 'running';

function ImportList() {
  const limit = Math.min(mostShown, Math.max(pageSize, Number(place.value.query.get('limit')) || pageSize));
  const { data, problem, reload } = useApi('/api/v1/imports', { query: { limit } });
  const items = data?.items ?? [];
  useFollow(items.some(isRunning), reload);
  return (
    <>
      <div class="room-head">
        <h1>Imports</h1>
      </div>
      {isAdmin.value ? (
        <SendFile />
      ) : (
        <p class="hint import-viewer">You are signed in as a viewer: you see what was imported. Bringing in a file takes an admin.</p>
      )}
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={220} />}
      {data && items.length === 0 && (
        <div class="card">
          <Empty icon="imports" title="Nothing has been imported yet">
            <p>
              Bring in the alerts of the past as CSV or NDJSON, or the <i>List of trades</i> of TradingView's strategy report. They go the way of live alerts, so batches have a history from the first day.
            </p>
          </Empty>
        </div>
      )}
      {items.length > 0 && (
        <section class="card table-scroll" aria-label="Imports" tabIndex={0}>
          <table class="import-list">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Sent</th>
                <th scope="col">Is</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Accepted
                </th>
                <th scope="col" class="number">
                  In error
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map(item => (
                <tr key={item.id} data-import={item.id}>
                  <th scope="row">
                    <a href={`/imports/${item.id}`}>{item.fileName ?? `Import ${item.id}`}</a>
                  </th>
                  <td>{dateTime(item.createdAt)}</td>
                  <td>
                    {formatNames[item.format]}
                    {item.symbol && (
                      <span class="faint">
                        {' '}
                        {item.symbol} {item.timeframe}
                      </span>
                    )}
                  </td>
                  <td>
                    <ImportProgress item={item} />
                  </td>
                  <td class="number">{count(item.accepted)}</td>
                  <td class={`number ${item.rejected > 0 ? 'loss' : ''}`}>{count(item.rejected)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {data?.cursor && limit < mostShown && (
            <button type="button" class="button small" onClick={() => setQuery({ limit: String(Math.min(mostShown, limit * 4)) })}>
              Older ones
            </button>
          )}
        </section>
      )}
    </>
  );
}
