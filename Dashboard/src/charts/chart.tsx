// A chart: an ECharts instance as large as its place, in the colours of the theme, its numbers open to tests and its gist to screen readers.
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Skeleton } from '../ui/states';
import { palette, type Palette } from './palette';

export interface Drawn {
  name: string;
  /** As drawn: [x, y] pairs, or values along the categories. */
  data: unknown[];
}

/** What tests find on the element [data-chart]: the numbers that the chart holds. */
export interface ChartElement extends HTMLDivElement {
  drawn?: () => Drawn[];
  chart?: EChartsType;
}

export interface Point {
  series: string;
  index: number;
}

let library: Promise<typeof import('./echarts')> | undefined;

export function Chart({
  name,
  label,
  height,
  option,
  onPoint,
  onZoom,
  zoomOf = '',
}: {
  /** For tests: [data-chart="name"]. */
  name: string;
  /** What the chart says, in words. */
  label: string;
  height: number;
  /** A new function is a new picture: keep it with useCallback or useMemo. */
  option: (palette: Palette) => EChartsCoreOption;
  onPoint?: (point: Point) => void;
  /** The part in view, 0 to 100, after the reader moved it. */
  onZoom?: (start: number, end: number) => void;
  /** What is zoomed: the part in view stays while this does, whatever news comes in. */
  zoomOf?: string;
}) {
  const place = useRef<ChartElement>(null);
  const [chart, setChart] = useState<EChartsType>();
  const colours = palette();
  const listeners = useRef({ onPoint, onZoom });
  listeners.current = { onPoint, onZoom };
  const zoomed = useRef({ of: zoomOf, start: 0, end: 100 });

  useEffect(() => {
    const element = place.current!;
    let made: EChartsType | undefined;
    let gone = false;
    const observer = new ResizeObserver(() => made?.resize());
    library ??= import('./echarts');
    void library.then(({ init }) => {
      if (gone) return;
      made = init(element, null, { renderer: 'canvas' });
      element.chart = made;
      element.drawn = () => drawn(made!);
      // Anywhere in the picture: the nearest point along x, not only on the line itself.
      made.getZr().on('click', event => {
        const nearest = nearestPoint(made!, [event.offsetX, event.offsetY]);
        if (nearest) listeners.current.onPoint?.(nearest);
      });
      made.on('datazoom', () => {
        const inView = (made!.getOption()['dataZoom'] as InView[])[0];
        if (!inView) return;
        zoomed.current = { of: zoomed.current.of, start: inView.start, end: inView.end };
        listeners.current.onZoom?.(inView.start, inView.end);
      });
      observer.observe(element);
      setChart(made);
    });
    return () => {
      gone = true;
      observer.disconnect();
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    if (!chart) return;
    if (zoomed.current.of !== zoomOf) zoomed.current = { of: zoomOf, start: 0, end: 100 };
    const { start, end } = zoomed.current;
    const made = option(colours);
    const dataZoom = (made['dataZoom'] as object[] | undefined)?.map(one => ({ ...one, start, end }));
    // Times come moved to a wall clock, as if in UTC: see wallClock.
    chart.setOption({ animation: false, useUTC: true, textStyle: { fontFamily: colours.font }, ...made, dataZoom }, { notMerge: true });
    place.current!.dataset['ready'] = 'yes';
  }, [chart, option, colours, zoomOf]);

  return (
    <div class="chart" style={{ height: `${height}px` }}>
      {!chart && <Skeleton height={height} />}
      <div ref={place} class={`chart-place${onPoint ? ' clickable' : ''}`} data-chart={name} role="img" aria-label={label} />
    </div>
  );
}

/** In percent of the axis. */
interface InView {
  start: number;
  end: number;
}

interface SeriesOption {
  name?: string;
  data?: unknown[];
  silent?: boolean;
}

function drawn(chart: EChartsType): Drawn[] {
  // Before its first picture it has no options.
  return ((chart.getOption()?.['series'] ?? []) as SeriesOption[]).map(series => ({ name: series.name ?? '', data: series.data ?? [] }));
}

function nearestPoint(chart: EChartsType, at: [number, number]): Point | undefined {
  const all = (chart.getOption()?.['series'] as (SeriesOption & { xAxisIndex?: number; yAxisIndex?: number })[]) ?? [];
  for (const [seriesIndex, series] of all.entries()) {
    if (series.silent || !chart.containPixel({ seriesIndex }, at)) continue;
    const [x] = chart.convertFromPixel({ seriesIndex }, at) as [number, number];
    const data = series.data ?? [];
    if (data.length === 0) return undefined;
    // Along categories x is the index itself.
    if (!Array.isArray(data[0])) return { series: series.name ?? '', index: Math.max(0, Math.min(data.length - 1, Math.round(x))) };
    return { series: series.name ?? '', index: nearestIndex(data as [number, unknown][], x) };
  }
  return undefined;
}

/** Of points in ascending order, the nearest to x. */
export function nearestIndex(data: readonly (readonly [number, ...unknown[]])[], x: number): number {
  let [low, high] = [0, data.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (data[middle]![0] <= x) low = middle;
    else high = middle;
  }
  return Math.abs(data[low]![0] - x) <= Math.abs(data[high]![0] - x) ? low : high;
}
