// Every call of the API, typed by the document that Query.Api serves (npm run api, npm run types).
import createClient from 'openapi-fetch';
import { sessionEnded } from '../session';
import { problemFrom, problemOf } from './problem';
import type { components, paths } from './schema';

/** A type that the API's document names: Schema<'Batch'>. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export const client = createClient<paths>({ baseUrl: window.location.origin });

client.use({
  onResponse({ response, schemaPath, request }) {
    // A wrong key at sign-in is that form's to say.
    if (response.status === 401 && !(schemaPath === '/api/v1/session' && request.method === 'POST')) sessionEnded();
  },
});

/** The answer's data, or a Problem thrown. */
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
  // Where an answer can also be CSV, JSON is what was asked for.
  return { data: result.data as Exclude<NonNullable<Data>, string>, response: result.response };
}

export type Query = Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>;

/** The address of a call, for links (CSV) and as the key of what is kept. Always in the same order. */
export function address(path: string, parameters: Record<string, string | number> = {}, query: Query = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(parameters[name])));
  const search = new URLSearchParams();
  for (const name of Object.keys(query).sort()) {
    const value = query[name];
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined && one !== '') search.append(name, String(one));
  }
  const text = search.toString();
  return text ? `${filled}?${text}` : filled;
}
