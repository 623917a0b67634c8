// What of the system and the batches wants a look, the worst first. Pure.
import type { Schema } from '../../api/client';
import type { Counts } from '../issues/counts';

export interface ToSee {
  href: string;
  text: string;
  isBad: boolean;
}

type Batch = Pick<Schema<'Batch'>, 'id' | 'name' | 'ledger' | 'summary'>;

/** A drawdown that small is every day's. */
const deepFrom = 5;
/** Of many batches, the deepest. */
const batchesMax = 5;

export function attentionOf(counts: Counts, batches: readonly Batch[], { count, percent }: { count: (n: number) => string; percent: (n: number) => string }): ToSee[] {
  const of = (n: number, one: string, many: string) => `${count(n)} ${n === 1 ? one : many}`;
  const { check = 0, failed = 0, rejected = 0, unmatched = 0, inactive = 0, late = 0, undelivered = 0 } = counts;
  const system: [number, string, string, boolean][] = [
    [check, of(check, 'data check found an error', 'data checks found errors'), '/issues/data-checks', true],
    [failed, of(failed, 'message could not be processed', 'messages could not be processed'), '/issues/failed-messages', true],
    [undelivered, of(undelivered, 'notification was not delivered', 'notifications were not delivered'), '/issues', true],
    [rejected, of(rejected, 'alert was rejected', 'alerts were rejected'), '/issues/rejected', false],
    [unmatched, of(unmatched, 'exit closed no trade', 'exits closed no trade'), '/issues/unmatched', false],
    [inactive, of(inactive, 'symbol has become inactive', 'symbols have become inactive'), '/issues/inactive', false],
    [late, of(late, 'symbol sends its alerts late', 'symbols send their alerts late'), '/issues/late', false],
  ];
  const deep = batches
    .filter(({ summary }) => summary.drawdownPercentage >= deepFrom && summary.drawdownPercentage >= summary.maxDrawdownPercentage)
    .sort((a, b) => b.summary.drawdownPercentage - a.summary.drawdownPercentage)
    .slice(0, batchesMax);
  return [
    ...batches.filter(({ ledger }) => ledger.ruined).map(({ id, name }) => ({ href: `/batches/${id}`, text: `${name}: account blown (balance 0)`, isBad: true })),
    ...system.filter(([n]) => n > 0).map(([, text, href, isBad]) => ({ href, text, isBad })),
    ...deep.map(({ id, name, summary }) => ({ href: `/batches/${id}`, text: `${name} is in its deepest drawdown so far: ${percent(summary.drawdownPercentage)}`, isBad: false })),
    ...batches.filter(({ ledger }) => ledger.capped).map(({ id, name }) => ({ href: `/batches/${id}`, text: `${name}: balance limit reached`, isBad: false })),
  ];
}
