// What a batch's views are narrowed to. It is in the address, so that a view can be shared; the API takes it in the same form, except for days,
// which become instants of the time zone.
import { useEffect } from 'preact/hooks';
import type { Query } from '../../api/client';
import { ownZone, zoneNamed } from '../../format';
import { place, setQuery, type Place, type QueryChanges } from '../../router';
import { toast } from '../../ui/toast';

export const presets = [
  ['today', 'Today'],
  ['yesterday', 'Yesterday'],
  ['week', 'This week'],
  ['7d', 'Last 7 days'],
  ['month', 'This month'],
  ['lastmonth', 'Last month'],
  ['30d', 'Last 30 days'],
  ['90d', 'Last 90 days'],
  ['ytd', 'Year to date'],
  ['365d', 'Last 12 months'],
] as const;

export interface Filters {
  /** One of the presets: it moves on with the calendar. */
  span: string;
  /** Days, both included, or instants (from ≤ exit < to); empty is open. Nothing where there is a span. */
  from: string;
  to: string;
  symbols: string[];
  timeframes: string[];
  /** An empty name: what has none. */
  strategies: string[];
  /** Of which a trade has one. */
  tags: string[];
  side: string;
  zone: string;
}

export const isDay = (text: string | null): text is string => text !== null && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
const isInstant = (text: string | null): text is string => text !== null && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text));

/** The zone that the address names, or the reader's own. */
export const zoneOf = ({ query }: Place): string => zoneNamed(query.get('tz') ?? '') ?? ownZone;

/** Puts the reader's own zone into the address: who gets the link sees the same days. */
export function useZone(): string {
  const zone = zoneOf(place.value);
  const named = place.value.query.get('tz');
  useEffect(() => {
    if (named && !zoneNamed(named)) toast(`There is no time zone “${named.trim()}”: days are those of ${zone}.`, 'bad');
    if (named !== zone) setQuery({ tz: zone });
  }, [named, zone]);
  return zone;
}

export function filtersOf(where: Place): Filters {
  const { query } = where;
  const span = presets.find(([name]) => name === query.get('span'))?.[0] ?? '';
  const end = (name: string) => {
    const text = query.get(name);
    return !span && (isDay(text) || isInstant(text)) ? text : '';
  };
  const side = query.get('side');
  return {
    span,
    from: end('from'),
    to: end('to'),
    symbols: query.getAll('symbol'),
    timeframes: query.getAll('timeframe'),
    strategies: query.getAll('strategy'),
    tags: query.getAll('tag'),
    side: side === 'long' || side === 'short' ? side : '',
    zone: zoneOf(where),
  };
}

/** Removes every filter but the time zone, which selects nothing. */
export const noFilters: QueryChanges = { span: null, from: null, to: null, symbol: null, timeframe: null, strategy: null, tag: null, side: null };

export function isFiltered(filters: Filters): boolean {
  return Boolean(filters.span || filters.from || filters.to || filters.side || filters.symbols.length || filters.timeframes.length || filters.strategies.length || filters.tags.length);
}

/** For every call that a batch's view makes. */
export function queryOf(filters: Filters, now: number = Date.now()): Query {
  const { from, to } = daysOf(filters, now);
  return {
    from: isDay(from) ? instantOf(from, filters.zone) : from,
    to: isDay(to) ? instantOf(dayAfter(to), filters.zone) : to,
    symbol: filters.symbols,
    timeframe: filters.timeframes,
    strategy: filters.strategies,
    tag: filters.tags,
    side: filters.side,
    tz: filters.zone,
  };
}

/** First and last day, both included. */
function daysOf({ span, from, to, zone }: Filters, now: number): { from: string; to: string } {
  if (!span) return { from, to };
  const today = dayOf(now, zone);
  const month = today.slice(0, 8) + '01';
  switch (span) {
    case 'today':
      return { from: today, to: '' };
    case 'yesterday':
      return { from: plusDays(today, -1), to: plusDays(today, -1) };
    case 'week':
      return { from: mondayOf(today), to: '' };
    case 'month':
      return { from: month, to: '' };
    case 'lastmonth':
      return { from: plusDays(month, -1).slice(0, 8) + '01', to: plusDays(month, -1) };
    case 'ytd':
      return { from: `${today.slice(0, 4)}-01-01`, to: '' };
    default:
      return { from: plusDays(today, 1 - Number.parseInt(span, 10)), to: '' };
  }
}

export type Period = 'hour' | 'day' | 'week' | 'month';

/**
 * What a bar of a period shows, as filters: from its first instant to that of the next one, cut where the view is. A week or a month is whole days in the
 * address; an hour, or what is cut within a day, instants.
 */
export function rangeOf(start: number, by: Period, view: Query): QueryChanges {
  const zone = String(view['tz']);
  const day = dayOf(start, zone);
  const next = { hour: day, day: dayAfter(day), week: plusDays(day, 7), month: plusDays(day.slice(0, 8) + '01', 31).slice(0, 8) + '01' }[by];
  const [viewFrom, viewTo] = [view['from'], view['to']].map(time => (time ? Date.parse(String(time)) : undefined));
  const from = Math.max(start, viewFrom ?? -Infinity);
  const to = Math.min(by === 'hour' ? start + 3_600_000 : Date.parse(instantOf(next, zone)), viewTo ?? Infinity);
  const isWhole = (time: number) => Date.parse(instantOf(dayOf(time, zone), zone)) === time;
  if (isWhole(from) && isWhole(to)) return { span: null, from: dayOf(from, zone), to: plusDays(dayOf(to, zone), -1) };
  return { span: null, from: iso(from), to: iso(to) };
}

export function dayOf(time: number, zone: string): string {
  // Sweden writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(time);
}

export function plusDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

export const dayAfter = (day: string) => plusDays(day, 1);

export const mondayOf = (day: string) => plusDays(day, -((new Date(day).getUTCDay() + 6) % 7));

const iso = (time: number) => new Date(time).toISOString().replace('.000', '');

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
  return iso(at);
}
