import { describe, expect, it } from 'vitest';
import { countOf, markersOf, pricesOf } from './markers';

const trade = (tradeId: string, side: 'long' | 'short', entry: number, exit: number | null, change: number | null) => ({
  tradeId,
  side,
  entryTime: `2026-01-0${entry}T00:00:00Z`,
  entryPrice: 100 + entry,
  exitTime: exit === null ? null : `2026-01-0${exit}T00:00:00Z`,
  exitPrice: exit === null ? null : 100 + exit,
  changePercentage: change,
});
const at = (day: number) => Date.parse(`2026-01-0${day}T00:00:00Z`);
const trades = [trade('d', 'long', 7, null, null), trade('c', 'long', 5, 6, 0), trade('b', 'short', 3, 5, -2), trade('a', 'long', 1, 3, 2)];

describe('a symbol', () => {
  it('has its entries and exits in the order of time, by what they were', () =>
    expect(markersOf(trades, at(1))).toEqual({
      long: [
        { time: at(1), price: 101, tradeId: 'a' },
        { time: at(5), price: 105, tradeId: 'c' },
        { time: at(7), price: 107, tradeId: 'd' },
      ],
      short: [{ time: at(3), price: 103, tradeId: 'b' }],
      win: [{ time: at(3), price: 103, tradeId: 'a' }],
      lose: [
        { time: at(5), price: 105, tradeId: 'b' },
        { time: at(6), price: 106, tradeId: 'c' },
      ],
    }));

  it('has no mark before its first price', () => {
    const { long, short, win, lose } = markersOf(trades, at(4));
    expect([long, short, win, lose].map(marks => marks.map(mark => mark.tradeId))).toEqual([['c', 'd'], [], [], ['b', 'c']]);
  });

  it('has the prices of its alerts, excluded ones aside, a flip once', () => {
    const alert = (day: number, price: number, outcome = 'opened') => ({ timestamp: `2026-01-0${day}T00:00:00Z`, price, outcome: outcome as 'opened' });
    expect(pricesOf([alert(3, 12, 'voided'), alert(2, 11), alert(2, 11, 'closed'), alert(2, 10), alert(1, 11)])).toEqual([
      [at(1), 11],
      [at(2), 11],
      [at(2), 10],
    ]);
  });

  it('counts', () => {
    expect(countOf(trades)).toEqual({ closed: 3, open: 1, winRate: 1 / 3, averageChange: 0 });
    expect(countOf([])).toEqual({ closed: 0, open: 0, winRate: null, averageChange: null });
  });
});
