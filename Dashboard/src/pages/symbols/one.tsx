// One symbol, whatever the batch: its prices with entries and exits on them, what it earned in each batch, and all of its trades.
import { useEffect } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { ago, count, exact, fraction, instant, nothing, signedMoney, signedPercent, timeframeName, tone } from '../../format';
import { place, setQuery } from '../../router';
import { Choose, Segmented } from '../../ui/controls';
import { Empty, ReadState } from '../../ui/states';
import { GroupCells, GroupHeads } from '../batch/cells';
import { StrategyChoice, ZoneInput } from '../batch/filter-bar';
import { useZone } from '../batch/filters';
import { sortsOf, sortsOfOpen, stateChanges, stateOf, states } from '../batch/sorting';
import { TradePanel } from '../batch/trade-panel';
import { TradeTable } from '../batch/trade-table';
import { Prices } from './prices';
import '../batch/batch.css';
import { countOf } from './markers';

/** What is drawn and counted at most: a page of the API. */
const most = 1000;
/** Batches that are asked for their profit with the symbol. */
const batchesMax = 20;

export function OneSymbol({ symbol }: { symbol: string }) {
  const zone = useZone();
  const { query: named } = place.value;
  const filters = { symbol: [symbol], timeframe: named.getAll('timeframe'), strategy: named.getAll('strategy') };
  const state = stateOf(named);
  const alerts = useApi('/api/v1/alerts', { query: { ...filters, limit: most } });
  const trades = useApi('/api/v1/trades', { query: { ...filters, limit: most } });
  const seen = useApi('/api/v1/symbols', { query: { limit: most } });
  const list = useApi('/api/v1/batches');
  const batches = list.data?.batches.filter(batch => batch.symbols.includes(symbol)) ?? [];
  const own = seen.data?.items.find(one => one.symbol === symbol);
  const trade = named.get('trade');
  useEffect(() => {
    document.title = `${symbol} · PnlPipeline`;
  }, [symbol]);

  if (seen.data && !own && alerts.data?.items.length === 0)
    return (
      <Empty icon="symbols" title="No alert has come for this symbol">
        <p>
          <a href="/symbols">See all symbols</a>.
        </p>
      </Empty>
    );
  return (
    <div class="symbol-page" data-symbol={symbol}>
      <div class="page-head">
        <div>
          <p class="crumbs">
            <a href="/symbols">Symbols</a>
          </p>
          <h1>{symbol}</h1>
        </div>
      </div>
      <div class="filter-bar" role="group" aria-label="Filters">
        <Choose label="Timeframes" options={own?.timeframes ?? []} chosen={filters.timeframe} onChange={timeframe => setQuery({ timeframe })} name={timeframeName} />
        <StrategyChoice known={own?.strategies ?? []} chosen={filters.strategy} />
        <ZoneInput zone={zone} />
      </div>
      <div class="stack">
        <Figures zone={zone} trades={trades.data} alerts={alerts.data} stale={trades.stale} />
        <section class="card" aria-label="Prices">
          <header>
            <h2>Prices</h2>
            <ul class="markers">
              <li>
                <i class="marker long" aria-hidden="true" /> Enter long
              </li>
              <li>
                <i class="marker short" aria-hidden="true" /> Enter short
              </li>
              <li>
                <i class="marker win" aria-hidden="true" /> Exit with a profit
              </li>
              <li>
                <i class="marker lose" aria-hidden="true" /> Exit with a loss
              </li>
            </ul>
          </header>
          <ReadState read={alerts.data ? trades : alerts} height={382} />
          {alerts.data && trades.data && (
            <Prices
              alerts={alerts.data.items}
              trades={trades.data.items}
              zone={zone}
              stale={alerts.stale || trades.stale}
              isPart={alerts.data.cursor !== null}
              onTrade={tradeId => setQuery({ trade: tradeId }, { replace: false })}
            />
          )}
        </section>
        {/* What is below it waits, for nobody knows yet how much room it takes. */}
        {batches.length > 0 && <ByBatch symbol={symbol} batches={batches} filters={filters} zone={zone} />}
        <ReadState read={list} height={620} />
        {list.data && (
          <TradeTable
            title={`Trades of ${symbol}`}
            kind="trades"
            path="/api/v1/trades"
            query={{ ...filters, state, tz: zone }}
            zone={zone}
            sorts={state === 'open' ? sortsOfOpen : sortsOf.trades}
            hasProfit={false}
            onTrade={tradeId => setQuery({ trade: tradeId }, { replace: false })}
            empty={<Empty icon="filter" title={state === 'open' ? 'No open trade' : 'No trade yet'} />}
          >
            <Segmented
              label="State"
              value={state}
              options={states}
              onChange={value => setQuery(stateChanges(value))}
            />
          </TradeTable>
        )}
      </div>
      {trade && <TradePanel id={trade} zone={zone} onClose={() => setQuery({ trade: null })} />}
    </div>
  );
}

function Figures({ trades, alerts, zone, stale }: { zone: string; trades: Schema<'PageOfTrade'> | undefined; alerts: Schema<'PageOfAlert'> | undefined; stale: boolean }) {
  const counted = countOf(trades?.items ?? []);
  const last = alerts?.items.find(alert => alert.outcome !== 'voided');
  const isPart = trades?.cursor !== null && trades !== undefined;
  return (
    <dl class={`figures card${stale ? ' stale' : ''}`}>
      <Figure name="Last price" value={exact(last?.price)} note={last ? ago(last.timestamp) : ''} figure="lastPrice" title={instant(last?.timestamp, zone)} />
      <Figure name={isPart ? `Closed trades of the last ${count(most)}` : 'Closed trades'} value={count(counted.closed)} figure="closed" />
      <Figure name="Open trades" value={count(counted.open)} figure="open" />
      <Figure name="Win rate" value={fraction(counted.winRate)} figure="winRate" title="Trades with a return above 0, before fees" />
      <Figure name="Average return before fees" value={signedPercent(counted.averageChange)} tone={tone(counted.averageChange)} figure="averageChange" />
    </dl>
  );
}

function Figure({ name, value, note, tone: colour = 'even', figure, title }: { name: string; value: string; note?: string; tone?: string; figure: string; title?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={colour} data-figure={figure} title={title}>
        {value} {note && <small>{note}</small>}
      </dd>
    </div>
  );
}

function ByBatch({ symbol, batches, filters, zone }: { symbol: string; batches: readonly Schema<'Batch'>[]; filters: Record<string, string[]>; zone: string }) {
  const shown = batches.slice(0, batchesMax);
  return (
    <section class="card" aria-label="Profit by batch">
      <header>
        <h2>Profit by batch</h2>
      </header>
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Profit by batch, table">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Batch</th>
              <th scope="col" class="number">
                Profit
              </th>
              <GroupHeads />
            </tr>
          </thead>
          <tbody>
            {shown.map(batch => (
              <InBatch key={batch.id} symbol={symbol} batch={batch} filters={filters} zone={zone} />
            ))}
          </tbody>
        </table>
      </div>
      {batches.length > batchesMax && (
        <p class="hint">
          The first {count(batchesMax)} of {count(batches.length)} batches with this symbol.
        </p>
      )}
    </section>
  );
}

function InBatch({ symbol, batch, filters, zone }: { symbol: string; batch: Schema<'Batch'>; filters: Record<string, string[]>; zone: string }) {
  const { data, stale } = useApi('/api/v1/batches/{id}/breakdown', { path: { id: batch.id }, query: { ...filters, by: 'symbol', tz: zone } });
  const group = data?.groups[0];
  const query = new URLSearchParams([['symbol', symbol], ...Object.entries(filters).flatMap(([name, values]) => (name === 'symbol' ? [] : values.map(value => [name, value])))]);
  return (
    <tr class={stale ? 'stale' : ''} data-batch={batch.id}>
      <th scope="row">
        <a href={`/batches/${batch.id}?${query.toString()}`}>{batch.name}</a>
      </th>
      <td class={`number ${tone(group?.pnl)}`}>{data && !group ? nothing : signedMoney(group?.pnl)}</td>
      <GroupCells group={group} isEmpty={data !== undefined} />
    </tr>
  );
}
