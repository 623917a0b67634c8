// Which symbols have fallen silent: where nothing has come for longer than their own rhythm explains. Pure.

const hour = 3_600_000;
const day = 24 * hour;

/** Shorter silences are nobody's business. */
export const leastMs = hour;
/** After so long without an alert it has ended rather than fallen silent. */
export const endedMs = 90 * day;
/** So many pauses make a rhythm. */
const enoughPauses = 10;
const bars = 200;

/** What the page says of it, in the words of the rule below. */
export const rule =
  'A symbol has fallen silent when nothing has come for twice its longest pause among its last 50 alerts, or, while it has fewer than 11 alerts, for 200 bars of its longest timeframe; ' +
  'never before an hour. After 90 days it is taken to have ended.';

/** Milliseconds of a bar, of a timeframe as Pine writes it; undefined for a label that says nothing of time. */
export function barOf(timeframe: string): number | undefined {
  const match = /^(\d{1,6})([SDWM]?)$/.exec(timeframe);
  if (!match) return undefined;
  const unit = { '': 60_000, S: 1000, D: day, W: 7 * day, M: 31 * day }[match[2]!]!;
  return Number(match[1]) * unit;
}

export interface Rhythm {
  /** How long nothing has come. */
  quietMs: number;
  /** How long nothing may come. */
  allowedMs: number;
  /** What that was derived from. */
  by: 'pauses' | 'timeframe';
}

/** undefined where nothing can be said: few alerts, and timeframes that are labels. */
export function rhythmOf(times: readonly number[], timeframes: readonly string[], now: number): Rhythm | undefined {
  const ordered = [...new Set(times)].sort((a, b) => b - a).slice(0, 51);
  const last = ordered[0];
  if (last === undefined) return undefined;
  const quietMs = now - last;
  const pauses = ordered.slice(1).map((time, i) => ordered[i]! - time);
  if (pauses.length >= enoughPauses) return { quietMs, allowedMs: Math.max(leastMs, 2 * Math.max(...pauses)), by: 'pauses' };
  const longest = Math.max(...timeframes.map(barOf).filter(bar => bar !== undefined));
  return Number.isFinite(longest) ? { quietMs, allowedMs: Math.max(leastMs, bars * longest), by: 'timeframe' } : undefined;
}

export const isSilent = ({ quietMs, allowedMs }: Rhythm) => quietMs > allowedMs && quietMs <= endedMs;
