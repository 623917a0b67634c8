// The settings of a what-if: in the address under the API's own names, so that a link shows the same account. Pure.
import type { Schema } from '../../api/client';
import type { Place } from '../../router';
import { numberIn, shownDigits } from '../../format';

export const sizings = [
  ['sequential', 'As the batch does'],
  ['percentOfEquity', '% of capital at the entry'],
  ['fixedAmount', 'The same amount for every trade'],
  ['fixedRisk', 'A fixed risk per trade'],
  ['kelly', 'Kelly'],
] as const;
export type Sizing = (typeof sizings)[number][0];

/** What is typed or dragged. Empty: the batch's own, or none. */
export const numberNames = ['capital', 'allocationPercentage', 'feePercentage', 'slippagePercentage', 'maxExposurePercentage', 'maxOpenTrades', 'amount', 'riskPercentage', 'lookback', 'fraction'] as const;
export type NumberName = (typeof numberNames)[number];

export interface WhatIf {
  sizing: Sizing;
  numbers: Readonly<Record<NumberName, string>>;
}

/** Which numbers a sizing needs, and what they begin with. */
export const neededBy: Record<Sizing, Partial<Record<NumberName, string>>> = {
  sequential: {},
  percentOfEquity: {},
  fixedAmount: { amount: '1000' },
  fixedRisk: { riskPercentage: '1', lookback: '30' },
  kelly: { lookback: '30', fraction: '0.5' },
};

export function whatIfOf({ query }: Place): WhatIf {
  const sizing = sizings.find(([name]) => name === query.get('sizing'))?.[0] ?? 'sequential';
  const numbers = Object.fromEntries(numberNames.map(name => [name, query.get(name) ?? neededBy[sizing][name] ?? ''])) as Record<NumberName, string>;
  return { sizing, numbers };
}

/** Every name that it has in the address: to leave it for the batch's own settings. */
export const noWhatIf: Record<string, null> = Object.fromEntries(['sizing', ...numberNames].map(name => [name, null]));

export const isOwn = ({ sizing, numbers }: WhatIf) => sizing === 'sequential' && numberNames.every(name => numbers[name].trim() === '');

/** What is sent; what is no number is left to the API to refuse by its name. */
export function bodyOf({ sizing, numbers }: WhatIf): Record<string, string | number> {
  const needed = Object.keys(neededBy[sizing]);
  const counted = numberNames.filter(name => numbers[name].trim() !== '' && (!(['amount', 'riskPercentage', 'lookback', 'fraction'] as string[]).includes(name) || needed.includes(name)));
  return { sizing, ...Object.fromEntries(counted.map(name => [name, valueOf(numbers[name])])) };
}

function valueOf(text: string): string | number {
  const digits = numberIn(text);
  return digits === undefined ? text : Number(digits);
}

const digits = (value: number) => value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 8 });

/** The settings that a batch can have, too, as its form has them; undefined where there is one that it cannot. */
export function asBatch(whatIf: WhatIf, batch: Pick<Schema<'Batch'>, 'capital' | 'allocationPercentage' | 'feePercentage'>) {
  const { sizing, numbers } = whatIf;
  if (sizing !== 'sequential' || (['slippagePercentage', 'maxExposurePercentage', 'maxOpenTrades'] as const).some(name => Number(numberIn(numbers[name]) ?? 0) !== 0)) return undefined;
  const of = (name: 'capital' | 'allocationPercentage' | 'feePercentage') => shownDigits(numberIn(numbers[name]) ?? digits(batch[name]));
  return { capital: of('capital'), allocationPercentage: of('allocationPercentage'), feePercentage: of('feePercentage') };
}
