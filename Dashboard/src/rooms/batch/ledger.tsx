// The ledger, row by row: what each trade did to the capital.
import { useMemo } from 'preact/hooks';
import { address, type Query, type Schema } from '../../api/client';
import { exact, money, percent, signedMoney, signedPercent, tone } from '../../format';
import { place, setQuery } from '../../router';
import { Empty } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { CsvLink } from './csv-link';
import { Side, StreamName, When } from './cells';

type Row = Schema<'LedgerRow'>;
const path = '/api/v1/batches/{id}/ledger';
const pageSize = 200;

export function Ledger({ id, query, zone, onTrade }: { id: string; query: Query; zone: string; onTrade: (tradeId: string) => void }) {
  const order = place.value.query.get('order') === 'asc' ? 'asc' : 'desc';
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        name: '#',
        width: '78px',
        number: true,
        cell: row => exact(row.seq),
        sorted: order === 'asc' ? 'ascending' : 'descending',
        head: (
          <button type="button" class="sort" onClick={() => setQuery({ order: order === 'asc' ? null : 'asc' })} title={order === 'asc' ? 'Oldest first' : 'Newest first'}>
            # <span aria-hidden="true">{order === 'asc' ? '↑' : '↓'}</span>
          </button>
        ),
      },
      { name: 'Symbol', width: 'minmax(128px, 1fr)', cell: row => <StreamName stream={row} /> },
      { name: 'Side', width: '70px', cell: row => <Side side={row.side} /> },
      { name: 'Entry', width: '126px', cell: row => <When time={row.entryTime} zone={zone} /> },
      { name: 'Exit', width: '126px', cell: row => <When time={row.exitTime} zone={zone} /> },
      { name: 'Entry price', width: '98px', number: true, cell: row => exact(row.entryPrice) },
      { name: 'Exit price', width: '92px', number: true, cell: row => exact(row.exitPrice) },
      { name: 'Change', width: '84px', number: true, cell: row => <Toned value={row.changePercentage} as={signedPercent} /> },
      { name: 'Profit', width: '102px', number: true, cell: row => <Toned value={row.pnl} as={signedMoney} /> },
      { name: 'Available', width: '108px', number: true, cell: row => <span title={exact(row.availableCapital)}>{money(row.availableCapital)}</span> },
      { name: 'Drawdown', width: '100px', number: true, cell: row => <span title={exact(row.drawdown)}>{money(row.drawdown)}</span> },
      { name: '%', width: '74px', number: true, cell: row => percent(row.drawdownPercentage) },
    ],
    [order, zone],
  );
  return (
    <section class="card" aria-label="Ledger">
      <header>
        <h2>Ledger</h2>
        <CsvLink path={path} id={id} query={query} />
      </header>
      <EndlessTable<Row>
        name="Ledger rows"
        address={address(path, { id }, { ...query, order, limit: pageSize })}
        columns={columns}
        keyOf={row => row.seq}
        onOpen={row => onTrade(row.tradeId)}
        height={620}
        empty={<Empty icon="filter" title="No ledger row in this selection" />}
      />
    </section>
  );
}

export function Toned({ value, as }: { value: number | null; as: (value: number | null) => string }) {
  return (
    <span class={tone(value)} title={exact(value)}>
      {as(value)}
    </span>
  );
}
