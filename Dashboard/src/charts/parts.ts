// What the page's charts have in common: axes, tooltips, the slider.
import { compactMoney, exact, ofWallClock } from '../format';
import type { Palette } from './palette';

const day = 86_400_000;

/** A colour of the palette, let through. */
export const faded = (colour: string, alpha: number) => colour.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);

/** Labels of an axis of wall-clock times: what changed since the tick before. */
export function timeLabel(time: number): string {
  if (time % day !== 0) return ofWallClock(time, { hour: '2-digit', minute: '2-digit' });
  const at = new Date(time);
  if (at.getUTCDate() !== 1) return ofWallClock(time, { day: 'numeric', month: 'short' });
  if (at.getUTCMonth() !== 0) return ofWallClock(time, { month: 'short' });
  return ofWallClock(time, { year: 'numeric' });
}

export function timeAxis(colours: Palette, more: object = {}) {
  return {
    type: 'time',
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    // Of values by day or longer no tick is within a day.
    minInterval: day,
    axisLabel: { color: colours.faint, fontSize: 11, hideOverlap: true, formatter: timeLabel },
    splitLine: { show: false },
    axisPointer: pointer(colours),
    ...more,
  };
}

export function numberAxis(colours: Palette, more: object = {}) {
  return {
    type: 'value',
    minInterval: 1,
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.faint, fontSize: 11, hideOverlap: true },
    splitLine: { show: false },
    axisPointer: pointer(colours),
    ...more,
  };
}

export function categoryAxis(colours: Palette, names: readonly string[], more: object = {}) {
  return {
    type: 'category',
    data: names,
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.faint, fontSize: 11, hideOverlap: true },
    ...more,
  };
}

export function valueAxis(colours: Palette, label: (value: number) => string = value => compactMoney(value), more: object = {}) {
  return {
    type: 'value',
    scale: true,
    splitNumber: 4,
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: colours.faint, fontSize: 11, formatter: label },
    splitLine: { lineStyle: { color: colours.line, width: 1 } },
    ...more,
  };
}

function pointer(colours: Palette) {
  return { label: { show: false }, lineStyle: { color: colours.faint, type: 'solid', width: 1 } };
}

/**
 * The first series in the colour of a gain above a level, in that of a loss below it. Both pieces have to end somewhere: of endless ones ECharts makes no
 * gradient, and fails.
 */
export function colouredAround(level: number, values: readonly number[], colours: Palette) {
  const room = Math.abs(level) * 0.1 || 1;
  const lowest = values.reduce((a, b) => Math.min(a, b), level);
  const highest = values.reduce((a, b) => Math.max(a, b), level);
  return {
    type: 'piecewise',
    show: false,
    seriesIndex: 0,
    dimension: 1,
    pieces: [
      { gte: level, lte: highest > level ? highest : level + room, color: colours.gain },
      { gte: lowest < level ? lowest : level - room, lt: level, color: colours.loss },
    ],
  };
}

/** Of an axis of prices: as many digits as they take. */
export const numberLabel = (value: number) => exact(value);

export interface TooltipLine {
  name: string;
  value: string;
  colour?: string;
}

/** Built of nodes, never of markup: names and symbols may be anything that a stranger sent, and the page's policy allows no inline styles. */
export function tooltipOf(title: string, lines: readonly TooltipLine[], note = ''): HTMLElement {
  const box = document.createElement('div');
  box.className = 'chart-tooltip';
  const head = document.createElement('div');
  head.className = 'chart-tooltip-title';
  head.textContent = title;
  box.append(head);
  for (const { name, value, colour } of lines) {
    const line = document.createElement('div');
    line.className = 'chart-tooltip-line';
    const dot = document.createElement('i');
    if (colour) dot.style.background = colour;
    const label = document.createElement('span');
    label.textContent = name;
    const figure = document.createElement('b');
    figure.textContent = value;
    line.append(dot, label, figure);
    box.append(line);
  }
  if (note) {
    const foot = document.createElement('div');
    foot.className = 'chart-tooltip-note';
    foot.textContent = note;
    box.append(foot);
  }
  return box;
}

export interface TooltipPoint {
  dataIndex: number;
  seriesName: string;
  seriesIndex: number;
  value: unknown;
  color: string;
}

export function tooltip(colours: Palette, formatter: (points: TooltipPoint[]) => HTMLElement | '') {
  return {
    trigger: 'axis',
    confine: true,
    transitionDuration: 0,
    backgroundColor: colours.surface,
    borderColor: colours.line,
    padding: 0,
    textStyle: { color: colours.text, fontSize: 12 },
    formatter: (points: TooltipPoint | TooltipPoint[]) => formatter(Array.isArray(points) ? points : [points]),
  };
}

export interface Curve {
  name: string;
  colour: string;
  width: number;
  points: readonly (readonly [number, number | null])[];
}

/** A few curves over the same days beside one another. */
export function curvesByDay(colours: Palette, curves: readonly Curve[], written: (value: number) => string, axis?: (value: number) => string) {
  return {
    grid: { left: 4, right: 14, top: 12, bottom: 8, containLabel: true },
    xAxis: timeAxis(colours),
    yAxis: valueAxis(colours, axis),
    dataZoom: zoom(colours, false),
    tooltip: tooltip(colours, shown =>
      shown[0]
        ? tooltipOf(
            ofWallClock((shown[0].value as [number, number])[0], { dateStyle: 'medium' }),
            shown.map(point => ({ name: point.seriesName, value: written((point.value as [number, number])[1]), colour: point.color })),
          )
        : '',
    ),
    series: curves.map(({ name, colour, width, points }) => ({
      name,
      type: 'line',
      color: colour,
      showSymbol: points.length === 1,
      lineStyle: { width },
      emphasis: { disabled: true },
      data: points,
    })),
  };
}

/** Dragging moves through time, Ctrl and the wheel or a pinch zooms; a slider below shows which part is in view. */
export function zoom(colours: Palette, slider: boolean, bottom = 4, more: object = {}) {
  const inside = { type: 'inside', filterMode: 'filter', minSpan: 0.1, zoomOnMouseWheel: 'ctrl', moveOnMouseMove: true, moveOnMouseWheel: false, preventDefaultMouseMove: false, ...more };
  if (!slider) return [inside];
  return [
    inside,
    {
      type: 'slider',
      height: 22,
      bottom,
      showDetail: false,
      brushSelect: false,
      borderColor: 'transparent',
      backgroundColor: 'transparent',
      fillerColor: faded(colours.accent, 0.13),
      dataBackground: { lineStyle: { color: colours.faint, opacity: 0.5 }, areaStyle: { color: colours.faint, opacity: 0.12 } },
      selectedDataBackground: { lineStyle: { color: colours.accent }, areaStyle: { color: colours.accent, opacity: 0.15 } },
      handleStyle: { color: colours.surface, borderColor: colours.accent },
      moveHandleStyle: { color: colours.accent, opacity: 0.4 },
      ...more,
    },
  ];
}
