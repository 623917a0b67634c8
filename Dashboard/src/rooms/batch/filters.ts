// What a batch's views are narrowed to. It stands in the address, so that a view can be shared; the API takes it in this form too, but for the days,
// which become instants of the time zone.
import type { Query } from '../../api/client';
import { ownZone } from '../../format';
import type { Place, QueryChanges } from '../../router';

export const presets = [
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['ytd', 'This year'],
  ['365d', '12 months'],
] as const;

export interface Filters {
  /** One of the presets: it goes with the calendar. */
  span: string;
  /** Days, both included; empty is open. Nothing where there is a span. */
  from: string;
  to: string;
  symbols: string[];
  timeframes: string[];
  side: string;
  zone: string;
}

export const isDay = (text: string | null): text is string => text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));

export function filtersOf({ query }: Place): Filters {
  const span = presets.find(([name]) => name === query.get('span'))?.[0] ?? '';
  const day = (name: string) => {
    const text = query.get(name);
    return !span && isDay(text) ? text : '';
  };
  const side = query.get('side');
  return {
    span,
    from: day('from'),
    to: day('to'),
    symbols: query.getAll('symbol'),
    timeframes: query.getAll('timeframe'),
    side: side === 'long' || side === 'short' ? side : '',
    zone: query.get('tz') || ownZone,
  };
}

/** What takes every filter away but the time zone, which selects nothing. */
export const noFilters: QueryChanges = { span: null, from: null, to: null, symbol: null, timeframe: null, side: null };

export function isFiltered(filters: Filters): boolean {
  return Boolean(filters.span || filters.from || filters.to || filters.side || filters.symbols.length || filters.timeframes.length);
}

/** For every call that a batch's view makes. */
export function queryOf(filters: Filters, now: number = Date.now()): Query {
  const { from, to } = daysOf(filters, now);
  return {
    from: from && instantOf(from, filters.zone),
    to: to && instantOf(dayAfter(to), filters.zone),
    symbol: filters.symbols,
    timeframe: filters.timeframes,
    side: filters.side,
    tz: filters.zone,
  };
}

/** First and last day, both included. */
function daysOf({ span, from, to, zone }: Filters, now: number): { from: string; to: string } {
  if (!span) return { from, to };
  const today = dayOf(now, zone);
  if (span === 'ytd') return { from: `${today.slice(0, 4)}-01-01`, to: '' };
  return { from: plusDays(today, 1 - Number.parseInt(span, 10)), to: '' };
}

export function dayOf(time: number, zone: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(time);
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

export const dayAfter = (day: string) => plusDays(day, 1);

/** The first instant of a day in a zone, as ISO 8601 in UTC. Where clocks skip midnight the day begins later; the API cuts periods the same way. */
export function instantOf(day: string, zone: string): string {
  const start = Date.parse(day);
  // No zone is further than 14 hours from UTC; the first instant with that date is where it turns.
  let [before, at] = [start - 15 * 3_600_000, start + 15 * 3_600_000];
  while (at - before > 1000) {
    const middle = Math.floor((before + at) / 2000) * 1000;
    if (middle === before) break;
    if (dayOf(middle, zone) >= day) at = middle;
    else before = middle;
  }
  return new Date(at).toISOString().replace('.000', '');
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
