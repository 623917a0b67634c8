// A list of any length: only the rows in view exist, pages come from the API as the reader scrolls, and live events that touch it are taken in.
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom } from '../api/client';
import { refreshEveryMs } from '../api/resource';
import { bringsRows, isTouchedBy, useEvents, type LiveEvent } from '../live/events';
import { PagedList, type PageAnswer } from './paged-list';
import { ProblemNote } from './states';

export interface Column<Row> {
  name: string;
  /** In pixels, at least. The column grows with what is in it, and takes its share of what is left over. */
  width: number;
  /** Figures are right-aligned. */
  number?: boolean;
  /** Long text that is cut, and shown whole when the row is opened. */
  preview?: boolean;
  cell: (row: Row) => ComponentChildren;
  /** In the head, in place of its name: a button that sorts. */
  head?: ComponentChildren;
  sorted?: 'ascending' | 'descending';
}

const tableRowHeight = 34;
const cardHeight = 74;
/** Narrower than this a row is shown as a card. */
const cardsBelow = 600;
/** No column of whole text is wider; longer text wraps. */
const widestColumn = 360;
/** Browsers draw no element taller than some 17 million pixels: past this a pixel of the scroll bar is more than one. */
const tallest = 12_000_000;
const flashMs = 2500;

export function EndlessTable<Row>({
  name,
  address,
  columns,
  card,
  keyOf,
  onOpen,
  empty,
  height = 560,
  follows = true,
  whatIsNew = 'New entries',
}: {
  /** Said by screen readers. */
  name: string;
  /** Of the first page, without cursor; another address is another list. */
  address: string;
  columns: readonly Column<Row>[];
  /** The row where there is no room for columns. */
  card: (row: Row) => ComponentChildren;
  keyOf: (row: Row) => string | number;
  onOpen?: (row: Row) => void;
  empty: ComponentChildren;
  height?: number;
  /** Whether live events keep it up to date. */
  follows?: boolean;
  whatIsNew?: string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [generation, setGeneration] = useState(0);
  const [problem, setProblem] = useState<Problem>();
  const [hasNew, setHasNew] = useState(false);
  const [view, setView] = useState({ top: 0, height, width: 1000 });
  const [grown, setGrown] = useState<Record<string, number>>({});
  const shown = useRef<{ address: string; list: PagedList<Row> } | null>(null);
  /** Keys at the top of the list before it was read again: the others flash. */
  const before = useRef<{ address: string; keys: Set<string | number>; at: number } | undefined>(undefined);

  const list = useMemo(() => {
    setProblem(undefined);
    setHasNew(false);
    const made = new PagedList<Row>(
      async cursor => {
        const from = cursor === null ? address : `${address}${address.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
        return (await answer(client.GET(from as never) as Promise<{ data?: PageAnswer<Row>; response: Response }>)).data;
      },
      fault => {
        // A list of another address must not speak for this one.
        if (newest.current !== made) return;
        setProblem(fault === undefined ? undefined : problemFrom(fault));
        if (fault === undefined && (made.count > 0 || made.ended)) shown.current = { address, list: made };
        redraw(0);
      },
    );
    return made;
  }, [address, generation]);
  const newest = useRef(list);
  newest.current = list;

  useEffect(() => {
    if (shown.current && shown.current.address !== address) scroller.current?.scrollTo({ top: 0 });
    list.want(0, 60);
  }, [list]);

  // What could not be read is read again until it is there.
  useEffect(() => {
    if (!problem?.isUnreachable) return undefined;
    const timer = setTimeout(() => setGeneration(n => n + 1), 3000);
    return () => clearTimeout(timer);
  }, [problem]);

  const readAgain = () => {
    const top = shown.current?.list;
    if (top) before.current = { address, keys: new Set(Array.from({ length: Math.min(top.count, 200) }, (_, i) => top.row(i)).filter(row => row !== undefined).map(keyOf)), at: Date.now() };
    setGeneration(n => n + 1);
  };

  const isAtTop = () => (scroller.current?.scrollTop ?? 0) < tableRowHeight;
  /** Events come in bursts: the list is read again soon, and not while it is being read. */
  const due = useRef(false);
  const readAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const readSoon = () => {
    due.current = true;
    if (timer.current !== undefined) return;
    timer.current = setTimeout(
      () => {
        timer.current = undefined;
        // A reader further down is not moved: it is read again when he is back.
        if (!due.current || !isAtTop()) return;
        if (newest.current.isReading) {
          readSoon();
          return;
        }
        due.current = false;
        readAt.current = Date.now();
        readAgain();
      },
      Math.max(0, readAt.current + refreshEveryMs - Date.now(), newest.current.isReading ? 100 : 0),
    );
  };
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      due.current = false;
    },
    [address],
  );

  useEvents(
    useCallback(
      (event: LiveEvent) => {
        if (!follows || !isTouchedBy(event, address)) return;
        readSoon();
        if (!isAtTop() && bringsRows(event, address)) setHasNew(true);
      },
      [address, follows],
    ),
  );

  // While the first page of another list is on its way the one before stays.
  const current = list.count > 0 || list.ended ? list : (shown.current?.list ?? list);
  const isCards = view.width < cardsBelow;
  const rowHeight = isCards ? cardHeight : tableRowHeight;
  const headHeight = isCards ? 0 : tableRowHeight;
  const total = current.count + (current.ended ? 0 : 1);
  const full = total * rowHeight;
  const drawn = Math.min(full, tallest);
  const visible = view.height - headHeight;
  const offset = full <= tallest ? view.top : (view.top / Math.max(1, drawn - visible)) * (full - visible);
  const first = Math.max(0, Math.floor(offset / rowHeight) - 6);
  const last = Math.min(total - 1, Math.ceil((offset + visible) / rowHeight) + 6);
  const shift = view.top - offset;
  useEffect(() => {
    if (current === list) list.want(first, last);
  });

  useEffect(() => {
    const element = scroller.current;
    // An empty list has none.
    if (!element) return undefined;
    const measure = () => setView(one => ({ ...one, height: element.clientHeight, width: element.clientWidth }));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [current.ended && current.count === 0]);

  // A column is as wide as what is in it, in whatever language; it never shrinks, so nothing jumps while scrolling.
  useLayoutEffect(() => {
    if (isCards) return;
    const wider: Record<string, number> = {};
    for (const cell of scroller.current?.querySelectorAll<HTMLElement>('[data-column]') ?? []) {
      const of = cell.dataset['column']!;
      if (cell.scrollWidth > cell.clientWidth) wider[of] = Math.min(widestColumn, Math.max(wider[of] ?? 0, cell.scrollWidth + 1));
    }
    const changed = Object.entries(wider).filter(([of, width]) => width > (grown[of] ?? 0));
    if (changed.length > 0) setGrown({ ...grown, ...Object.fromEntries(changed) });
  });

  if (current.ended && current.count === 0) return <>{empty}</>;
  // Every row as wide as the others, whatever is in it; where that is wider than the place, the table scrolls sideways.
  const widths = columns.map(({ name: of, width }) => Math.max(grown[of] ?? 0, width));
  const tracks = widths.map(width => `minmax(${width}px, ${width}fr)`).join(' ');
  const least = widths.reduce((sum, width) => sum + width, 0);
  const isNew = (row: Row) => before.current?.address === address && Date.now() - before.current.at < flashMs && before.current.keys.size > 0 && !before.current.keys.has(keyOf(row));
  return (
    <div class={`endless${(current === list || shown.current?.address === address) && !problem?.isUnreachable ? '' : ' stale'}`}>
      {problem && !problem.isUnreachable && <ProblemNote problem={problem} onRetry={() => (setProblem(undefined), list.want(first, last))} />}
      {hasNew && (
        <button
          type="button"
          class="button small primary endless-new"
          onClick={() => {
            due.current = false;
            scroller.current?.scrollTo({ top: 0 });
            readAgain();
          }}
        >
          {whatIsNew} – show
        </button>
      )}
      <div
        ref={scroller}
        class={`endless-scroll${isCards ? ' cards-view' : ''}`}
        style={{ height: `${Math.min(height, Math.max(full, rowHeight * 2) + headHeight + 2)}px` }}
        tabIndex={0}
        role="table"
        aria-label={name}
        aria-rowcount={current.ended ? current.count + 1 : -1}
        onScroll={event => {
          const { scrollTop: top, clientHeight, clientWidth } = event.currentTarget;
          setView({ top, height: clientHeight, width: clientWidth });
          if (due.current && isAtTop()) readSoon();
        }}
      >
        <div
          class={isCards ? 'visually-hidden' : 'endless-row endless-head'}
          role="row"
          aria-rowindex={1}
          style={isCards ? {} : { gridTemplateColumns: tracks, minWidth: `${least}px` }}
        >
          {(isCards ? [] : columns).map(column => (
            <div key={column.name} role="columnheader" class={column.number ? 'number' : ''} aria-sort={column.sorted} data-column={column.name}>
              {column.head ?? column.name}
            </div>
          ))}
          {isCards && <div role="columnheader">{name}</div>}
        </div>
        <div role="rowgroup" class="endless-body" style={{ height: `${drawn}px`, minWidth: isCards ? '0' : `${least}px` }}>
          {Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
            const index = first + i;
            const row = current.row(index);
            const key = row === undefined ? `row-${index}` : keyOf(row);
            return (
              <div
                key={key}
                data-key={key}
                role="row"
                aria-rowindex={index + 2}
                class={`endless-row${row !== undefined && onOpen ? ' opens' : ''}${row !== undefined && isNew(row) ? ' flash' : ''}`}
                style={{ height: `${rowHeight}px`, transform: `translateY(${index * rowHeight + shift}px)`, ...(isCards ? {} : { gridTemplateColumns: tracks }) }}
                tabIndex={row !== undefined && onOpen ? 0 : undefined}
                onClick={row !== undefined && onOpen ? () => onOpen(row) : undefined}
                onKeyDown={event => {
                  if (row !== undefined && onOpen && event.target === event.currentTarget && (event.key === 'Enter' || event.key === ' ')) {
                    event.preventDefault();
                    onOpen(row);
                  }
                }}
              >
                {isCards ? (
                  <div role="cell" class="row-card">
                    {row === undefined ? <span class="skeleton endless-wait" /> : card(row)}
                  </div>
                ) : (
                  columns.map(column => (
                    <div
                      key={column.name}
                      role="cell"
                      class={column.number ? 'number' : column.preview ? 'preview' : (grown[column.name] ?? 0) >= widestColumn ? 'wraps-cell' : ''}
                      data-column={column.preview ? undefined : column.name}
                    >
                      {row === undefined ? <span class="skeleton endless-wait" /> : column.cell(row)}
                    </div>
                  ))
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A row as a card: two lines, figures on the right. */
export function RowCard({ title, detail, figure, note }: { title: ComponentChildren; detail: ComponentChildren; figure?: ComponentChildren; note?: ComponentChildren }) {
  return (
    <>
      <span class="row-card-title">{title}</span>
      <b class="row-card-figure">{figure}</b>
      <span class="row-card-detail faint">{detail}</span>
      <span class="row-card-note">{note}</span>
    </>
  );
}
