// Many settings at once: a grid of one or two of them, ranked, with a word on how much of the best is luck. Writes nothing.
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, client, filled, type Problem, problemFrom, type Query, type Schema } from '../../api/client';
import { count, exact, fraction, money, percent, ratio, signedFraction, signedMoney } from '../../format';
import { place, setQuery } from '../../router';
import { Field } from '../../ui/controls';
import { Empty, ProblemNote } from '../../ui/states';
import { NumberInput } from '../../ui/typed';
import { ranks, settings, sweepable, sweepBody, sweepOf, trialsMax, valuesOf, type Axis, type Rank, type SweptName } from './sweep-settings';

type Answer = Schema<'SweepAnswer'>;
type Trial = Schema<'Trial'>;

const askEveryMs = 400;
const listed = 50;
const isAsked = (state: string) => state === 'running';

const shownAs: Record<Rank, (value: number | null | undefined) => string> = {
  sharpe: ratio,
  availableCapital: money,
  maxDrawdownPercentage: percent,
  calmar: ratio,
  sortino: ratio,
  profitFactor: ratio,
  expectancy: signedMoney,
  cagr: signedFraction,
};

const valueOf = (trial: Trial, name: string) => Number((trial.values as Record<string, unknown>)[name]);
const wordsOf = (trial: Trial, axes: readonly Axis[]) => axes.map(({ name }) => `${settings[name].label}: ${exact(valueOf(trial, name))}`).join(', ');

/** stand: another one wherever the batch's trades or settings may be others. query: which trades count. */
export function Sweep({ batchId, stand, query, zone, isOwn }: { batchId: number; stand: string; query: Query; zone: string; isOwn: boolean }) {
  const id = String(batchId);
  const { axes, rankBy } = sweepOf(place.value);
  const body = sweepBody(place.value, zone);
  const key = JSON.stringify([body, query, stand]);
  const [made, setMade] = useState<{ key: string; axes: Axis[]; answer: Answer }>();
  const [problem, setProblem] = useState<Problem>();
  const [missed, setMissed] = useState(0);
  const sweep = made?.answer;
  const path = { id, sweep: sweep?.id ?? '' };
  const isRunning = sweep !== undefined && isAsked(sweep.state);

  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setTimeout(async () => {
      try {
        const { data } = await answer(client.GET('/api/v1/batches/{id}/sweeps/{sweep}', { params: { path } }));
        setMade(before => before && { ...before, answer: data });
      } catch (fault) {
        const problem = problemFrom(fault);
        // It goes on whether or not anybody hears of it.
        if (problem.isUnreachable || problem.status >= 500) {
          setMissed(missed + 1);
          return;
        }
        setProblem(problem);
        setMade(undefined);
      }
    }, askEveryMs);
    return () => clearTimeout(timer);
  }, [sweep, missed]);
  // Who leaves does not wait for it.
  const running = useRef<typeof path>(undefined);
  running.current = isRunning ? path : undefined;
  useEffect(
    () => () => {
      if (running.current) void client.DELETE('/api/v1/batches/{id}/sweeps/{sweep}', { params: { path: running.current } }).catch(() => undefined);
    },
    [],
  );

  const begin = async () => {
    setProblem(undefined);
    try {
      const { data } = await answer(client.POST('/api/v1/batches/{id}/sweeps', { params: { path: { id }, query: filled(query) as never }, body: body as never }));
      setMade({ key, axes, answer: data });
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
  };
  const cancel = async () => {
    try {
      await answer(client.DELETE('/api/v1/batches/{id}/sweeps/{sweep}', { params: { path } }));
      setMade(undefined);
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
  };
  const trials = axes.map(valuesOf).reduce((product, values) => product * (Array.isArray(values) ? values.length : 0), 1);
  const tooMany = trials > trialsMax;
  const known = sweepable(place.value);
  const use = (trial: Trial) => setQuery({ ...Object.fromEntries(made!.axes.map(({ name }) => [name, String(valueOf(trial, name))])), try: null }, { replace: false });
  return (
    <div class="what-if">
      <form
        class="card form"
        aria-label="Settings to try"
        onSubmit={event => {
          event.preventDefault();
          void begin();
        }}
      >
        <AxisFields letter="x" axis={axes[0]!} known={known} problem={problem} />
        <AxisFields letter="y" axis={axes[1]} known={known.filter(name => name !== axes[0]!.name)} problem={problem} />
        <Field label="Rank by">
          {tie => (
            <select {...tie} value={rankBy} onChange={event => setQuery({ rankBy: event.currentTarget.value === 'sharpe' ? null : event.currentTarget.value })}>
              {ranks.map(([name, text]) => (
                <option key={name} value={name}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        <p hidden={trials === 0} class={`hint${tooMany ? ' field-error' : ''}`} data-figure="combinations">
          {tooMany ? `${count(trials)} combinations: enter fewer steps, at most ${count(trialsMax)} in all.` : `${count(trials)} combinations. Everything else ${isOwn ? 'is as in the batch' : 'is as under Other settings'}.`}
        </p>
        <div class="actions">
          <button type="submit" class="button primary" disabled={!body || tooMany || isRunning}>
            Try them all
          </button>
        </div>
      </form>
      <div class="stack">
        {problem && <ProblemNote problem={problem} />}
        {!sweep && !problem && (
          <section class="card">
            <Empty title="Which settings would have been best?">
              <p>Choose one or two settings and a range for each. Every combination is calculated with the trades of this batch; nothing is changed.</p>
            </Empty>
          </section>
        )}
        {isRunning && (
          <section class="card sweep-progress" aria-label="Progress">
            <progress value={sweep.progress} max={1} aria-label="Combinations calculated" />
            <span role="status">
              {count(sweep.done)} of {count(sweep.total)}
            </span>
            <button type="button" class="button small" onClick={() => void cancel()}>
              Cancel
            </button>
          </section>
        )}
        {sweep?.state === 'failed' && <p class="note bad">The calculation failed: {sweep.failure}</p>}
        {sweep?.state === 'cancelled' && <p class="note warn">Cancelled. Start it again to see results.</p>}
        {sweep?.state === 'done' && (
          <div class={`stack${made!.key === key ? '' : ' stale'}`}>
            {made!.key !== key && <p class="note warn">These results are of other settings. Press Try them all to renew them.</p>}
            <Best sweep={sweep} axes={made!.axes} onUse={use} />
            <HeatMap sweep={sweep} axes={made!.axes} onUse={use} />
            <Ranked sweep={sweep} axes={made!.axes} onUse={use} />
          </div>
        )}
      </div>
    </div>
  );
}

/** Which setting, and its values: from, to, and in how many steps. */
function AxisFields({ letter, axis, known, problem }: { letter: 'x' | 'y'; axis: Axis | undefined; known: readonly SweptName[]; problem: Problem | undefined }) {
  const values = axis && valuesOf(axis);
  const wrong = values && !Array.isArray(values) ? values.problem : axis && problem?.of(`grid.${axis.name}`);
  const input = (part: 'From' | 'To' | 'Steps', text: string, value: string) => (
    <label>
      <span class="hint">{text}</span>
      <NumberInput name={`${letter}${part}`} aria-label={`${axis ? settings[axis.name].label : ''}: ${text.toLowerCase()}`} value={value} onValue={digits => setQuery({ [`${letter}${part}`]: digits })} />
    </label>
  );
  return (
    <Field label={letter === 'x' ? 'Setting to try' : 'Second setting'} optional={letter === 'y'} error={wrong}>
      {tie => (
        <>
          <select {...tie} value={axis?.name ?? ''} onChange={event => setQuery({ [letter]: event.currentTarget.value, [`${letter}From`]: null, [`${letter}To`]: null, [`${letter}Steps`]: null })}>
            {letter === 'y' && <option value="">None</option>}
            {known.map(name => (
              <option key={name} value={name}>
                {settings[name].label}
              </option>
            ))}
          </select>
          {axis && (
            <div class="sweep-range">
              {input('From', 'From', axis.from)}
              {input('To', 'To', axis.to)}
              {input('Steps', 'Steps', axis.steps)}
            </div>
          )}
        </>
      )}
    </Field>
  );
}

function Best({ sweep, axes, onUse }: { sweep: Answer; axes: readonly Axis[]; onUse: (trial: Trial) => void }) {
  const best = sweep.trials[0]!;
  return (
    <section class="card" aria-label="Best combination">
      <header>
        <h2>Best of {count(sweep.total)}</h2>
        <button type="button" class="button small" onClick={() => onUse(best)}>
          Use these settings
        </button>
      </header>
      <p>
        <b data-figure="best">{wordsOf(best, axes)}</b>
      </p>
      <dl class="figures">
        <div>
          <dt>Balance</dt>
          <dd data-figure="bestCapital">{money(best.availableCapital)}</dd>
        </div>
        <div>
          <dt>Max drawdown</dt>
          <dd>{percent(best.maxDrawdownPercentage)}</dd>
        </div>
        <div>
          <dt>Sharpe</dt>
          <dd>{ratio(best.sharpe)}</dd>
        </div>
        <div>
          <dt>Deflated Sharpe</dt>
          <dd data-figure="deflatedSharpe">{fraction(best.deflatedSharpe)}</dd>
        </div>
      </dl>
      <p class="hint">
        The best of many tries looks good by luck alone: the deflated Sharpe is how likely it is that this Sharpe is better than the luckiest of {count(sweep.total)} worthless settings would have been. Trust it from about 95&nbsp;% on.
      </p>
    </section>
  );
}

/** Two settings against each other; of one setting, a single row. The strongest colour is the best. */
function HeatMap({ sweep, axes, onUse }: { sweep: Answer; axes: readonly Axis[]; onUse: (trial: Trial) => void }) {
  const [x, y] = axes as [Axis, Axis | undefined];
  const along = (axis: Axis) => [...new Set(sweep.trials.map(trial => valueOf(trial, axis.name)))].sort((a, b) => a - b);
  const [columns, rows] = [along(x), y ? along(y) : [undefined]];
  const at = new Map(sweep.trials.map(trial => [`${valueOf(trial, x.name)} ${y ? valueOf(trial, y.name) : undefined}`, trial]));
  // By rank: one outlier leaves the other colours as they are.
  const share = (trial: Trial) => (trial.rankedBy === null ? 0 : Math.round(55 * (1 - (trial.rank - 1) / Math.max(1, sweep.total - 1))));
  const rank = sweep.rankBy as Rank;
  const title = `${ranks.find(([name]) => name === rank)?.[1] ?? rank} by ${settings[x.name].label.toLowerCase()}${y ? ` and ${settings[y.name].label.toLowerCase()}` : ''}`;
  return (
    <section class="card" aria-label={title}>
      <header>
        <h3>{title}</h3>
      </header>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={`${title}, table`}>
        <table
          class="heat sweep-map"
          data-chart="sweep"
          ref={element => {
            if (element) Object.assign(element, { drawn: () => [{ name: 'Trials', data: sweep.trials.map(trial => [valueOf(trial, x.name), y ? valueOf(trial, y.name) : null, trial.rankedBy]) }] });
          }}
        >
          <thead>
            <tr>
              <th scope="col">{y ? settings[y.name].label : <span class="visually-hidden">Setting</span>}</th>
              {columns.map(value => (
                <th key={value} scope="col" class="number">
                  {exact(value)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row}>
                <th scope="row" class={y ? 'number' : ''}>
                  {row === undefined ? settings[x.name].label : exact(row)}
                </th>
                {columns.map(column => {
                  const trial = at.get(`${column} ${row}`);
                  return (
                    <td key={column} class="number" style={{ background: trial && `color-mix(in srgb, var(--accent) ${share(trial)}%, transparent)` }}>
                      {trial && (
                        <button type="button" class="link-button plain" title="Use these settings" onClick={() => onUse(trial)}>
                          {trial.rank === 1 ? <b>{shownAs[rank](trial.rankedBy)}</b> : shownAs[rank](trial.rankedBy)}
                        </button>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">A good setting has good neighbours; one good cell among bad ones is luck. Click a cell to use its settings.</p>
    </section>
  );
}

const columns: readonly (readonly [label: string, of: (trial: Trial) => number | null | undefined, as: (value: number | null | undefined) => string])[] = [
  ['Balance', trial => trial.availableCapital, money],
  ['Max drawdown', trial => trial.maxDrawdownPercentage, percent],
  ['Sharpe', trial => trial.sharpe, ratio],
  ['Deflated Sharpe', trial => trial.deflatedSharpe, fraction],
  ['Profit factor', trial => trial.profitFactor, ratio],
  ['Win rate', trial => trial.winRate, fraction],
  ['Trades', trial => trial.trades, count],
  ['Skipped', trial => trial.skipped, count],
];

function Ranked({ sweep, axes, onUse }: { sweep: Answer; axes: readonly Axis[]; onUse: (trial: Trial) => void }) {
  return (
    <section class="card" aria-label="All combinations, best first">
      <header>
        <h3>All combinations, best first</h3>
        {sweep.trials.length > listed && <span class="faint">the first {count(listed)}</span>}
      </header>
      <div class="table-scroll sweep-list" tabIndex={0} role="region" aria-label="All combinations, table">
        <table class="rows" data-list="trials">
          <thead>
            <tr>
              <th scope="col" class="number">
                Rank
              </th>
              {axes.map(({ name }) => (
                <th key={name} scope="col" class="number">
                  {settings[name].label}
                </th>
              ))}
              {columns.map(([label]) => (
                <th key={label} scope="col" class="number">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sweep.trials.slice(0, listed).map(trial => (
              <tr key={trial.rank}>
                <th scope="row" class="number">
                  <button type="button" class="link-button" title="Use these settings" onClick={() => onUse(trial)}>
                    {count(trial.rank)}
                  </button>
                </th>
                {axes.map(({ name }) => (
                  <td key={name} class="number">
                    {exact(valueOf(trial, name))}
                  </td>
                ))}
                {columns.map(([label, of, as]) => (
                  <td key={label} class="number">
                    {as(of(trial))}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
