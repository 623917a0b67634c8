import { ago, count, duration, instant } from '../../format';
import { Empty, Skeleton } from '../../ui/states';
import { rule } from './silence';
import { waiting } from './waiting';

export function SilentSymbols() {
  const { silent, unjudged } = waiting.value;
  if (!silent) return <Skeleton height={160} />;
  return (
    <>
      {silent.length === 0 ? (
        <Empty icon="check" title="Every symbol is heard from as often as usual" />
      ) : (
        <div class="table-scroll">
          <table aria-label="Symbols that fell silent">
            <thead>
              <tr>
                <th scope="col">Symbol</th>
                <th scope="col">Timeframes</th>
                <th scope="col">Last alert</th>
                <th scope="col" class="number">
                  Quiet for
                </th>
                <th scope="col" class="number">
                  Usual at most
                </th>
                <th scope="col">Judged by</th>
              </tr>
            </thead>
            <tbody>
              {silent.map(({ symbol, timeframes, lastAlert, rhythm }) => (
                <tr key={symbol}>
                  <th scope="row">
                    <a href={`/alerts?symbol=${encodeURIComponent(symbol)}`}>{symbol}</a>
                  </th>
                  <td>{timeframes.join(', ')}</td>
                  <td title={instant(lastAlert)}>{ago(lastAlert)}</td>
                  <td class="number">{duration(rhythm.quietMs / 1000)}</td>
                  <td class="number">{duration(rhythm.allowedMs / 1000)}</td>
                  <td>{rhythm.by === 'pauses' ? 'its own pauses' : 'its timeframe'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p class="hint">
        {rule} Looked at every five minutes.
        {unjudged > 0 && ` ${count(unjudged)} more are quiet, longer than these; only the 60 that fell quiet last were looked at.`}
      </p>
    </>
  );
}
