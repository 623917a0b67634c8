// How many things wait in the inbox: what is new since the reader said that he has seen it all, and what is wrong now. Asked for by the clock, not at
// every alert, for under load alerts come by the hundred; an exit without a trade says so in the news itself.
import { signal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { answer, client, type Schema } from '../../api/client';
import { useNews, type News } from '../../live/news';
import { endedMs, isSilent, leastMs, rhythmOf, type Rhythm } from './silence';

export interface Silent {
  symbol: string;
  timeframes: string[];
  lastAlert: string;
  rhythm: Rhythm;
}

export interface Waiting {
  unmatched: number;
  rejected: number;
  parked: number;
  books: number;
  /** undefined: not looked at yet. */
  silent: Silent[] | undefined;
  /** Symbols that could not all be looked at. */
  unjudged: number;
  /** Another value: lists of what has no news of its own are read again. */
  rejectedUpTo: string;
  parkedUpTo: string;
}

export const waiting = signal<Waiting>({ unmatched: 0, rejected: 0, parked: 0, books: 0, silent: undefined, unjudged: 0, rejectedUpTo: '', parkedUpTo: '' });

const seenKey = 'inbox-seen';
const day = 86_400_000;
/** A page of each is enough: badges end at 99. */
const limit = 100;

function readSeen(): string {
  try {
    return localStorage.getItem(seenKey) ?? '';
  } catch {
    return '';
  }
}

/** What came until then has been seen; kept in this browser. */
export const seen = signal(readSeen());

export function markSeen() {
  const until = new Date().toISOString();
  seen.value = until;
  try {
    localStorage.setItem(seenKey, until);
  } catch {
    // Then it is seen until the page is loaded again.
  }
  waiting.value = { ...waiting.value, unmatched: 0, rejected: 0, parked: 0 };
  void count();
}

export function newerThan<Item>(time: string, items: readonly Item[], of: (item: Item) => string): number {
  const after = time ? Date.parse(time) : -Infinity;
  return items.filter(item => Date.parse(of(item)) > after).length;
}

export const shownCount = (count: number) => (count <= 0 ? '' : count > 99 ? '99+' : String(count));

export const totalOf = ({ unmatched, rejected, parked, books, silent }: Waiting) => unmatched + rejected + parked + books + (silent?.length ?? 0);

/** Findings that are not mended, and those that were since the last look. */
export function findingsThatWait(findings: readonly Schema<'Finding'>[], seenUntil: string): number {
  return findings.filter(one => one.repairedAt === null).length + newerThan(seenUntil, findings.filter(one => one.repairedAt !== null), one => one.foundAt);
}

async function count() {
  const from = new Date(Date.now() - 30 * day).toISOString();
  const [unmatched, rejected, parked, books] = await Promise.allSettled([
    answer(client.GET('/api/v1/alerts', { params: { query: { outcome: ['unmatched'], from, limit } } })),
    answer(client.GET('/api/v1/alerts/rejected', { params: { query: { limit } } })),
    answer(client.GET('/api/v1/parked-messages', { params: { query: { limit } } })),
    answer(client.GET('/api/v1/health/books', { params: { query: { limit: 1 } } })),
  ]);
  // What could not be had stays as it was: the room itself says what is the matter.
  const next = { ...waiting.value };
  if (unmatched.status === 'fulfilled') next.unmatched = newerThan(seen.value, unmatched.value.data.items, item => item.receivedAt);
  if (rejected.status === 'fulfilled') {
    next.rejected = newerThan(seen.value, rejected.value.data.items, item => item.receivedAt);
    next.rejectedUpTo = rejected.value.data.items[0]?.rejectionId ?? '';
  }
  if (parked.status === 'fulfilled') {
    next.parked = newerThan(seen.value, parked.value.data.items, item => item.parkedAt);
    next.parkedUpTo = String(parked.value.data.items[0]?.parkedId ?? '');
  }
  if (books.status === 'fulfilled') next.books = findingsThatWait(books.value.data.findings, seen.value);
  waiting.value = next;
}

/** Of more symbols than that the ones silent longest are not asked about. */
const symbolsMax = 60;

async function listen() {
  const now = Date.now();
  const symbols: Schema<'SeenSymbol'>[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = (await answer(client.GET('/api/v1/symbols', { params: { query: { limit: 1000, ...(cursor && { cursor }) } } }))).data;
    symbols.push(...page.items);
    cursor = page.cursor ?? null;
  }
  // Most are neither quiet nor ended, and cost nothing more.
  const quiet = symbols
    .filter(({ symbol, lastAlert }) => symbol !== testSymbol && lastAlert && now - Date.parse(lastAlert) > leastMs && now - Date.parse(lastAlert) <= endedMs)
    .sort((a, b) => Date.parse(b.lastAlert!) - Date.parse(a.lastAlert!));
  const silent: Silent[] = [];
  for (const { symbol, timeframes, lastAlert } of quiet.slice(0, symbolsMax)) {
    const alerts = (await answer(client.GET('/api/v1/alerts', { params: { query: { symbol: [symbol], limit } } }))).data.items;
    const rhythm = rhythmOf(alerts.map(alert => Date.parse(alert.timestamp)), timeframes, now);
    if (rhythm && isSilent(rhythm)) silent.push({ symbol, timeframes: [...timeframes], lastAlert: lastAlert!, rhythm });
  }
  waiting.value = { ...waiting.value, silent, unjudged: Math.max(0, quiet.length - symbolsMax) };
}

/** Of test alerts: nobody waits for more of them. */
export const testSymbol = 'PNLTEST';

const countEveryMs = 60_000;
const listenEveryMs = 5 * 60_000;

/** In the navigation; it also keeps the counts up to date, for it is always there. */
export function InboxBadge() {
  useEffect(() => {
    const look = (what: () => Promise<void>) => () => {
      if (!document.hidden) what().catch(() => undefined);
    };
    const timers = [setInterval(look(count), countEveryMs), setInterval(look(listen), listenEveryMs)];
    look(count)();
    const begin = setTimeout(look(listen), 3000);
    return () => {
      clearTimeout(begin);
      timers.forEach(clearInterval);
    };
  }, []);
  useNews(
    useCallback((news: News) => {
      if (news.name === 'reset' || (news.name === 'alert' && news.data['outcome'] === 'unmatched')) countSoon();
    }, []),
  );
  const text = shownCount(totalOf(waiting.value));
  return text ? (
    <span class="badge">
      {text}
      <span class="visually-hidden"> to look at</span>
    </span>
  ) : null;
}

let soon: ReturnType<typeof setTimeout> | undefined;

function countSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    count().catch(() => undefined);
  }, 2000);
}
