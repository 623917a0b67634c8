// What the page has read, cached while it is shown and a little longer. A view says what it needs (useApi); live events say what is out of date
// (invalidate). The browser's own cache keeps the bytes: answers carry an ETag and are asked for with If-None-Match, so what did not change costs a 304.
import { signal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address, answer, client, problemFrom, type paths, type Problem, type Query } from './client';

type GetPath = { [Path in keyof paths]: paths[Path] extends { get: { responses: { 200: { content: { 'application/json': unknown } } } } } ? Path : never }[keyof paths];
export type AnswerOf<Path extends GetPath> = paths[Path] extends { get: { responses: { 200: { content: { 'application/json': infer Data } } } } } ? Data : never;

interface State {
  data?: unknown;
  etag?: string | null;
  problem?: Problem;
  loading: boolean;
}

/** Events come in bursts: what is shown is read again at most this often. */
export const refreshEveryMs = 700;
const retryAtMostMs = 4000;
const cachedUnused = 60;

/** Set while something that is shown could not be read because nothing answers; `asOf` is when the server last did. */
export const outage = signal<{ asOf: number | undefined } | undefined>(undefined);
const unreachable = new Set<Entry>();
let lastAnswerAt: number | undefined;

function noteOutage(entry: Entry, isUnreachable: boolean) {
  if (isUnreachable) unreachable.add(entry);
  else unreachable.delete(entry);
  if (unreachable.size === 0) outage.value = undefined;
  else outage.value ??= { asOf: lastAnswerAt };
}

/** Something answered again: the rest need not wait for their own turn. */
export function retryUnreachable() {
  for (const entry of [...unreachable]) void entry.read();
}

class Entry {
  readonly state: Signal<State> = signal({ loading: true });
  users = 0;
  #running: AbortController | undefined;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #readAt = 0;
  #failures = 0;

  constructor(readonly key: string) {}

  /** Reads it now. While it is being read, once more afterwards: the answer on its way may be from before the change. */
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
      // The key is the address; useApi knows its type.
      const { data, response } = await answer(client.GET(this.key as never, { signal: running.signal } as never) as Promise<{ data?: unknown; response: Response }>);
      this.#failures = 0;
      lastAnswerAt = Date.now();
      const { data: before } = this.state.peek();
      // The same answer is the same object: nothing that was made of it is made again. A batch's ETag is of its settings alone and does not tell.
      const isSame = before !== undefined && JSON.stringify(before) === JSON.stringify(data);
      this.state.value = { data: isSame ? before : data, etag: response.headers.get('ETag'), loading: false };
      const wasOut = unreachable.size > 0;
      noteOutage(this, false);
      if (wasOut) retryUnreachable();
    } catch (fault) {
      if (running.signal.aborted) return;
      const problem = problemFrom(fault);
      // The last good answer stays on screen; the problem is shown beside it.
      this.state.value = { ...this.state.peek(), problem, loading: false };
      noteOutage(this, problem.isUnreachable);
      if (problem.isUnreachable || problem.status >= 500 || problem.status === 429) this.#readLater(Math.min(retryAtMostMs, 1000 * 2 ** this.#failures++));
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

  /** Nothing shows it any more. */
  release() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#again = false;
    this.#running?.abort();
    this.#running = undefined;
    noteOutage(this, false);
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
    if (unused.length <= cachedUnused) break;
    entries.delete(entry.key);
    unused = unused.slice(1);
  }
}

/** What matches is out of date: it is read again where it is shown, and dropped where not. */
export function invalidate(matches: (address: string) => boolean) {
  for (const entry of [...entries.values()]) {
    if (!matches(entry.key)) continue;
    if (entry.users > 0) entry.refresh();
    else entries.delete(entry.key);
  }
}

/** One session's data is never shown in the next. */
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
  /** Show it dimmed: it is of other parameters than those asked for, or the server no longer answers. */
  stale: boolean;
  reload: () => void;
}

/**
 * Reads an address of the API and keeps it up to date: useApi('/api/v1/batches/{id}', { path: { id } }).
 * With null in place of parameters nothing is asked.
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
    stale: data !== undefined && entry !== undefined && (state.data === undefined || Boolean(state.problem?.isUnreachable)),
    reload: () => void entry?.read(),
  };
}
