import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { filtersOf, instantOf, isFiltered, queryOf } from './filters';

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
    ['tz=UTC&span=7d&from=2020-01-01', { from: '2026-03-04T00:00:00Z', tz: 'UTC' }],
    ['tz=UTC&symbol=BTC&symbol=ETH&timeframe=60&side=long', { symbol: ['BTC', 'ETH'], timeframe: ['60'], side: 'long', tz: 'UTC' }],
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
