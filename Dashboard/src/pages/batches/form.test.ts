import { describe, expect, it } from 'vitest';
import { bodyOf, changesOf, mistakesOf, symbolsOf, type FormValues } from './form';

const values: FormValues = {
  name: 'Batch_1',
  symbols: ['BTCUSDT'],
  timeframes: [],
  strategies: [],
  startTime: '2026-01-01T00:00',
  capital: '100000',
  allocationPercentage: '100',
  feePercentage: '0.04',
};

describe('a form', () => {
  it('is sent whole for a new batch', () =>
    expect(bodyOf(values)).toEqual({
      name: 'Batch_1',
      symbols: ['BTCUSDT'],
      timeframes: [],
      strategies: [],
      startTime: '2026-01-01T00:00Z',
      capital: 100000,
      allocationPercentage: 100,
      feePercentage: 0.04,
    }));

  it.each([
    [{ capital: '' }, { capital: null }],
    [{ startTime: '' }, { startTime: null }],
    [{ name: 'Other', feePercentage: '0.0400' }, { name: 'Other' }],
    [{ symbols: ['BTCUSDT', 'ETHUSDT'] }, { symbols: ['BTCUSDT', 'ETHUSDT'] }],
    [{ strategies: ['', 'Breakout 4h'] }, { strategies: ['', 'Breakout 4h'] }],
    [{ capital: '250,000' }, { capital: 250000 }],
    [{ feePercentage: '0,05 %' }, { feePercentage: 0.05 }],
    [{}, {}],
  ])('changed by %j sends %j', (changes, expected) => expect(changesOf({ ...values, ...changes }, values)).toEqual(expected));

  it('takes symbols as they are pasted', () => expect(symbolsOf('btcusdt, ETHUSDT;\n BINANCE:SOLUSDT ')).toEqual(['BTCUSDT', 'ETHUSDT', 'BINANCE:SOLUSDT']));
});

describe('what is wrong with a form', () => {
  const range = (min: number, max: number, exclusiveMin = false) => ({ min, max, exclusiveMin });
  const limits = { name: range(1, 100), symbols: range(1, 2), capital: range(0, 1e12, true), allocationPercentage: range(0, 1000, true), feePercentage: range(0, 100), decimals: 8 };

  it.each<[Partial<FormValues>, Record<string, string>]>([
    [{}, {}],
    [{ name: ' ' }, { name: 'Enter a name.' }],
    [{ name: 'x'.repeat(101) }, { name: 'Use at most 100 characters.' }],
    [{ symbols: [] }, { symbols: 'Choose at least one symbol.' }],
    [{ symbols: ['A', 'B', 'C'] }, { symbols: 'Choose at most 2 symbols.' }],
    [{ capital: '0' }, { capital: 'Enter a number above 0 and up to 1,000,000,000,000.' }],
    [{ capital: 'a lot' }, { capital: 'Enter a number above 0 and up to 1,000,000,000,000.' }],
    [{ feePercentage: '-0.1' }, { feePercentage: 'Enter a number from 0 to 100.' }],
    [{ feePercentage: '0.000000001' }, { feePercentage: 'Use at most 8 decimals.' }],
    // Emptied: the default.
    [{ capital: '' }, {}],
  ])('of %j: %j', (changes, mistakes) => expect(mistakesOf({ ...values, ...changes }, { limits })).toEqual(mistakes));
});
