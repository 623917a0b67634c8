// Batches: the list, and one batch under its id.
import type { RoomProps } from '../../rooms';
import { useApi } from '../../api/resource';
import { count, money, percent, signedPercent, tone } from '../../format';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';

export default function Batches(_: RoomProps) {
  const { data, problem, reload } = useApi('/api/v1/batches');
  return (
    <>
      <div class="room-head">
        <h1>Batches</h1>
      </div>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={240} />}
      {data && data.batches.length === 0 && <Empty icon="batches" title="No batch yet" />}
      {data && data.batches.length > 0 && (
        <div class="card table-scroll">
          <table>
            <thead>
              <tr>
                <th>Name</th>
                <th class="number">Available</th>
                <th class="number">Change</th>
                <th class="number">Worst drawdown</th>
                <th class="number">Trades</th>
              </tr>
            </thead>
            <tbody>
              {data.batches.map(batch => (
                <tr key={batch.id}>
                  <td>
                    <a href={`/batches/${batch.id}`}>{batch.name}</a>
                  </td>
                  <td class="number">{money(batch.summary.availableCapital)}</td>
                  <td class={`number ${tone(batch.summary.pnl)}`}>{signedPercent(batch.summary.changePercentage)}</td>
                  <td class="number">{percent(batch.summary.maxDrawdownPercentage)}</td>
                  <td class="number">{count(batch.ledger.trades)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
