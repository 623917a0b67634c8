// Batches: the list, and one of them under its id.
import { useMemo, useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, date, fraction, money, percent, signedMoney, signedPercent, tone } from '../../format';
import { navigate, place, setQuery } from '../../router';
import type { PageProps } from '../../pages';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { Empty, ReadState } from '../../ui/states';
import { BatchPage } from '../batch';
import { CreateBatch, DeleteBatch, EditBatch } from './change';
import { Progress } from './progress';
import { isFound } from './search';
import { SearchBatches } from './search-field';
import './batches.css';

export default function Batches({ rest }: PageProps) {
  const [id] = rest;
  return id === undefined ? <BatchList /> : <BatchPage key={id} id={id} />;
}

type Batch = Schema<'Batch'>;

/** What the list can be sorted by: it is short enough to be sorted here. */
const orders: Record<string, (batch: Batch) => number | string> = {
  name: batch => batch.name.toUpperCase(),
  capital: batch => batch.summary.availableCapital,
  profit: batch => batch.summary.pnl,
  change: batch => batch.summary.changePercentage,
  drawdown: batch => batch.summary.maxDrawdownPercentage,
  winRate: batch => batch.summary.winRate ?? -1,
  trades: batch => batch.ledger.trades,
  lastExit: batch => batch.ledger.lastExitTime ?? '',
};

function BatchList() {
  const read = useApi('/api/v1/batches');
  const { data, stale } = read;
  const [changing, setChanging] = useState<{ id: number; what: 'edit' | 'delete' }>();
  const [order = 'name', direction = 'up'] = (place.value.query.get('order') ?? '').split('-').filter(Boolean);
  const search = place.value.query.get('search') ?? '';
  const batches = useMemo(() => {
    const by = orders[order] ?? orders['name']!;
    const sign = direction === 'down' ? -1 : 1;
    return (data?.batches ?? []).filter(batch => isFound(batch, search)).sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
  }, [data, order, direction, search]);
  const isNew = isAdmin.value && place.value.query.get('new') === 'yes';
  const sort = (name: string, label: string, number = true) => (
    <th scope="col" class={number ? 'number' : ''} aria-sort={order === name ? (direction === 'down' ? 'descending' : 'ascending') : undefined}>
      <button type="button" class="sort" onClick={() => setQuery({ order: order === name && direction === 'up' ? `${name}-down` : `${name}-up` })}>
        {label} <span aria-hidden="true">{order === name ? (direction === 'down' ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  );
  return (
    <>
      <div class="page-head">
        <h1>Batches</h1>
        <div class="actions">
          {data?.batches.length !== 0 && <SearchBatches />}
          {isAdmin.value && (
            <button type="button" class="button primary" onClick={() => setQuery({ new: 'yes' }, { replace: false })}>
              <Icon name="plus" /> New batch
            </button>
          )}
        </div>
      </div>
      <ReadState read={read} height={240} />
      {data && batches.length === 0 && (
        <div class="card">
          {search ? (
            <Empty icon="filter" title="No batch matches">
              <button type="button" class="button" onClick={() => setQuery({ search: null })}>
                Clear search
              </button>
            </Empty>
          ) : (
            <Empty icon="batches" title="No batch yet">
              <p>A batch is a set of symbols with a capital of its own. It shows what your signals would have earned.</p>
            </Empty>
          )}
        </div>
      )}
      {batches.length > 0 && (
        <div class={`card table-scroll batch-list${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label="Batches, table">
          <table>
            <thead>
              <tr>
                {sort('name', 'Name', false)}
                <th scope="col">Symbols</th>
                {sort('capital', 'Balance')}
                {sort('profit', 'Profit')}
                {sort('change', 'Return')}
                {sort('drawdown', 'Max drawdown')}
                {sort('winRate', 'Win rate')}
                {sort('trades', 'Trades')}
                {sort('lastExit', 'Last exit', false)}
                {isAdmin.value && (
                  <th scope="col">
                    <span class="visually-hidden">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {batches.map(batch => (
                <tr key={batch.id} data-batch={batch.id}>
                  <th scope="row">
                    <a href={`/batches/${batch.id}`}>{batch.name}</a>
                    {batch.ledger.state === 'building' && <Progress ledger={batch.ledger} />}
                  </th>
                  <td class="symbols-cell faint" title={batch.symbols.join(', ')}>
                    {batch.symbols.slice(0, 4).join(' · ')}
                    {batch.symbols.length > 4 && ` +${batch.symbols.length - 4}`}
                  </td>
                  <td class="number">{money(batch.summary.availableCapital)}</td>
                  <td class={`number ${tone(batch.summary.pnl)}`}>{signedMoney(batch.summary.pnl)}</td>
                  <td class={`number ${tone(batch.summary.pnl)}`}>{signedPercent(batch.summary.changePercentage)}</td>
                  <td class="number">{percent(batch.summary.maxDrawdownPercentage)}</td>
                  <td class="number">{fraction(batch.summary.winRate)}</td>
                  <td class="number">
                    {count(batch.ledger.trades)}
                    {batch.summary.openTrades > 0 && <span class="faint"> +{count(batch.summary.openTrades)} open</span>}
                  </td>
                  <td class="date-cell">{date(batch.ledger.lastExitTime)}</td>
                  {isAdmin.value && (
                    <td class="row-actions">
                      <button type="button" class="icon-button" aria-label={`Edit ${batch.name}`} title="Edit" onClick={() => setChanging({ id: batch.id, what: 'edit' })}>
                        <Icon name="edit" />
                      </button>
                      <button type="button" class="icon-button" aria-label={`Delete ${batch.name}`} title="Delete" onClick={() => setChanging({ id: batch.id, what: 'delete' })}>
                        <Icon name="trash" />
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {isNew && <CreateBatch onClose={() => setQuery({ new: null })} onCreated={batch => navigate(`/batches/${batch.id}`, { replace: true })} />}
      {changing && <Changing {...changing} onClose={() => setChanging(undefined)} />}
    </>
  );
}

/** Reads the batch by itself: the list gives no ETag, which a change needs. */
function Changing({ id, what, onClose }: { id: number; what: 'edit' | 'delete'; onClose: () => void }) {
  const { data: batch, etag } = useApi('/api/v1/batches/{id}', { path: { id } });
  if (!batch) return null;
  return what === 'edit' ? <EditBatch batch={batch} etag={etag} onClose={onClose} /> : <DeleteBatch batch={batch} onClose={onClose} onDeleted={onClose} />;
}
