// Every call of the API, typed by the document that Query.Api serves (npm run api, npm run types).
import createClient from 'openapi-fetch';
import { sessionEnded, sessions } from '../session';
import { problemFrom, problemOf } from './problem';
import type { components, paths } from './schema';

/** A type that the API's document names: Schema<'Batch'>. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export const client = createClient<paths>({ baseUrl: window.location.origin });

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

/** The answer's data; throws a Problem where there is none. */
export async function answer<Data>(
  call: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<{ data: Exclude<NonNullable<Data>, string>; response: Response }> {
  let result;
  try {
    result = await call;
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === 'AbortError') throw fault;
    throw problemFrom(fault);
  }
  if (!result.response.ok) throw problemOf(result.response.status, result.error);
  // Some answers can also be CSV; this client always asks for JSON.
  return { data: result.data as Exclude<NonNullable<Data>, string>, response: result.response };
}

export type Query = Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;

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
