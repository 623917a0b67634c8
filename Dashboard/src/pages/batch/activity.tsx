// How many trades were closed: in each period, or in total.
import { useCallback } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import { count, ofWallClock, wallClock } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { ReadState } from '../../ui/states';
import { CsvLink } from './csv-link';
import { rangeOf } from './filters';

const bys = [
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
] as const;
const modes = [
  ['absolute', 'Per period'],
  ['cumulative', 'Cumulative'],
] as const;
const height = 260;

export function Activity({ id, query }: { id: string; query: Query }) {
  const by = bys.find(([name]) => name === place.value.query.get('tradesBy'))?.[0] ?? 'day';
  const mode = modes.find(([name]) => name === place.value.query.get('tradesMode'))?.[0] ?? 'absolute';
  const read = useApi('/api/v1/batches/{id}/charts/trades', { path: { id }, query: { ...query, by, mode, points: 3000 } });
  const { data, stale } = read;
  const option = useCallback(
    (colours: Palette) => {
      if (!data) return {};
      const clock = wallClock(data.timeZone);
      const isBars = data.mode === 'absolute';
      return {
        grid: { left: 4, right: 10, top: 12, bottom: 4, containLabel: true },
        xAxis: timeAxis(colours),
        yAxis: valueAxis(colours, value => count(value), { min: 0, minInterval: 1, scale: false }),
        dataZoom: zoom(colours, false),
        tooltip: tooltip(colours, ([point]) =>
          point
            ? tooltipOf(`${data.by === 'week' ? 'Week of ' : ''}${ofWallClock((point.value as [number])[0], data.by === 'month' ? { month: 'long', year: 'numeric' } : { dateStyle: 'medium' })}`, [
                { name: isBars ? 'Trades closed' : 'Trades so far', value: count((point.value as [number, number])[1]), colour: colours.accent },
              ])
            : '',
        ),
        series: [
          {
            name: 'Trades',
            type: isBars ? 'bar' : 'line',
            color: colours.accent,
            data: data.value.map((value, i) => [clock(data.time[i]!), value]),
            barMaxWidth: 22,
            showSymbol: data.value.length === 1,
            ...(isBars ? {} : { step: 'end', areaStyle: { color: colours.accent, opacity: 0.1 }, lineStyle: { width: 1.8 } }),
            emphasis: { disabled: true },
          },
        ],
      };
    },
    [data],
  );
  const most = data?.value.reduce((a, b) => Math.max(a, b), 0);
  return (
    <section class="card" aria-label="Number of trades">
      <header>
        <h2>Number of trades</h2>
        <Segmented label="Trades by" value={by} options={bys} onChange={value => setQuery({ tradesBy: value === 'day' ? null : value })} />
        <Segmented label="Trades counted" value={mode} options={modes} onChange={value => setQuery({ tradesMode: value === 'absolute' ? null : value })} />
        <CsvLink compact path="/api/v1/batches/{id}/charts/trades" id={id} query={{ ...query, by, mode }} />
      </header>
      <ReadState read={read} height={height} />
      {data && (
        <div class={stale ? 'stale' : ''}>
          <Chart
            name="trades"
            height={height}
            label={mode === 'absolute' ? `Trades closed by ${by}, at most ${count(most)}` : `Trades closed so far, ${count(most)} in total`}
            option={option}
            onPoint={({ index }) => {
              const time = data.time[index];
              if (time !== undefined) setQuery({ ...rangeOf(time, by, query), view: 'ledger' }, { replace: false });
            }}
            zoomOf={by}
          />
        </div>
      )}
    </section>
  );
}
