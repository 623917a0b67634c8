import { describe, expect, it } from 'vitest';
import { isMonth, plusMonths, weeksOf } from './month';

describe('a month', () => {
  it.each([
    ['2026-03', 6, '2026-03-01', 6],
    ['2026-06', 5, '2026-06-01', 0],
    ['2027-02', 4, '2027-02-01', 0],
    ['2024-02', 5, '2024-02-01', 3],
  ])('%s has %i weeks, the first day in its place', (month, weeks, first, at) => {
    const shown = weeksOf(month);
    expect(shown).toHaveLength(weeks);
    expect(shown[0]!.indexOf(first)).toBe(at);
    expect(shown.every(week => week.length === 7)).toBe(true);
    const days = shown.flat().filter(day => day !== undefined);
    expect(new Set(days).size).toBe(days.length);
    expect(days).toEqual([...days].sort());
    expect(days[days.length - 1]!.slice(0, 7)).toBe(month);
  });

  it.each([
    ['2026-01', -1, '2025-12'],
    ['2025-12', 1, '2026-01'],
    ['2026-03', 12, '2027-03'],
  ])('%s and %i months is %s', (month, months, then) => expect(plusMonths(month, months)).toBe(then));

  it.each([
    ['2026-13', false],
    ['2026-3', false],
    ['2026-03', true],
    [null, false],
  ])('%s: %s', (text, is) => expect(isMonth(text)).toBe(is));
});
