// What the log is narrowed to: it stands in the address.
import type { Query } from '../../api/client';
import { ownZone } from '../../format';
import type { Place, QueryChanges } from '../../router';
import { dayAfter, instantOf, isDay } from '../batch/filters';
import { outcomeNames, type Outcome } from './words';

export interface LogFilters {
  outcomes: Outcome[];
  symbols: string[];
  timeframes: string[];
  /** Days in the reader's own zone, both included; empty is open. */
  from: string;
  to: string;
}

export function logFiltersOf({ query }: Place): LogFilters {
  const day = (name: string) => {
    const text = query.get(name);
    return isDay(text) ? text : '';
  };
  return {
    outcomes: outcomeNames.filter(name => query.getAll('outcome').includes(name)),
    symbols: query.getAll('symbol'),
    timeframes: query.getAll('timeframe'),
    from: day('from'),
    to: day('to'),
  };
}

export const noLogFilters: QueryChanges = { outcome: null, symbol: null, timeframe: null, from: null, to: null };

export function isNarrowed(filters: LogFilters): boolean {
  return Boolean(filters.outcomes.length || filters.symbols.length || filters.timeframes.length || filters.from || filters.to);
}

export function logQueryOf({ outcomes, symbols, timeframes, from, to }: LogFilters, zone: string = ownZone): Query {
  return {
    outcome: outcomes,
    symbol: symbols,
    timeframe: timeframes,
    from: from && instantOf(from, zone),
    to: to && instantOf(dayAfter(to), zone),
  };
}

/** What somebody typed where symbols are asked for: as streams name them, each once. */
export function symbolsIn(text: string): string[] {
  return [...new Set(text.toUpperCase().split(/[\s,;]+/).filter(Boolean))];
}
