// What the page has read, kept while it is shown and a little longer. A view says what it needs (useApi); news says what is no longer true (invalidate).
// The browser's own cache keeps the bytes: answers carry an ETag and are asked for again with If-None-Match, so what did not change costs a 304.
import { signal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address, answer, client, type Query } from './client';
import { problemFrom, type Problem } from './problem';
import type { paths } from './schema';

type GetPath = { [Path in keyof paths]: paths[Path] extends { get: { responses: { 200: { content: { 'application/json': unknown } } } } } ? Path : never }[keyof paths];
export type AnswerOf<Path extends GetPath> = paths[Path] extends { get: { responses: { 200: { content: { 'application/json': infer Data } } } } } ? Data : never;

interface State {
  data?: unknown;
  etag?: string | null;
  problem?: Problem;
  loading: boolean;
}

/** News comes in bursts: what is shown is read again at most this often. */
const refreshEveryMs = 700;
const keptUnused = 60;

class Entry {
  readonly state: Signal<State> = signal({ loading: true });
  users = 0;
  #running: AbortController | undefined;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #readAt = 0;
  #failures = 0;

  constructor(readonly key: string) {}

  /** Reads it now. While it is being read, once more afterwards: the answer on its way may be from before. */
  async read(): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const running = (this.#running = new AbortController());
    this.#readAt = Date.now();
    if (!this.state.peek().loading) this.state.value = { ...this.state.peek(), loading: true };
    try {
      // The key is the address; its type is the business of useApi.
      const { data, response } = await answer(client.GET(this.key as never, { signal: running.signal } as never) as Promise<{ data?: unknown; response: Response }>);
      this.#failures = 0;
      this.state.value = { data, etag: response.headers.get('ETag'), loading: false };
    } catch (fault) {
      if (running.signal.aborted) return;
      const problem = problemFrom(fault);
      // What was read before stays on show; the problem is said beside it.
      this.state.value = { ...this.state.peek(), problem, loading: false };
      if (problem.status === 0 || problem.status >= 500 || problem.status === 429) this.#readLater(Math.min(15_000, 1000 * 2 ** this.#failures++));
    } finally {
      if (this.#running === running) this.#running = undefined;
    }
    if (this.#again) {
      this.#again = false;
      this.refresh();
    }
  }

  /** Reads it soon: at once, or when the last time is long enough ago. */
  refresh() {
    if (this.#running) this.#again = true;
    else this.#readLater(Math.max(0, this.#readAt + refreshEveryMs - Date.now()));
  }

  #readLater(ms: number) {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.users > 0) void this.read();
    }, ms);
  }

  /** Nobody looks any more. */
  release() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    this.#running?.abort();
    this.#running = undefined;
  }
}

const entries = new Map<string, Entry>();

function entryOf(key: string): Entry {
  let entry = entries.get(key);
  if (entry) {
    // The order of the map is the order of use.
    entries.delete(key);
  } else {
    entry = new Entry(key);
  }
  entries.set(key, entry);
  return entry;
}

function dropUnused() {
  let unused = [...entries.values()].filter(entry => entry.users === 0);
  for (const entry of unused) {
    if (unused.length <= keptUnused) break;
    entries.delete(entry.key);
    unused = unused.slice(1);
  }
}

/** What matches is no longer true: it is read again where it is shown, and forgotten where not. */
export function invalidate(matches: (address: string) => boolean) {
  for (const entry of [...entries.values()]) {
    if (!matches(entry.key)) continue;
    if (entry.users > 0) entry.refresh();
    else entries.delete(entry.key);
  }
}

/** Nothing of one session is shown to the next. */
export function forgetEverything() {
  for (const entry of entries.values()) entry.release();
  entries.clear();
}

export interface Read<Data> {
  /** The newest answer; while another is on its way, the one before, also of other parameters: nothing jumps. */
  data: Data | undefined;
  /** Of exactly that answer; for If-Match. */
  etag: string | null | undefined;
  problem: Problem | undefined;
  /** Nothing to show yet. */
  loading: boolean;
  /** What is shown is of other parameters, and the right answer is on its way. */
  stale: boolean;
  reload: () => void;
}

/**
 * Reads an address of the API and follows it: useApi('/api/v1/batches/{id}', { path: { id } }).
 * Without parameters (null) nothing is asked.
 */
export function useApi<Path extends GetPath>(
  path: Path,
  parameters: { path?: Record<string, string | number>; query?: Query } | null = {},
): Read<AnswerOf<Path>> {
  const key = parameters && address(path, parameters.path, parameters.query);
  const entry = key === null ? undefined : entryOf(key);
  useEffect(() => {
    if (!entry) return undefined;
    entry.users++;
    void entry.read();
    return () => {
      if (--entry.users === 0) {
        entry.release();
        dropUnused();
      }
    };
  }, [entry]);

  const state: State = entry?.state.value ?? { loading: false };
  const last = useRef<{ data?: unknown; path: string }>({ path });
  if (last.current.path !== path) last.current = { path };
  if (state.data !== undefined) last.current.data = state.data;
  const data = (state.data ?? last.current.data) as AnswerOf<Path> | undefined;
  return {
    data,
    etag: state.etag,
    problem: state.problem,
    loading: data === undefined && state.loading,
    stale: state.data === undefined && data !== undefined && state.loading,
    reload: () => void entry?.read(),
  };
}
