// How much is in the inbox, by kind. Asked for at intervals, not at every alert, because under load alerts come by the hundred; an unmatched exit is known from
// its live event.
import { signal } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { answer, client, type Schema } from '../../api/client';
import { invalidate } from '../../api/resource';
import { useEvents, type LiveEvent } from '../../live/events';

export type Kind = Schema<'InboxItem'>['kind'];
export type Counts = Partial<Record<Kind, number>>;

export const counts = signal<Counts>({});

/** Newest item there was when it was last asked: what is found later is not dismissed with it. */
export const newest = signal<number>(0);

export const shownCount = (count = 0) => (count <= 0 ? '' : count > 99 ? '99+' : String(count));

/** Scripts that fire on every bar repeat their entries all the time: nobody is called for that. */
export const totalOf = (of: Counts) => Object.entries(of).reduce((sum, [kind, count]) => (kind === 'repeated' ? sum : sum + count), 0);

export async function count() {
  const { data } = await answer(client.GET('/api/v1/inbox', { params: { query: { limit: 1 } }, priority: 'low' }));
  counts.value = data.counts as Counts;
  newest.value = data.items[0]?.id ?? 0;
}

/** After something was dismissed. */
export function dismissed() {
  invalidate(address => address.startsWith('/api/v1/inbox'));
  count().catch(() => undefined);
}

/** Of test alerts: no batch needs it, and it is never inactive. */
export const testSymbol = 'PNLTEST';

const countEveryMs = 60_000;

/** In the navigation; it also keeps the counts up to date, because it is always there. */
export function IssuesBadge() {
  useEffect(() => {
    const look = () => {
      if (!document.hidden) count().catch(() => undefined);
    };
    look();
    const timer = setInterval(look, countEveryMs);
    return () => clearInterval(timer);
  }, []);
  useEvents(
    useCallback((event: LiveEvent) => {
      if (event.name === 'reset' || (event.name === 'alert' && event.data['outcome'] === 'unmatched')) countSoon();
    }, []),
  );
  const text = shownCount(totalOf(counts.value));
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
