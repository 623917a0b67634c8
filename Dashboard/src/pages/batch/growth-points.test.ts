import { expect, it } from 'vitest';
import { atEnd, heldAlong, moved, type By } from './growth-points';

const day = (text: string) => Date.parse(text);

it.each<[By, number, number]>([
  ['trade', 1, 0],
  ['hour', day('2026-03-01T00:00Z'), day('2026-02-28T23:00Z')],
  ['day', day('2026-03-01'), day('2026-02-28')],
  ['week', day('2026-03-02'), day('2026-02-23')],
  ['month', day('2026-03-01'), day('2026-02-01')],
  ['month', day('2026-01-01'), day('2025-12-01')],
])('by %s the start is before the first point', (by, first, expected) => {
  expect(moved(first, by, -1)).toBe(expected);
  expect(moved(expected, by, 1)).toBe(first);
});

it.each([
  // The drawdown of a month is that of its last day, not of its first.
  ['2026-02-01', 31],
  ['2026-01-31', 30],
  ['2026-03-01', 59],
  ['2027-01-01', 60],
  ['2025-12-01', null],
])('before %s the last value is %s', (next, expected) => {
  const days = Array.from({ length: 60 }, (_, i) => [day('2026-01-01') + i * 86_400_000, i + 1] as const);
  expect(atEnd(days, day(next))).toBe(expected);
});

it.each<[By, string[], (number | null)[]]>([
  // A trade stands beside what its day ended with; a week and a month beside their last day.
  ['trade', ['2025-12-31T10:00Z', '2026-01-01T00:00Z', '2026-01-02T23:00Z'], [null, 1, 2]],
  ['hour', ['2026-01-03T05:00Z'], [3]],
  ['day', ['2026-01-01', '2026-01-05'], [1, 5]],
  ['week', ['2026-01-05', '2026-02-23'], [11, 60]],
  ['month', ['2026-01-01', '2026-02-01'], [31, 59]],
])('buy and hold by %s', (by, points, expected) => {
  const days = Array.from({ length: 60 }, (_, i) => [day('2026-01-01') + i * 86_400_000, i + 1] as const);
  expect(heldAlong(days, points.map(day), points.map((_, i) => i), by)).toEqual(expected.map((value, i) => [i, value]));
});
