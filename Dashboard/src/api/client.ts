// The client that other programs use, too, signed in by the page's session cookie.
import { createClient } from '../../client/index';
import { sessionEnded, sessions } from '../session';

export { answer, Problem, problemFrom, problemOf, type paths, type Schema } from '../../client/index';

export const client = createClient(window.location.origin);

/** The session that a request was sent in. */
const sentIn = new Map<string, number>();

client.use({
  onRequest({ id }) {
    sentIn.set(id, sessions());
  },
  onError({ id }) {
    sentIn.delete(id);
  },
  onResponse({ response, schemaPath, request, id }) {
    const session = sentIn.get(id);
    sentIn.delete(id);
    // An answer from before the reader signed in says nothing of the session since.
    if (session !== sessions()) return;
    // The sign-in form reports a wrong key itself.
    if (response.status === 401 && !(schemaPath === '/api/v1/session' && request.method === 'POST')) sessionEnded();
  },
});

export type Query = Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;

/** What there is of it: an empty text selects nothing, but in a list, where it is a value. */
export const filled = (query: Query): Query => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '' && value !== null));

/** The address of a call, for links (CSV) and as the key of a cached answer. Parameters are always in the same order. */
export function address(path: string, parameters: Record<string, string | number> = {}, query: Query = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name])));
  const search = new URLSearchParams();
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    // In a list an empty text is a value: strategy= selects what has none.
    if (Array.isArray(value)) for (const one of value as readonly (string | number)[]) search.append(name, String(one));
    else if (value !== null && value !== undefined && value !== '') search.append(name, String(value));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}
