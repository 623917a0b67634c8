// The grid of a sweep: one or two settings of a what-if from a value to another in steps. In the address, so that a link tries the same. Pure.
import type { Place } from '../../router';
import { numberIn } from '../../format';
import { bodyOf, neededBy, whatIfOf, type NumberName } from './what-if-settings';

/** What a sweep may come to: the API's bound. */
export const trialsMax = 1000;

interface Setting {
  label: string;
  /** What a grid begins with. */
  from: number;
  to: number;
  steps: number;
  isWhole?: boolean;
}

export const settings: Record<Exclude<NumberName, 'capital'>, Setting> = {
  allocationPercentage: { label: 'Position size in %', from: 10, to: 100, steps: 10 },
  maxOpenTrades: { label: 'Most open trades', from: 1, to: 8, steps: 8, isWhole: true },
  maxExposurePercentage: { label: 'Most of the capital in open trades, in %', from: 50, to: 200, steps: 4 },
  feePercentage: { label: 'Fee in %', from: 0, to: 0.2, steps: 5 },
  slippagePercentage: { label: 'Slippage in %', from: 0, to: 0.2, steps: 5 },
  amount: { label: 'Amount per trade', from: 1000, to: 10_000, steps: 10 },
  riskPercentage: { label: 'Risk in % of capital', from: 0.5, to: 5, steps: 10 },
  fraction: { label: 'Part of Kelly', from: 0.1, to: 1, steps: 10 },
  lookback: { label: 'Trades looked back on', from: 10, to: 100, steps: 10, isWhole: true },
};
export type SweptName = keyof typeof settings;

/** What trials are ranked by, and whether the lowest is the best. */
export const ranks = [
  ['sharpe', 'Sharpe'],
  ['availableCapital', 'Balance'],
  ['maxDrawdownPercentage', 'Max drawdown (lowest)'],
  ['calmar', 'Calmar'],
  ['sortino', 'Sortino'],
  ['profitFactor', 'Profit factor'],
  ['expectancy', 'Expectancy'],
  ['cagr', 'CAGR'],
] as const;
export type Rank = (typeof ranks)[number][0];

export interface Axis {
  name: SweptName;
  from: string;
  to: string;
  steps: string;
}

export interface Sweep {
  rankBy: Rank;
  /** One or two. */
  axes: Axis[];
}

/** Those that the sizing counts. */
export function sweepable(place: Place): SweptName[] {
  const { sizing } = whatIfOf(place);
  const special = ['amount', 'riskPercentage', 'lookback', 'fraction'];
  return (Object.keys(settings) as SweptName[]).filter(name => (special.includes(name) ? name in neededBy[sizing] : name !== 'allocationPercentage' || sizing !== 'fixedAmount'));
}

export function sweepOf(place: Place): Sweep {
  const { query } = place;
  const known = sweepable(place);
  const axis = (key: 'x' | 'y', name: SweptName): Axis => {
    const { from, to, steps } = settings[name];
    const of = (part: string, start: number) => query.get(`${key}${part}`) ?? String(start);
    return { name, from: of('From', from), to: of('To', to), steps: of('Steps', steps) };
  };
  const x = known.find(name => name === query.get('x')) ?? known[0]!;
  const y = known.find(name => name === query.get('y') && name !== x);
  return { rankBy: ranks.find(([name]) => name === query.get('rankBy'))?.[0] ?? 'sharpe', axes: [axis('x', x), ...(y ? [axis('y', y)] : [])] };
}

/** The values of an axis; what is wrong with it, in words, where something is. */
export function valuesOf({ name, from, to, steps }: Axis): number[] | { problem: string } {
  const [first, last, times] = [from, to, steps].map(text => Number(numberIn(text) ?? NaN)) as [number, number, number];
  if (!Number.isFinite(first) || !Number.isFinite(last)) return { problem: 'Enter two numbers, for example 10 and 100.' };
  if (!Number.isInteger(times) || times < 1 || times > trialsMax) return { problem: `Enter a whole number of steps from 1 to ${trialsMax}.` };
  const round = (value: number) => (settings[name].isWhole ? Math.round(value) : Number(value.toFixed(8)));
  return [...new Set(Array.from({ length: times }, (_, i) => round(times === 1 ? first : first + ((last - first) * i) / (times - 1))))];
}

/** What is sent; undefined where an axis is wrong. */
export function sweepBody(place: Place, tz: string) {
  const { rankBy, axes } = sweepOf(place);
  const grid: Record<string, number[]> = {};
  for (const axis of axes) {
    const values = valuesOf(axis);
    if (!Array.isArray(values)) return undefined;
    grid[axis.name] = values;
  }
  const fixed = Object.fromEntries(Object.entries(bodyOf(whatIfOf(place))).filter(([name]) => !(name in grid)));
  return { grid, rankBy, settings: fixed, tz };
}
