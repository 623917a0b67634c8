import { describe, expect, it } from 'vitest';
import { barOf, isSilent, rhythmOf } from './silence';
import { newerThan, shownCount } from './waiting';

const hour = 3_600_000;
const now = Date.parse('2026-11-22T12:00:00Z');
/** Alerts so many hours ago. */
const hoursAgo = (...hours: number[]) => hours.map(ago => now - ago * hour);

describe('silence', () => {
  it('knows the bars of timeframes, and that a label is none', () => {
    expect(['60', '30S', '1D', '2W', '1M', 'ALPHA', '', '1H'].map(barOf)).toEqual([
      hour,
      30_000,
      24 * hour,
      14 * 24 * hour,
      31 * 24 * hour,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('is judged by twice the longest pause', () => {
    // Pauses of an hour, one of four.
    const times = (quiet: number) => hoursAgo(...[0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 13].map(ago => ago + quiet));
    expect(rhythmOf(times(8), ['60'], now)).toEqual({ quietMs: 8 * hour, allowedMs: 8 * hour, by: 'pauses' });
    expect([8, 8.1].map(quiet => isSilent(rhythmOf(times(quiet), ['60'], now)!))).toEqual([false, true]);
  });

  it('takes alerts of one instant for one', () => {
    const flips = hoursAgo(2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
    expect(rhythmOf(flips, ['1'], now)?.by).toBe('timeframe');
  });

  it('is judged by the longest timeframe where there are few alerts', () => {
    expect(rhythmOf(hoursAgo(5, 6), ['1', '15'], now)).toEqual({ quietMs: 5 * hour, allowedMs: 50 * hour, by: 'timeframe' });
    expect(rhythmOf(hoursAgo(5), ['ALPHA'], now)).toBeUndefined();
    expect(rhythmOf([], ['1'], now)).toBeUndefined();
  });

  it('is no matter before an hour, nor after 90 days', () => {
    const everyMinute = Array.from({ length: 40 }, (_, i) => i / 60);
    const quiet = (hours: number) => isSilent(rhythmOf(hoursAgo(...everyMinute.map(ago => ago + hours)), ['1'], now)!);
    expect([0.9, 1.1, 24 * 90, 24 * 91].map(quiet)).toEqual([false, true, true, false]);
  });
});

describe('what waits', () => {
  it('is what came after the last look', () => {
    const items = [{ at: '2026-11-22T12:00:00Z' }, { at: '2026-11-22T11:00:00Z' }, { at: '2026-11-22T10:00:00Z' }];
    expect(newerThan('2026-11-22T10:30:00Z', items, item => item.at)).toBe(2);
    expect(newerThan('', items, item => item.at)).toBe(3);
  });

  it('is not counted past what a badge holds', () => {
    expect([0, 7, 99, 100, 400].map(shownCount)).toEqual(['', '7', '99', '99+', '99+']);
  });
});
