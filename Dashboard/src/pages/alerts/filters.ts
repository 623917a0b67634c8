// What the log is narrowed to: it is in the address.
import type { Query } from '../../api/client';
import type { Place, QueryChanges } from '../../router';
import { dayAfter, instantOf, isDay } from '../batch/filters';
import { outcomeNames, type Outcome } from './words';

export interface LogFilters {
  outcomes: Outcome[];
  symbols: string[];
  timeframes: string[];
  strategies: string[];
  /** Days of the time zone in the address, both included; empty is open. */
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
    strategies: query.getAll('strategy'),
    from: day('from'),
    to: day('to'),
  };
}

export const noLogFilters: QueryChanges = { outcome: null, symbol: null, timeframe: null, strategy: null, from: null, to: null };

export function isNarrowed(filters: LogFilters): boolean {
  return Boolean(filters.outcomes.length || filters.symbols.length || filters.timeframes.length || filters.strategies.length || filters.from || filters.to);
}

export function logQueryOf({ outcomes, symbols, timeframes, strategies, from, to }: LogFilters, zone: string): Query {
  return {
    outcome: outcomes,
    symbol: symbols,
    timeframe: timeframes,
    strategy: strategies,
    from: from && instantOf(from, zone),
    to: to && instantOf(dayAfter(to), zone),
  };
}

/** Symbols as somebody typed them: upper-case, each once. */
export function symbolsIn(text: string): string[] {
  return [...new Set(text.toUpperCase().split(/[\s,;]+/).filter(Boolean))];
}
