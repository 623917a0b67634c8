// One import: how far it is, and which lines could not be taken.
import { address, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, dateTime } from '../../format';
import { fileSize } from '../../ui/file-drop';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { EndlessTable } from '../../ui/table';
import { isRunning, useFollow } from './index';
import { formatNames, ImportProgress } from './progress';

type Line = Schema<'LineInError'>;
const errorsPath = '/api/v1/imports/{id}/errors';
const pageSize = 200;

export function OneImport({ id }: { id: string }) {
  const { data, problem, reload } = useApi('/api/v1/imports/{id}', { path: { id } });
  useFollow(data !== undefined && isRunning(data), reload);
  return (
    <>
      <div class="room-head">
        <h1>
          <a href="/imports">Imports</a> <span aria-hidden="true">/</span> {data?.fileName ?? `Import ${id}`}
        </h1>
        {data && <ImportProgress item={data} />}
      </div>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={220} />}
      {data && (
        <div class="stacked">
          <section class="card" aria-label="Progress">
            {data.failure && <p class="import-failure">{data.failure}</p>}
            {data.state === 'done' && (
              <p>
                Every alert of the file is in <a href="/alerts">the log</a>; trades and ledgers follow as they do for live alerts.
              </p>
            )}
            <dl class="import-figures">
              <Figure name="Accepted" value={data.accepted} note="alerts stored" />
              <Figure name="Known before" value={data.duplicates} note="of those: stored already" />
              <Figure name="In error" value={data.rejected} note="lines, listed below" bad={data.rejected > 0} />
              <Figure name="Skipped" value={data.skipped} note="rows of trades still open" />
              <Figure name="Lines read" value={data.lines} note={`of ${fileSize(data.bytes)}`} />
            </dl>
            <p class="faint">
              {formatNames[data.format]}
              {data.symbol && `, ${data.symbol} ${data.timeframe}, dates in ${data.timeZone}`}. Sent {dateTime(data.createdAt)}
              {data.finishedAt && `, ended ${dateTime(data.finishedAt)}`}.
            </p>
          </section>
          <section class="card" aria-label="Lines in error">
            <header>
              <h2>Lines in error</h2>
              {data.rejected > 0 && (
                <a class="button small" href={address(errorsPath, { id }, { format: 'csv' })} download>
                  <Icon name="download" size={15} /> CSV
                </a>
              )}
            </header>
            {data.rejected === 0 ? (
              <Empty icon="check" title={isRunning(data) ? 'None so far' : 'None'} />
            ) : (
              <EndlessTable<Line>
                // New ones are added at the end: a list that grew is another list.
                key={data.rejected > pageSize && isRunning(data) ? 'running' : data.rejected}
                name="Lines in error"
                address={address(errorsPath, { id }, { limit: pageSize })}
                follows={false}
                keyOf={line => line.line}
                empty={<Empty icon="check" title="None" />}
                columns={[
                  { name: 'Line', width: '80px', number: true, cell: line => count(line.line) },
                  { name: 'What is wrong', width: 'minmax(320px, 2fr)', cell: line => <Errors line={line} /> },
                  { name: 'The line', width: 'minmax(200px, 1fr)', cell: line => <code title={line.text}>{line.text}</code> },
                ]}
              />
            )}
          </section>
        </div>
      )}
    </>
  );
}

function Errors({ line }: { line: Line }) {
  const text = Object.entries(line.errors)
    .map(([field, messages]) => `${field}: ${messages.join(' ')}`)
    .join(' ');
  return <span title={text}>{text}</span>;
}

function Figure({ name, value, note, bad = false }: { name: string; value: number; note: string; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong class={bad ? 'loss' : ''}>{count(value)}</strong> <span class="faint">{note}</span>
      </dd>
    </div>
  );
}
