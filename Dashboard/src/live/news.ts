// News from the server (GET /api/v1/stream): what changed, by name; what is shown of it is read again. Views need do nothing for that; onNews is for
// those that want to say something of their own.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { invalidate } from '../api/resource';
import { role } from '../session';

export type NewsName = 'alert' | 'trade' | 'ledger' | 'batch' | 'reset';

export interface News {
  name: NewsName;
  data: Record<string, unknown>;
}

/** connecting: not yet; live: news arrive; lost: they do not, and the page tries again. */
export type Connection = 'connecting' | 'live' | 'lost';
export const connection = signal<Connection>('connecting');

const names: readonly NewsName[] = ['alert', 'trade', 'ledger', 'batch', 'reset'];
const listeners = new Set<(news: News) => void>();

const under = (address: string, path: string) => address === path || address.startsWith(`${path}/`) || address.startsWith(`${path}?`);

/** Whether what an address answered may be another now. */
export function isTouchedBy(news: News, address: string): boolean {
  const api = '/api/v1';
  const batch = news.data['batchId'] ?? news.data['id'];
  switch (news.name) {
    case 'alert':
      // A close by hand is an alert, too.
      if (news.data['action'] === 'manual' && under(address, `${api}/audit`)) return true;
      return under(address, `${api}/alerts`) || under(address, `${api}/symbols`) || under(address, `${api}/parked-messages`);
    case 'trade':
      // What was derived again somebody may have done by hand.
      if (news.data['state'] === 'revised' && under(address, `${api}/audit`)) return true;
      // A batch's open trades are counted in the list; its ledger has news of its own. A stream derived again has other outcomes too.
      return under(address, `${api}/alerts`) || under(address, `${api}/trades`) || address === `${api}/batches` || /^\/api\/v1\/batches\/\d+(\/trades(\?.*)?)?$/.test(address);
    case 'ledger':
    case 'batch':
      if (news.name === 'batch' && news.data['state'] !== 'building' && under(address, `${api}/audit`)) return true;
      // Nothing of a batch that is gone is there to be read again, but that it is gone.
      if (news.data['state'] === 'deleted') return address === `${api}/batches` || address === `${api}/batches/${String(batch)}`;
      return address === `${api}/batches` || under(address, `${api}/compare`) || batch === undefined || under(address, `${api}/batches/${String(batch)}`);
    case 'reset':
      return address !== `${api}/session`;
  }
}

function tell(news: News) {
  invalidate(address => isTouchedBy(news, address));
  for (const listener of listeners) listener(news);
}

/** Hears of news while the component is shown. */
export function useNews(listener: (news: News) => void) {
  useEffect(() => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listener]);
}

let source: EventSource | undefined;
let lastId = '';
let retry: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(lastId ? `/api/v1/stream?lastEventId=${encodeURIComponent(lastId)}` : '/api/v1/stream');
  source.onopen = () => {
    // Where the place is known the server sends what was missed; else what was read until now may be from before the news began.
    if (!lastId) invalidate(address => isTouchedBy({ name: 'reset', data: {} }, address));
    failures = 0;
    connection.value = 'live';
  };
  source.onerror = () => {
    connection.value = 'lost';
    // After an answer that is no stream the browser gives up, and after a break it may ask a server that is not there yet: the pace is ours.
    source?.close();
    retry = setTimeout(connect, Math.min(15_000, 500 * 2 ** failures++));
    // An ended session is one of the reasons; asking for anything says so. And where only the news stay away, what is shown is kept up to date all the same.
    if (failures > 2) invalidate(() => true);
  };
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      if (event.lastEventId) lastId = event.lastEventId;
      tell({ name, data: parse(event.data) });
    });
  }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function disconnect() {
  clearTimeout(retry);
  source?.close();
  source = undefined;
  lastId = '';
  failures = 0;
  connection.value = 'connecting';
}

/** Listens while somebody is signed in. */
export function startNews() {
  role.subscribe(as => {
    if (as && !source) connect();
    else if (!as && source) disconnect();
  });
  // A stream that the network was taken from under may stay open, and silent, for minutes.
  window.addEventListener('offline', () => {
    if (!source) return;
    clearTimeout(retry);
    source.close();
    connection.value = 'lost';
  });
  window.addEventListener('online', () => {
    if (connection.peek() === 'lost') connect();
  });
  // A laptop that slept, a phone that put the page away.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && connection.peek() === 'lost' && source) connect();
  });
}
