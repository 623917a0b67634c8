// A list as long as it likes: only the rows in view are there, pages come from the API as the reader scrolls, and news that touches it is taken in.
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { answer, client } from '../api/client';
import { problemFrom, type Problem } from '../api/problem';
import { isTouchedBy, useNews, type News } from '../live/news';
import { Pages, type PageAnswer } from './pages';
import { ProblemNote } from './states';

export interface Column<Row> {
  name: string;
  /** A track of CSS grid: '120px', 'minmax(90px, 1fr)'. */
  width: string;
  /** Figures stand on the right. */
  number?: boolean;
  cell: (row: Row) => ComponentChildren;
  /** In the head, in place of its name: a button that sorts. */
  head?: ComponentChildren;
  sorted?: 'ascending' | 'descending';
}

const rowHeight = 34;
/** Browsers draw no taller element than some 17 million pixels: past this a pixel of the scroll bar is more than one. */
const tallest = 12_000_000;

export function EndlessTable<Row>({
  name,
  address,
  columns,
  keyOf,
  onOpen,
  empty,
  height = 560,
  follows = true,
}: {
  /** Said by screen readers. */
  name: string;
  /** Of the first page, without cursor; another address is another list. */
  address: string;
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string | number;
  onOpen?: (row: Row) => void;
  empty: ComponentChildren;
  height?: number;
  /** Whether news brings it up to date. */
  follows?: boolean;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [generation, setGeneration] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const [news, setNews] = useState(false);
  const [view, setView] = useState({ top: 0, height });
  const shown = useRef<{ address: string; pages: Pages<Row> } | null>(null);

  const pages = useMemo(() => {
    setProblem(undefined);
    setNews(false);
    const made = new Pages<Row>(
      async cursor => {
        const from = cursor === null ? address : `${address}${address.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
        return (await answer(client.GET(from as never) as Promise<{ data?: PageAnswer<Row>; response: Response }>)).data;
      },
      fault => {
        // A list of the address before must not speak for this one.
        if (newest.current !== made) return;
        setProblem(fault === undefined ? undefined : problemFrom(fault));
        if (fault === undefined && (made.count > 0 || made.ended)) shown.current = { address, pages: made };
        redraw(0);
      },
    );
    return made;
  }, [address, generation]);
  const newest = useRef(pages);
  newest.current = pages;

  useEffect(() => {
    if (shown.current && shown.current.address !== address) scroller.current?.scrollTo({ top: 0 });
    pages.want(0, 60);
  }, [pages]);

  useNews(
    useCallback(
      (one: News) => {
        if (!follows || !isTouchedBy(one, address)) return;
        // Who reads further down is not to be moved.
        if ((scroller.current?.scrollTop ?? 0) < rowHeight) setGeneration(n => n + 1);
        else setNews(true);
      },
      [address, follows],
    ),
  );

  // While the first page of another list is on its way the one before stays.
  const current = pages.count > 0 || pages.ended ? pages : (shown.current?.pages ?? pages);
  const total = current.count + (current.ended ? 0 : 1);
  const full = total * rowHeight;
  const drawn = Math.min(full, tallest);
  const room = view.height - rowHeight;
  const offset = full <= tallest ? view.top : (view.top / Math.max(1, drawn - room)) * (full - room);
  const first = Math.max(0, Math.floor(offset / rowHeight) - 6);
  const last = Math.min(total - 1, Math.ceil((offset + room) / rowHeight) + 6);
  const shift = view.top - offset;
  useEffect(() => {
    if (current === pages) pages.want(first, last);
  });

  useEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => setView(before => ({ ...before, height: element.clientHeight })));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  if (current.ended && current.count === 0) return <>{empty}</>;
  const tracks = columns.map(column => column.width).join(' ');
  // Every row as wide as the others, whatever is in it; where that is wider than the place, the table scrolls sideways.
  const least = columns.reduce((sum, column) => sum + Number(/(\d+)px/.exec(column.width)?.[1] ?? 80), 0);
  return (
    <div class={`endless${current === pages ? '' : ' stale'}`}>
      {problem && <ProblemNote problem={problem} onRetry={() => (setProblem(undefined), pages.want(first, last))} />}
      {news && (
        <button
          type="button"
          class="button small primary endless-news"
          onClick={() => {
            scroller.current?.scrollTo({ top: 0 });
            setGeneration(n => n + 1);
          }}
        >
          There is news: show it
        </button>
      )}
      <div
        ref={scroller}
        class="endless-scroll"
        style={{ height: `${Math.min(height, Math.max(full, rowHeight * 2) + rowHeight + 2)}px` }}
        tabIndex={0}
        role="table"
        aria-label={name}
        aria-rowcount={current.ended ? current.count + 1 : -1}
        onScroll={event => {
          const { scrollTop: top, clientHeight } = event.currentTarget;
          setView({ top, height: clientHeight });
        }}
      >
        <div class="endless-row endless-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: tracks, minWidth: `${least}px` }}>
          {columns.map(column => (
            <div key={column.name} role="columnheader" class={column.number ? 'number' : ''} aria-sort={column.sorted}>
              {column.head ?? column.name}
            </div>
          ))}
        </div>
        <div role="rowgroup" class="endless-body" style={{ height: `${drawn}px`, minWidth: `${least}px` }}>
          {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
            const index = first + i;
            const row = current.row(index);
            return (
              <div
                key={row === undefined ? `row-${index}` : keyOf(row)}
                role="row"
                aria-rowindex={index + 2}
                class={`endless-row${row !== undefined && onOpen ? ' opens' : ''}`}
                style={{ gridTemplateColumns: tracks, transform: `translateY(${index * rowHeight + shift}px)` }}
                tabIndex={row !== undefined && onOpen ? 0 : undefined}
                onClick={row !== undefined && onOpen ? () => onOpen(row) : undefined}
                onKeyDown={event => {
                  if (row !== undefined && onOpen && event.target === event.currentTarget && (event.key === 'Enter' || event.key === ' ')) {
                    event.preventDefault();
                    onOpen(row);
                  }
                }}
              >
                {columns.map(column => (
                  <div key={column.name} role="cell" class={column.number ? 'number' : ''}>
                    {row === undefined ? <span class="skeleton endless-wait" /> : column.cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
