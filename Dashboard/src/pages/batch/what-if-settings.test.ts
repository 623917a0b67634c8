import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { asBatch, bodyOf, isOwn, whatIfOf } from './what-if-settings';

const of = (query: string) => whatIfOf(placeOf(new URL(`http://x/batches/1?${query}`)));
const batch = { capital: 1000, allocationPercentage: 25, feePercentage: 0.04 };

describe('a what-if in the address', () => {
  it.each([
    ['', { sizing: 'sequential' }],
    ['sizing=nonsense', { sizing: 'sequential' }],
    ['allocationPercentage=50&feePercentage=0,1', { sizing: 'sequential', allocationPercentage: 50, feePercentage: 0.1 }],
    ['sizing=fixedAmount', { sizing: 'fixedAmount', amount: 1000 }],
    ['sizing=fixedRisk&riskPercentage=2&amount=7', { sizing: 'fixedRisk', riskPercentage: 2, lookback: 30 }],
    ['sizing=kelly&fraction=0.25&maxOpenTrades=3', { sizing: 'kelly', maxOpenTrades: 3, lookback: 30, fraction: 0.25 }],
    ['capital=lots', { sizing: 'sequential', capital: 'lots' }],
  ])('%s sends %j', (query, body) => expect(bodyOf(of(query))).toEqual(body));

  it.each([
    ['', true],
    ['sizing=kelly', false],
    ['maxOpenTrades=3', false],
  ])('%s is the batch as it is: %s', (query, own) => expect(isOwn(of(query))).toBe(own));

  it.each([
    ['allocationPercentage=50', { capital: '1000', allocationPercentage: '50', feePercentage: '0.04' }],
    ['allocationPercentage=50&slippagePercentage=0', { capital: '1000', allocationPercentage: '50', feePercentage: '0.04' }],
    ['slippagePercentage=0.1', undefined],
    ['maxOpenTrades=3', undefined],
    ['sizing=kelly', undefined],
  ])('%s as a batch is %j', (query, settings) => expect(asBatch(of(query), batch)).toEqual(settings));
});
