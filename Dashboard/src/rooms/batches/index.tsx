// Batches: the list, and one of them under its id.
import { useMemo, useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, date, fraction, money, percent, signedPercent, tone } from '../../format';
import { navigate, place, setQuery } from '../../router';
import type { RoomProps } from '../../rooms';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { BatchRoom } from '../batch';
import { CreateBatch, DeleteBatch, EditBatch } from './change';
import { Progress } from './progress';
import './batches.css';

export default function Batches({ rest }: RoomProps) {
  const [id] = rest;
  return id === undefined ? <BatchList /> : <BatchRoom key={id} id={id} />;
}

type Batch = Schema<'Batch'>;

/** What the list can be ordered by, and how: it is short enough to be ordered here. */
const orders: Record<string, (batch: Batch) => number | string> = {
  name: batch => batch.name.toUpperCase(),
  capital: batch => batch.summary.availableCapital,
  change: batch => batch.summary.changePercentage,
  drawdown: batch => batch.summary.maxDrawdownPercentage,
  winRate: batch => batch.summary.winRate ?? -1,
  trades: batch => batch.ledger.trades,
};

function BatchList() {
  const { data, problem, reload } = useApi('/api/v1/batches');
  const [changing, setChanging] = useState<{ id: number; what: 'edit' | 'delete' }>();
  const [order = 'name', direction = 'up'] = (place.value.query.get('order') ?? '').split('-').filter(Boolean);
  const batches = useMemo(() => {
    const by = orders[order] ?? orders['name']!;
    const sign = direction === 'down' ? -1 : 1;
    return [...(data?.batches ?? [])].sort((a, b) => (by(a) < by(b) ? -sign : by(a) > by(b) ? sign : 0));
  }, [data, order, direction]);
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
      <div class="room-head">
        <h1>Batches</h1>
        {isAdmin.value && (
          <div class="actions">
            <button type="button" class="button primary" onClick={() => setQuery({ new: 'yes' }, { replace: false })}>
              <Icon name="plus" /> New batch
            </button>
          </div>
        )}
      </div>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={240} />}
      {data && batches.length === 0 && (
        <div class="card">
          <Empty icon="batches" title="No batch yet">
            <p>A batch is a set of pairs with a capital of its own: it shows what your signals would have made of it.</p>
          </Empty>
        </div>
      )}
      {batches.length > 0 && (
        <div class="card table-scroll batch-list" tabIndex={0} role="region" aria-label="Batches, table">
          <table>
            <thead>
              <tr>
                {sort('name', 'Name', false)}
                <th scope="col">Pairs</th>
                {sort('capital', 'Available')}
                {sort('change', 'Change')}
                {sort('drawdown', 'Worst drawdown')}
                {sort('winRate', 'Win rate')}
                {sort('trades', 'Trades')}
                <th scope="col">Last exit</th>
                {isAdmin.value && (
                  <th scope="col">
                    <span class="visually-hidden">Change</span>
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
                  <td class="pairs-cell faint" title={batch.symbols.join(', ')}>
                    {batch.symbols.slice(0, 4).join(' · ')}
                    {batch.symbols.length > 4 && ` +${batch.symbols.length - 4}`}
                  </td>
                  <td class="number">{money(batch.summary.availableCapital)}</td>
                  <td class={`number ${tone(batch.summary.pnl)}`}>{signedPercent(batch.summary.changePercentage)}</td>
                  <td class="number">{percent(batch.summary.maxDrawdownPercentage)}</td>
                  <td class="number">{fraction(batch.summary.winRate)}</td>
                  <td class="number">
                    {count(batch.ledger.trades)}
                    {batch.summary.openTrades > 0 && <span class="faint"> +{count(batch.summary.openTrades)} open</span>}
                  </td>
                  <td>{date(batch.ledger.lastExitTime)}</td>
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

/** Reads the batch by itself: only so it has an ETag to be changed by. */
function Changing({ id, what, onClose }: { id: number; what: 'edit' | 'delete'; onClose: () => void }) {
  const { data: batch, etag } = useApi('/api/v1/batches/{id}', { path: { id } });
  if (!batch) return null;
  return what === 'edit' ? <EditBatch batch={batch} etag={etag} onClose={onClose} /> : <DeleteBatch batch={batch} onClose={onClose} onDeleted={onClose} />;
}
