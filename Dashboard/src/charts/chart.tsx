// A chart: an ECharts instance as large as its place, in the colours of the theme. Tests can read its numbers, keyboards can walk its points, and
// screen readers hear what the tooltip shows.
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

/** A page with charts calls it when its script runs, while what shall be drawn is still being asked for. */
export function expectCharts() {
  library ??= import('./echarts');
  // Whoever draws hears of it.
  library.catch(() => {});
}

/** How near to a point of a scatter chart a click has to be. */
const nearPx = 24;

/** Fits the narrowest paper. */
const printedWidth = 640;

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
  /** A new function is a new picture: memoize it. */
  option: (palette: Palette) => EChartsCoreOption;
  onPoint?: (point: Point) => void;
  /** The part in view, 0 to 100, after the reader moved it. */
  onZoom?: (start: number, end: number) => void;
  /** What is zoomed: the part in view stays while this does, whatever live data comes in. */
  zoomOf?: string;
}) {
  const place = useRef<ChartElement>(null);
  const [chart, setChart] = useState<EChartsType>();
  const colours = palette();
  const listeners = useRef({ onPoint, onZoom });
  listeners.current = { onPoint, onZoom };
  const zoomed = useRef({ of: zoomOf, start: 0, end: 100 });
  const spoken = useRef('');
  const walked = useRef<number>(undefined);

  useEffect(() => {
    const element = place.current!;
    let made: EChartsType | undefined;
    let gone = false;
    let pointer = 'mouse';
    let tapped = '';
    const observer = new ResizeObserver(() => made?.resize());
    // The wheel scrolls the page, and zooms only with Ctrl: the chart must not see it otherwise.
    const wheel = (event: WheelEvent) => !event.ctrlKey && !event.metaKey && event.stopPropagation();
    const pressed = (event: PointerEvent) => (pointer = event.pointerType);
    const print = () => made?.resize({ width: Math.min(printedWidth, element.clientWidth) });
    const printed = () => made?.resize();
    element.addEventListener('wheel', wheel, { capture: true, passive: true });
    element.addEventListener('pointerdown', pressed, { capture: true });
    window.addEventListener('beforeprint', print);
    window.addEventListener('afterprint', printed);
    expectCharts();
    library!.then(
      ({ init }) => {
        if (gone) return;
        made = init(element, null, { renderer: 'canvas' });
        element.chart = made;
        element.drawn = () => drawn(made!);
        // Anywhere in the picture: the nearest point along x, not only on the line itself.
        made.getZr().on('click', event => {
          const nearest = nearestPoint(made!, [event.offsetX, event.offsetY]);
          if (!nearest) return;
          const key = `${nearest.series} ${nearest.index}`;
          // There is no hovering on a touch screen: the first tap shows the tooltip, the second one opens.
          if (pointer === 'touch' && tapped !== key) tapped = key;
          else listeners.current.onPoint?.(nearest);
        });
        made.on('datazoom', () => {
          const inView = (made!.getOption()['dataZoom'] as InView[])[0];
          if (!inView) return;
          zoomed.current = { of: zoomed.current.of, start: inView.start, end: inView.end };
          listeners.current.onZoom?.(inView.start, inView.end);
        });
        observer.observe(element);
        setChart(made);
      },
      // The next chart tries again.
      () => (library = undefined),
    );
    return () => {
      gone = true;
      observer.disconnect();
      element.removeEventListener('wheel', wheel, { capture: true });
      element.removeEventListener('pointerdown', pressed, { capture: true });
      window.removeEventListener('beforeprint', print);
      window.removeEventListener('afterprint', printed);
      made?.dispose();
    };
  }, []);

  useEffect(() => {
    if (!chart) return;
    if (zoomed.current.of !== zoomOf) {
      zoomed.current = { of: zoomOf, start: 0, end: 100 };
      walked.current = undefined;
    }
    const { start, end } = zoomed.current;
    const made = option(colours);
    const dataZoom = (made['dataZoom'] as object[] | undefined)?.map(one => ({ ...one, start, end }));
    const tooltip = made['tooltip'] as { formatter: (points: unknown) => HTMLElement | '' } | undefined;
    const heard = tooltip && {
      ...tooltip,
      formatter: (points: unknown) => {
        const box = tooltip.formatter(points);
        if (box) spoken.current = [...box.children].map(line => [...line.children].map(part => part.textContent).filter(Boolean).join(' ') || line.textContent).join(', ');
        return box;
      },
    };
    // Times come moved to a wall clock, as if in UTC: see wallClock.
    chart.setOption({ animation: false, useUTC: true, textStyle: { fontFamily: colours.font }, ...made, tooltip: heard, dataZoom }, { notMerge: true });
    place.current!.dataset['ready'] = 'yes';
  }, [chart, option, colours, zoomOf]);

  /** Shows the tooltip of a point, and says what is in it. */
  const walk = (event: KeyboardEvent) => {
    const element = place.current!;
    const series = chart && seriesOf(chart).find(one => !one.silent);
    if (!chart || !series?.data?.length) return;
    const [first, last] = inView(series.data, zoomed.current);
    const page = Math.max(1, Math.round((last - first) / 10));
    const at = walked.current ?? (event.key === 'ArrowLeft' ? last + 1 : first - 1);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, PageDown: at + page, PageUp: at - page, Home: first, End: last }[event.key];
    if (event.key === 'Escape') {
      chart.dispatchAction({ type: 'hideTip' });
      return;
    }
    if (event.key === 'Enter' && walked.current !== undefined) {
      // What opens takes the focus, and the rest of this key press would close it again.
      event.preventDefault();
      listeners.current.onPoint?.({ series: series.name ?? '', index: walked.current });
      return;
    }
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    walked.current = Math.max(first, Math.min(last, to));
    chart.dispatchAction({ type: 'showTip', seriesIndex: series.seriesIndex, dataIndex: walked.current });
    requestAnimationFrame(() => {
      element.setAttribute('aria-valuemax', String(series.data!.length));
      element.setAttribute('aria-valuenow', String(walked.current! + 1));
      element.setAttribute('aria-valuetext', spoken.current);
    });
  };

  return (
    <div class="chart" style={{ height: `${height}px` }}>
      {!chart && <Skeleton height={height} />}
      <div
        ref={place}
        class={`chart-place${onPoint ? ' clickable' : ''}`}
        data-chart={name}
        role="slider"
        tabIndex={0}
        aria-roledescription="chart"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={0}
        aria-valuenow={0}
        aria-valuetext="Use the arrow keys to read its points"
        onKeyDown={walk}
        onBlur={() => chart?.dispatchAction({ type: 'hideTip' })}
      />
    </div>
  );
}

/** In percent of the axis. */
interface InView {
  start: number;
  end: number;
}

interface SeriesOption {
  type?: string;
  name?: string;
  data?: unknown[];
  silent?: boolean;
}

function seriesOf(chart: EChartsType): (SeriesOption & { seriesIndex: number })[] {
  // Before its first picture it has no options.
  return ((chart.getOption()?.['series'] ?? []) as SeriesOption[]).map((series, seriesIndex) => ({ ...series, seriesIndex }));
}

function drawn(chart: EChartsType): Drawn[] {
  return seriesOf(chart).map(series => ({ name: series.name ?? '', data: series.data ?? [] }));
}

/** First and last index of the points in view. */
function inView(data: readonly unknown[], { start, end }: InView): [number, number] {
  const last = data.length - 1;
  if (!Array.isArray(data[0]) || (start <= 0 && end >= 100)) return [0, last];
  const points = data as [number, unknown][];
  const [from, span] = [points[0]![0], points[last]![0] - points[0]![0]];
  return [nearestIndex(points, from + (span * start) / 100), nearestIndex(points, from + (span * end) / 100)];
}

function nearestPoint(chart: EChartsType, at: [number, number]): Point | undefined {
  for (const { seriesIndex, type, name = '', silent, data = [] } of seriesOf(chart)) {
    if (silent || !chart.containPixel({ seriesIndex }, at)) continue;
    if (type === 'scatter') {
      const far = data.map(point => {
        const [x, y] = chart.convertToPixel({ seriesIndex }, point as number[]) as [number, number];
        return Math.hypot(x - at[0], y - at[1]);
      });
      const index = far.reduce((best, one, i) => (one < far[best]! ? i : best), 0);
      return (far[index] ?? Infinity) <= nearPx ? { series: name, index } : undefined;
    }
    const [x] = chart.convertFromPixel({ seriesIndex }, at) as [number, number];
    if (data.length === 0) return undefined;
    // Along categories x is the index itself.
    if (!Array.isArray(data[0])) return { series: name, index: Math.max(0, Math.min(data.length - 1, Math.round(x))) };
    return { series: name, index: nearestIndex(data as [number, unknown][], x) };
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
