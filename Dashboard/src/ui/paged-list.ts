// A long list that the API gives in pages: which pages are known, which are kept. Pure but for the asking.

export interface PageAnswer<Row> {
  items: readonly Row[];
  cursor: string | null;
}

interface KeptPage<Row> {
  /** Where the list has to be asked from for this page; null for its beginning. */
  from: string | null;
  /** Index of its first row in the list. */
  first: number;
  count: number;
  /** undefined: known, but not in memory. */
  rows: readonly Row[] | undefined;
}

/** So many pages are in memory; a list of a million rows may be scrolled through and through. */
const keptPages = 24;

/** Rows in the order they were asked for; those far from where the reader is are forgotten and asked for again. */
export class PagedList<Row> {
  #pages: KeptPage<Row>[] = [];
  #next: string | null = null;
  #ended = false;
  #asking = new Set<string | null>();

  constructor(
    private readonly ask: (cursor: string | null) => Promise<PageAnswer<Row>>,
    /** A page came, or could not be had. */
    private readonly changed: (fault?: unknown) => void,
  ) {}

  /** Rows known to be there; with another one for those that are not yet. */
  get count(): number {
    const last = this.#pages[this.#pages.length - 1];
    return last ? last.first + last.count : 0;
  }

  get isReading(): boolean {
    return this.#asking.size > 0;
  }

  get ended(): boolean {
    return this.#ended;
  }

  row(index: number): Row | undefined {
    const page = this.#pageOf(index);
    return page?.rows?.[index - page.first];
  }

  /** Makes sure of what is in view, and of a bit more. */
  want(first: number, last: number) {
    for (const page of this.#pages) if (!page.rows && page.first <= last && page.first + page.count > first) this.#read(page.from);
    if (!this.#ended && last >= this.count - 1) this.#read(this.#next);
    this.#forget(first);
  }

  #pageOf(index: number): KeptPage<Row> | undefined {
    let [low, high] = [0, this.#pages.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const page = this.#pages[middle]!;
      if (index < page.first) high = middle - 1;
      else if (index >= page.first + page.count) low = middle + 1;
      else return page;
    }
    return undefined;
  }

  #read(from: string | null) {
    if (this.#asking.has(from)) return;
    this.#asking.add(from);
    void this.ask(from).then(
      answer => {
        this.#asking.delete(from);
        const known = this.#pages.find(page => page.from === from);
        if (known) {
          known.rows = answer.items;
        } else {
          this.#pages.push({ from, first: this.count, count: answer.items.length, rows: answer.items });
          this.#next = answer.cursor;
          this.#ended = answer.cursor === null;
        }
        this.changed();
      },
      (fault: unknown) => {
        this.#asking.delete(from);
        this.changed(fault);
      },
    );
  }

  #forget(around: number) {
    const inMemory = this.#pages.filter(page => page.rows);
    if (inMemory.length <= keptPages) return;
    const farthest = inMemory.sort((a, b) => Math.abs(b.first - around) - Math.abs(a.first - around));
    for (const page of farthest.slice(0, inMemory.length - keptPages)) page.rows = undefined;
  }
}
