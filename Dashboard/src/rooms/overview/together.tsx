// All batches in one chart: each rebased to 0 %, or their sum as one account.
import { useMemo } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import { compactMoney, count, money, ofWallClock, ownZone, percent, shortPercent, signedMoney, signedPercent, tone, wallClock } from '../../format';
import { place, setQuery } from '../../router';
import { Choose, Segmented } from '../../ui/controls';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { Figures } from './figures';

const views = [
  ['compared', 'Compared'],
  ['sum', 'Sum of all'],
  ['drawdown', 'Underwater'],
  ['figures', 'Figures'],
] as const;
type Shown = (typeof views)[number][0];

/** As many as the API compares at once. */
const most = 20;

const day = (time: number) => ofWallClock(time, { dateStyle: 'medium' });

export function Together({ batches: all }: { batches: readonly Schema<'Batch'>[] }) {
  const shown: Shown = views.find(([name]) => name === place.value.query.get('show'))?.[0] ?? 'compared';
  const chosen = place.value.query.getAll('batch').filter(id => all.some(batch => String(batch.id) === id));
  const batches = chosen.length > 0 ? all.filter(batch => chosen.includes(String(batch.id))) : all;
  const compared = batches.slice(0, most);
  const { data, problem, reload } = useApi('/api/v1/compare', { query: { batch: compared.map(batch => batch.id), by: 'day', tz: ownZone } });
  const capital = sum(batches, batch => batch.summary.availableCapital);
  const pnl = sum(batches, batch => batch.summary.pnl);
  const began = capital - pnl;
  const change = began > 0 ? (pnl / began) * 100 : null;
  const underwater = data?.sum.drawdownPercentage;

  return (
    <section class="card" aria-label="All batches">
      <header>
        <dl class="totals">
          <div>
            <dt>{chosen.length > 0 ? `${count(batches.length)} of ${count(all.length)} batches` : 'All batches'}, available</dt>
            <dd data-figure="sum">{money(capital)}</dd>
          </div>
          <div>
            <dt>Profit</dt>
            <dd class={tone(pnl)}>
              {signedMoney(pnl)} <small>{signedPercent(change)}</small>
            </dd>
          </div>
          <div>
            <dt>Drawdown</dt>
            <dd>
              {percent(underwater?.[underwater.length - 1])} <small>worst {percent(data?.sum.maxDrawdownPercentage?.value)}</small>
            </dd>
          </div>
        </dl>
        {all.length > 1 && (
          <Choose
            label="Batches"
            options={all.map(batch => String(batch.id))}
            chosen={chosen}
            name={id => all.find(batch => String(batch.id) === id)?.name ?? id}
            onChange={ids => setQuery({ batch: ids })}
          />
        )}
        <Segmented label="What is shown of them" value={shown} onChange={value => setQuery({ show: value === 'compared' ? null : value })} options={views} />
      </header>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={320} />}
      {data && data.time.length === 0 && (
        <div class="no-chart">
          <Empty icon="alerts" title="No closed trade yet">
            <p>The curves begin with the first trade that is closed. Trades come from alerts: an entry opens one, an exit or an entry the other way closes it.</p>
          </Empty>
        </div>
      )}
      {data && data.time.length > 0 && (shown === 'figures' ? <Figures data={data} /> : <TogetherChart data={data} shown={shown} />)}
      {batches.length > most && (
        <p class="hint">
          The comparison is of the first {most} of {count(batches.length)} batches, and so is their sum; the capital and the profit above are of all. Choose others above.
        </p>
      )}
    </section>
  );
}

function TogetherChart({ data, shown }: { data: Schema<'Comparison'>; shown: Exclude<Shown, 'figures'> }) {
  const option = useMemo(
    () => (colours: Palette) => {
      const clock = wallClock(data.timeZone);
      const times = data.time.map(clock);
      const line = (name: string, values: readonly (number | null)[], colour: string, more: object = {}) => ({
        name,
        type: 'line',
        showSymbol: times.length === 1,
        color: colour,
        lineStyle: { width: 1.8 },
        emphasis: { disabled: true },
        data: values.map((value, i) => [times[i], value]),
        ...more,
      });
      const series =
        shown === 'compared'
          ? data.batches.map((batch, i) => line(batch.name, batch.changePercentage, colours.series[i % colours.series.length]!))
          : shown === 'sum'
            ? [line('Sum of all', data.sum.value, colours.accent, { areaStyle: { color: colours.accent, opacity: 0.1, origin: 'start' } })]
            : [line('Drawdown', data.sum.drawdownPercentage.map(value => -value), colours.loss, { areaStyle: { color: colours.loss, opacity: 0.18 } })];
      const label = shown === 'sum' ? compactMoney : shortPercent;
      return {
        grid: { left: 8, right: 14, top: 12, bottom: 8, containLabel: true },
        xAxis: timeAxis(colours),
        yAxis: valueAxis(colours, label, { scale: shown === 'sum', max: shown === 'drawdown' ? 0 : undefined }),
        dataZoom: zoom(colours, false),
        tooltip: tooltip(colours, points => {
          const at = points[0];
          if (!at) return '';
          const lines = points
            .map(point => ({ point, value: (point.value as [number, number | null])[1] }))
            .filter(({ value }) => value !== null)
            .sort((a, b) => b.value! - a.value!)
            .map(({ point, value }) => ({ name: point.seriesName, colour: point.color, value: shown === 'sum' ? money(value) : signedPercent(value) }));
          return tooltipOf(day((at.value as [number])[0]), lines);
        }),
        series,
      };
    },
    [data, shown],
  );
  const label = {
    compared: `Change in percent, day by day, of ${data.batches.map(batch => batch.name).join(', ')}`,
    sum: `Capital of all batches together, day by day, from ${money(data.sum.capital)} to ${money(data.sum.value[data.sum.value.length - 1])}`,
    drawdown: `Drawdown of all batches together, day by day; the worst is ${percent(data.sum.maxDrawdownPercentage?.value)}`,
  }[shown];
  return (
    <>
      <Chart name={`together-${shown}`} label={label} height={320} option={option} />
      <ul class="legend">
        {shown === 'compared' &&
          data.batches.map((batch, i) => {
            const last = batch.changePercentage[batch.changePercentage.length - 1];
            return (
              <li key={batch.batchId}>
                <a href={`/batches/${batch.batchId}`}>
                  <i class={`series-${(i % 8) + 1}`} />
                  {batch.name} <span class={tone(last)}>{signedPercent(last)}</span>
                </a>
              </li>
            );
          })}
      </ul>
    </>
  );
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
