// Growth of capital: by trade or period, cumulative or absolute, with the underwater curve below it on the same axis.
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { address, answer, client, type Query } from '../../api/client';
import { problemFrom } from '../../api/problem';
import { useApi } from '../../api/resource';
import { Chart, nearestIndex, type Point } from '../../charts/chart';
import { numberAxis, timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import type { Palette } from '../../charts/palette';
import { count, instant, money, ofWallClock, percent, shortPercent, signedMoney, wallClock } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { ProblemNote, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';
import { CsvLink } from './csv-link';
import { dayOf } from './filters';
import { detailOf, merge, type Series, type Window } from './detail';

const bys = [
  ['trade', 'Trade'],
  ['hour', 'Hour'],
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
] as const;
const modes = [
  ['cumulative', 'Cumulative'],
  ['absolute', 'Absolute'],
] as const;
type By = (typeof bys)[number][0];
type Mode = (typeof modes)[number][0];

/** More than a wide screen has pixels to show; longer series are thinned to this by the server, which keeps every high and low. */
const points = 2000;
const height = 460;

export function Growth({ id, query, onTrade }: { id: string; query: Query; filtered: boolean; onTrade: (tradeId: string) => void }) {
  const by: By = bys.find(([name]) => name === place.value.query.get('by'))?.[0] ?? 'trade';
  const mode: Mode = modes.find(([name]) => name === place.value.query.get('mode'))?.[0] ?? 'cumulative';
  const drawdownBy = by === 'trade' ? 'trade' : 'day';
  const path = { id };
  const capital = useApi('/api/v1/batches/{id}/charts/capital', { path, query: { ...query, by, mode, points } });
  const drawdown = useApi('/api/v1/batches/{id}/charts/drawdown', { path, query: { ...query, by: drawdownBy, mode: 'percentage', points } });

  // Zoomed in where points were left out, the part in view is asked for again with all that fit in it.
  const [inView, setInView] = useState<Window>();
  const key = address('', {}, { ...query, by });
  const [shownAll, showAll] = useState(0);
  useEffect(() => setInView(undefined), [key, shownAll]);
  const detail = detailOf(capital.data, inView, query);
  const capitalDetail = useApi('/api/v1/batches/{id}/charts/capital', detail && { path, query: { ...query, ...detail, by, mode, points } });
  const drawdownDetail = useApi('/api/v1/batches/{id}/charts/drawdown', detail && { path, query: { ...query, ...detail, by: drawdownBy, mode: 'percentage', points } });

  const zone = String(query['tz']);
  const shown = useMemo(
    () => capital.data && drawdown.data && capital.data.by === by && { capital: merge(capital.data, detail && capitalDetail.data), drawdown: merge(drawdown.data, detail && drawdownDetail.data) },
    [capital.data, drawdown.data, detail && capitalDetail.data, detail && drawdownDetail.data, by],
  );

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const onZoom = useCallback((start: number, end: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setInView({ start: start / 100, end: end / 100 }), 180);
  }, []);

  const onPoint = async ({ series, index }: Point) => {
    if (!shown) return;
    const from = series === underwater ? shown.drawdown : shown.capital;
    const time = from.time[index];
    if (time === undefined) return;
    const seq = from.seq?.[index];
    if (seq === undefined) {
      // Behind a point by period there are several trades: they are in the ledger.
      const until = by === 'week' ? time + 6.5 * 86_400_000 : by === 'month' ? (from.time[index + 1] ?? time + 27 * 86_400_000) - 1 : time;
      setQuery({ span: null, from: dayOf(time, zone), to: dayOf(until, zone), view: 'ledger' }, { replace: false });
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

  const option = useCallback((colours: Palette) => (shown ? draw(colours, shown.capital, shown.drawdown, by, mode, zone) : {}), [shown, by, mode, zone]);
  const problem = capital.problem ?? drawdown.problem;
  const values = shown && shown.capital.value;
  return (
    <section class="card" aria-label="Growth of capital">
      <header>
        <h2>Growth of capital</h2>
        {inView && inView.end - inView.start < 0.999 && (
          <button type="button" class="button small ghost" onClick={() => showAll(n => n + 1)}>
            Show all of it
          </button>
        )}
        <Segmented label="Growth by" value={by} options={bys} onChange={value => setQuery({ by: value === 'trade' ? null : value })} />
        <Segmented label="Growth as" value={mode} options={modes} onChange={value => setQuery({ mode: value === 'cumulative' ? null : value })} />
        <CsvLink path="/api/v1/batches/{id}/charts/capital" id={id} query={{ ...query, by, mode }} />
      </header>
      {problem && (
        <ProblemNote
          problem={problem}
          onRetry={() => {
            capital.reload();
            drawdown.reload();
          }}
        />
      )}
      {!shown && !problem && <Skeleton height={height} />}
      {shown && values && (
        <div class={capital.stale || drawdown.stale ? 'stale' : ''}>
          <Chart
            name="capital"
            height={height}
            label={
              mode === 'cumulative'
                ? `Capital by ${by}, from ${money(values[0])} to ${money(values[values.length - 1])}, the highest ${money(max(values))}; below it the drawdown, at worst ${percent(max(shown.drawdown.value))}`
                : `Change of capital by ${by}, between ${money(min(values))} and ${money(max(values))}; below it the drawdown, at worst ${percent(max(shown.drawdown.value))}`
            }
            option={option}
            onPoint={point => void onPoint(point)}
            onZoom={onZoom}
            zoomOf={`${key} ${shownAll}`}
          />
          <p class="hint chart-hint">
            {count(shown.capital.total)} {by === 'trade' ? 'trades' : `${by}s`}
            {shown.capital.time.length < shown.capital.total && `, drawn with ${count(shown.capital.time.length)} points: every high and low is there, and more as you zoom in`}. Click a
            point to see {by === 'trade' ? 'its trade' : 'its trades'}; drag to move, pinch or Ctrl + wheel to zoom.
          </p>
        </div>
      )}
    </section>
  );
}

const underwater = 'Drawdown';

function draw(colours: Palette, capital: Series, drawdown: Series, by: By, mode: Mode, zone: string) {
  const clock = wallClock(zone);
  const isByTrade = by === 'trade';
  const xOf = (series: Series) => (isByTrade && series.seq ? (i: number) => series.seq![i]! : (i: number) => clock(series.time[i]!));
  const pairs = (series: Series): [number, number][] => {
    const x = xOf(series);
    return series.value.map((value, i) => [x(i), value]);
  };
  const main = pairs(capital);
  const below = pairs(drawdown);
  // Both grids show the same stretch, also where one series ends before the other.
  const ends = { min: Math.min(main[0]?.[0] ?? 0, below[0]?.[0] ?? 0), max: Math.max(main[main.length - 1]?.[0] ?? 1, below[below.length - 1]?.[0] ?? 1) };
  const axis = isByTrade ? numberAxis : timeAxis;
  const name = mode === 'cumulative' ? 'Available capital' : 'Change of capital';
  const lonely = main.length === 1;
  const trend = main.length > 1 && main[main.length - 1]![1] < main[0]![1] ? colours.loss : colours.gain;
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
        ...(isByTrade ? { axisLabel: { color: colours.faint, fontSize: 11, formatter: (value: number) => count(value), hideOverlap: true, showMinLabel: false, showMaxLabel: false } } : {}),
      }),
    ],
    yAxis: [
      valueAxis(colours, undefined, { gridIndex: 0, scale: mode === 'cumulative' }),
      valueAxis(colours, shortPercent, { gridIndex: 1, inverse: true, min: 0, scale: false, splitNumber: 2 }),
    ],
    dataZoom: zoom(colours, true, 6, { xAxisIndex: [0, 1] }),
    tooltip: tooltip(colours, shownPoints => {
      const first = shownPoints[0];
      if (!first) return '';
      const x = (first.value as [number, number])[0];
      const lines = shownPoints.map(point => ({
        name: point.seriesName,
        colour: point.color,
        value: point.seriesName === underwater ? percent((point.value as [number, number])[1]) : (mode === 'cumulative' ? money : signedMoney)((point.value as [number, number])[1]),
      }));
      if (!isByTrade) return tooltipOf(periodTitle(x, by), lines);
      const at = capital.seq ? nearestIndex(main, x) : 0;
      return tooltipOf(`Trade ${count(x)}`, lines, `${instant(capital.time[at], zone)}`);
    }),
    series: [
      mode === 'cumulative'
        ? {
            name,
            type: 'line',
            data: main,
            color: trend,
            showSymbol: lonely,
            lineStyle: { width: 1.8 },
            areaStyle: { color: trend, opacity: 0.08, origin: 'start' },
            emphasis: { disabled: true },
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
      {
        name: underwater,
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
