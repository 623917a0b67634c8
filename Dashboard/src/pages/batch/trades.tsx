// All trades of the batch, open ones too, whatever the capital.
import type { Query } from '../../api/client';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { Empty } from '../../ui/states';
import { sortsOf, sortsOfOpen, stateChanges, stateOf, states } from './sorting';
import { TradeTable } from './trade-table';

export function Trades({ id, query, zone, onTrade }: { id: string; query: Query; zone: string; onTrade: (tradeId: string) => void }) {
  const { query: named } = place.value;
  const state = stateOf(named);
  return (
    <TradeTable
      title="All trades"
      kind="trades"
      path="/api/v1/batches/{id}/trades"
      id={id}
      query={{ ...query, state }}
      zone={zone}
      sorts={state === 'open' ? sortsOfOpen : sortsOf.trades}
      onTrade={onTrade}
      empty={
        <Empty icon="filter" title={state === 'open' ? 'No open trade' : 'No trade in this selection'}>
          {(query['from'] ?? query['to']) && <p>A period selects trades by their exit; open trades have none.</p>}
        </Empty>
      }
    >
      <Segmented label="State" value={state} options={states} onChange={value => setQuery(stateChanges(value))} />
    </TradeTable>
  );
}
