// The one table of trades: of a batch (what each did to its balance, or all of them, open ones too), of a symbol, of a day.
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { address, type Query, type Schema } from '../../api/client';
import { duration, exact, money, nothing, percent, shortTime, signedMoney, signedPercent } from '../../format';
import { place, setQuery } from '../../router';
import { ColumnChoice, shownColumns } from '../../ui/columns';
import { Icon } from '../../ui/icons';
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { closedBy, Side, StreamName, Toned, When } from './cells';
import { TagList, tagsOf } from './notes';
import { firstOrder, orderOf, sortings, type Order, type Sorting } from './sorting';

/** A trade as the log has it, or as it stands in a batch's ledger. */
export type TradeRow = Schema<'Trade'> | Schema<'LedgerRow'>;
/** Which call answers them. */
export type Kind = 'ledger' | 'trades';

const pageSize = 200;

interface TradeColumn extends Column<TradeRow> {
  /** Only where it is part of the answer. */
  only?: Kind;
  sort?: Sorting;
}

/** Seconds from entry to exit; of an open trade, until now. */
export function durationOf(trade: { entryTime: string; exitTime?: string | null }, now: number = Date.now()): number {
  return Math.max(0, ((trade.exitTime ? Date.parse(trade.exitTime) : now) - Date.parse(trade.entryTime)) / 1000);
}

const open = <span class="pill accent">Open</span>;
const inLedger = (as: (row: Schema<'LedgerRow'>) => ComponentChildren) => (row: TradeRow) => ('seq' in row ? as(row) : nothing);

const columnsIn = (zone: string): TradeColumn[] => [
  { name: '#', only: 'ledger', width: 78, number: true, sort: 'seq', cell: inLedger(row => exact(row.seq)) },
  { name: 'Symbol', width: 128, cell: row => <StreamName stream={row} /> },
  { name: 'Side', width: 74, cell: row => <Side side={row.side} /> },
  { name: 'Entry', width: 126, sort: 'entryTime', cell: row => <When time={row.entryTime} zone={zone} /> },
  { name: 'Exit', width: 126, sort: 'exitTime', cell: row => (row.exitTime ? <When time={row.exitTime} zone={zone} /> : open) },
  { name: 'Duration', width: 96, number: true, sort: 'holding', cell: row => duration(durationOf(row)) },
  { name: 'Entry price', width: 98, number: true, cell: row => exact(row.entryPrice) },
  { name: 'Exit price', width: 92, number: true, cell: row => exact(row.exitPrice) },
  { name: 'Return before fees', width: 100, number: true, sort: 'changePercentage', cell: row => <Toned value={row.changePercentage} as={signedPercent} /> },
  { name: 'Profit', width: 102, number: true, sort: 'pnl', cell: row => <Toned value={row.pnl ?? null} as={signedMoney} /> },
  { name: 'Last price', only: 'trades', width: 92, number: true, cell: row => ('lastPrice' in row ? exact(row.lastPrice) : nothing) },
  {
    name: 'Unrealised',
    only: 'trades',
    width: 106,
    number: true,
    cell: row => ('unrealisedChangePercentage' in row ? <Toned value={row.unrealisedChangePercentage ?? null} as={signedPercent} /> : nothing),
  },
  { name: 'Closed by', only: 'trades', width: 86, cell: row => ('exitReason' in row && row.exitReason ? closedBy(row.exitReason) : nothing) },
  { name: 'Fee', only: 'ledger', width: 84, number: true, cell: inLedger(row => <span title={exact(row.fee)}>{money(row.fee)}</span>) },
  { name: 'Balance', only: 'ledger', width: 108, number: true, cell: inLedger(row => <span title={exact(row.availableCapital)}>{money(row.availableCapital)}</span>) },
  { name: 'Drawdown', only: 'ledger', width: 100, number: true, cell: inLedger(row => <span title={exact(row.drawdown)}>{money(row.drawdown)}</span>) },
  { name: 'Tags', width: 130, cell: row => (tagsOf(row).length > 0 ? <TagList tags={tagsOf(row)} /> : nothing) },
  { name: 'Drawdown %', only: 'ledger', width: 92, number: true, cell: inLedger(row => percent(row.drawdownPercentage)) },
];

export function TradeTable({
  title,
  kind,
  path,
  id,
  query,
  zone,
  sorts,
  onTrade,
  empty,
  height = 620,
  hasProfit = true,
  children,
}: {
  title: string;
  kind: Kind;
  /** Of the call; id fills its place for a batch. */
  path: string;
  id?: string;
  query: Query;
  zone: string;
  /** What the call can be sorted by. */
  sorts: readonly Sorting[];
  onTrade: (tradeId: string) => void;
  empty: ComponentChildren;
  height?: number;
  /** In a batch a closed trade has a profit. */
  hasProfit?: boolean;
  /** Controls in its head. */
  children?: ComponentChildren;
}) {
  const { query: named } = place.value;
  const [sort, order] = orderOf(named.get('sort'), named.get('order'), kind, sorts);
  const sorted: Query = sorts.length > 0 ? { ...query, sort, order } : query;
  const sortBy = (by: Sorting, way: Order) => setQuery({ sort: by === sortings[kind] ? null : by, order: by === sortings[kind] && way === 'desc' ? null : way });
  // The first click shows what is looked for first: the worst, the longest, the newest.
  const choose = (by: Sorting) => sortBy(by, by === sort ? (order === 'asc' ? 'desc' : 'asc') : firstOrder(by));
  const columns = useMemo<TradeColumn[]>(
    () =>
      columnsIn(zone)
        .filter(({ only, name }) => (only === undefined || only === kind) && (hasProfit || name !== 'Profit'))
        .map(column =>
          column.sort && sorts.includes(column.sort)
            ? {
                ...column,
                ...(column.sort === sort ? { sorted: order === 'asc' ? 'ascending' : 'descending' } : {}),
                head: (
                  <button type="button" class="sort" onClick={() => choose(column.sort!)} title={`Sort by ${column.name === '#' ? 'number' : column.name.toLowerCase()}`}>
                    {column.name} {column.sort === sort && <span aria-hidden="true">{order === 'asc' ? '↑' : '↓'}</span>}
                  </button>
                ),
              }
            : column,
        ),
    [zone, kind, sort, order, hasProfit, sorts],
  );
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {children}
        {sorts.length > 1 && (
          <select
            class="small search"
            aria-label="Sort by"
            value={`${sort} ${order}`}
            onChange={event => {
              const [by, way] = event.currentTarget.value.split(' ') as [Sorting, Order];
              sortBy(by, way);
            }}
          >
            {choices
              .filter(([by]) => sorts.includes(by))
              .map(([by, way, text]) => (
                <option key={text} value={`${by} ${way}`}>
                  {text}
                </option>
              ))}
          </select>
        )}
        <ColumnChoice table={kind} columns={columns} />
        <a class="button small" href={address(path, id === undefined ? {} : { id }, { ...sorted, format: 'csv' })} download title="Download as CSV">
          <Icon name="download" size={15} /> CSV
        </a>
      </header>
      <EndlessTable<TradeRow>
        name={title}
        address={address(path, id === undefined ? {} : { id }, { ...sorted, limit: pageSize })}
        columns={shownColumns(kind, columns)}
        card={row => (
          <RowCard
            title={
              <>
                <StreamName stream={row} /> <Side side={row.side} />
              </>
            }
            figure={!row.exitTime ? 'unrealisedChangePercentage' in row && row.unrealisedChangePercentage != null ? <Toned value={row.unrealisedChangePercentage} as={signedPercent} /> : open : row.pnl != null ? <Toned value={row.pnl} as={signedMoney} /> : <Toned value={row.changePercentage} as={signedPercent} />}
            detail={row.exitTime ? shortTime(row.exitTime, zone) : `since ${shortTime(row.entryTime, zone)}`}
            note={row.exitTime && row.pnl != null ? <Toned value={row.changePercentage} as={signedPercent} /> : duration(durationOf(row))}
          />
        )}
        keyOf={row => row.tradeId}
        onOpen={row => onTrade(row.tradeId)}
        height={height}
        whatIsNew="New trades"
        empty={empty}
      />
    </section>
  );
}

const choices: readonly (readonly [Sorting, 'asc' | 'desc', string])[] = [
  ['seq', 'desc', 'Newest first'],
  ['seq', 'asc', 'Oldest first'],
  ['entryTime', 'desc', 'Newest entry first'],
  ['entryTime', 'asc', 'Oldest entry first'],
  ['exitTime', 'desc', 'Newest exit first'],
  ['exitTime', 'asc', 'Oldest exit first'],
  ['pnl', 'asc', 'Worst profit first'],
  ['pnl', 'desc', 'Best profit first'],
  ['changePercentage', 'asc', 'Worst return first'],
  ['changePercentage', 'desc', 'Best return first'],
  ['holding', 'desc', 'Longest first'],
  ['holding', 'asc', 'Shortest first'],
];
