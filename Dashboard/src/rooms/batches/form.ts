// What a batch's form holds, and what of it is sent. Pure.
import type { Schema } from '../../api/client';

export interface FormValues {
  name: string;
  symbols: string[];
  timeframes: string[];
  /** As a date-time input writes it, in UTC; empty is all history. */
  startTime: string;
  capital: string;
  allocationPercentage: string;
  feePercentage: string;
}

export const fields = ['name', 'symbols', 'timeframes', 'startTime', 'capital', 'allocationPercentage', 'feePercentage'] as const;

export function valuesOf(batch: Schema<'Batch'>): FormValues {
  return {
    name: batch.name,
    symbols: batch.symbols,
    timeframes: batch.timeframes,
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
    startTime: '',
    capital: plain(capital),
    allocationPercentage: plain(allocationPercentage),
    feePercentage: plain(feePercentage),
  };
}

// As a person writes it: no exponent, which a number of 8 decimals may otherwise have.
const plain = (value: number) => value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 8 });

/**
 * What is sent of a form: a number where it is one, its text where not, so that the API says what is wrong with it; null for what was emptied.
 * Symbols as they were typed: how they are stored is the API's to say.
 */
export function bodyOf(values: FormValues): Record<string, unknown> {
  return {
    name: values.name,
    symbols: values.symbols,
    timeframes: values.timeframes,
    startTime: values.startTime ? `${values.startTime}Z` : null,
    capital: numberOf(values.capital),
    allocationPercentage: numberOf(values.allocationPercentage),
    feePercentage: numberOf(values.feePercentage),
  };
}

/** Only what differs: a PATCH says what to change, and two who change different things do not undo each other. */
export function changesOf(values: FormValues, before: FormValues): Record<string, unknown> {
  const [now, then] = [bodyOf(values), bodyOf(before)];
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(then[name])));
}

function numberOf(text: string): number | string | null {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** Several at once, as they are pasted: by comma, blank or line. */
export function symbolsOf(text: string): string[] {
  return text
    .split(/[\s,;]+/)
    .map(symbol => symbol.toUpperCase())
    .filter(Boolean);
}
