// The query API for the page and for other programs (npm pack). schema.ts is made of the API's document: npm run types.
import createFetchClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.js';

export type { components, paths };

/** A type that the API's document names: Schema<'Batch'>. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

/** Every call of the API. Without a key the browser's session cookie says who calls. */
export function createClient(baseUrl: string, key?: string): Client<paths> {
  return createFetchClient<paths>({ baseUrl, headers: key === undefined ? {} : { Authorization: `Bearer ${key}` } });
}

/** What went wrong with a request: the API's own words (application/problem+json), or ours where nothing came back. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Field → messages. */
    readonly errors: Readonly<Record<string, readonly string[]>> = {},
  ) {
    super(`${title} ${detail}`.trim());
  }

  /** Nothing answers: the connection, the server or what stands before it. */
  get isUnreachable(): boolean {
    return this.status === 0 || (this.status >= 502 && this.status <= 504);
  }

  /** Messages of a field, in one line; empty where it has none. */
  of(field: string): string {
    return (this.errors[field] ?? []).join(' ');
  }

  /** Messages of all other fields: those a form does not show beside an input. */
  beside(fields: readonly string[]): string[] {
    return Object.entries(this.errors)
      .filter(([field]) => !fields.includes(field))
      .flatMap(([field, messages]) => messages.map(message => `${field}: ${message}`));
  }
}

export function problemOf(status: number, body: unknown): Problem {
  const { title, detail, errors } = (typeof body === 'object' && body !== null ? body : {}) as {
    title?: string;
    detail?: string;
    errors?: Record<string, string[]>;
  };
  return new Problem(status, title ?? `The server answered ${status}.`, detail ?? 'Try again in a moment.', errors ?? {});
}

/** Of anything that was thrown where an answer was expected. */
export function problemFrom(fault: unknown): Problem {
  if (fault instanceof Problem) return fault;
  return new Problem(0, 'No answer from the server.', 'Check your connection and try again.');
}

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
  // Some answers can also be files; this client always asks for JSON.
  return { data: result.data as Exclude<NonNullable<Data>, string>, response: result.response };
}

/** Every item of a list, page by page. */
export async function* items<Item>(
  read: (cursor: string | undefined) => Promise<{ data?: { items: Item[]; cursor: string | null } | string; error?: unknown; response: Response }>,
): AsyncGenerator<Item> {
  for (let cursor: string | undefined; ; ) {
    const { data } = await answer(read(cursor));
    yield* data.items;
    if (data.cursor === null) return;
    cursor = data.cursor;
  }
}
