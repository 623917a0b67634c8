// How much of the result was luck: the same trades in other orders, thousands of times over.
import { useCallback, useEffect } from 'preact/hooks';
import type { Query, Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { categoryAxis, tooltip, tooltipOf, valueAxis } from '../../charts/parts';
import { count, exact, fraction, money, percent, numberIn } from '../../format';
import { place, setQuery } from '../../router';
import { Field } from '../../ui/controls';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { NumberInput } from '../../ui/typed';
import { CsvLink } from './csv-link';

const path = '/api/v1/batches/{id}/charts/confidence' as const;
const askEveryMs = 1000;
const height = 380;

const methods = [
  ['bootstrap', 'Draw trades at random', 'As many trades as there were, drawn at random; some come twice, some never.'],
  ['block', 'Draw runs of trades', 'Trades that followed one another are drawn together: winning and losing streaks are kept.'],
  ['shuffle', 'Shuffle the order', 'The same trades in another order: all end at the same balance, but not by the same drawdown.'],
] as const;
type Method = (typeof methods)[number][0];
type Result = NonNullable<Schema<'Confidence'>>;

const bands = [
  ['p95', '95 % end below'],
  ['p75', '75 % end below'],
  ['p50', 'Half end below (median)'],
  ['p25', '25 % end below'],
  ['p5', '5 % end below'],
] as const;

export function MonteCarlo({ id, query }: { id: string; query: Query }) {
  const { query: named } = place.value;
  const method: Method = methods.find(([name]) => name === named.get('method'))?.[0] ?? 'bootstrap';
  // As it was typed, where it is no number: the API says what is wrong with it.
  const number = (name: string) => (named.get(name) === null ? undefined : (numberIn(named.get(name)!) ?? named.get(name)!));
  const asked = { ...query, method, paths: number('paths'), seed: number('seed'), goal: number('goal'), drawdownLimit: number('drawdownLimit'), annualization: named.get('annualization') };
  const read = useApi(path, { path: { id }, query: asked });
  const { problem, stale, reload } = read;
  // More than is answered at once is a job (202): asked for again until it is done.
  const data = read.data as Schema<'ConfidenceAnswer'> | Schema<'ConfidenceJob'> | undefined;
  const job = data && 'state' in data ? data : undefined;
  const answer = data && !('state' in data) ? data : undefined;
  useEffect(() => {
    if (job?.state !== 'running') return undefined;
    const timer = setTimeout(reload, askEveryMs);
    return () => clearTimeout(timer);
  }, [job]);
  const field = (name: string, label: string, hint: string, placeholder: string) => (
    <Field label={label} hint={hint} error={problem?.of(name)}>
      {/* Once it is typed: every change is a thousand paths. */}
      {tie => <NumberInput {...tie} isLate name={name} placeholder={placeholder} value={named.get(name) ?? ''} onValue={digits => setQuery({ [name]: digits })} />}
    </Field>
  );
  return (
    <div class="what-if">
      <form class="card form" aria-label="Settings of the Monte Carlo simulation" onSubmit={event => event.preventDefault()}>
        <Field label="How paths are made" hint={methods.find(([name]) => name === method)![2]}>
          {tie => (
            <select {...tie} value={method} onChange={event => setQuery({ method: event.currentTarget.value === 'bootstrap' ? null : event.currentTarget.value })}>
              {methods.map(([name, text]) => (
                <option key={name} value={name}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        {field('goal', 'Goal', 'A balance: how likely is it to be reached at any time?', 'none')}
        {field('drawdownLimit', 'Drawdown limit in %', 'How likely is it to be passed at any time?', 'none')}
        {field('paths', 'Number of paths', 'At most 10,000', exact(1000))}
        {field('seed', 'Random seed', 'The same seed gives the same paths', '1')}
      </form>
      <div class={`stack${stale || job ? ' stale' : ''}`} aria-busy={stale || job !== undefined}>
        {problem && !problem.isUnreachable && <ProblemNote problem={problem} fields={['goal', 'drawdownLimit', 'paths', 'seed']} />}
        {!data && !problem && <Skeleton height={height + 220} />}
        {job && (
          <section class="card sweep-progress" aria-label="Progress">
            <progress value={job.progress} max={1} aria-label="Paths calculated" />
            <span role="status">{job.state === 'failed' ? job.failure : `Calculating: ${fraction(job.progress)}`}</span>
          </section>
        )}
        {answer && !answer.result && (
          <section class="card">
            <Empty title="Fewer than 30 trades">
              <p>So few trades say nothing about luck. This appears when the selection has 30 closed trades.</p>
            </Empty>
          </section>
        )}
        {answer?.result && (
          <>
            <FanOfPaths result={answer.result} paths={answer.paths} id={id} asked={asked} />
            <Chances result={answer.result} goal={number('goal')} limit={number('drawdownLimit')} />
            <div class="spreads">
              <Spread name="final" title="Final balance" of={answer.result.finalEquity} as={money} start={answer.initialEquity} />
              <Spread name="drawdown" title="Max drawdown" of={answer.result.maxDrawdownPercentage} as={percent} />
            </div>
          </>
        )}
      </div>
    </div>
  );
}

function FanOfPaths({ result: { fan }, paths, id, asked }: { result: Result; paths: number; id: string; asked: Query }) {
  const option = useCallback(
    (colours: Palette) => {
      // Filled between two lines: the lower one, unseen, with the difference on top of it.
      const between = (low: 'p5' | 'p25', high: 'p75' | 'p95', opacity: number) => [
        { name: `${low} filled`, type: 'line', silent: true, stack: low, symbol: 'none', lineStyle: { opacity: 0 }, data: fan[low] },
        { name: `${low} to ${high}`, type: 'line', silent: true, stack: low, symbol: 'none', lineStyle: { opacity: 0 }, areaStyle: { color: colours.accent, opacity }, data: fan[high].map((value, i) => value - fan[low][i]!) },
      ];
      return {
        grid: { left: 4, right: 14, top: 12, bottom: 8, containLabel: true },
        xAxis: categoryAxis(colours, fan.trade.map(trade => count(trade)), { boundaryGap: false }),
        yAxis: valueAxis(colours),
        tooltip: tooltip(colours, shown => {
          const at = shown[0]?.dataIndex;
          return at === undefined ? '' : tooltipOf(`After ${count(fan.trade[at])} ${fan.trade[at] === 1 ? 'trade' : 'trades'}`, bands.map(([name, text]) => ({ name: text, value: money(fan[name][at]), colour: colours.accent })));
        }),
        series: [
          ...bands.map(([name]) => ({
            name,
            type: 'line',
            color: colours.accent,
            symbol: 'none',
            lineStyle: { width: name === 'p50' ? 2.2 : 1, opacity: name === 'p50' ? 1 : 0.6, type: name === 'p50' ? 'solid' : 'dashed' },
            emphasis: { disabled: true },
            data: fan[name],
          })),
          ...between('p5', 'p95', 0.1),
          ...between('p25', 'p75', 0.14),
        ],
      };
    },
    [fan],
  );
  const last = fan.trade.length - 1;
  return (
    <section class="card" aria-label="Range of paths">
      <header>
        <h2>Range of {count(paths)} paths</h2>
        <CsvLink path={path} id={id} query={asked} />
      </header>
      <Chart
        name="fan"
        height={height}
        label={`Balance after each trade on ${count(paths)} paths: at the end half are below ${money(fan.p50[last])}, and nine of ten between ${money(fan.p5[last])} and ${money(fan.p95[last])}`}
        option={option}
      />
      <p class="hint">The solid line is the median. Half of all paths are within the inner band, nine of ten within the outer one.</p>
    </section>
  );
}

function Chances({ result, goal, limit }: { result: Result; goal: string | undefined; limit: string | undefined }) {
  return (
    <dl class="figures card" aria-label="Chances">
      <div>
        <dt>Account blown</dt>
        <dd data-figure="ruined">{fraction(result.ruined)}</dd>
      </div>
      <div>
        <dt>{limit === undefined ? 'Passes the drawdown limit' : `Drawdown over ${percent(Number(limit))}`}</dt>
        <dd data-figure="passedDrawdownLimit">{result.passedDrawdownLimit == null ? 'no limit set' : fraction(result.passedDrawdownLimit)}</dd>
      </div>
      <div>
        <dt>{goal === undefined ? 'Reaches the goal' : `Reaches ${money(Number(goal))}`}</dt>
        <dd data-figure="reachedGoal">{result.reachedGoal == null ? 'no goal set' : fraction(result.reachedGoal)}</dd>
      </div>
    </dl>
  );
}

/** How something came out on all paths: nine of ten within the line, half within the box. */
function Spread({ name, title, of, as, start }: { name: string; title: string; of: Schema<'Quantiles'>; as: (value: number) => string; start?: number }) {
  const [low, high] = [Math.min(of.p5, start ?? of.p5), Math.max(of.p95, start ?? of.p95)];
  const at = (value: number) => (high === low ? 50 : ((value - low) / (high - low)) * 100);
  return (
    <section class="card" aria-label={title}>
      <header>
        <h3>{title}</h3>
      </header>
      <div class="spread" aria-hidden="true">
        <span class="spread-line" style={{ left: `${at(of.p5)}%`, width: `${at(of.p95) - at(of.p5)}%` }} />
        <span class="spread-box" style={{ left: `${at(of.p25)}%`, width: `${Math.max(0.5, at(of.p75) - at(of.p25))}%` }} />
        <span class="spread-median" style={{ left: `${at(of.p50)}%` }} />
        {start !== undefined && <span class="spread-start" style={{ left: `${at(start)}%` }} />}
      </div>
      <dl class="facts">
        {bands.map(([quantile, text]) => (
          <>
            <dt>{text.replace(' end', '')}</dt>
            <dd data-figure={`${name}-${quantile}`}>{as(of[quantile])}</dd>
          </>
        ))}
      </dl>
      {start !== undefined && <p class="hint">The dashed mark is the starting capital, {money(start)}.</p>}
    </section>
  );
}
