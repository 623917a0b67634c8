import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { isNarrowed, logFiltersOf, logQueryOf, symbolsIn } from './filters';
import { facts, meaningOf, placeOfSubject, saying } from './words';

const at = (address: string) => logFiltersOf(placeOf(new URL(address, 'http://page')));

describe('filters of the log', () => {
  it('stand in the address; what is none is left out', () => {
    expect(at('/alerts?outcome=unmatched&outcome=nonsense&symbol=BTC%7C&timeframe=60&from=2026-11-01&to=soon')).toEqual({
      outcomes: ['unmatched'],
      symbols: ['BTC|'],
      timeframes: ['60'],
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
    ]).toEqual(['Enter long', 'Exit', 'Close by hand, short']);
  });

  it('show an outcome that is new to the page as it is', () => {
    expect(meaningOf('postponed').label).toBe('postponed');
  });

  it('lead to what a deed was done to', () => {
    expect(['alerts/ab', 'trades/ab', 'batches/7', 'imports/3', 'moons/1', 'alerts'].map(placeOfSubject)).toEqual([
      '/alerts?alert=ab',
      '/alerts?alert=ab',
      '/batches/7',
      '/imports/3',
      undefined,
      undefined,
    ]);
  });

  it('list what a deed changed', () => {
    expect(facts({ was: 'opened', symbols: ['A', 'B'] })).toEqual([
      ['was', 'opened'],
      ['symbols', 'A, B'],
    ]);
    expect([facts(null), facts('text')]).toEqual([[], [['detail', 'text']]]);
  });
});
