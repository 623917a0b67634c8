// Every batch at a glance, compared, and all of them as one account.
import { useApi } from '../../api/resource';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { BatchCard } from './card';
import { Together } from './together';
import './overview.css';

export default function Overview() {
  const { data, problem, reload } = useApi('/api/v1/batches');
  return (
    <>
      <div class="room-head">
        <h1>Overview</h1>
        {isAdmin.value && data && data.batches.length > 0 && (
          <div class="actions">
            <a class="button primary" href="/batches?new=yes">
              <Icon name="plus" /> New batch
            </a>
          </div>
        )}
      </div>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && (
        <div class="stack" aria-busy="true">
          <Skeleton height={430} />
          <div class="cards">
            {Array.from({ length: 3 }, (_, i) => (
              <Skeleton key={i} height={232} />
            ))}
          </div>
        </div>
      )}
      {data && data.batches.length === 0 && (
        <div class="card">
          <Empty icon="batches" title="No batch yet">
            <p>A batch is a set of pairs with a capital of its own: it shows what your signals would have made of it.</p>
            <p>
              {data.settings.symbols.length === 0 ? (
                <>
                  No alert has arrived so far: <a href="/set-up">set TradingView up</a>. A batch made now fills as they come.
                </>
              ) : (
                `Alerts have come for ${data.settings.symbols.length === 1 ? 'one symbol' : `${data.settings.symbols.length} symbols`} already: their history counts too.`
              )}
            </p>
            {isAdmin.value ? (
              <p>
                <a class="button primary" href="/batches?new=yes">
                  <Icon name="plus" /> Make the first batch
                </a>
              </p>
            ) : (
              <p>Whoever has an admin’s key can make one.</p>
            )}
          </Empty>
        </div>
      )}
      {data && data.batches.length > 0 && (
        <div class="stack">
          <Together batches={data.batches} />
          <ul class="cards">
            {data.batches.map(batch => (
              <li key={batch.id}>
                <BatchCard batch={batch} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
