// One import: its progress, and the lines that failed.
import { address, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, dateTime, timeframeName } from '../../format';
import { fileSize } from '../../ui/file-drop';
import { Icon } from '../../ui/icons';
import { Empty, ReadState } from '../../ui/states';
import { EndlessTable, RowCard } from '../../ui/table';
import { isRunning, useFollow } from './index';
import { errorText } from './preview';
import { formatName, ImportProgress } from './progress';

type Line = Schema<'LineInError'>;
const errorsPath = '/api/v1/imports/{id}/errors';
const pageSize = 200;

export function OneImport({ id }: { id: string }) {
  const read = useApi('/api/v1/imports/{id}', { path: { id } });
  const { data } = read;
  useFollow(data !== undefined && isRunning(data), read.reload);
  return (
    <>
      <div class="page-head">
        <h1>
          <a href="/imports">Imports</a> <span aria-hidden="true">/</span> {data?.fileName ?? `Import ${id}`}
        </h1>
        {data && <ImportProgress item={data} />}
      </div>
      <ReadState read={read} height={220} />
      {data && (
        <div class="stacked">
          <section class="card" aria-label="Progress">
            {data.failure && <p class="import-failure">{data.failure}</p>}
            {data.state === 'done' && (
              <p>
                All alerts of the file are in the <a href="/alerts">alert log</a>. Trades and batches follow as for live alerts.
              </p>
            )}
            <dl class="import-figures">
              <Figure name="Accepted" value={data.accepted} note="alerts stored" />
              <Figure name="Duplicates" value={data.duplicates} note="of those, already stored" />
              <Figure name="Failed" value={data.rejected} note="lines, listed below" bad={data.rejected > 0} />
              {data.merged > 0 && <Figure name="Merged" value={data.merged} note="rows that are part of another trade" />}
              <Figure name="Skipped" value={data.skipped} note="rows left out" />
              <Figure name="Lines read" value={data.lines} note={`of ${fileSize(data.bytes)}`} />
            </dl>
            <p class="faint">
              {formatName(data.format)}
              {fileFacts(data)}. Sent {dateTime(data.createdAt)}
              {data.finishedAt && `, finished ${dateTime(data.finishedAt)}`}.
            </p>
          </section>
          <section class="card" aria-label="Failed lines">
            <header>
              <h2>Failed lines</h2>
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
                // New lines are added at the end: a list that grew is another list.
                key={data.rejected > pageSize && isRunning(data) ? 'running' : data.rejected}
                name="Failed lines"
                address={address(errorsPath, { id }, { limit: pageSize })}
                follows={false}
                card={line => <RowCard title={<Errors line={line} />} detail={<code>{line.text}</code>} note={`line ${count(line.line)}`} />}
                keyOf={line => line.line}
                empty={<Empty icon="check" title="None" />}
                columns={[
                  { name: 'Line', width: 80, number: true, cell: line => count(line.line) },
                  { name: 'Error', width: 320, preview: true, cell: line => <Errors line={line} /> },
                  { name: 'Content', width: 200, preview: true, cell: line => <code title={line.text}>{line.text}</code> },
                ]}
              />
            )}
          </section>
        </div>
      )}
    </>
  );
}

/** What was said of the file when it was sent. */
const fileFacts = ({ symbol, timeframe, strategy, timeZone }: Schema<'Import'>) =>
  [symbol && `, ${symbol}`, timeframe && ` ${timeframeName(timeframe)}`, strategy && ` (${strategy})`, timeZone && `, dates in ${timeZone}`].filter(Boolean).join('');

function Errors({ line }: { line: Line }) {
  const text = errorText(line);
  return <span title={text}>{text}</span>;
}

function Figure({ name, value, note, bad = false }: { name: string; value: number; note: string; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong class={bad ? 'error' : ''}>{count(value)}</strong> <span class="faint">{note}</span>
      </dd>
    </div>
  );
}
