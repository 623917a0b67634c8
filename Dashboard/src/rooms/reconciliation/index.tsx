// Reconciliation: TradingView's own list of trades against what the webhooks delivered.
import { useMemo, useState } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { problemFrom, type Problem } from '../../api/problem';
import { count, date, duration, exact, instant, nothing, shortTime } from '../../format';
import { Segmented } from '../../ui/controls';
import { FileDrop, postFile } from '../../ui/file-drop';
import { Icon } from '../../ui/icons';
import { contextFields, emptyContext, ListContextFields } from '../../ui/list-context';
import { Empty, ProblemNote } from '../../ui/states';
import { remarkText, shownAs, type Shown } from './remarks';
import '../imports/imports.css';
import './reconciliation.css';

type Answer = Schema<'ReconciliationAnswer'>;
type Row = Schema<'ReconciledTrade'>;
const path = '/api/v1/reconciliations';
/** Rows in view; a list of trades longer than that is looked at by kind, or as CSV. */
const mostRows = 1000;

export default function Reconciliation() {
  const [file, setFile] = useState<File>();
  const [context, setContext] = useState(emptyContext);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [result, setResult] = useState<{ answer: Answer; file: File; query: Record<string, string> }>();
  const [shown, setShown] = useState<Shown>('all');

  const compare = async (event: Event) => {
    event.preventDefault();
    if (!file) return;
    setBusy(true);
    setProblem(undefined);
    const query = { symbol: context.symbol.trim(), timeframe: context.timeframe.trim(), tz: context.tz };
    try {
      const answer = JSON.parse(await postFile(address(path, {}, { ...query, limit: mostRows }), file)) as Answer;
      setResult({ answer, file, query });
      setShown('all');
    } catch (fault) {
      setProblem(problemFrom(fault));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <div class="room-head">
        <h1>Reconciliation</h1>
      </div>
      <form class="card form import-form" aria-label="Compare a list of trades" onSubmit={event => void compare(event)}>
        <FileDrop
          label="Drop a list of trades here"
          hint="In TradingView: Strategy report, List of trades, Download. It is compared with your alerts and not kept."
          accept=".csv,.txt,text/csv"
          file={file}
          onFile={chosen => {
            setFile(chosen);
            setProblem(undefined);
          }}
        />
        {file && (
          <>
            <ListContextFields value={context} problem={problem} onChange={setContext} />
            {problem && <ProblemNote problem={problem} fields={contextFields} />}
            <div class="actions">
              <button type="submit" class="button primary" disabled={busy}>
                {busy ? 'Comparing…' : 'Compare'}
              </button>
            </div>
          </>
        )}
      </form>
      {!result && !file && (
        <div class="card">
          <Empty icon="reconciliation" title="Did every signal arrive?">
            <p>
              The strategy report knows which trades your script made; this system knows which alerts came. Side by side they show which are missing, which came late, and which have another price.
            </p>
          </Empty>
        </div>
      )}
      {result && <Outcome {...result} shown={shown} onShown={setShown} />}
    </>
  );
}

function Outcome({ answer, file, query, shown, onShown }: { answer: Answer; file: File; query: Record<string, string>; shown: Shown; onShown: (shown: Shown) => void }) {
  const [problem, setProblem] = useState<Problem>();
  const { summary } = answer;
  const kinds = [
    ['all', 'All', answer.total],
    ['missing', 'Missing', summary.missing],
    ['extra', 'Extra', summary.extra],
    ['late', 'Late', summary.late],
    ['price', 'Other price', summary.priceDiffers],
    ['exit', 'Exit on one side', summary.exitMissing + summary.exitExtra],
    ['exact', 'Exact', summary.exact],
  ] as const;
  const rows = useMemo(() => answer.rows.filter(row => shownAs(row, shown)), [answer, shown]);
  const download = async () => {
    setProblem(undefined);
    try {
      const text = await postFile(address(path, {}, { ...query, format: 'csv', ...(shown === 'all' ? {} : { show: shown }) }), file);
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
      link.download = `reconciliation-${answer.symbol}-${answer.timeframe}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
  };
  const isClean = summary.matched > 0 && summary.exact === summary.listed && summary.extra === 0;
  return (
    <div class="stacked">
      <section class="card" aria-label="Summary">
        <header>
          <h2>
            {answer.symbol} <span class="faint">{answer.timeframe}</span>
          </h2>
          <span class={`pill ${isClean ? 'good' : 'warn'}`}>{isClean ? 'everything arrived' : 'there are differences'}</span>
        </header>
        <dl class="import-figures" data-reconciliation="summary">
          <Figure name="In the list" value={summary.listed} />
          <Figure name="By alerts" value={summary.delivered} />
          <Figure name="Exact" value={summary.exact} />
          <Figure name="Missing" value={summary.missing} bad />
          <Figure name="Extra" value={summary.extra} bad />
          <Figure name="Late" value={summary.late} bad />
          <Figure name="Other price" value={summary.priceDiffers} bad />
        </dl>
        <ul class="reconciliation-notes">
          {answer.offsetSeconds !== 0 && (
            <li>
              The alerts' times are {duration(Math.abs(answer.offsetSeconds))} {answer.offsetSeconds > 0 ? 'after' : 'before'} the list's throughout: a list has the time at which a bar opens, an alert mostly that at which it closes. Differences are counted from there.
            </li>
          )}
          {answer.firstAlert === null ? (
            <li>
              No alert of this symbol and timeframe is here at all. Is the symbol written as your alerts write it? See <a href="/set-up">Set-up</a>.
            </li>
          ) : (
            <li>The alerts begin {date(answer.firstAlert)}; what the list has before that can only be missing.</li>
          )}
          <li>
            Late is past {duration(answer.delayToleranceSeconds)} after its timestamp or {duration(answer.timeToleranceSeconds)} from the list's time; another price is one that differs by more than {exact(answer.priceTolerancePercentage)} %.
            {answer.usualDelaySeconds !== null && ` The usual alert came ${exact(Math.round(answer.usualDelaySeconds * 10) / 10)} s after its timestamp.`}
          </li>
          {answer.rejected > 0 && (
            <li class="loss">
              {count(answer.rejected)} lines of the list could not be read:{' '}
              {answer.errors.slice(0, 3).map(line => `line ${line.line}, ${Object.values(line.errors).flat().join(' ')}`).join('; ')}
            </li>
          )}
        </ul>
      </section>
      <section class="card" aria-label="Trades compared">
        <header>
          <Segmented label="Which trades" value={shown} options={kinds.map(([kind, name, number]) => [kind, `${name} ${count(number)}`] as const)} onChange={onShown} />
          <button type="button" class="button small" onClick={() => void download()}>
            <Icon name="download" size={15} /> CSV
          </button>
        </header>
        {problem && <ProblemNote problem={problem} />}
        {rows.length === 0 ? (
          <Empty icon="check" title="None" />
        ) : (
          <div class="table-scroll" tabIndex={0} role="region" aria-label="Trades compared, table">
            <table class="reconciliation-rows">
              <thead>
                <tr>
                  <th scope="col">#</th>
                  <th scope="col">Trade</th>
                  <th scope="col">Entry in the list</th>
                  <th scope="col">Entry by alert</th>
                  <th scope="col">Exit in the list</th>
                  <th scope="col">Exit by alert</th>
                  <th scope="col">Remarks</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, at) => (
                  <CompareRow key={`${row.number}-${row.tradeId}-${at}`} row={row} zone={answer.timeZone} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {answer.total > answer.rows.length && (
          <p class="faint">
            The first {count(answer.rows.length)} of {count(answer.total)}; the CSV has all.
          </p>
        )}
      </section>
    </div>
  );
}

function CompareRow({ row, zone }: { row: Row; zone: string }) {
  const cell = (time: string | null, price: number | null) =>
    time === null ? (
      nothing
    ) : (
      <>
        <time dateTime={time} title={instant(time, zone)}>
          {shortTime(time, zone)}
        </time>{' '}
        <span class="faint">{exact(price)}</span>
      </>
    );
  return (
    <tr data-status={row.status}>
      <td>{row.number ?? nothing}</td>
      <td>
        <span class={`pill ${row.side === 'long' ? 'good' : 'bad'}`}>{row.side === 'long' ? 'Long' : 'Short'}</span>
      </td>
      <td>{cell(row.listedEntryTime, row.listedEntryPrice)}</td>
      <td>{cell(row.entryTime, row.entryPrice)}</td>
      <td>{cell(row.listedExitTime, row.listedExitPrice)}</td>
      <td>{cell(row.exitTime, row.exitPrice)}</td>
      <td>
        <div class="reconciliation-remarks">
        {row.status !== 'matched' && <span class="pill warn">{row.status}</span>}
        {row.remarks.map(remark => (
          <span key={remark} class="pill warn">
            {remarkText(row, remark)}
          </span>
        ))}
        {row.status === 'matched' && row.remarks.length === 0 && <span class="pill good">exact</span>}
        </div>
      </td>
    </tr>
  );
}

function Figure({ name, value, bad = false }: { name: string; value: number; bad?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong class={bad && value > 0 ? 'loss' : ''}>{count(value)}</strong>
      </dd>
    </div>
  );
}
