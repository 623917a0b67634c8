import { describe, expect, it } from 'vitest';
import { grouped, sortedBy } from './groups';

const batch = (name: string, pnl: number, changePercentage: number, symbols = ['BTC'], timeframes: string[] = [], trades = 3) =>
  ({ name, symbols, timeframes, ledger: { trades, lastExitTime: null }, summary: { pnl, changePercentage, drawdownPercentage: 0 } }) as never;
const all = [batch('B 10', 5, 1), batch('B 2', -5, -2, ['BTC', 'ETH'], ['240']), batch('A', 50, 0.5, ['A', 'B', 'C', 'D']), batch('N', 0, 0, ['BTC'], [], 0)];
const names = (batches: readonly { name: string }[]) => batches.map(({ name }) => name);

describe('batches of the overview', () => {
  it.each([
    ['', ['A', 'B 2', 'B 10', 'N']],
    ['return', ['B 10', 'A', 'N', 'B 2']],
    ['profit', ['A', 'B 10', 'N', 'B 2']],
    ['worst', ['B 2', 'N', 'A', 'B 10']],
    ['nonsense', ['A', 'B 2', 'B 10', 'N']],
  ])('by %s', (order, expected) => expect(names(sortedBy(all, order))).toEqual(expected));

  it.each([
    ['', [['', 4]]],
    ['result', [['In profit', 2], ['In a loss', 1], ['No trade yet', 1]]],
    ['symbols', [['BTC', 2], ['BTC, ETH', 1], ['A, B, C and 1 more', 1]]],
    ['timeframes', [['All timeframes', 3], ['4h', 1]]],
  ])('grouped by %s', (by, expected) => expect(grouped(all, by).map(([name, of]) => [name, of.length])).toEqual(expected));
});
