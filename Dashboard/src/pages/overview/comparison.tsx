// All batches in one chart: each one's return from 0 %, or all combined as one account.
import type { ComponentChildren } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Query, Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart, expectCharts } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { colouredAround, timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import { compactMoney, count, money, moneyWithCode, ofWallClock, percent, shortPercent, signedMoney, signedPercent, tone, wallClock } from '../../format';
import { place, setQuery } from '../../router';
import { Choose, Segmented } from '../../ui/controls';
import { Empty, ReadState } from '../../ui/states';
import { dayOf, instantOf, useZone } from '../batch/filters';
import { lately, latelyBegins } from '../batch/lately';
import { fromStart, type Start } from './curves';
import { StatisticsTable } from './statistics-table';
import { WeightedView } from './weighted';
import { weightingOf, weightQuery } from './weights';

expectCharts();

const views = [
  ['compared', 'Compared'],
  ['sum', 'Combined'],
  ['drawdown', 'Drawdown'],
  ['weighted', 'Weighted'],
  ['figures', 'Statistics'],
] as const;
type Shown = (typeof views)[number][0];

const scales = [
  ['', 'Linear'],
  ['log', 'Log'],
] as const;

/** As many as the API compares at once. */
const most = 20;
/** With 8 colours, 20 lines can be told apart. */
const dashes = ['solid', 'dashed', 'dotted'] as const;
const height = 320;

const day = (time: number) => ofWallClock(time, { dateStyle: 'medium' });

/** children: what stands below. Where nobody knows how tall a view becomes they wait for it, for they would jump. */
export function Comparison({ batches: all, children }: { batches: readonly Schema<'Batch'>[]; children: ComponentChildren }) {
  const zone = useZone();
  const shown: Shown = views.find(([name]) => name === place.value.query.get('show'))?.[0] ?? 'compared';
  const isLog = place.value.query.get('scale') === 'log';
  const chosen = place.value.query.getAll('batch').filter(id => all.some(batch => String(batch.id) === id));
  const batches = chosen.length > 0 ? all.filter(batch => chosen.includes(String(batch.id))) : all;
  const compared = batches.slice(0, most);
  const isPart = batches.length > most;
  const ids = compared.map(batch => batch.id);
  const weighting = weightingOf(place.value, ids);
  const typed = shown === 'weighted' ? weightQuery(weighting, ids) : {};
  const parts = useLastRight(typed, ids.join());
  const read = useApi('/api/v1/compare', { query: { batch: ids, by: 'day', tz: zone, ...parts } });
  const { data, stale } = read;
  // What is wrong with weights is said beside them.
  const areTooFew = shown === 'weighted' && compared.length < 2;
  const isRefused = shown === 'weighted' && read.problem?.status === 400;
  const hasPlace = useRef(false);
  hasPlace.current ||= (shown !== 'weighted' && shown !== 'figures') || data !== undefined || read.problem !== undefined;
  const capital = sum(batches, batch => batch.summary.availableCapital);
  const pnl = sum(batches, batch => batch.summary.pnl);
  const began = capital - pnl;
  const change = began > 0 ? (pnl / began) * 100 : null;
  const drawdown = data?.sum.drawdownPercentage;

  return (
    <>
      <section class="card" aria-label="All batches">
        <header>
          <dl class="totals">
            <div>
              <dt>{chosen.length > 0 ? `Capital of ${count(batches.length)} of ${count(all.length)} batches` : 'Total capital'}</dt>
              <dd data-figure="sum">{moneyWithCode(capital)}</dd>
            </div>
            <div>
              <dt>Profit</dt>
              <dd class={tone(pnl)}>
                {signedMoney(pnl)} <small>{signedPercent(change)}</small>
              </dd>
            </div>
            <div>
              <dt>{isPart ? `Drawdown of the first ${most}` : 'Drawdown'}</dt>
              <dd>
                {percent(drawdown?.[drawdown.length - 1])} <small>max {percent(data?.sum.maxDrawdownPercentage?.value)}</small>
              </dd>
            </div>
          </dl>
          {!isPart && <Lately of={data} began={began} zone={zone} />}
          {all.length > 1 && (
            <Choose
              label="Batches"
              options={all.map(batch => String(batch.id))}
              chosen={chosen}
              name={id => all.find(batch => String(batch.id) === id)?.name ?? id}
              onChange={ids => setQuery({ batch: ids })}
            />
          )}
          {shown === 'compared' && <Segmented label="Scale" value={isLog ? 'log' : ''} options={scales} onChange={value => setQuery({ scale: value })} />}
          <Segmented label="View" value={shown} onChange={value => setQuery({ show: value === 'compared' ? null : value })} options={views} />
        </header>
        {!isRefused && <ReadState read={read} height={height} />}
        {read.loading && shown === 'compared' && <Legend batches={compared.map(({ id, name }) => ({ batchId: id, name, changePercentage: [] }))} hidden={[]} />}
        {data && data.time.length === 0 && (
          <div class="no-chart">
            <Empty icon="alerts" title="No closed trade yet">
              <p>The curves begin when the first trade closes. An entry alert opens a trade; an exit, or an entry in the other direction, closes it.</p>
            </Empty>
          </div>
        )}
        {areTooFew && data && (
          <div class="no-chart">
            <Empty title="Weights need two batches">
              <p>Create another batch or choose more of them above, and say here which part of the capital each gets.</p>
            </Empty>
          </div>
        )}
        {shown === 'weighted'
          ? !areTooFew &&
            (data ? data.time.length > 0 : isRefused) && <WeightedView batches={compared} weighting={weighting} data={data} problem={isRefused ? read.problem : undefined} stale={stale} isOfBefore={typed === undefined} />
          : data &&
            data.time.length > 0 && (
              <div class={stale ? 'stale' : ''}>{shown === 'figures' ? <StatisticsTable data={data} /> : <ComparisonChart data={data} shown={shown} isLog={isLog} />}</div>
            )}
        {isPart && hasPlace.current && (
          <p class="hint">
            {shown === 'weighted' ? 'Weights are of' : 'The chart shows'} the first {most} of {count(batches.length)} batches; choose others above. Capital and profit are of all of them.
          </p>
        )}
      </section>
      {hasPlace.current && children}
    </>
  );
}

/** While weights are being typed that do not fit, those before them still count; of other batches, none. */
function useLastRight(parts: Query | undefined, batches: string): Query {
  const last = useRef<{ batches: string; parts: Query }>(undefined);
  if (parts || last.current?.batches !== batches) last.current = { batches, parts: parts ?? {} };
  return last.current.parts;
}

function ComparisonChart({ data, shown, isLog }: { data: Schema<'Comparison'>; shown: Exclude<Shown, 'figures' | 'weighted'>; isLog: boolean }) {
  const [hidden, setHidden] = useState<readonly number[]>([]);
  const option = useMemo(
    () => (colours: Palette) => {
      const clock = wallClock(data.timeZone);
      const times = data.time.map(clock);
      const line = (name: string, values: readonly (number | null)[], start: Start, colour: string, more: object = {}) => ({
        name,
        type: 'line',
        showSymbol: times.length === 1,
        color: colour,
        lineStyle: { width: 1.8 },
        emphasis: { disabled: true },
        data: fromStart(times, values, start, data.time),
        ...more,
      });
      // On a log scale a return is the growth of 100.
      const canLog = shown === 'compared' && isLog;
      const growth = (value: number | null) => (value === null || value <= -100 ? null : 100 + value);
      const series =
        shown === 'compared'
          ? data.batches.flatMap((batch, i) =>
              hidden.includes(batch.batchId)
                ? []
                : [
                    line(batch.name, canLog ? batch.changePercentage.map(growth) : batch.changePercentage, batch.start && canLog ? { ...batch.start, value: 100 } : batch.start, colours.series[i % 8]!, {
                      lineStyle: { width: 1.8, type: dashes[Math.floor(i / 8) % dashes.length] },
                    }),
                  ],
            )
          : shown === 'sum'
            ? [
                line('Combined', data.sum.value, data.sum.start, colours.gain, {
                  areaStyle: { opacity: 0.1, origin: data.sum.capital },
                  markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: colours.faint, type: 'dashed', width: 1 }, data: [{ yAxis: data.sum.capital }] },
                }),
              ]
            : [line('Drawdown', data.sum.drawdownPercentage, data.sum.start && { ...data.sum.start, value: 0 }, colours.loss, { areaStyle: { color: colours.loss, opacity: 0.18, origin: 'start' } })];
      const label = shown === 'sum' ? compactMoney : canLog ? (value: number) => shortPercent(value - 100) : shortPercent;
      return {
        grid: { left: 8, right: 14, top: 12, bottom: 8, containLabel: true },
        xAxis: timeAxis(colours),
        yAxis: valueAxis(colours, label, { scale: shown === 'sum' || canLog, ...(canLog ? { type: 'log' } : {}), ...(shown === 'drawdown' ? { inverse: true, min: 0 } : {}) }),
        dataZoom: zoom(colours, false),
        ...(shown === 'sum' ? { visualMap: colouredAround(data.sum.capital, data.sum.value, colours) } : {}),
        tooltip: tooltip(colours, points => {
          const at = points[0];
          if (!at) return '';
          const written = (value: number | null) => (shown === 'sum' ? money(value) : shown === 'drawdown' ? percent(value) : signedPercent(canLog && value !== null ? value - 100 : value));
          const lines = points
            .map(point => ({ point, value: (point.value as [number, number | null])[1] }))
            .filter(({ value }) => value !== null)
            .sort((a, b) => b.value! - a.value!)
            .map(({ point, value }) => ({ name: point.seriesName, colour: point.color, value: written(value) }));
          return tooltipOf(day((at.value as [number])[0]), lines);
        }),
        series,
      };
    },
    [data, shown, isLog, hidden],
  );
  const label = {
    compared: `Return in percent, day by day, of ${data.batches.map(batch => batch.name).join(', ')}`,
    sum: `Capital of all batches combined, day by day, from ${money(data.sum.capital)} to ${money(data.sum.value[data.sum.value.length - 1])}`,
    drawdown: `Drawdown of all batches combined, day by day, at most ${percent(data.sum.maxDrawdownPercentage?.value)}`,
  }[shown];
  return (
    <>
      <Chart name={`comparison-${shown}`} label={label} height={height} option={option} />
      {shown === 'compared' && <Legend batches={data.batches} hidden={hidden} onChange={setHidden} />}
    </>
  );
}

/** Without onChange it keeps the place of what is still to come. */
function Legend({
  batches,
  hidden,
  onChange,
}: {
  batches: readonly { batchId: number; name: string; changePercentage: readonly (number | null)[] }[];
  hidden: readonly number[];
  onChange?: (hidden: readonly number[]) => void;
}) {
  return (
    <ul class="legend">
      {batches.map((batch, i) => {
        const last = batch.changePercentage[batch.changePercentage.length - 1];
        const isHidden = hidden.includes(batch.batchId);
        return (
          <li key={batch.batchId}>
            <button
              type="button"
              aria-pressed={!isHidden}
              disabled={!onChange}
              title={isHidden ? 'Show its line' : 'Hide its line'}
              onClick={() => onChange?.(isHidden ? hidden.filter(id => id !== batch.batchId) : [...hidden, batch.batchId])}
            >
              <i class={`series-${(i % 8) + 1} ${dashes[Math.floor(i / 8) % dashes.length]}`} />
              <span class="legend-name">{batch.name}</span> <span class={onChange ? tone(last) : 'unseen'}>{signedPercent(onChange ? last : 10)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const nothingYet = { time: [], sum: { value: [] } } as { time: readonly number[]; sum: { value: readonly number[] } };

/** What changed today, this week and this month. */
function Lately({ of, began, zone }: { of: Schema<'Comparison'> | undefined; began: number; zone: string }) {
  const { time: times, sum: { value: values } } = of ?? nothingYet;
  const begins = latelyBegins(dayOf(Date.now(), zone));
  return (
    <ul class="recent" aria-label="Profit lately">
      {lately.map(([span, name]) => {
        const since = Date.parse(instantOf(begins[span], zone));
        const before = times.findLastIndex(time => time < since);
        const profit = of && (values[values.length - 1] ?? began) - (values[before] ?? began);
        return (
          <li key={span}>
            <span>
              {name} <b class={tone(profit)} data-recent={span}>{signedMoney(profit)}</b>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
