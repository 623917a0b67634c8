import { describe, expect, it } from 'vitest';
import { placeOf } from '../../router';
import { sweepBody, sweepOf, valuesOf, type Axis } from './sweep-settings';

const of = (query: string) => placeOf(new URL(`http://x/batches/1?${query}`));
const axis = (name: Axis['name'], from: string, to: string, steps: string): Axis => ({ name, from, to, steps });

describe('the values of a grid', () => {
  it.each([
    [axis('allocationPercentage', '10', '100', '10'), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]],
    [axis('feePercentage', '0', '0,1', '4'), [0, 0.03333333, 0.06666667, 0.1]],
    [axis('maxOpenTrades', '1', '3', '5'), [1, 2, 3]],
    [axis('maxOpenTrades', '4', '9', '1'), [4]],
    [axis('allocationPercentage', '100', '50', '2'), [100, 50]],
  ])('%j are %j', (one, expected) => expect(valuesOf(one)).toEqual(expected));

  it.each([
    [axis('feePercentage', 'lots', '1', '2'), 'Enter two numbers'],
    [axis('feePercentage', '0', '1', '1.5'), 'whole number of steps'],
    [axis('feePercentage', '0', '1', '0'), 'whole number of steps'],
  ])('%j: %s', (one, words) => expect((valuesOf(one) as { problem: string }).problem).toContain(words));
});

describe('a sweep in the address', () => {
  it.each([
    ['', ['allocationPercentage'], 'sharpe'],
    ['x=fraction', ['allocationPercentage'], 'sharpe'],
    ['sizing=kelly&x=fraction&y=lookback&rankBy=calmar', ['fraction', 'lookback'], 'calmar'],
    ['x=feePercentage&y=feePercentage&rankBy=beauty', ['feePercentage'], 'sharpe'],
    ['sizing=fixedAmount', ['maxOpenTrades'], 'sharpe'],
  ])('%s tries %j by %s', (query, names, rankBy) => {
    const sweep = sweepOf(of(query));
    expect([sweep.axes.map(one => one.name), sweep.rankBy]).toEqual([names, rankBy]);
  });

  it('takes its own settings out of those that all trials have in common', () =>
    expect(sweepBody(of('allocationPercentage=20&slippagePercentage=0.1&xFrom=10&xTo=20&xSteps=2'), 'UTC')).toEqual({
      grid: { allocationPercentage: [10, 20] },
      rankBy: 'sharpe',
      settings: { sizing: 'sequential', slippagePercentage: 0.1 },
      tz: 'UTC',
    }));

  it('is not sent where a value is no number', () => expect(sweepBody(of('xFrom=lots'), 'UTC')).toBeUndefined());
});
