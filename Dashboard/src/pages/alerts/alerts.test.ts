import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { isNarrowed, logFiltersOf, logQueryOf, symbolsIn } from './filters';
import { mistakesOf } from './close-trade';
import { facts, itemName, meaningOf, placeOfSubject, saying } from './words';

const at = (address: string) => logFiltersOf(placeOf(new URL(address, 'http://page')));

describe('filters of the log', () => {
  it('are in the address; what is no filter is left out', () => {
    expect(at('/alerts?outcome=unmatched&outcome=nonsense&symbol=BTC%7C&timeframe=60&from=2026-11-01&to=soon')).toEqual({
      outcomes: ['unmatched'],
      symbols: ['BTC|'],
      timeframes: ['60'],
      strategies: [],
      from: '2026-11-01',
      to: '',
    });
    expect([isNarrowed(at('/alerts?alert=1')), isNarrowed(at('/alerts?to=2026-11-01'))]).toEqual([false, true]);
  });

  it('take whole days of the reader, the last one included', () => {
    expect(logQueryOf(at('/alerts?from=2026-11-01&to=2026-11-02'), 'Europe/Berlin')).toMatchObject({
      from: '2026-10-31T23:00:00Z',
      to: '2026-11-02T23:00:00Z',
    });
  });

  it('take symbols as they are typed', () => {
    expect(symbolsIn(' btcusdt, ETHUSDT;btcusdt\n')).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(symbolsIn('')).toEqual([]);
  });
});

describe('words', () => {
  it('say what an alert says', () => {
    expect([
      saying({ action: 'entry', direction: 'long' }),
      saying({ action: 'exit', direction: null }),
      saying({ action: 'manual', direction: 'short' }),
    ]).toEqual(['Enter long', 'Exit', 'Close manually, short']);
  });

  it('show an outcome that is new to the page as it is', () => {
    expect(meaningOf('postponed').label).toBe('postponed');
  });

  it('name and lead to what an action was taken on', () => {
    expect(['alerts/90ae24dd04e57752', 'batches/7', 'moons/1'].map(itemName)).toEqual(['Alert 90ae24dd…', 'Batch 7', 'moons/1']);
    expect(['alerts/ab', 'trades/ab', 'batches/7', 'imports/3', 'moons/1', 'alerts'].map(placeOfSubject)).toEqual([
      '/alerts?alert=ab',
      '/alerts?alert=ab',
      '/batches/7',
      '/imports/3',
      undefined,
      undefined,
    ]);
  });

  it('list the details of an action, without JSON', () => {
    expect(facts({ was: 'opened', symbols: ['A', 'B'], feePercentage: { was: 0, is: 0.1 }, limits: { most: 3, least: null } })).toEqual([
      ['outcome before', 'Opened'],
      ['symbols', 'A, B'],
      ['fee in %', '0 → 0.1'],
      ['limits', 'most 3, least none'],
    ]);
    expect([facts(null), facts('text')]).toEqual([[], [['details', 'text']]]);
  });
});

describe('closing a trade manually', () => {
  it.each([
    ['105.5', '', {}],
    ['43,250.5', '2026-11-22T12:00', {}],
    ['', '', { price: 'Enter a price above 0.' }],
    ['0', '', { price: 'Enter a price above 0.' }],
    ['soon', '2026-11-22T09:00', { price: 'Enter a price above 0.', time: 'Enter a time after the entry.' }],
  ])('at %j, %j: %j', (price, time, mistakes) => expect(mistakesOf(price, time, '2026-11-22T10:00:00')).toEqual(mistakes));
});
