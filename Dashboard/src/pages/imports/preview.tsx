// How a file was understood: what would come in, its first rows, and every row in error.
import type { Schema } from '../../api/client';
import { count, exact, instant, nothing, ownZone, shortTime, timeframeName } from '../../format';
import { Side } from '../batch/cells';
import { saying } from '../alerts/words';
import { formatName } from './progress';

type Preview = Schema<'ImportPreview'>;
/** Of the rows in error; the import lists all of them. */
const errorsShown = 200;

export function FilePreview({ preview, zone = ownZone }: { preview: Preview; zone: string | undefined }) {
  const { rows, errors } = preview;
  const isTrades = preview.format === 'trades';
  const hasStrategy = rows.some(row => row.strategy);
  return (
    <section class="import-preview" aria-label="Preview" data-preview={preview.format}>
      <p role="status">
        <b>{formatName(preview.format)}</b>, {count(preview.lines)} {preview.lines === 1 ? 'row' : 'rows'}: {counts(preview).join(', ')}.{' '}
        <span class="faint">{howRead(preview)}</span>
      </p>
      {rows.length > 0 && (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="First rows as they were understood">
          <table>
            <caption class="faint">
              The first {isTrades ? 'trades' : 'alerts'} as they were understood, times in {zone.replaceAll('_', ' ')}
            </caption>
            <thead>
              <tr>
                <th scope="col">Symbol</th>
                <th scope="col">Timeframe</th>
                {hasStrategy && <th scope="col">Strategy</th>}
                <th scope="col">{isTrades ? 'Side' : 'Signal'}</th>
                <th scope="col">{isTrades ? 'Entry' : 'Time'}</th>
                <th scope="col" class="number">
                  {isTrades ? 'Entry price' : 'Price'}
                </th>
                {isTrades && (
                  <>
                    <th scope="col">Exit</th>
                    <th scope="col" class="number">
                      Exit price
                    </th>
                  </>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, at) => (
                <tr key={at}>
                  <th scope="row">{row.symbol}</th>
                  <td>{timeframeName(row.timeframe)}</td>
                  {hasStrategy && <td>{row.strategy ?? nothing}</td>}
                  <td>{isTrades ? <Side side={row.direction ?? ''} /> : saying(row)}</td>
                  <td title={instant(row.timestamp, zone)}>{shortTime(row.timestamp, zone)}</td>
                  <td class="number">{exact(row.price)}</td>
                  {isTrades && (
                    <>
                      <td>{row.exitTime ? <span title={instant(row.exitTime, zone)}>{shortTime(row.exitTime, zone)}</span> : <span class="pill accent">Open</span>}</td>
                      <td class="number">{exact(row.exitPrice)}</td>
                    </>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {errors.length > 0 && (
        <div class="table-scroll import-errors" tabIndex={0} role="region" aria-label="Rows in error">
          <table>
            <caption class="error">
              {count(preview.rejected)} {preview.rejected === 1 ? 'row' : 'rows'} cannot be imported; the others can
            </caption>
            <thead>
              <tr>
                <th scope="col" class="number">
                  Row
                </th>
                <th scope="col">Error</th>
                <th scope="col">Content</th>
              </tr>
            </thead>
            <tbody>
              {errors.slice(0, errorsShown).map(line => (
                <tr key={line.line}>
                  <th scope="row" class="number">
                    {count(line.line)}
                  </th>
                  <td>{errorText(line)}</td>
                  <td>
                    <code>{line.text}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {preview.rejected > errorsShown && <p class="faint">The first {count(errorsShown)}; the import lists the rest.</p>}
        </div>
      )}
    </section>
  );
}

/** Of a row or message as a whole the error needs no name before it. */
export const errorText = ({ errors }: { errors: Readonly<Record<string, readonly string[]>> }) =>
  Object.entries(errors)
    .map(([field, messages]) => (field === 'body' ? messages.join(' ') : `${field}: ${messages.join(' ')}`))
    .join(' ');

/** 307 come in, 2 are skipped. */
function counts({ accepted, merged, skipped, rejected }: Preview): string[] {
  const is = (n: number) => (n === 1 ? 'is' : 'are');
  return [
    `${count(accepted)} ${accepted === 1 ? 'comes' : 'come'} in`,
    ...(merged > 0 ? [`${count(merged)} ${is(merged)} part of another trade`] : []),
    ...(skipped > 0 ? [`${count(skipped)} ${is(skipped)} left out`] : []),
    ...(rejected > 0 ? [`${count(rejected)} ${rejected === 1 ? 'has an error' : 'have errors'}`] : []),
  ];
}

function howRead({ format, decimal, dateOrder }: Preview): string {
  if (format === 'ndjson' || format === 'json' || format === 'log') return '';
  const mark = decimal === ',' ? 'Read with a decimal comma' : 'Read with a decimal point';
  return `${mark}${dateOrder === 'dmy' ? ', dates with the day first' : dateOrder === 'mdy' ? ', dates with the month first' : ''}.`;
}
