// Where points of the growth chart are: before the first one, and at the end of a period. Pure.

export type By = 'trade' | 'hour' | 'day' | 'week' | 'month';

/** So many trades, or periods of the wall clock, further along the axis. */
export function moved(x: number, by: By, steps: number): number {
  if (by !== 'month') return x + steps * { trade: 1, hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 }[by];
  const at = new Date(x);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + steps, 1);
}

/** The value of the last of points in ascending order that is before the next period. */
export function atEnd(points: readonly (readonly [number, number])[], next: number): number | null {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] < next) low = middle + 1;
    else high = middle;
  }
  return points[low - 1]?.[1] ?? null;
}

/**
 * Buy and hold at each point of the curve: what it stood at by the end of the point's period, or of a trade's or an hour's day. null before it began.
 * @param days At their wall-clock start, with the value at their end, in ascending order.
 * @param times Of the points, on the wall clock.
 * @param x Where they are on the axis.
 */
export function heldAlong(days: readonly (readonly [number, number])[], times: readonly number[], x: readonly number[], by: By): [number, number | null][] {
  const day = 86_400_000;
  return times.map((time, i) => [x[i]!, atEnd(days, by === 'trade' || by === 'hour' ? time - (time % day) + 1 : moved(time, by, 1))]);
}
