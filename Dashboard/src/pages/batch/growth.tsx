// Growth of capital: by trade or period, cumulative or absolute, with the drawdown below it on the same axis.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { address, answer, client, problemFrom, type Query, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart, expectCharts, nearestIndex, type Point } from '../../charts/chart';
import { colouredAround, numberAxis, timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import type { Palette } from '../../charts/palette';
import { count, instant, money, ofWallClock, percent, shortPercent, signedMoney, wallClock } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { ReadState } from '../../ui/states';
import { toast } from '../../ui/toast';
import { CsvLink } from './csv-link';
import { detailOf, merge, type Series, type Window } from './detail';
import { rangeOf } from './filters';
import { atEnd, heldAlong, moved, type By } from './growth-points';

expectCharts();

const bys = [
  ['trade', 'Trade'],
  ['hour', 'Hour'],
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
] as const;
const modes = [
  ['cumulative', 'Cumulative'],
  ['absolute', 'Per period'],
] as const;
const modesByTrade = [modes[0], ['absolute', 'Per trade']] as const;
const scales = [
  ['', 'Linear'],
  ['log', 'Log'],
] as const;
type Mode = (typeof modes)[number][0];

/** More than a wide screen has pixels to show; longer series are thinned to this by the server, which keeps every high and low. */
const points = 2000;
/** Of the daily drawdown every day counts: a tooltip of a month looks one of them up. */
const dailyPoints = 20_000;
const height = 460;

/** What the chart is drawn of. The page of the batch asks for it together with the batch itself: whoever waits for both waits once. */
export function useGrowth(id: string, query: Query | null) {
  const by: By = bys.find(([name]) => name === place.value.query.get('by'))?.[0] ?? 'trade';
  const mode: Mode = modes.find(([name]) => name === place.value.query.get('mode'))?.[0] ?? 'cumulative';
  const drawdownBy = by === 'trade' ? 'trade' : 'day';
  const path = { id };
  const capital = useApi('/api/v1/batches/{id}/charts/capital', query && { path, query: { ...query, by, mode, points } });
  const drawdown = useApi('/api/v1/batches/{id}/charts/drawdown', query && { path, query: { ...query, by: drawdownBy, mode: 'percentage', points: by === 'trade' ? points : dailyPoints } });
  return { by, mode, drawdownBy, path, capital, drawdown } as const;
}

export function Growth({ id, query, onTrade }: { id: string; query: Query; onTrade: (tradeId: string) => void }) {
  const { by, mode, drawdownBy, path, capital, drawdown } = useGrowth(id, query);
  const isLog = place.value.query.get('scale') === 'log';

  const isHeld = mode === 'cumulative' && place.value.query.get('hold') === 'yes';
  const benchmark = useApi('/api/v1/batches/{id}/charts/benchmark', isHeld ? { path, query: { ...query, annualization: place.value.query.get('annualization') } } : null);
  const held = isHeld ? benchmark.data : undefined;

  // Zoomed in where points were left out, the part in view is requested again with all that fit in it.
  const [inView, setInView] = useState<Window>();
  const key = address('', {}, { ...query, by });
  const [resets, reset] = useState(0);
  useEffect(() => setInView(undefined), [key, resets]);
  const detail = detailOf(capital.data, inView, query);
  const capitalDetail = useApi('/api/v1/batches/{id}/charts/capital', detail && { path, query: { ...query, ...detail, by, mode, points } });
  const drawdownDetail = useApi('/api/v1/batches/{id}/charts/drawdown', detail && { path, query: { ...query, ...detail, by: drawdownBy, mode: 'percentage', points } });

  const zone = String(query['tz']);
  const shown = useMemo(
    () =>
      capital.data &&
      drawdown.data &&
      capital.data.by === by && {
        capital: merge(capital.data, detail && capitalDetail.data),
        drawdown: merge(drawdown.data, detail && drawdownDetail.data),
        start: capital.data.start?.value,
        held,
      },
    [capital.data, drawdown.data, detail && capitalDetail.data, detail && drawdownDetail.data, held, by, mode],
  );

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onZoom = useCallback((from: number, to: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setInView({ start: from / 100, end: to / 100 }), 180);
  }, []);

  const onPoint = async ({ series, index }: Point) => {
    if (!shown) return;
    const isDrawdown = series === drawdownName;
    const from = isDrawdown ? shown.drawdown : shown.capital;
    const at = index - (shown.start === undefined ? 0 : 1);
    const time = from.time[at];
    if (time === undefined) return;
    const seq = from.seq?.[at];
    if (seq === undefined) {
      // Behind a point by period there are several trades.
      setQuery({ ...rangeOf(time, isDrawdown || by === 'trade' ? 'day' : by, query), view: 'ledger' }, { replace: false });
      return;
    }
    try {
      const rows = await answer(
        client.GET('/api/v1/batches/{id}/ledger', {
          params: { path: { id }, query: { from: new Date(time).toISOString(), to: new Date(time + 1).toISOString(), order: 'asc', limit: 1000 } },
        }),
      );
      const row = rows.data.items.find(one => one.seq === seq);
      if (row) onTrade(row.tradeId);
    } catch (fault) {
      toast(problemFrom(fault).message, 'bad');
    }
  };

  const option = useCallback((colours: Palette) => (shown ? draw(colours, shown, by, mode, zone, isLog) : {}), [shown, by, mode, zone, isLog]);
  const values = shown && shown.capital.value;
  return (
    <section class="card growth" aria-label="Growth of capital">
      <header>
        <h2>Growth of capital</h2>
        {inView && inView.end - inView.start < 0.999 && (
          <button type="button" class="button small ghost" onClick={() => reset(n => n + 1)}>
            Reset zoom
          </button>
        )}
        <Segmented label="Growth by" value={by} options={bys} onChange={value => setQuery({ by: value === 'trade' ? null : value })} />
        <Segmented
          label="Growth as"
          value={mode}
          options={by === 'trade' ? modesByTrade : modes}
          onChange={value => setQuery({ mode: value === 'cumulative' ? null : value })}
        />
        {mode === 'cumulative' && <Segmented label="Scale" value={isLog ? 'log' : ''} options={scales} onChange={value => setQuery({ scale: value })} />}
        {mode === 'cumulative' && (
          <label class="check growth-hold">
            <input type="checkbox" checked={isHeld} onChange={event => setQuery({ hold: event.currentTarget.checked ? 'yes' : null })} />
            <span>Buy &amp; hold</span>
          </label>
        )}
        <CsvLink path="/api/v1/batches/{id}/charts/capital" id={id} query={{ ...query, by, mode }} />
      </header>
      <ReadState read={capital.data ? drawdown : capital} height={height} />
      {shown && values && (
        <div class={capital.stale || drawdown.stale ? 'stale' : ''}>
          <Chart
            name="capital"
            height={height}
            label={
              mode === 'cumulative'
                ? `Balance by ${by}, from ${money(shown.start)} to ${money(values[values.length - 1])}, highest ${money(max(values))}; below it the drawdown, at most ${percent(max(shown.drawdown.value))}`
                : `Profit by ${by}, between ${money(min(values))} and ${money(max(values))}; below it the drawdown, at most ${percent(max(shown.drawdown.value))}`
            }
            option={option}
            onPoint={point => void onPoint(point)}
            onZoom={onZoom}
            zoomOf={`${key} ${resets}`}
          />
          <p class="hint chart-hint">
            {count(shown.capital.total)} {by}
            {shown.capital.total === 1 ? '' : 's'}
            {shown.capital.time.length < shown.capital.total && `, drawn with ${count(shown.capital.time.length)} points that keep every high and low; zoom in for more`}. Click a point to see{' '}
            {by === 'trade' ? 'its trade' : 'its trades'}. Drag to move; pinch, or Ctrl and the wheel, to zoom.
          </p>
        </div>
      )}
    </section>
  );
}

const drawdownName = 'Drawdown';
const heldName = 'Buy & hold';
type Held = Schema<'BenchmarkAnswer'>;

function draw(colours: Palette, { capital, drawdown, start, held }: { capital: Series; drawdown: Series; start: number | undefined; held: Held | undefined }, by: By, mode: Mode, zone: string, isLog: boolean) {
  const clock = wallClock(zone);
  const isByTrade = by === 'trade';
  const xOf = (series: Series) => (isByTrade && series.seq ? (i: number) => series.seq![i]! : (i: number) => clock(series.time[i]!));
  const pairs = (series: Series): [number, number][] => {
    const x = xOf(series);
    return series.value.map((value, i) => [x(i), value]);
  };
  const main = pairs(capital);
  // The starting capital in equal parts of the symbols, at the end of each day.
  const beside =
    held && start !== undefined
      ? heldAlong(
          held.benchmarkPercentage.map((change, i) => [clock(held.time[i]!), start * (1 + change / 100)]),
          isByTrade ? capital.time.map(clock) : main.map(([x]) => x),
          main.map(([x]) => x),
          by,
        )
      : [];
  const below = pairs(drawdown);
  if (start !== undefined && main.length > 0) {
    const x = moved(main[0]![0], by, -1);
    main.unshift([x, start]);
    below.unshift([x, 0]);
    if (beside.length > 0) beside.unshift([x, start]);
  }
  // Both grids show the same span, also where one series ends before the other.
  const ends = { min: Math.min(main[0]?.[0] ?? 0, below[0]?.[0] ?? 0), max: Math.max(main[main.length - 1]?.[0] ?? 1, below[below.length - 1]?.[0] ?? 1) };
  const axis = isByTrade ? numberAxis : timeAxis;
  const name = mode === 'cumulative' ? 'Balance' : 'Profit';
  const canLog = isLog && mode === 'cumulative' && min(main.map(([, value]) => value)) > 0;
  const isWhole = capital.total === capital.time.length;
  const timeAt = (i: number) => capital.time[i - (start === undefined ? 0 : 1)];
  const isLong = capital.time.length > 0 && capital.time[capital.time.length - 1]! - capital.time[0]! > 300 * 86_400_000;
  const tradeDate = (seq: number) => {
    // A selection without trades has an axis, too.
    const time = main.length > 0 ? timeAt(nearestIndex(main, seq)) : undefined;
    return time === undefined ? '' : ofWallClock(clock(time), { day: 'numeric', month: 'short', ...(isLong ? { year: '2-digit' } : {}) });
  };
  return {
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    grid: [
      { left: 66, right: 16, top: 12, height: 268 },
      { left: 66, right: 16, top: 300, height: 84 },
    ],
    xAxis: [
      axis(colours, { gridIndex: 0, ...ends, axisLabel: { show: false } }),
      axis(colours, {
        gridIndex: 1,
        ...ends,
        ...(by === 'hour' ? { minInterval: 0 } : {}),
        ...(isByTrade ? { axisLabel: { color: colours.faint, fontSize: 11, formatter: tradeDate, hideOverlap: true, showMinLabel: false, showMaxLabel: false } } : {}),
      }),
    ],
    yAxis: [
      valueAxis(colours, undefined, { gridIndex: 0, ...(canLog ? { type: 'log' } : {}), scale: mode === 'cumulative' }),
      valueAxis(colours, shortPercent, { gridIndex: 1, inverse: true, min: 0, scale: false, splitNumber: 2 }),
    ],
    dataZoom: zoom(colours, true, 6, { xAxisIndex: [0, 1] }),
    // Above the starting capital in the colour of a gain, below it in that of a loss.
    ...(start === undefined
      ? {}
      : {
          visualMap: colouredAround(
            start,
            main.map(([, value]) => value),
            colours,
          ),
        }),
    tooltip: tooltip(colours, shownPoints => {
      const point = shownPoints.find(one => one.seriesName === name) ?? shownPoints[0];
      if (!point) return '';
      const x = (point.value as [number, number])[0];
      const at = nearestIndex(main, x);
      const [, value] = main[at]!;
      const colour = (mode === 'cumulative' ? value < (start ?? value) : value < 0) ? colours.loss : colours.gain;
      const fall = isByTrade ? below[nearestIndex(below, x)]![1] : atEnd(below, moved(main[at]![0], by, 1));
      const lines = [
        { name, colour, value: (mode === 'cumulative' ? money : signedMoney)(value) },
        ...(isByTrade && mode === 'cumulative' && isWhole && at > 0 ? [{ name: 'Profit', value: signedMoney(value - main[at - 1]![1]) }] : []),
        ...(beside.length > 0 ? [{ name: heldName, colour: colours.series[2]!, value: money(beside[at]?.[1]) }] : []),
        { name: isByTrade || by === 'day' ? 'Drawdown' : by === 'hour' ? 'Drawdown, end of the day' : `Drawdown, end of the ${by}`, colour: colours.loss, value: percent(fall) },
      ];
      const time = timeAt(at);
      if (time === undefined) return tooltipOf('Starting capital', lines.slice(0, 1));
      return isByTrade ? tooltipOf(`Trade ${count(x)}`, lines, instant(time, zone)) : tooltipOf(periodTitle(x, by), lines);
    }),
    series: [
      mode === 'cumulative'
        ? {
            name,
            type: 'line',
            data: main,
            color: colours.gain,
            showSymbol: main.length === 1,
            lineStyle: { width: 1.8 },
            areaStyle: { opacity: 0.1, origin: start ?? 'start' },
            emphasis: { disabled: true },
            ...(start === undefined
              ? {}
              : {
                  markLine: {
                    silent: true,
                    symbol: 'none',
                    label: { show: false },
                    lineStyle: { color: colours.faint, type: 'dashed', width: 1 },
                    data: [{ yAxis: start }],
                  },
                }),
          }
        : {
            name,
            type: 'bar',
            data: main,
            barMaxWidth: 24,
            barMinWidth: 1,
            itemStyle: { color: ({ value }: { value: [number, number] }) => (value[1] < 0 ? colours.loss : colours.gain) },
            emphasis: { disabled: true },
          },
      ...(beside.length > 0 ? [{ name: heldName, type: 'line', silent: true, color: colours.series[2], showSymbol: false, lineStyle: { width: 1.4 }, emphasis: { disabled: true }, data: beside }] : []),
      {
        name: drawdownName,
        type: 'line',
        xAxisIndex: 1,
        yAxisIndex: 1,
        data: below,
        color: colours.loss,
        showSymbol: below.length === 1,
        lineStyle: { width: 1.2 },
        areaStyle: { color: colours.loss, opacity: 0.16, origin: 'start' },
        emphasis: { disabled: true },
      },
    ],
  };
}

function periodTitle(x: number, by: By): string {
  switch (by) {
    case 'hour':
      return ofWallClock(x, { dateStyle: 'medium', timeStyle: 'short' });
    case 'week':
      return `Week of ${ofWallClock(x, { dateStyle: 'medium' })}`;
    case 'month':
      return ofWallClock(x, { month: 'long', year: 'numeric' });
    default:
      return ofWallClock(x, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
  }
}

const max = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), -Infinity);
const min = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity);
