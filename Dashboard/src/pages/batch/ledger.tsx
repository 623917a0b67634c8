// Closed trades, one row each: what every trade did to the balance.
import type { Query } from '../../api/client';
import { Empty } from '../../ui/states';
import { sortsOf } from './sorting';
import { TradeTable } from './trade-table';

export function Ledger({ id, query, zone, onTrade, title = 'Closed trades', height }: { id: string; query: Query; zone: string; onTrade: (tradeId: string) => void; title?: string; height?: number }) {
  return (
    <TradeTable
      title={title}
      kind="ledger"
      path="/api/v1/batches/{id}/ledger"
      id={id}
      query={query}
      zone={zone}
      sorts={sortsOf.ledger}
      onTrade={onTrade}
      empty={<Empty icon="filter" title="No closed trade in this selection" />}
      {...(height !== undefined && { height })}
    />
  );
}
