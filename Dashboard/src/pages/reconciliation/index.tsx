// Reconciliation: TradingView's own list of trades compared with what the webhooks delivered.
import { useMemo, useState } from 'preact/hooks';
import { address, type Problem, problemFrom, type Schema } from '../../api/client';
import { count, date, duration, exact, instant, nothing, ownZone, shortTime, timeframeName } from '../../format';
import { Field, Segmented } from '../../ui/controls';
import { FileDrop, postFile } from '../../ui/file-drop';
import { Icon } from '../../ui/icons';
import { FileQuestions } from '../../ui/file-questions';
import { answerNames, type AnswerName, type Answers, type Questions } from '../../ui/questions';
import { Empty, ProblemNote } from '../../ui/states';
import { Side } from '../batch/cells';
import { remarkText, shownAs, stateNames, type Shown } from './remarks';
import '../imports/imports.css';
import './reconciliation.css';

type Answer = Schema<'ReconciliationAnswer'>;
type Row = Schema<'ReconciledTrade'>;
const path = '/api/v1/reconciliations';
/** Which alerts a list is compared with, and what its times mean. The rest is asked for where the file leaves it open. */
const always: readonly AnswerName[] = ['symbol', 'timeframe', 'tz'];
/** Rows on the page; a longer list is viewed by kind, or as CSV. */
const mostRows = 1000;

export default function Reconciliation() {
  const [file, setFile] = useState<File>();
  const [answers, setAnswers] = useState<Answers>({ tz: ownZone });
  const [questions, setQuestions] = useState<Questions>({});
  const asked = answerNames.filter(name => always.includes(name) || (name !== 'columns' && questions[name]));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [result, setResult] = useState<{ answer: Answer; file: File; query: Record<string, string> }>();
  const [shown, setShown] = useState<Shown>('all');

  const compare = async (event: Event) => {
    event.preventDefault();
    if (!file) return;
    setBusy(true);
    setProblem(undefined);
    const query = Object.fromEntries(Object.entries(answers).map(([name, value]) => [name, value?.trim() ?? '']));
    try {
      const answer = JSON.parse(await postFile(address(path, {}, { ...query, limit: mostRows }), file)) as Answer;
      setResult({ answer, file, query });
      setShown('all');
    } catch (fault) {
      const refusal = problemFrom(fault);
      setProblem(refusal);
      setQuestions(before => ({ ...refusal.errors, ...before }));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <div class="page-head">
        <h1>Reconciliation</h1>
      </div>
      <form class="card form import-form" aria-label="Compare a list of trades" onSubmit={event => void compare(event)}>
        <FileDrop
          label="Drop a list of trades here"
          hint="In TradingView: Strategy report, List of trades, Download. It is compared with your alerts and not stored."
          accept=".csv,.tsv,.xlsx,.txt,text/csv"
          file={file}
          onFile={chosen => {
            setFile(chosen);
            setProblem(undefined);
            setQuestions({});
          }}
        />
        {file && (
          <>
            <FileQuestions asked={asked} questions={questions} answers={answers} errors={problem?.errors ?? {}} onAnswer={changes => setAnswers({ ...answers, ...changes })} />
            <Field label="Strategy" optional error={problem?.of('strategy')} hint="Where your alerts name one: the name they send.">
              {tie => <input {...tie} value={answers.strategy ?? ''} autocomplete="off" onInput={event => setAnswers({ ...answers, strategy: event.currentTarget.value })} />}
            </Field>
            {problem && <ProblemNote problem={problem} fields={[...asked, 'strategy']} />}
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
              TradingView’s strategy report lists the trades your script made; the alert log shows which alerts arrived. Compared, they show what is missing, what came late, and where the price differs.
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
    ['extra', 'Not in TradingView', summary.extra],
    ['late', 'Late', summary.late],
    ['price', 'Price differs', summary.priceDiffers],
    ['exit', 'Missing exit', summary.exitMissing + summary.exitExtra],
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
            {answer.symbol} <span class="faint">{timeframeName(answer.timeframe)}</span>
          </h2>
          <span class={`pill ${isClean ? 'good' : 'warn'}`}>{isClean ? 'Everything arrived' : 'There are differences'}</span>
        </header>
        <dl class="import-figures" data-reconciliation="summary">
          <Figure name="In TradingView" value={summary.listed} />
          <Figure name="From alerts" value={summary.delivered} />
          <Figure name="Exact" value={summary.exact} />
          <Figure name="Missing" value={summary.missing} bad />
          <Figure name="Came to nothing" value={summary.ignored + summary.unmatched + summary.voided} bad />
          <Figure name="Not in TradingView" value={summary.extra} bad />
          <Figure name="Late" value={summary.late} bad />
          <Figure name="Price differs" value={summary.priceDiffers} bad />
        </dl>
        <ul class="reconciliation-notes">
          {answer.offsetSeconds !== 0 && (
            <li>
              Alert times are {duration(Math.abs(answer.offsetSeconds))} {answer.offsetSeconds > 0 ? 'after' : 'before'} the list’s throughout: a list shows when a bar opens, an alert usually when it closes. Differences are
              measured after this shift.
            </li>
          )}
          {answer.firstAlert === null ? (
            <li>
              There is no alert for this symbol and timeframe. Is the symbol spelled as in your alerts? See <a href="/set-up">Set-up</a>.
            </li>
          ) : (
            <li>Alerts begin on {date(answer.firstAlert)}; earlier trades of the list are missing by nature.</li>
          )}
          <li>
            Late means more than {duration(answer.delayToleranceSeconds)} after the signal time or {duration(answer.timeToleranceSeconds)} from the list’s time. A price differs from {exact(answer.priceTolerancePercentage)} % on.
            {answer.delays.p50 !== null && ` Half of the alerts arrived within ${exact(Math.round(answer.delays.p50 * 10) / 10)} s of their signal time, 95 % within ${exact(Math.round((answer.delays.p95 ?? 0) * 10) / 10)} s.`}
          </li>
          {answer.rejected > 0 && (
            <li class="error">
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
                  <th scope="col">Entry in TradingView</th>
                  <th scope="col">Entry from alert</th>
                  <th scope="col">Exit in TradingView</th>
                  <th scope="col">Exit from alert</th>
                  <th scope="col">Remarks</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row, at) => (
                  <CompareRow key={`${row.number}-${row.tradeId}-${at}`} row={row} zone={answer.timeZone ?? 'UTC'} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {answer.total > answer.rows.length && (
          <p class="faint">
            Showing the first {count(answer.rows.length)} of {count(answer.total)}; the CSV has all.
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
    <tr data-state={row.state}>
      <td>{row.number ?? nothing}</td>
      <td>
        <Side side={row.side} />
      </td>
      <td>{cell(row.listedEntryTime, row.listedEntryPrice)}</td>
      <td>{cell(row.entryTime, row.entryPrice)}</td>
      <td>{cell(row.listedExitTime, row.listedExitPrice)}</td>
      <td>{cell(row.exitTime, row.exitPrice)}</td>
      <td>
        <div class="reconciliation-remarks">
          {stateNames[row.state] && <span class="pill warn">{stateNames[row.state]}</span>}
          {row.remarks.map(remark => (
            <span key={remark} class="pill warn">
              {remarkText(row, remark)}
            </span>
          ))}
          {row.state === 'matched' && row.remarks.length === 0 && <span class="pill good">Exact</span>}
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
        <strong class={bad && value > 0 ? 'error' : ''}>{count(value)}</strong>
      </dd>
    </div>
  );
}
