// Addresses: where the reader is, in a signal; links and history move it. What a view shows is in its query, so that it can be shared.
import { signal } from '@preact/signals';

export interface Place {
  /** The first segment: which page. Empty for the overview. */
  page: string;
  /** The segments after it, decoded. */
  rest: string[];
  query: URLSearchParams;
}

export function placeOf(url: URL): Place {
  const [page = '', ...rest] = url.pathname.split('/').filter(Boolean).map(decode);
  return { page, rest, query: url.searchParams };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export const place = signal<Place>(placeOf(new URL(window.location.href)));

function update() {
  place.value = placeOf(new URL(window.location.href));
}

/** Goes to an address of the page. */
export function navigate(to: string, { replace = false } = {}) {
  const target = new URL(to, window.location.href);
  if (target.href === window.location.href) return;
  const otherPage = target.pathname !== window.location.pathname;
  if (replace) history.replaceState(null, '', target);
  else history.pushState(null, '', target);
  update();
  if (otherPage) window.scrollTo(0, 0);
}

export type QueryChanges = Record<string, string | readonly string[] | null | undefined>;

/** The address with some of its query changed; null, undefined and empty take a name away. In a list an empty text is a value. */
export function withQuery(changes: QueryChanges, from: Place = place.value): string {
  const query = new URLSearchParams(from.query);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    if (Array.isArray(value)) for (const one of value as readonly string[]) query.append(name, one);
    else if (value) query.append(name, value as string);
  }
  const path = '/' + [from.page, ...from.rest].filter(Boolean).map(encodeURIComponent).join('/');
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Changes the query where the reader is. */
export function setQuery(changes: QueryChanges, { replace = true } = {}) {
  navigate(withQuery(changes), { replace });
}

/** From now on links within the page, back and forward go without loading it again. */
export function startRouter() {
  window.addEventListener('popstate', update);
  document.addEventListener('click', event => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.('a[href]');
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute('download')) return;
    const url = new URL(link.href);
    if (url.origin !== window.location.origin || url.pathname.startsWith('/api/') || url.pathname.startsWith('/openapi/')) return;
    // Within the same document the browser knows best.
    if (url.hash && url.pathname === window.location.pathname && url.search === window.location.search) return;
    event.preventDefault();
    navigate(url.href);
  });
}
