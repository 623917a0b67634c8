import { describe, expect, it } from 'vitest';
import { count, duration, fraction, nothing, percent, plainNumber, signedPercent, timeframeName, tone, wallClock, zoneNamed } from './format';

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

describe('a number as it is typed', () => {
  it.each([
    ['100000', '100000'],
    ['100,000', '100000'],
    ['1,234,567.89', '1234567.89'],
    ['1.234.567,89', '1234567.89'],
    ['1 000', '1000'],
    ['1’000.5', '1000.5'],
    ['0,04', '0.04'],
    ['0.040', '0.040'],
    ['100.000', '100.000'],
    ['.5', '0.5'],
    ['5 %', '5'],
    ['-5', '-5'],
    ['−5', '-5'],
    ['', undefined],
    ['a lot', undefined],
    ['1e5', undefined],
    ['1,00,000', '100000'],
    ['1,00', '1.00'],
    ['1,00,00', undefined],
    ['1.2.3', undefined],
  ])('%s is %s', (typed, plain) => expect(plainNumber(typed, ',')).toBe(plain));

  it('groups with the mark that the locale groups with', () => expect([plainNumber('100.000', '.'), plainNumber('0.040', '.'), plainNumber('1,5', '.')]).toEqual(['100000', '0.040', '1.5']));
});

it.each([
  ['60', '1h'],
  ['240', '4h'],
  ['15', '15m'],
  ['90', '90m'],
  ['1440', '24h'],
  ['30S', '30s'],
  ['1D', '1D'],
  ['1M', '1M'],
  ['ALPHA', 'ALPHA'],
  ['-', 'no timeframe'],
])('the timeframe %s is written %s', (canonical, name) => expect(timeframeName(canonical)).toBe(name));

it.each([
  ['utc', 'UTC'],
  ['Europe/Berlin', 'Europe/Berlin'],
  ['New York', 'America/New_York'],
  ['europe/berlin', 'Europe/Berlin'],
  ['+05:30', undefined],
  ['GMT+2 or so', undefined],
  ['', undefined],
])('%s is the time zone %s', (typed, zone) => expect(zoneNamed(typed)).toBe(zone));
