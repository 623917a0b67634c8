// Open trades and those that closed today, whatever the batch.
import type { ComponentChildren } from 'preact';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, date, duration, exact, instant, signedPercent, time } from '../../format';
import { Empty, ReadState } from '../../ui/states';
import { Side, StreamName, Toned } from '../batch/cells';
import { dayOf, instantOf, useZone } from '../batch/filters';
import { durationOf } from '../batch/trade-table';

type Trade = Schema<'Trade'>;

/** More scroll within the card; past that the symbols' pages have them all. */
const most = 100;
const latest = 8;
const height = 180;

export function OpenPositions() {
  const zone = useZone();
  const read = useApi('/api/v1/trades', { query: { state: 'open', limit: most } });
  const { data, stale } = read;
  return (
    <section class="card" aria-label="Open trades">
      <header>
        <h2>Open trades</h2>
        {data && data.items.length > 0 && <span class="faint">{howMany(data)}</span>}
      </header>
      <ReadState read={read} height={height} />
      {data && (
        <List name="Open trades" trades={data.items} stale={stale} none="No open trade" columns={['Entry price', 'Last price', 'Unrealised', 'Open for']}>
          {trade => (
            <>
              <td class="number">{exact(trade.entryPrice)}</td>
              <td class="number" title={trade.lastPriceTime ? instant(trade.lastPriceTime, zone) : undefined}>
                {exact(trade.lastPrice)}
              </td>
              <td class="number">
                <Toned value={trade.unrealisedChangePercentage ?? null} as={signedPercent} />
              </td>
              <td class="number" title={instant(trade.entryTime, zone)}>
                {duration(durationOf(trade))}
              </td>
            </>
          )}
        </List>
      )}
    </section>
  );
}

/** Of today; on a day without any, the latest before it. */
export function ClosedToday() {
  const zone = useZone();
  const today = useApi('/api/v1/trades', { query: { state: 'closed', from: instantOf(dayOf(Date.now(), zone), zone), limit: most } });
  const isQuiet = today.data?.items.length === 0;
  const before = useApi('/api/v1/trades', isQuiet ? { query: { state: 'closed', limit: latest } } : null);
  const read = isQuiet ? before : today;
  const { data, stale } = read;
  return (
    <section class="card" aria-label="Trades closed today">
      <header>
        <h2>{isQuiet ? 'Latest closed trades' : 'Closed today'}</h2>
        {today.data && <span class="faint">{isQuiet ? 'None closed today' : howMany(today.data)}</span>}
      </header>
      <ReadState read={read} height={height} />
      {data && (
        <List name="Closed trades" trades={data.items} stale={stale} none="No closed trade yet" columns={['Exit', 'Return']}>
          {trade => (
            <>
              <td class="number">
                <time dateTime={trade.exitTime ?? ''} title={instant(trade.exitTime, zone)}>
                  {isQuiet ? date(trade.exitTime, zone) : time(trade.exitTime, zone)}
                </time>
              </td>
              <td class="number">
                <span title="Before fees">
                  <Toned value={trade.changePercentage ?? null} as={signedPercent} />
                </span>
              </td>
            </>
          )}
        </List>
      )}
    </section>
  );
}

const howMany = ({ items, cursor }: Schema<'PageOfTrade'>) => `${count(items.length)}${cursor === null ? '' : '+'}`;

function List({
  name,
  trades,
  stale,
  none,
  columns,
  children,
}: {
  name: string;
  trades: readonly Trade[];
  stale: boolean;
  none: string;
  columns: readonly string[];
  children: (trade: Trade) => ComponentChildren;
}) {
  if (trades.length === 0) return <Empty icon="alerts" title={none} />;
  return (
    <div class={`table-scroll short-list${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label={`${name}, table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Symbol</th>
            <th scope="col">Side</th>
            {columns.map(column => (
              <th key={column} scope="col" class="number">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {trades.map(trade => (
            <tr key={trade.tradeId}>
              <td>
                <a class="plain" href={`/symbols/${encodeURIComponent(trade.symbol)}?trade=${trade.tradeId}`}>
                  <StreamName stream={trade} />
                </a>
              </td>
              <td>
                <Side side={trade.side} />
              </td>
              {children(trade)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
