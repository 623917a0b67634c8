import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { filtersOf, instantOf, isFiltered, queryOf, rangeOf, type Period } from './filters';

const at = (query: string) => filtersOf(placeOf(new URL(`/batches/1?${query}`, 'http://page.example')));

describe('a day begins', () => {
  it.each([
    ['2026-03-01', 'UTC', '2026-03-01T00:00:00Z'],
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00Z'],
    ['2026-03-30', 'Europe/Berlin', '2026-03-29T22:00:00Z'],
    ['2026-07-01', 'Pacific/Kiritimati', '2026-06-30T10:00:00Z'],
    ['2026-07-01', 'Pacific/Pago_Pago', '2026-07-01T11:00:00Z'],
    ['2026-07-01', 'Asia/Kathmandu', '2026-06-30T18:15:00Z'],
    // Clocks there go from 23:59:59 on 5 September to 1:00 on the 6th.
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00Z'],
  ])('%s in %s at %s', (day, zone, instant) => expect(instantOf(day, zone)).toBe(instant));
});

describe('filters', () => {
  const now = Date.parse('2026-03-10T23:30:00Z');

  it.each([
    ['tz=UTC', { tz: 'UTC' }],
    ['tz=UTC&from=2026-01-01&to=2026-01-31', { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&span=7d', { from: '2026-03-04T00:00:00Z', tz: 'UTC' }],
    // There it is the 11th already.
    ['tz=Europe/Berlin&span=7d', { from: '2026-03-04T23:00:00Z', tz: 'Europe/Berlin' }],
    ['tz=UTC&span=ytd', { from: '2026-01-01T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&span=today', { from: '2026-03-10T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&span=yesterday', { from: '2026-03-09T00:00:00Z', to: '2026-03-10T00:00:00Z', tz: 'UTC' }],
    // The 10th is a Tuesday.
    ['tz=UTC&span=week', { from: '2026-03-09T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&span=month', { from: '2026-03-01T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&span=lastmonth', { from: '2026-02-01T00:00:00Z', to: '2026-03-01T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&from=2026-03-01T13:00:00Z&to=2026-03-01T14:00:00Z', { from: '2026-03-01T13:00:00Z', to: '2026-03-01T14:00:00Z', tz: 'UTC' }],
    ['tz=new%20york&span=today', { from: '2026-03-10T04:00:00Z', tz: 'America/New_York' }],
    ['tz=UTC&span=7d&from=2020-01-01', { from: '2026-03-04T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&symbol=BTC&symbol=ETH&timeframe=60&side=long', { symbol: ['BTC', 'ETH'], timeframe: ['60'], side: 'long', tz: 'UTC' }],
    ['tz=UTC&strategy=&strategy=Breakout+4h', { strategy: ['', 'Breakout 4h'], tz: 'UTC' }],
    ['tz=UTC&side=sideways&from=yesterday&span=9d', { tz: 'UTC' }],
  ])('%s ask for %j', (query, expected) => {
    const asked = Object.fromEntries(Object.entries(queryOf(at(query), now)).filter(([, value]) => value && (value as string[]).length > 0));
    expect(asked).toEqual(expected);
  });

  it.each([
    ['', false],
    ['tz=Asia/Tokyo&view=ledger', false],
    ['span=30d', true],
    ['symbol=BTC', true],
  ])('%s: filtered is %s', (query, expected) => expect(isFiltered(at(query))).toBe(expected));
});

describe('the range of a bar is exactly what the bar shows', () => {
  it.each<[Period, string, Record<string, string>, Record<string, string>]>([
    ['month', '2025-12-01T00:00:00Z', {}, { from: '2025-12-01', to: '2025-12-31' }],
    ['month', '2026-02-01T00:00:00Z', {}, { from: '2026-02-01', to: '2026-02-28' }],
    ['week', '2026-03-09T00:00:00Z', {}, { from: '2026-03-09', to: '2026-03-15' }],
    ['day', '2026-03-10T00:00:00Z', {}, { from: '2026-03-10', to: '2026-03-10' }],
    ['hour', '2026-03-10T13:00:00Z', {}, { from: '2026-03-10T13:00:00Z', to: '2026-03-10T14:00:00Z' }],
    // The view begins and ends within the period.
    ['month', '2026-02-01T00:00:00Z', { from: '2026-02-10T00:00:00Z' }, { from: '2026-02-10', to: '2026-02-28' }],
    ['month', '2026-02-01T00:00:00Z', { to: '2026-02-10T00:00:00Z' }, { from: '2026-02-01', to: '2026-02-09' }],
    ['day', '2026-03-10T00:00:00Z', { from: '2026-03-10T12:00:00Z' }, { from: '2026-03-10T12:00:00Z', to: '2026-03-11T00:00:00Z' }],
    // Clocks there go forward that night, and back that one: its last hour is two.
    ['day', '2026-03-28T23:00:00Z', { tz: 'Europe/Berlin' }, { from: '2026-03-29', to: '2026-03-29' }],
    ['hour', '2026-10-25T01:00:00Z', { tz: 'Europe/Berlin' }, { from: '2026-10-25T01:00:00Z', to: '2026-10-25T02:00:00Z' }],
    ['month', '2026-02-28T23:00:00Z', { tz: 'Europe/Berlin' }, { from: '2026-03-01', to: '2026-03-31' }],
  ])('%s from %s in a view of %j: %j', (by, start, view, expected) =>
    expect(rangeOf(Date.parse(start), by, { tz: 'UTC', ...view })).toEqual({ span: null, ...expected }));
});
