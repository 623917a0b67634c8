import { describe, expect, it } from 'vitest';
import { count, duration, fraction, nothing, percent, signedPercent, tone, wallClock } from './format';

it('what is undefined is shown as nothing, never as 0, NaN or infinity', () => {
  for (const format of [count, percent, signedPercent, fraction, duration]) {
    for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY]) expect(format(value)).toBe(nothing);
  }
});

it.each([
  [0, 'even'],
  [1e-9, 'gain'],
  [-1e-9, 'loss'],
  [null, 'even'],
])('the tone of %s is %s', (value, expected) => expect(tone(value)).toBe(expected));

it.each([
  [0, '0 s'],
  [59, '59 s'],
  [61, '1 min 1 s'],
  [3600, '1 h'],
  [90_061, '1 d 1 h'],
])('%d seconds are %s', (seconds, expected) => expect(duration(seconds)).toBe(expected));

describe('a wall clock', () => {
  const wall = (zone: string, iso: string) => new Date(wallClock(zone)(Date.parse(iso))).toISOString();

  it.each([
    ['UTC', '2026-03-29T00:59:59Z', '2026-03-29T00:59:59.000Z'],
    // Berlin's clocks go from 2 to 3 in the night to 29 March 2026, and back in that to 25 October.
    ['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29T01:59:59.000Z'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29T03:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25T00:59:59Z', '2026-10-25T02:59:59.000Z'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00.000Z'],
    ['Asia/Kathmandu', '2026-01-01T00:00:00.250Z', '2026-01-01T05:45:00.250Z'],
    ['America/St_Johns', '2026-07-01T00:00:00Z', '2026-06-30T21:30:00.000Z'],
  ])('in %s at %s shows %s', (zone, iso, expected) => expect(wall(zone, iso)).toBe(expected));
});
