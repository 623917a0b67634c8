import { describe, expect, it } from 'vitest';
import { bodyOf, changesOf, symbolsOf, type FormValues } from './form';

const values: FormValues = {
  name: 'Batch_1',
  symbols: ['BTCUSDT'],
  timeframes: [],
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
    // What is no number is for the API to refuse, with its own words.
    [{ capital: '1e5' }, { capital: '1e5' }],
    [{ capital: '-5' }, { capital: -5 }],
    [{}, {}],
  ])('changed by %j sends %j', (changes, expected) => expect(changesOf({ ...values, ...changes }, values)).toEqual(expected));

  it('takes symbols as they are pasted', () => expect(symbolsOf('btcusdt, ETHUSDT;\n BINANCE:SOLUSDT ')).toEqual(['BTCUSDT', 'ETHUSDT', 'BINANCE:SOLUSDT']));
});
