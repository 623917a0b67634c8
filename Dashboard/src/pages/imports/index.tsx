// Imports: history from a file, through the same queue and by the same rules as live alerts.
import { useEffect } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, dateTime, timeframeName } from '../../format';
import { place, setQuery } from '../../router';
import type { PageProps } from '../../pages';
import { isAdmin } from '../../session';
import { Empty, ReadState } from '../../ui/states';
import { OneImport } from './one';
import { ImportProgress, formatName } from './progress';
import { SendFile } from './send';
import './imports.css';

const pageSize = 50;
const mostShown = 1000;
const followEveryMs = 1000;

export default function Imports({ rest }: PageProps) {
  const [id] = rest;
  return id === undefined ? <ImportList /> : <OneImport key={id} id={id} />;
}

/** Imports have no live events: while one runs it is read again and again. */
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
  const read = useApi('/api/v1/imports', { query: { limit } });
  const { data } = read;
  const items = data?.items ?? [];
  useFollow(items.some(isRunning), read.reload);
  return (
    <>
      <div class="page-head">
        <h1>Imports</h1>
      </div>
      {isAdmin.value ? (
        <SendFile />
      ) : (
        <p class="hint import-viewer">You can see what was imported. Importing a file takes an admin key.</p>
      )}
      <ReadState read={read} height={220} />
      {data && items.length === 0 && (
        <div class="card">
          <Empty icon="imports" title="No imports yet">
            <p>
              Import past alerts as CSV or NDJSON, or the <i>List of trades</i> from TradingView’s strategy report. They are processed like live alerts, so batches have a history from day one.
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
                <th scope="col">Type</th>
                <th scope="col">State</th>
                <th scope="col" class="number">
                  Accepted
                </th>
                <th scope="col" class="number">
                  Failed
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
                    {formatName(item.format)}
                    {item.symbol && (
                      <span class="faint">
                        {' '}
                        {item.symbol} {item.timeframe && timeframeName(item.timeframe)} {item.strategy}
                      </span>
                    )}
                  </td>
                  <td>
                    <ImportProgress item={item} />
                  </td>
                  <td class="number">{count(item.accepted)}</td>
                  <td class={`number ${item.rejected > 0 ? 'error' : ''}`}>{count(item.rejected)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {data?.cursor && limit < mostShown && (
            <button type="button" class="button small" onClick={() => setQuery({ limit: String(Math.min(mostShown, limit * 4)) })}>
              Show older
            </button>
          )}
        </section>
      )}
    </>
  );
}
