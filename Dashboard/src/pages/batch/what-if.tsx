// What the batch would have been under other settings: both curves and both columns of figures move as one drags. Writes nothing.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { answer, client, filled, type Problem, problemFrom, type Query, type Schema } from '../../api/client';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { curvesByDay } from '../../charts/parts';
import { count, exact, fraction, money, percent, numberIn, ratio, signedFraction, signedMoney, tone, wallClock } from '../../format';
import { navigate, place, setQuery } from '../../router';
import { isAdmin } from '../../session';
import { Field, Segmented } from '../../ui/controls';
import { later } from '../../ui/later';
import { ProblemNote, Skeleton } from '../../ui/states';
import { NumberInput } from '../../ui/typed';
import { CreateBatch } from '../batches/change';
import { Side, StreamName, When } from './cells';
import { isFiltered, type Filters } from './filters';
import { written } from './notes';
import { asBatch, bodyOf, isOwn, neededBy, noWhatIf, sizings, whatIfOf, type NumberName } from './what-if-settings';
import './what-if.css';

type Answer = Schema<'WhatIfAnswer'>;
/** While one drags: the last position counts. */
const settleMs = 120;
const againAfterMs = 3000;
const points = 1500;
const height = 380;
const skippedShown = 20;

const Sweep = later(() => import('./sweep').then(({ Sweep }) => Sweep), height + 260);
const MonteCarlo = later(() => import('./monte-carlo').then(({ MonteCarlo }) => MonteCarlo), height + 260);

/** One account under other settings, many of them, or the same trades in other orders. */
const ways = [
  ['', 'Other settings'],
  ['many', 'Try many settings'],
  ['paths', 'Monte Carlo'],
] as const;

/** What a batch cannot be narrowed to: it has no period, side or tags. */
const isOnlyAView = ({ span, from, to, side, tags }: Filters) => Boolean(span || from || to || side) || tags.length > 0;

export function WhatIfView({ batch, filters, query, onTrade }: { batch: Schema<'Batch'>; filters: Filters; query: Query; onTrade: (tradeId: string) => void }) {
  const way = ways.find(([name]) => name === place.value.query.get('try'))?.[0] ?? '';
  return (
    <div class="stack">
      <div class="what-if-ways">
        <Segmented label="What if" value={way} options={ways} onChange={value => setQuery({ try: value }, { replace: false })} />
      </div>
      {way !== 'paths' && isFiltered(filters) && (
        <p class="hint" data-figure="passing">
          Only trades that pass the filters above count, and the account begins with its starting capital.{way === '' && ' The batch’s own line begins with what it had before the first of them.'}
        </p>
      )}
      {way === '' && <OtherSettings batch={batch} filters={filters} query={query} onTrade={onTrade} />}
      {way === 'many' && <Sweep batchId={batch.id} stand={standOf(batch)} query={query} zone={filters.zone} isOwn={isOwn(whatIfOf(place.value))} />}
      {way === 'paths' && <MonteCarlo id={String(batch.id)} query={query} />}
    </div>
  );
}

function OtherSettings({ batch, filters, query, onTrade }: { batch: Schema<'Batch'>; filters: Filters; query: Query; onTrade: (tradeId: string) => void }) {
  const whatIf = whatIfOf(place.value);
  const { sizing, numbers } = whatIf;
  const body = { ...bodyOf(whatIf), by: 'day', points };
  const { data, problem, stale } = useWhatIf(String(batch.id), body, query, standOf(batch));
  const [isMaking, setMaking] = useState(false);
  const settings = isOnlyAView(filters) ? undefined : asBatch(whatIf, batch);
  const set = (name: NumberName, value: string) => setQuery({ [name]: value });
  const field = (name: NumberName, label: string, hint: string, range?: readonly [min: number, max: number, step: number], own?: number) => (
    <SettingField key={name} name={name} label={label} hint={hint} range={range} own={own} value={numbers[name]} error={problem?.of(name)} onChange={value => set(name, value)} />
  );
  return (
    <div class="what-if">
      <form class="card form" aria-label="Settings of the what-if" onSubmit={event => event.preventDefault()}>
        <Field label="Money per trade" error={problem?.of('sizing')}>
          {tie => (
            <select {...tie} value={sizing} onChange={event => setQuery({ ...Object.fromEntries(Object.keys(neededBy[sizing]).map(name => [name, null])), sizing: event.currentTarget.value === 'sequential' ? null : event.currentTarget.value })}>
              {sizings.map(([name, text]) => (
                <option key={name} value={name}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        {sizing === 'fixedAmount' && field('amount', 'Amount per trade', 'In your own currency')}
        {sizing === 'fixedRisk' && field('riskPercentage', 'Risk in % of capital', 'What an average loss may cost', [0.1, 10, 0.1])}
        {sizing === 'kelly' && field('fraction', 'Part of Kelly', '1 is all of it', [0.05, 1, 0.05])}
        {(sizing === 'fixedRisk' || sizing === 'kelly') && field('lookback', 'Trades looked back on', 'Until there are so many, the position size counts', [5, 200, 1])}
        {sizing !== 'fixedAmount' && field('allocationPercentage', 'Position size in %', '% of capital per trade', [1, 200, 1], batch.allocationPercentage)}
        {field('feePercentage', 'Fee in %', '% of order value, at entry and at exit', [0, 0.5, 0.01], batch.feePercentage)}
        {field('slippagePercentage', 'Slippage in %', 'Worsens every entry and exit', [0, 0.5, 0.01])}
        {field('maxExposurePercentage', 'Most of the capital in open trades, in %', 'Entries beyond it are skipped; empty for no limit', [10, 500, 10])}
        {field('maxOpenTrades', 'Most open trades', 'Entries beyond it are skipped; empty for no limit', [1, 50, 1])}
        {field('capital', 'Starting capital', 'In your own currency', undefined, batch.capital)}
        <div class="actions">
          <button type="button" class="button" disabled={isOwn(whatIf)} onClick={() => setQuery(noWhatIf)}>
            As the batch is
          </button>
          {isAdmin.value && (
            <button type="button" class="button" disabled={!settings || isOwn(whatIf)} title={settings ? undefined : 'A batch has no such sizing, slippage, limit, period, side or tags'} onClick={() => setMaking(true)}>
              Make it a batch
            </button>
          )}
        </div>
      </form>
      <div class={`stack${stale ? ' stale' : ''}`} aria-busy={stale}>
        {problem && <ProblemNote problem={problem} fields={['sizing', ...Object.keys(numbers)]} />}
        {!data && !problem && <Skeleton height={height + 260} />}
        {data && (
          <>
            <Curves answer={data} />
            <Figures answer={data} />
            {data.skippedTotal > 0 && <Skipped answer={data} zone={filters.zone} onTrade={onTrade} />}
          </>
        )}
      </div>
      {isMaking && settings && (
        <CreateBatch
          initial={{
            ...settings,
            name: `${batch.name}, what if`,
            symbols: filters.symbols.length > 0 ? filters.symbols : batch.symbols,
            timeframes: filters.timeframes.length > 0 ? filters.timeframes : batch.timeframes,
            strategies: filters.strategies.length > 0 ? filters.strategies : batch.strategies,
            startTime: batch.startTime ? batch.startTime.replace(/(\.\d+)?Z$/, '') : '',
          }}
          onClose={() => setMaking(false)}
          onCreated={made => navigate(`/batches/${made.id}`)}
        />
      )}
    </div>
  );
}

/** All of a batch that figures are made of, but for prices of open trades: another wherever they may be others. */
const standOf = ({ updatedAt, ledger: { state, trades, lastExitTime }, summary: { openPnl: _, ...summary } }: Schema<'Batch'>) =>
  JSON.stringify([updatedAt, state, trades, lastExitTime, summary]);

/** Asks again when the settings have settled, the batch is another, or a trade has other tags, or nothing answered; meanwhile the answer before stays. */
function useWhatIf(id: string, body: Record<string, unknown>, query: Query, stand: string) {
  const [state, setState] = useState<{ key: string; data?: Answer | undefined; problem?: Problem | undefined }>();
  const key = JSON.stringify([id, body, query, stand]);
  const [attempt, setAttempt] = useState(0);
  const tags = written.value;
  const isFirst = useRef(true);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(
      async () => {
        isFirst.current = false;
        try {
          const { data } = await answer(client.POST('/api/v1/batches/{id}/what-if', { params: { path: { id }, query: filled(query) as never }, body: body as never, signal: abort.signal }));
          setState({ key, data });
        } catch (fault) {
          if (abort.signal.aborted) return;
          const problem = problemFrom(fault);
          setState(before => ({ key, data: before?.data, problem }));
          if (problem.isUnreachable || problem.status >= 500) setTimeout(() => !abort.signal.aborted && setAttempt(attempt + 1), againAfterMs);
        }
      },
      isFirst.current ? 0 : settleMs,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [key, tags, attempt]);
  return { data: state?.data, problem: state?.problem, stale: state !== undefined && (state.key !== key || state.problem !== undefined) };
}

/** A number that is typed or dragged; what the batch has stands beside it. */
function SettingField({
  name,
  label,
  hint,
  range,
  own,
  value,
  error,
  onChange,
}: {
  name: NumberName;
  label: string;
  hint: string;
  range: readonly [min: number, max: number, step: number] | undefined;
  own: number | undefined;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}) {
  const at = Number(numberIn(value) ?? own ?? range?.[0] ?? 0);
  return (
    <Field label={label} error={error} hint={own === undefined ? hint : `${hint}. The batch: ${exact(own)}`}>
      {tie => (
        <div class="what-if-number">
          <NumberInput {...tie} name={name} placeholder={own === undefined ? 'none' : exact(own)} value={value} onValue={onChange} />
          {range && (
            <input type="range" aria-label={`${label}, slider`} min={range[0]} max={range[1]} step={range[2]} value={Math.max(range[0], Math.min(range[1], at))} onInput={event => onChange(event.currentTarget.value)} />
          )}
        </div>
      )}
    </Field>
  );
}

function Curves({ answer: { account, batch } }: { answer: Answer }) {
  const option = useCallback(
    (colours: Palette) => {
      const clock = wallClock(account.series.timeZone);
      const points = ({ series }: Answer['account']): [number, number][] => [
        ...(series.start ? [[clock(series.start.time) - 86_400_000, series.start.value] as [number, number]] : []),
        ...series.value.map((value, i): [number, number] => [clock(series.time[i]!), value]),
      ];
      return curvesByDay(
        colours,
        [
          { name: 'What if', points: points(account), colour: colours.accent, width: 2 },
          { name: 'Batch', points: points(batch), colour: colours.faint, width: 1.6 },
        ],
        money,
      );
    },
    [account, batch],
  );
  return (
    <section class="card" aria-label="What if, and the batch">
      <header>
        <h2>What if</h2>
        <ul class="what-if-legend">
          <li>
            <i class="what-if-line" aria-hidden="true" /> What if
          </li>
          <li>
            <i class="what-if-line own" aria-hidden="true" /> The batch
          </li>
        </ul>
      </header>
      <Chart name="what-if" height={height} label={`Balance day by day, at the end ${money(account.availableCapital)} under these settings and ${money(batch.availableCapital)} in the batch`} option={option} />
    </section>
  );
}

const figures: readonly (readonly [label: string, of: (account: Answer['account']) => number | null | undefined, as: (value: number | null | undefined) => string, coloured?: boolean])[] = [
  ['Balance', account => account.availableCapital, money],
  ['Profit', ({ statistics }) => statistics.netProfit, signedMoney, true],
  ['CAGR', ({ statistics }) => statistics.cagr, signedFraction, true],
  ['Max drawdown', ({ statistics }) => statistics.maxDrawdownPercentage?.value, percent],
  ['Trades', ({ statistics }) => statistics.trades, count],
  ['Win rate', ({ statistics }) => statistics.winRate, fraction],
  ['Profit factor', ({ statistics }) => statistics.profitFactor, ratio],
  ['Sharpe', ({ statistics }) => statistics.sharpe, ratio],
  ['Sortino', ({ statistics }) => statistics.sortino, ratio],
  ['Fees paid', ({ statistics }) => statistics.feesPaid, money],
  ['Most in open trades', ({ statistics }) => statistics.maxExposure, percent],
];

function Figures({ answer: { account, batch } }: { answer: Answer }) {
  return (
    <section class="card" aria-label="Figures of both">
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Figures of both, table">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">
                <span class="visually-hidden">Figure</span>
              </th>
              <th scope="col" class="number">
                What if
              </th>
              <th scope="col" class="number">
                The batch
              </th>
            </tr>
          </thead>
          <tbody>
            {figures.map(([label, of, as, coloured]) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td class={`number ${coloured ? tone(of(account)) : ''}`} data-what-if={label}>
                  <b>{as(of(account))}</b>
                </td>
                <td class={`number ${coloured ? tone(of(batch)) : ''}`} data-batch-figure={label}>
                  {as(of(batch))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {account.ruined && <p class="note bad">Under these settings the account is blown (balance 0).</p>}
    </section>
  );
}

const reasons: Record<string, string> = { maxOpenTrades: 'too many open trades', maxExposurePercentage: 'too much of the capital in open trades' };

interface SkippedProps {
  answer: Answer;
  zone: string;
  onTrade: (tradeId: string) => void;
}

function Skipped({ answer: { skipped, skippedTotal }, zone, onTrade }: SkippedProps) {
  return (
    <section class="card" aria-label="Skipped trades">
      <header>
        <h2>Skipped trades</h2>
        <span class="faint" data-figure="skipped">
          {count(skippedTotal)}
        </span>
      </header>
      <ul class="what-if-skipped">
        {skipped.slice(0, skippedShown).map(({ reason, ...trade }) => (
          <li key={trade.tradeId}>
            <button type="button" class="link-button" onClick={() => onTrade(trade.tradeId)}>
              <StreamName stream={trade} /> <When time={trade.entryTime} zone={zone} />
            </button>{' '}
            <Side side={trade.side} /> <span class="faint">{reasons[reason]}</span>
          </li>
        ))}
      </ul>
      {skippedTotal > skippedShown && <p class="hint">The first {count(skippedShown)}, in the order of entries.</p>}
    </section>
  );
}
