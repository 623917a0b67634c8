// The batches of the overview: found, sorted, grouped. Pure.
import type { Schema } from '../../api/client';
import { timeframeName } from '../../format';

type Batch = Schema<'Batch'>;

export const orders = [
  ['', 'Name'],
  ['return', 'Highest return'],
  ['profit', 'Highest profit'],
  ['worst', 'Lowest return'],
  ['drawdown', 'Deepest drawdown'],
  ['lastExit', 'Latest trade'],
] as const;

const compare: Record<string, (a: Batch, b: Batch) => number> = {
  return: (a, b) => b.summary.changePercentage - a.summary.changePercentage,
  profit: (a, b) => b.summary.pnl - a.summary.pnl,
  worst: (a, b) => a.summary.changePercentage - b.summary.changePercentage,
  drawdown: (a, b) => b.summary.drawdownPercentage - a.summary.drawdownPercentage,
  lastExit: (a, b) => (b.ledger.lastExitTime ?? '').localeCompare(a.ledger.lastExitTime ?? ''),
};

export const sortedBy = (batches: readonly Batch[], order: string) => [...batches].sort(compare[order] ?? ((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true })));

export const groupings = [
  ['', 'No groups'],
  ['result', 'By result'],
  ['symbols', 'By symbols'],
  ['timeframes', 'By timeframe'],
] as const;

const groupOf: Record<string, (batch: Batch) => string> = {
  result: ({ summary, ledger }) => (ledger.trades === 0 ? 'No trade yet' : summary.pnl > 0 ? 'In profit' : summary.pnl < 0 ? 'In a loss' : 'Even'),
  symbols: ({ symbols }) => (symbols.length > 3 ? `${symbols.slice(0, 3).join(', ')} and ${symbols.length - 3} more` : symbols.join(', ')),
  timeframes: ({ timeframes }) => (timeframes.length === 0 ? 'All timeframes' : timeframes.map(timeframeName).join(', ')),
};

/** In the order of their first batch; one group without a name where there is no grouping. */
export function grouped(batches: readonly Batch[], by: string): [string, Batch[]][] {
  const name = groupOf[by];
  if (!name) return [['', [...batches]]];
  const groups = new Map<string, Batch[]>();
  for (const batch of batches) groups.set(name(batch), [...(groups.get(name(batch)) ?? []), batch]);
  return [...groups];
}
