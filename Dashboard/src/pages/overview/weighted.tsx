// The batches combined in parts of one's choice, beside their plain sum.
import { useMemo } from 'preact/hooks';
import type { Problem, Schema } from '../../api/client';
import definitions from '../../api/definitions.json';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { curvesByDay } from '../../charts/parts';
import { count, exactPercent, money, ofWallClock, percent, ratio, signedPercent, tone, wallClock } from '../../format';
import { setQuery } from '../../router';
import { Field, Segmented } from '../../ui/controls';
import { Defined } from '../../ui/hint';
import { ProblemNote } from '../../ui/states';
import { fromStart } from './curves';
import './weighted.css';
import { checked, equalParts, hundred, missing, scaled, suggestions, typedChanges, type Suggestion, type Weighting } from './weights';

type Comparison = Schema<'Comparison'>;
type Account = Schema<'WeightedAccount'>;

const height = 320;

const rebalancing = [
  ['', 'Never'],
  ['month', 'Monthly'],
] as const;

const meanings: Record<Suggestion, string> = {
  equalRisk: 'Equal risk: each batch adds the same to how much the whole varies.',
  minimumVariance: 'Minimum variance: the whole varies as little as it can.',
};

export function WeightedView({ batches, weighting, data, problem, stale, isOfBefore }: { batches: readonly Schema<'Batch'>[]; weighting: Weighting; data: Comparison | undefined; problem: Problem | undefined; stale: boolean; isOfBefore: boolean }) {
  return (
    <div class="stack weighted">
      <Parts batches={batches} weighting={weighting} data={data} problem={problem} stale={stale} isOfBefore={isOfBefore} />
      {problem && <ProblemNote problem={problem} fields={['weights', 'suggest', 'rebalance']} />}
      {data?.weighted && data.unweighted && (
        <div class={`stack${stale || isOfBefore ? ' stale' : ''}`} aria-busy={stale}>
          <Curves data={data} weighted={data.weighted} />
          <Figures weighted={data.weighted} combined={data.unweighted} />
        </div>
      )}
    </div>
  );
}

function Parts({
  batches,
  weighting,
  data,
  problem,
  stale,
  isOfBefore,
}: {
  batches: readonly Schema<'Batch'>[];
  weighting: Weighting;
  data: Comparison | undefined;
  problem: Problem | undefined;
  stale: boolean;
  isOfBefore: boolean;
}) {
  const { typed, suggest, isMonthly } = weighting;
  const ids = batches.map(batch => batch.id);
  const isOfThese = data?.batches.length === ids.length && data.batches.every((batch, i) => batch.batchId === ids[i]);
  const suggested = suggest && isOfThese ? data.suggestion : undefined;
  // While another suggestion is on its way that of before is there, and is not said to be it.
  const isOfOther = suggest !== undefined && stale;
  const blown = batches.filter(batch => batch.ledger.ruined);
  const texts = (suggest ? suggested?.weights && hundred(suggested.weights) : typed) ?? equalParts(ids.length);
  const weights = checked(texts);
  const off = missing(weights);
  const whole = suggest ? undefined : scaled(weights);
  const written = (percentage: number) => exactPercent(Number(percentage.toFixed(8)));
  const wrong = !weights.numbers || off === 0 ? '' : off > 0 ? `${written(off)} is missing.` : `That is ${written(-off)} too much.`;
  return (
    <form class={`weights${isOfOther ? ' stale' : ''}`} aria-label="Weights" onSubmit={event => event.preventDefault()}>
      <div class="weights-fields">
        {batches.map((batch, i) => (
          <Field key={batch.id} label={batch.name} error={suggest ? undefined : weights.mistakes[i]}>
            {tie => (
              <span class="weights-field">
                <input
                  {...tie}
                  type="text"
                  inputmode="decimal"
                  name={`weight-${batch.id}`}
                  autocomplete="off"
                  value={texts[i]}
                  onInput={event => setQuery(typedChanges(ids, texts.map((text, j) => (i === j ? event.currentTarget.value : text))))}
                />
                <span aria-hidden="true">%</span>
              </span>
            )}
          </Field>
        ))}
      </div>
      <div class="weights-total">
        <span>
          In all <b data-figure="weights-total">{written(weights.total)}</b>
        </span>
        <span role="status" class="field-error">
          {wrong} {problem?.of('weights')} {isOfBefore && 'The figures below are of the weights before.'}
        </span>
        {whole && off !== 0 && (
          <button type="button" class="button small" onClick={() => setQuery(typedChanges(ids, whole))}>
            Scale to 100 %
          </button>
        )}
      </div>
      <div class="weights-ways">
        <div role="group" aria-label="Set all weights" class="weights-set">
          <button type="button" class={`button small${!suggest && !typed ? ' active' : ''}`} aria-pressed={!suggest && !typed} onClick={() => setQuery({ weight: null, suggest: null })}>
            Equal parts
          </button>
          {suggestions.map(([name, text]) => (
            <button key={name} type="button" class={`button small${suggest === name ? ' active' : ''}`} aria-pressed={suggest === name} onClick={() => setQuery({ suggest: name, weight: null })}>
              {text}
            </button>
          ))}
        </div>
        <div class="weights-rebalance">
          <span aria-hidden="true">Rebalance</span>
          <Segmented label="Rebalance" value={isMonthly ? 'month' : ''} options={rebalancing} onChange={value => setQuery({ rebalance: value })} />
        </div>
      </div>
      {(problem?.of('suggest') || problem?.of('rebalance')) && (
        <p class="field-error">
          {problem.of('suggest')} {problem.of('rebalance')}
        </p>
      )}
      {suggest && suggested && data && !isOfOther && (
        <p class="hint" data-figure="suggestion" role="status">
          {suggested.weights ? (
            <>
              {meanings[suggest]} Taken from the daily returns {spanOf(suggested, data.timeZone)}. Such weights fit the past that they were taken from: the figures below are of the same days, and what comes next may be otherwise.
            </>
          ) : (
            `There are no weights to suggest: ${suggested.days < 2 ? `the batches have ${suggested.days === 1 ? 'one day' : 'no day'} in common` : blown.length > 0 ? `an account was blown (${blown.map(batch => batch.name).join(', ')})` : 'the return of one of the batches does not vary'}. Enter your own, or choose other batches above.`
          )}
        </p>
      )}
    </form>
  );
}

function spanOf({ from, to, days }: Schema<'SuggestedWeights'>, zone: string): string {
  const clock = wallClock(zone);
  const day = (time: number) => ofWallClock(clock(time), { dateStyle: 'medium' });
  return from === null || to === null ? '' : `from ${day(from)} to ${day(to)}, the ${count(days)} days that all the batches have in common`;
}

function Curves({ data, weighted }: { data: Comparison; weighted: Account }) {
  const option = useMemo(
    () => (colours: Palette) => {
      const clock = wallClock(data.timeZone);
      const times = data.time.map(clock);
      const points = (values: readonly number[]) => fromStart(times, values, data.sum.start, data.time);
      return curvesByDay(
        colours,
        [
          { name: 'Weighted', points: points(weighted.value), colour: colours.accent, width: 2 },
          { name: 'Combined', points: points(data.sum.value), colour: colours.faint, width: 1.6 },
        ],
        money,
      );
    },
    [data, weighted],
  );
  const last = (values: readonly number[]) => money(values[values.length - 1]);
  return (
    <div>
      <Chart name="comparison-weighted" label={`Capital of all batches, day by day, at the end ${last(weighted.value)} in these weights and ${last(data.sum.value)} as they are`} height={height} option={option} />
      <ul class="legend">
        <li class="weights-legend">
          <i class="weighted-line" aria-hidden="true" /> Weighted
        </li>
        <li class="weights-legend">
          <i class="weighted-line own" aria-hidden="true" /> Combined, each with its own capital
        </li>
      </ul>
    </div>
  );
}

const end = (values: readonly number[]) => values[values.length - 1];
const figures: readonly { label: string; name?: keyof typeof definitions; of: (account: Account) => number | null | undefined; as: (value: number | null | undefined) => string; isColoured?: boolean }[] = [
  { label: 'Balance', of: account => end(account.value), as: money },
  { label: 'Return', of: account => end(account.changePercentage), as: signedPercent, isColoured: true },
  { label: 'Max drawdown', of: account => account.maxDrawdownPercentage, as: percent },
  { label: 'Volatility', name: 'volatility', of: account => account.volatility && account.volatility * 100, as: percent },
  { label: 'Sharpe', name: 'sharpe', of: account => account.sharpe, as: ratio },
  { label: 'Sortino', name: 'sortino', of: account => account.sortino, as: ratio },
];

function Figures({ weighted, combined }: { weighted: Account; combined: Account }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Weighted and combined, table">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Figure</span>
            </th>
            <th scope="col" class="number">
              Weighted
            </th>
            <th scope="col" class="number">
              Combined
            </th>
          </tr>
        </thead>
        <tbody>
          {figures.map(({ label, name, of, as, isColoured }) => (
            <tr key={label}>
              <th scope="row">{name ? <Defined definition={definitions[name]}>{label}</Defined> : label}</th>
              <td class={`number ${isColoured ? tone(of(weighted)) : ''}`} data-weighted={label}>
                <b>{as(of(weighted))}</b>
              </td>
              <td class={`number ${isColoured ? tone(of(combined)) : ''}`} data-combined={label}>
                {as(of(combined))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">Both of the balance at the end of each day, so a fall within a day is not in the drawdown.</p>
    </div>
  );
}
