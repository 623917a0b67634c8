// What a file does not say itself or leaves open: asked for where the API asks, and nothing else.
import { useMemo } from 'preact/hooks';
import type { Schema } from '../api/client';
import { useApi } from '../api/resource';
import { timeframeName, zones } from '../format';
import { Field } from './controls';
import { columnKinds, exampleIn, readDate, readNumber, type AnswerName, type Answers, type Questions } from './questions';

interface Asked {
  answers: Answers;
  onAnswer: (changes: Answers) => void;
}

export function FileQuestions({
  asked,
  questions,
  errors,
  columns = [],
  sample = [],
  ...rest
}: Asked & {
  /** Those that are shown. */
  asked: readonly AnswerName[];
  /** As they were put: they quote a value of the file. */
  questions: Questions;
  /** Of the answers that were given. */
  errors: Questions;
  columns?: readonly Schema<'PreviewColumn'>[];
  sample?: readonly (readonly string[])[];
}) {
  const { answers, onAnswer } = rest;
  const has = (name: AnswerName) => asked.includes(name);
  // What was not answered yet is a question and no mistake.
  const error = (name: AnswerName) => (answers[name] ? errors[name]?.join(' ') : undefined);
  const known = useApi('/api/v1/symbols', has('symbol') || has('timeframe') ? { query: { limit: 1000 } } : null).data?.items;
  const timeframes = useMemo(() => {
    const symbol = answers.symbol?.trim().toUpperCase();
    const own = known?.filter(one => one.symbol === symbol) ?? [];
    return [...new Set((own.length > 0 ? own : (known ?? [])).flatMap(one => one.timeframes))];
  }, [known, answers.symbol]);
  return (
    <>
      {has('columns') && <ColumnsQuestion columns={columns} sample={sample} {...rest} />}
      <div class="form-row">
        {has('symbol') && (
          <Field label="Symbol" error={error('symbol')} hint="As your alerts spell it.">
            {tie => (
              <>
                <input {...tie} list={`${tie.id}-known`} value={answers.symbol ?? ''} required autocomplete="off" placeholder="BTCUSDT" onInput={event => onAnswer({ symbol: event.currentTarget.value })} />
                <datalist id={`${tie.id}-known`}>
                  {known?.map(one => (
                    <option key={one.symbol} value={one.symbol} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
        )}
        {has('timeframe') && (
          <Field label="Timeframe" error={error('timeframe')} hint="Of the chart, for example 1h, 4h or 1D.">
            {tie => (
              <>
                <input {...tie} list={`${tie.id}-known`} value={answers.timeframe ?? ''} required autocomplete="off" placeholder="1h" onInput={event => onAnswer({ timeframe: event.currentTarget.value })} />
                <datalist id={`${tie.id}-known`}>
                  {timeframes.map(timeframe => (
                    <option key={timeframe} value={timeframeName(timeframe)} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
        )}
        {has('tz') && (
          <Choice
            label="Time zone of the chart"
            hint="The file’s times name no time zone; the wrong one shifts every trade."
            error={error('tz')}
            name="tz"
            options={zones.map(zone => [zone, zone.replaceAll('_', ' ')] as const)}
            {...rest}
          />
        )}
        {has('decimal') && <DecimalQuestion error={error('decimal')} example={exampleIn(questions['decimal'])} {...rest} />}
        {has('dateOrder') && <OrderQuestion error={error('dateOrder')} example={exampleIn(questions['dateOrder'])} {...rest} />}
      </div>
    </>
  );
}

function Choice({
  label,
  hint,
  error,
  name,
  options,
  answers,
  onAnswer,
}: Asked & { label: string; hint: string; error?: string | undefined; name: AnswerName; options: readonly (readonly [string, string])[] }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {tie => (
        <select {...tie} required value={answers[name] ?? ''} onChange={event => onAnswer({ [name]: event.currentTarget.value })}>
          <option value="" disabled>
            Choose…
          </option>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function DecimalQuestion({ example, ...rest }: Asked & { error: string | undefined; example: string | undefined }) {
  const named = (mark: '.' | ',') => {
    const name = mark === '.' ? 'Point' : 'Comma';
    return example ? `${name}: ${example} is ${readNumber(example, mark)}` : name;
  };
  return <Choice label="Decimal mark" hint="The numbers of the file can be read both ways." name="decimal" options={(['.', ','] as const).map(mark => [mark, named(mark)])} {...rest} />;
}

function OrderQuestion({ example, ...rest }: Asked & { error: string | undefined; example: string | undefined }) {
  const named = (order: 'dmy' | 'mdy') => {
    const name = order === 'dmy' ? 'Day first' : 'Month first';
    const read = example && readDate(example, order);
    return read ? `${name}: ${example} is ${read}` : name;
  };
  return <Choice label="Dates" hint="The dates of the file can be read both ways." name="dateOrder" options={(['dmy', 'mdy'] as const).map(order => [order, named(order)])} {...rest} />;
}

/** The first rows as they stand, and above each column a choice of what is in it. */
function ColumnsQuestion({ columns, sample, answers, onAnswer }: Asked & { columns: readonly Schema<'PreviewColumn'>[]; sample: readonly (readonly string[])[] }) {
  const chosen = answers.columns?.split(',') ?? columns.map(column => column.holds ?? '');
  return (
    <div class="field">
      <p>
        <b>What is in each column?</b> <span class="faint">The header of the file is not one we know.</span>
      </p>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="First rows of the file">
        <table class="file-columns">
          <thead>
            <tr>
              {columns.map((column, at) => (
                <th key={at} scope="col">
                  <span>{column.name || `Column ${at + 1}`}</span>
                  <select
                    class="small"
                    aria-label={`What is in the column ${column.name || at + 1}`}
                    value={chosen[at] ?? ''}
                    onChange={event => onAnswer({ columns: columns.map((_, i) => (i === at ? event.currentTarget.value : (chosen[i] ?? ''))).join(',') })}
                  >
                    {columnKinds.map(([kind, name]) => (
                      <option key={kind} value={kind}>
                        {name}
                      </option>
                    ))}
                  </select>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sample.map((row, at) => (
              <tr key={at}>
                {columns.map((_, i) => (
                  <td key={i}>{row[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
