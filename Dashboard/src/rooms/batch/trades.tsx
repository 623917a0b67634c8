// The batch's trades, open ones too, whatever the capital.
import { useMemo } from 'preact/hooks';
import { address, type Query, type Schema } from '../../api/client';
import { duration, exact, nothing, signedPercent } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { Empty } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { CsvLink } from './csv-link';
import { Toned } from './ledger';
import { Side, StreamName, When } from './cells';

type Row = Schema<'Trade'>;
const path = '/api/v1/batches/{id}/trades';
const states = [
  ['', 'All'],
  ['open', 'Open'],
  ['closed', 'Closed'],
] as const;
const pageSize = 200;

/** Seconds a trade has lasted, or lasts already. */
export function heldFor(trade: Pick<Row, 'entryTime' | 'exitTime'>, now: number = Date.now()): number {
  return Math.max(0, ((trade.exitTime ? Date.parse(trade.exitTime) : now) - Date.parse(trade.entryTime)) / 1000);
}

export function Trades({ id, query, zone, onTrade }: { id: string; query: Query; zone: string; onTrade: (tradeId: string) => void }) {
  const state = states.find(([name]) => name === place.value.query.get('state'))?.[0] ?? '';
  const columns = useMemo<Column<Row>[]>(
    () => [
      { name: 'Symbol', width: 'minmax(140px, 1fr)', cell: row => <StreamName stream={row} /> },
      { name: 'Side', width: '72px', cell: row => <Side side={row.side} /> },
      { name: 'Entry', width: '130px', cell: row => <When time={row.entryTime} zone={zone} /> },
      { name: 'Entry price', width: '116px', number: true, cell: row => exact(row.entryPrice) },
      { name: 'Exit', width: '130px', cell: row => (row.exitTime ? <When time={row.exitTime} zone={zone} /> : <span class="pill accent">open</span>) },
      { name: 'Exit price', width: '116px', number: true, cell: row => exact(row.exitPrice) },
      { name: 'By', width: '78px', cell: row => row.exitReason ?? nothing },
      { name: 'Held', width: '112px', number: true, cell: row => duration(heldFor(row)) },
      { name: 'Change, gross', width: '112px', number: true, cell: row => <Toned value={row.changePercentage} as={signedPercent} /> },
    ],
    [zone],
  );
  return (
    <section class="card" aria-label="Trades">
      <header>
        <h2>Trades</h2>
        <Segmented label="State" value={state} options={states} onChange={value => setQuery({ state: value })} />
        <CsvLink path={path} id={id} query={{ ...query, state }} />
      </header>
      <EndlessTable<Row>
        name="Trades"
        address={address(path, { id }, { ...query, state, limit: pageSize })}
        columns={columns}
        keyOf={row => row.tradeId}
        onOpen={row => onTrade(row.tradeId)}
        height={620}
        empty={<Empty icon="filter" title={state === 'open' ? 'No open trade' : 'No trade in this selection'}>{(query['from'] ?? query['to']) && <p>A span of time selects by exit, and open trades have none.</p>}</Empty>}
      />
    </section>
  );
}
