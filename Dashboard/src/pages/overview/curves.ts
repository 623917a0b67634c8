// What the charts of several batches share. Pure.

export type Start = { time: number; value: number } | null;

/** The value of a day is that of its end, so a curve starts a day before its first. */
export function fromStart(x: readonly number[], values: readonly (number | null)[], start: Start, days: readonly number[]): [number, number | null][] {
  const points = values.map((value, i): [number, number | null] => [x[i]!, value]);
  const first = start ? days.indexOf(start.time) : -1;
  if (!start || first < 0) return points;
  return [...points.slice(0, Math.max(0, first - 1)), [first > 0 ? x[first - 1]! : x[0]! - 86_400_000, start.value], ...points.slice(first)];
}
