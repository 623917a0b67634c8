// Every batch at a glance, compared, and all of them as one account.
import { useMemo } from 'preact/hooks';
import { useApi } from '../../api/resource';
import { count } from '../../format';
import { place, setQuery } from '../../router';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { Empty, ReadState } from '../../ui/states';
import { isFound } from '../batches/search';
import { SearchBatches } from '../batches/search-field';
import { BatchCard } from './card';
import { Comparison } from './comparison';
import { grouped, groupings, orders, sortedBy } from './groups';
import { ClosedToday, OpenPositions } from './latest';
import { Attention } from './needs-attention';
import './overview.css';

/** Past so many batches the cards can be searched and sorted. */
const searchedFrom = 5;
/** Past so many they are smaller. */
const compactFrom = 13;

export default function Overview() {
  const read = useApi('/api/v1/batches');
  const { data, stale } = read;
  const search = place.value.query.get('search') ?? '';
  const order = place.value.query.get('order') ?? '';
  const group = place.value.query.get('group') ?? '';
  const shown = useMemo(() => sortedBy((data?.batches ?? []).filter(batch => isFound(batch, search)), order), [data, search, order]);
  return (
    <>
      <div class="page-head">
        <h1>Overview</h1>
        {isAdmin.value && data && data.batches.length > 0 && (
          <div class="actions">
            <a class="button primary" href="/batches?new=yes">
              <Icon name="plus" /> New batch
            </a>
          </div>
        )}
      </div>
      <ReadState read={read} height={620} />
      {data && data.batches.length === 0 && (
        <div class="card">
          <Empty icon="batches" title="No batch yet">
            <p>A batch is a set of symbols with a capital of its own. It shows what your signals would have earned.</p>
            <p>
              {data.settings.symbols.length === 0 ? (
                <>
                  No alerts have arrived yet: <a href="/set-up">set up TradingView</a>. You can create a batch now; it fills as alerts arrive.
                </>
              ) : (
                `Alerts have arrived for ${data.settings.symbols.length === 1 ? 'one symbol' : `${data.settings.symbols.length} symbols`}; their history counts, too.`
              )}
            </p>
            {isAdmin.value ? (
              <p>
                <a class="button primary" href="/batches?new=yes">
                  <Icon name="plus" /> Create your first batch
                </a>
              </p>
            ) : (
              <p>Creating one takes an admin key.</p>
            )}
          </Empty>
        </div>
      )}
      {data && data.batches.length > 0 && (
        <div class={`stack overview${stale ? ' stale' : ''}`}>
          <Comparison batches={data.batches}>
            <div class="grid overview-now">
              <OpenPositions />
              <ClosedToday />
              <Attention batches={data.batches} />
            </div>
            <section class="stack overview-batches" aria-label="Batches">
              {data.batches.length >= searchedFrom && (
                <div class="cards-head">
                  <h2>Batches</h2>
                  <SearchBatches />
                  <select class="search" aria-label="Sort by" value={order} onChange={event => setQuery({ order: event.currentTarget.value })}>
                    {orders.map(([name, text]) => (
                      <option key={name} value={name}>
                        {text}
                      </option>
                    ))}
                  </select>
                  <select class="search" aria-label="Group" value={group} onChange={event => setQuery({ group: event.currentTarget.value })}>
                    {groupings.map(([name, text]) => (
                      <option key={name} value={name}>
                        {text}
                      </option>
                    ))}
                  </select>
                </div>
              )}
              {grouped(shown, group).map(([name, batches]) => (
                <div key={name} class="stack" role={name ? 'group' : undefined} aria-label={name || undefined}>
                  {name && (
                    <h3>
                      {name} <span class="faint">{count(batches.length)}</span>
                    </h3>
                  )}
                  <ul class={`cards${data.batches.length >= compactFrom ? ' compact' : ''}`}>
                    {batches.map(batch => (
                      <li key={batch.id}>
                        <BatchCard batch={batch} />
                      </li>
                    ))}
                  </ul>
                </div>
              ))}
              {shown.length === 0 && <p class="hint">No batch matches.</p>}
            </section>
          </Comparison>
        </div>
      )}
    </>
  );
}
