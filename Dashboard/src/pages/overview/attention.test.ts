import { describe, expect, it } from 'vitest';
import { attentionOf } from './attention';

const none = {};
const written = { count: String, percent: (value: number) => `${value} %` };
const batch = (id: number, drawdownPercentage: number, maxDrawdownPercentage: number, more: object = {}) =>
  ({ id, name: `B${id}`, ledger: { ruined: null, capped: false, ...more }, summary: { drawdownPercentage, maxDrawdownPercentage } }) as never;
const texts = (counts: Parameters<typeof attentionOf>[0], batches: never[]) => attentionOf(counts, batches, written).map(item => item.text);

describe('what needs attention', () => {
  it.each([
    [none, [], []],
    [{ ...none, rejected: 1, unmatched: 2 }, [], ['1 alert was rejected', '2 exits closed no trade']],
    [{ repeated: 9, late: 1, undelivered: 1 }, [], ['1 notification was not delivered', '1 symbol sends its alerts late']],
    [none, [batch(1, 4, 4), batch(2, 12, 13)], []],
    [none, [batch(1, 6, 6), batch(2, 12, 12)], ['B2 is in its deepest drawdown so far: 12 %', 'B1 is in its deepest drawdown so far: 6 %']],
    [{ ...none, failed: 1 }, [batch(1, 0, 0, { ruined: 'x' }), batch(2, 0, 0, { capped: true })], ['B1: account blown (balance 0)', '1 message could not be processed', 'B2: balance limit reached']],
  ])('%#', (counts, batches, expected) => expect(texts(counts, batches)).toEqual(expected));

  it('names no more than five drawdowns', () => expect(texts(none, Array.from({ length: 9 }, (_, i) => batch(i, 10 + i, 10 + i)))).toHaveLength(5));
});
