// What a symbol's chart is made of: the prices of its alerts, and the entries and exits of its trades. Pure.
import type { Schema } from '../../api/client';

type Trade = Pick<Schema<'Trade'>, 'tradeId' | 'side' | 'entryTime' | 'entryPrice' | 'exitTime' | 'exitPrice' | 'changePercentage'>;
type Alert = Pick<Schema<'Alert'>, 'timestamp' | 'price' | 'outcome'>;

export interface Mark {
  time: number;
  price: number;
  tradeId: string;
}

export interface Markers {
  long: Mark[];
  short: Mark[];
  win: Mark[];
  lose: Mark[];
}

/** In the order of time; several alerts of one instant and price are one point. What was excluded has no price here. */
export function pricesOf(alerts: readonly Alert[]): [number, number][] {
  const points = alerts.filter(alert => alert.outcome !== 'voided').map(alert => [Date.parse(alert.timestamp), alert.price] as [number, number]);
  points.sort((a, b) => a[0] - b[0]);
  return points.filter(([time, price], i) => i === 0 || time !== points[i - 1]![0] || price !== points[i - 1]![1]);
}

/** Entries and exits no earlier than the first price. A trade that came to nothing counts among those without a profit. */
export function markersOf(trades: readonly Trade[], from: number): Markers {
  const markers: Markers = { long: [], short: [], win: [], lose: [] };
  for (const { tradeId, side, entryTime, entryPrice, exitTime, exitPrice, changePercentage } of trades) {
    const entry = Date.parse(entryTime);
    if (entry >= from) markers[side === 'short' ? 'short' : 'long'].push({ time: entry, price: entryPrice, tradeId });
    if (exitTime && exitPrice != null && Date.parse(exitTime) >= from) markers[(changePercentage ?? 0) > 0 ? 'win' : 'lose'].push({ time: Date.parse(exitTime), price: exitPrice, tradeId });
  }
  for (const marks of Object.values(markers) as Mark[][]) marks.sort((a, b) => a.time - b.time);
  return markers;
}

export function countOf(trades: readonly Trade[]) {
  const closed = trades.filter(trade => trade.exitTime);
  const changes = closed.map(trade => trade.changePercentage ?? 0);
  return {
    closed: closed.length,
    open: trades.length - closed.length,
    winRate: closed.length === 0 ? null : changes.filter(change => change > 0).length / closed.length,
    averageChange: closed.length === 0 ? null : changes.reduce((sum, change) => sum + change, 0) / closed.length,
  };
}
