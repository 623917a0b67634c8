import { describe, expect, it } from 'vitest';
import { firstOrder, orderOf, sortsOf } from './sorting';

describe('the order of trades', () => {
  it.each([
    [null, null, 'ledger', ['seq', 'desc']],
    [null, 'asc', 'ledger', ['seq', 'asc']],
    ['pnl', 'asc', 'ledger', ['pnl', 'asc']],
    ['pnl', 'asc', 'trades', ['entryTime', 'asc']],
    ['holding', 'sideways', 'trades', ['holding', 'desc']],
    ['nonsense', null, 'trades', ['entryTime', 'desc']],
  ] as const)('%s %s of the %s', (sort, order, kind, expected) => expect(orderOf(sort, order, kind, sortsOf[kind])).toEqual(expected));

  it.each([
    ['pnl', 'asc'],
    ['changePercentage', 'asc'],
    ['holding', 'desc'],
    ['exitTime', 'desc'],
  ] as const)('begins by %s with %s', (by, order) => expect(firstOrder(by)).toBe(order));
});
