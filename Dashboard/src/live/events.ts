// Live events from the server (GET /api/v1/stream). Each says what changed; what is shown of it is read again. Views need do nothing for that;
// useEvents is for those that react in a way of their own.
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { invalidate, retryUnreachable } from '../api/resource';
import { expired, role } from '../session';

/** again: nothing is known to have happened; the page's own word that what is shown may be asked for again. */
export type EventName = 'alert' | 'trade' | 'price' | 'ledger' | 'batch' | 'reset' | 'again';

export interface LiveEvent {
  name: EventName;
  data: Record<string, unknown>;
}

/** connecting: not yet; live: events arrive; lost: they do not, and the page tries again. */
export type Connection = 'connecting' | 'live' | 'lost';
export const connection = signal<Connection>('connecting');

const names: readonly EventName[] = ['alert', 'trade', 'price', 'ledger', 'batch', 'reset'];
const listeners = new Set<(event: LiveEvent) => void>();

const under = (address: string, path: string) => address === path || address.startsWith(`${path}/`) || address.startsWith(`${path}?`);

/** What says what open trades are worth: batches by themselves and listed, and open trades. */
const isPriced = (address: string) => /^\/api\/v1\/batches(\/\d+)?$/.test(address) || (/^\/api\/v1\/(batches\/\d+\/)?trades\?/.test(address) && !address.includes('state=closed'));

/** Whether an event may have changed what an address answers. */
export function isTouchedBy(event: LiveEvent, address: string): boolean {
  const api = '/api/v1';
  const batch = event.data['batchId'] ?? event.data['id'];
  switch (event.name) {
    case 'alert':
      // A trade closed by hand is an alert, too.
      if (event.data['action'] === 'manual' && under(address, `${api}/audit`)) return true;
      // Of all that is in the inbox only these come with a live event.
      if (event.data['outcome'] === 'unmatched' && under(address, `${api}/inbox`)) return true;
      // Every alert is a price of its symbol.
      return under(address, `${api}/alerts`) || under(address, `${api}/symbols`) || under(address, `${api}/parked-messages`) || isPriced(address);
    case 'price':
      return isPriced(address);
    case 'trade':
      // Trades are revised after corrections, which are in the audit trail.
      if (event.data['state'] === 'revised' && under(address, `${api}/audit`)) return true;
      // A batch's open trades are counted in the list; its ledger has events of its own. After a revision alerts have other outcomes, too.
      return under(address, `${api}/alerts`) || under(address, `${api}/trades`) || address === `${api}/batches` || /^\/api\/v1\/batches\/\d+(\/trades(\?.*)?)?$/.test(address);
    case 'ledger':
    case 'batch':
      if (event.name === 'batch' && event.data['state'] !== 'building' && under(address, `${api}/audit`)) return true;
      // Of a deleted batch nothing can be read again, except that it is gone.
      if (event.data['state'] === 'deleted') return address === `${api}/batches` || address === `${api}/batches/${String(batch)}`;
      return address === `${api}/batches` || under(address, `${api}/compare`) || batch === undefined || under(address, `${api}/batches/${String(batch)}`);
    case 'reset':
    case 'again':
      return address !== `${api}/session`;
  }
}

/** Whether an event that touches a list may have put other rows into it; a price only says what those that are there are worth. */
export const bringsRows = ({ name }: LiveEvent, address: string) => name !== 'price' && name !== 'again' && !(name === 'alert' && isPriced(address));

function publish(event: LiveEvent) {
  invalidate(address => isTouchedBy(event, address));
  for (const listener of listeners) listener(event);
}

/** Calls the listener for each event while the component is shown. */
export function useEvents(listener: (event: LiveEvent) => void) {
  useEffect(() => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, [listener]);
}

let source: EventSource | undefined;
let lastId = '';
let retry: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
const retryAtMostMs = 5000;
/** An event is lost with the process that was to tell it. So what is shown is asked for again; mostly the answer is that nothing has changed. */
const askAgainAfterMs = 60_000;
/** What the page shows first is asked first: a browser has six connections to a server, and the stream keeps one. */
const connectAfterMs = 250;

let readAt = 0;

function readEverything() {
  readAt = Date.now();
  publish({ name: 'again', data: {} });
}

function askAgain() {
  if (connection.peek() === 'live' && !document.hidden && Date.now() - readAt >= askAgainAfterMs) readEverything();
}

function connect() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource(lastId ? `/api/v1/stream?lastEventId=${encodeURIComponent(lastId)}` : '/api/v1/stream');
  source.onopen = () => {
    // With an id the server sends what was missed; without one, what was read so far may be from before the stream began.
    if (!lastId) readEverything();
    failures = 0;
    connection.value = 'live';
    retryUnreachable();
  };
  source.onerror = () => {
    connection.value = 'lost';
    // After an answer that is no stream the browser gives up, and after a break it may ask a server that is not there yet: we set the interval.
    source?.close();
    retry = setTimeout(connect, Math.min(retryAtMostMs, 500 * 2 ** failures++));
    // The session may have ended: reading anything shows that. And where only the stream is away, what is shown is still kept up to date.
    if (failures > 2) invalidate(() => true);
  };
  for (const name of names) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      if (event.lastEventId) lastId = event.lastEventId;
      publish({ name, data: parse(event.data) });
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
export function startEvents() {
  role.subscribe(as => {
    if (!as) disconnect();
    else if (!source) {
      clearTimeout(retry);
      retry = setTimeout(connect, connectAfterMs);
    }
  });
  expired.subscribe(isExpired => {
    if (!isExpired && source && connection.peek() === 'lost') connect();
  });
  // A stream may stay open, and silent, for minutes after the network has gone.
  window.addEventListener('offline', () => {
    if (!source) return;
    clearTimeout(retry);
    source.close();
    connection.value = 'lost';
  });
  window.addEventListener('online', () => {
    if (connection.peek() === 'lost') connect();
    retryUnreachable();
  });
  // A laptop wakes up, a phone shows the page again.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && connection.peek() === 'lost' && source) connect();
    askAgain();
  });
  setInterval(askAgain, 5_000);
}
