// Zooming into a series that was thinned: which part of it is requested again.
import type { Query } from '../../api/client';

export interface Series {
  total: number;
  time: readonly number[];
  value: readonly number[];
  seq?: readonly number[] | null | undefined;
}

/** The part in view, as fractions of the axis. */
export interface Window {
  start: number;
  end: number;
}

const iso = (time: number) => new Date(time).toISOString();

/**
 * The span to ask for; null where the points at hand are enough. Under a filter of symbols, timeframes, strategies, tags or side the equity of a part begins at the capital
 * before its own first row, so it would not join the rest: then nothing is requested.
 */
export function detailOf(whole: Series | undefined, window: Window | undefined, query: Query): { from: string; to: string } | null {
  if (!whole || !window || whole.time.length < 2 || whole.total <= whole.time.length || window.end - window.start > 0.6) return null;
  if (['symbol', 'timeframe', 'strategy', 'tag', 'side'].some(name => (query[name] as string | string[] | undefined)?.length)) return null;
  const x = whole.seq ?? whole.time;
  const [first, span] = [x[0]!, x[x.length - 1]! - x[0]!];
  const [from, to] = [first + span * window.start, first + span * window.end];
  // A little more on either side, so that moving does not meet the edge at once.
  const margin = (to - from) / 2;
  let [low, high] = [0, x.length - 1];
  while (low < x.length - 1 && x[low + 1]! <= from - margin) low++;
  while (high > 0 && x[high - 1]! >= to + margin) high--;
  return low < high ? { from: iso(whole.time[low]!), to: iso(whole.time[high]! + 1) } : null;
}

/** The series with its part in view replaced by one that has more points. */
export function merge(whole: Series, detail: Series | null | undefined): Series {
  const first = detail?.time[0];
  const last = detail?.time[detail.time.length - 1];
  if (!detail || first === undefined || last === undefined) return whole;
  const keepBefore = whole.time.findIndex(time => time >= first);
  const after = whole.time.findIndex(time => time > last);
  const keepAfter = after < 0 ? whole.time.length : after;
  const join = <Item,>(from: readonly Item[], part: readonly Item[]) => [...from.slice(0, Math.max(0, keepBefore)), ...part, ...from.slice(keepAfter)];
  return {
    total: whole.total,
    time: join(whole.time, detail.time),
    value: join(whole.value, detail.value),
    seq: whole.seq && detail.seq ? join(whole.seq, detail.seq) : undefined,
  };
}
