// In which parts the batches are combined: in the address, so that a link shows the same. Pure.
import type { Query } from '../../api/client';
import { plainNumber } from '../../format';
import type { Place, QueryChanges } from '../../router';

export const suggestions = [
  ['equalRisk', 'Equal risk'],
  ['minimumVariance', 'Minimum variance'],
] as const;
export type Suggestion = (typeof suggestions)[number][0];

export interface Weighting {
  /** Percent of each batch as it is typed, in their order; undefined where nothing is. */
  typed: string[] | undefined;
  /** Whose weights count in place of those that are typed. */
  suggest: Suggestion | undefined;
  isMonthly: boolean;
}

/** Each weight stands in the address beside its batch: those of others do not count, and a batch without one has 0. */
export function weightingOf({ query }: Place, batches: readonly number[]): Weighting {
  const given = new Map(
    query.getAll('weight').map(text => {
      const [id = '', ...rest] = text.split(':');
      return [id, rest.join(':')];
    }),
  );
  return {
    typed: given.size > 0 ? batches.map(id => given.get(String(id)) ?? '0') : undefined,
    suggest: suggestions.find(([name]) => name === query.get('suggest'))?.[0],
    isMonthly: query.get('rebalance') === 'month',
  };
}

export const typedChanges = (batches: readonly number[], texts: readonly string[]): QueryChanges => ({ weight: batches.map((id, i) => `${id}:${texts[i]}`), suggest: null });

/** Percentages of two decimals that add up to exactly 100, each as near to its part as they allow. */
export function hundred(parts: readonly number[]): string[] {
  const whole = parts.map(part => part * 10_000);
  const cut = whole.map(Math.floor);
  const left = 10_000 - cut.reduce((sum, one) => sum + one, 0);
  const largest = whole.map((one, i) => ({ i, rest: one - cut[i]! })).sort((a, b) => b.rest - a.rest || a.i - b.i);
  for (const { i } of largest.slice(0, Math.max(0, left))) cut[i]!++;
  return cut.map(one => String(one / 100));
}

export const equalParts = (n: number): string[] => hundred(Array.from({ length: n }, () => 1 / n));

export interface Checked {
  /** As numbers; undefined where one is none. */
  numbers: number[] | undefined;
  /** What they come to, without those that are none. */
  total: number;
  /** Of each field what is wrong with it, or an empty text. */
  mistakes: string[];
}

/** The finest difference that counts: a hundredth of a percent is what a suggestion is rounded to. */
const near = 0.005;

export function checked(texts: readonly string[]): Checked {
  // Nothing of at most 100 is grouped: one mark is the decimal mark, in every language.
  const numbers = texts.map(text => Number(plainNumber(text, '') ?? NaN));
  const mistakes = numbers.map(one => (one >= 0 && one <= 100 ? '' : 'Enter a number from 0 to 100.'));
  return {
    numbers: mistakes.some(Boolean) ? undefined : numbers,
    total: numbers.reduce((sum, one) => sum + (Number.isFinite(one) ? one : 0), 0),
    mistakes,
  };
}

/** How much is missing of 100 %; negative where it is more. */
export function missing({ total }: Checked): number {
  const off = 100 - total;
  return Math.abs(off) < near ? 0 : off;
}

/** The same proportions, of 100 %; undefined where there are none. */
export function scaled({ numbers, total }: Checked): string[] | undefined {
  return numbers && total > 0 ? hundred(numbers.map(one => one / total)) : undefined;
}

/** What the comparison is asked for; undefined where the weights are wrong. */
export function weightQuery({ typed, suggest, isMonthly }: Weighting, batches: readonly number[]): Query | undefined {
  if (batches.length < 2) return {};
  const rebalance = isMonthly ? 'month' : '';
  if (suggest) return { suggest, rebalance };
  const weights = checked(typed ?? equalParts(batches.length));
  return weights.numbers && missing(weights) === 0 ? { weights: weights.numbers, rebalance } : undefined;
}
