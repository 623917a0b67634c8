// What a batch's form holds, what is wrong with it, and what of it is sent. Pure.
import type { Schema } from '../../api/client';
import { count, exact, plainNumber, shownDigits } from '../../format';

export interface FormValues {
  name: string;
  symbols: string[];
  timeframes: string[];
  /** An empty name counts what has no strategy. */
  strategies: string[];
  /** As a date-time input writes it, in UTC; empty is all history. */
  startTime: string;
  capital: string;
  allocationPercentage: string;
  feePercentage: string;
}

export const fields = ['name', 'symbols', 'timeframes', 'strategies', 'startTime', 'capital', 'allocationPercentage', 'feePercentage'] as const;
type Field = (typeof fields)[number];

const numbers = ['capital', 'allocationPercentage', 'feePercentage'] as const;

export function valuesOf(batch: Schema<'Batch'>): FormValues {
  return {
    name: batch.name,
    symbols: batch.symbols,
    timeframes: batch.timeframes,
    strategies: batch.strategies,
    startTime: batch.startTime ? batch.startTime.replace(/(\.\d+)?Z$/, '') : '',
    capital: plain(batch.capital),
    allocationPercentage: plain(batch.allocationPercentage),
    feePercentage: plain(batch.feePercentage),
  };
}

export function defaultsOf(settings: Schema<'FormSettings'>): FormValues {
  const { capital, allocationPercentage, feePercentage } = settings.defaults;
  return {
    name: '',
    symbols: [],
    timeframes: [],
    strategies: [],
    startTime: '',
    capital: plain(capital),
    allocationPercentage: plain(allocationPercentage),
    feePercentage: plain(feePercentage),
  };
}

// As a person writes it: no exponent, which a number of 8 decimals may otherwise have.
const plain = (value: number) => shownDigits(value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 8 }));

/** What has to be corrected before anything is sent, by field, in the form's own words. The rest is the API's to judge. */
export function mistakesOf(values: FormValues, { limits }: Pick<Schema<'FormSettings'>, 'limits'>): Partial<Record<Field, string>> {
  const mistakes: Partial<Record<Field, string>> = {};
  if (!values.name.trim()) mistakes.name = 'Enter a name.';
  else if (values.name.trim().length > limits.name.max) mistakes.name = `Use at most ${count(limits.name.max)} characters.`;
  if (values.symbols.length === 0) mistakes.symbols = 'Choose at least one symbol.';
  else if (values.symbols.length > limits.symbols.max) mistakes.symbols = `Choose at most ${count(limits.symbols.max)} symbols.`;
  for (const name of numbers) {
    if (values[name].trim() === '') continue;
    const digits = plainNumber(values[name]);
    const { min, max, exclusiveMin } = limits[name];
    const value = Number(digits);
    const isInRange = digits !== undefined && value <= max && (exclusiveMin ? value > min : value >= min);
    if (!isInRange) mistakes[name] = `Enter a number ${exclusiveMin ? `above ${exact(min)} and up to` : `from ${exact(min)} to`} ${exact(max)}.`;
    else if ((digits.split('.')[1]?.replace(/0+$/, '').length ?? 0) > limits.decimals) mistakes[name] = `Use at most ${count(limits.decimals)} decimals.`;
  }
  return mistakes;
}

/** What is sent of a form: null for what was emptied. Symbols as they were typed: how they are stored is the API's to say. */
export function bodyOf(values: FormValues): Record<string, unknown> {
  return {
    name: values.name,
    symbols: values.symbols,
    timeframes: values.timeframes,
    strategies: values.strategies,
    startTime: values.startTime ? `${values.startTime}Z` : null,
    capital: numberOf(values.capital),
    allocationPercentage: numberOf(values.allocationPercentage),
    feePercentage: numberOf(values.feePercentage),
  };
}

/** Only what differs: a PATCH says what to change, and two people who change different things do not undo each other. */
export function changesOf(values: FormValues, before: FormValues): Record<string, unknown> {
  const [now, then] = [bodyOf(values), bodyOf(before)];
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(then[name])));
}

function numberOf(text: string): number | null {
  const digits = plainNumber(text);
  return digits === undefined ? null : Number(digits);
}

/** Several at once, as they are pasted: separated by commas, spaces or lines. */
export function symbolsOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map(symbol => symbol.toUpperCase())
    .filter(Boolean);
}
