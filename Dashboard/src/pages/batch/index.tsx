// One batch: its figures, charts, statistics and trades, all under the same filters.
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, date, exactPercent, fraction, moneyWithCode, percent, ratio, signedMoney, signedPercent, strategyName, timeframeName, tone } from '../../format';
import { navigate, place, setQuery, withQuery } from '../../router';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { later } from '../../ui/later';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { DeleteBatch, EditBatch } from '../batches/change';
import { Progress } from '../batches/progress';
import { Activity } from './activity';
import { Breakdowns } from './breakdown';
import { Calendar } from './calendar';
import { Drawdowns } from './drawdowns';
import { HourMap } from './hours';
import { Distribution } from './distribution';
import { FilterBar } from './filter-bar';
import { dayOf, filtersOf, isFiltered, noFilters, queryOf, useZone } from './filters';
import { Growth, useGrowth } from './growth';
import { Ledger } from './ledger';
import { Recent } from './recent';
import { MonthlyReturns } from './returns';
import { ShareBatch } from './share';
import { Statistics } from './statistics';
import { TradePanel } from './trade-panel';
import { Trades } from './trades';
import './batch.css';

// Each in a script of its own: those who look at charts do not wait for the what-if.
const Benchmark = later(() => import('./benchmark').then(({ Benchmark }) => Benchmark), 320, true);
const Excursions = later(() => import('./excursions').then(({ Excursions }) => Excursions), 320, true);
const RollingFigures = later(() => import('./rolling').then(({ RollingFigures }) => RollingFigures), 330);
const WhatIfView = later(() => import('./what-if').then(({ WhatIfView }) => WhatIfView), 640);

const views = [
  ['charts', 'Charts'],
  ['statistics', 'Statistics'],
  ['ledger', 'Closed trades'],
  ['trades', 'All trades'],
  ['calendar', 'Calendar'],
  ['what-if', 'What if'],
] as const;
type View = (typeof views)[number][0];

export function BatchPage({ id }: { id: string }) {
  const [changing, setChanging] = useState<'edit' | 'delete' | 'share'>();
  useZone();
  const filters = filtersOf(place.value);
  // A relative period moves on with the day, not with every drawing.
  const key = JSON.stringify([filters, filters.span && dayOf(Date.now(), filters.zone)]);
  const query = useMemo(() => queryOf(filters), [key]);
  const view: View = views.find(([name]) => name === place.value.query.get('view'))?.[0] ?? 'charts';
  // In the order in which they are missed: a browser sends six requests at once.
  const { data: batch, etag, problem, stale, reload } = useApi('/api/v1/batches/{id}', { path: { id } });
  useGrowth(id, view === 'charts' ? query : null);
  const trade = place.value.query.get('trade');
  const statistics = useApi('/api/v1/batches/{id}/statistics', { path: { id }, query: { ...query, annualization: place.value.query.get('annualization') } });
  const list = useApi('/api/v1/batches');
  const tags = useApi('/api/v1/tags');
  const filtered = isFiltered(filters);
  const openTrades = useOpenTrades(id, filtered ? query : undefined) ?? (filtered ? undefined : batch?.summary.openTrades);

  useEffect(() => {
    if (batch) document.title = `${batch.name} · PnlPipeline`;
  }, [batch?.name]);

  if (problem?.status === 404)
    return (
      <Empty icon="batches" title="This batch does not exist">
        <p>
          It may have been deleted. <a href="/batches">See all batches</a>.
        </p>
      </Empty>
    );
  if (problem && !problem.isUnreachable && !batch) return <ProblemNote problem={problem} onRetry={reload} />;
  // The figures and what they lead to (a note, an empty batch) come at once: each by itself would push away what is below.
  if (!batch || (!statistics.data && !statistics.problem))
    return (
      <div class="stack" aria-busy="true">
        <Skeleton height={36} width={240} />
        <Skeleton height={84} />
        <Skeleton height={480} />
      </div>
    );

  const selection = statistics.data;
  const isBuilding = batch.ledger.state === 'building';
  const props = { id, query, filtered };
  const openTrade = (tradeId: string) => setQuery({ trade: tradeId }, { replace: false });
  return (
    <div class="batch-page" data-batch={id}>
      <div class="page-head">
        <div>
          <p class="crumbs">
            <a href="/batches">Batches</a>
          </p>
          <h1>{batch.name}</h1>
        </div>
        <p class="batch-facts faint">
          <bdi>
            {batch.symbols.slice(0, 6).join(' · ')}
            {batch.symbols.length > 6 && ` and ${batch.symbols.length - 6} more`}
          </bdi>{' '}
          {batch.timeframes.length > 0 && <bdi>on {batch.timeframes.map(timeframeName).join(', ')} </bdi>}
          {batch.strategies.length > 0 && <bdi>from {batch.strategies.map(strategyName).join(', ')} </bdi>}
          {batch.startTime && <bdi>since {date(batch.startTime, filters.zone)} </bdi>}
          <bdi>· starting capital {moneyWithCode(batch.capital)}</bdi>{' '}
          {batch.allocationPercentage !== 100 && <bdi>· position size {exactPercent(batch.allocationPercentage)} </bdi>}
          {batch.feePercentage !== 0 && <bdi>· fee {exactPercent(batch.feePercentage)}</bdi>}
        </p>
        <div class="actions">
          <button type="button" class="button" aria-label="Share" onClick={() => setChanging('share')}>
            <Icon name="share" /> <span>Share</span>
          </button>
          {isAdmin.value && (
            <>
              <button type="button" class="button" aria-label="Edit" onClick={() => setChanging('edit')}>
                <Icon name="edit" /> <span>Edit</span>
              </button>
              <button type="button" class="button" aria-label="Delete" onClick={() => setChanging('delete')}>
                <Icon name="trash" /> <span>Delete</span>
              </button>
            </>
          )}
        </div>
      </div>
      {isBuilding && <Progress ledger={batch.ledger} />}
      <FilterBar filters={filters} batch={batch} settings={list.data?.settings} />
      {statistics.problem && !statistics.problem.isUnreachable && <ProblemNote problem={statistics.problem} onRetry={statistics.reload} />}

      <div class={`headline-card card${statistics.stale || stale ? ' stale' : ''}`} aria-busy={statistics.stale}>
        <dl class="lead">
          {filtered ? (
            <Figure name="Profit of the selection" value={signedMoney(selection?.netProfit)} tone={tone(selection?.netProfit)} figure="netProfit" />
          ) : (
            <Figure name="Balance" value={moneyWithCode(batch.summary.availableCapital)} figure="availableCapital" />
          )}
        </dl>
        {filtered ? null : <Recent id={id} zone={filters.zone} />}
        <dl class="figures">
          {filtered ? (
            <Figure name="Average return" value={signedPercent(selection?.averageChange)} tone={tone(selection?.averageChange)} figure="averageChange" />
          ) : (
            <Figure
              name="Profit"
              value={signedMoney(batch.summary.pnl)}
              note={signedPercent(batch.summary.changePercentage)}
              tone={tone(batch.summary.pnl)}
              figure="pnl"
            />
          )}
          <Figure name="Current drawdown" value={percent(selection?.currentDrawdownPercentage)} figure="currentDrawdownPercentage" />
          <Figure name="Max drawdown" value={percent(selection?.maxDrawdownPercentage?.value)} figure="maxDrawdownPercentage" />
          <Figure name="Win rate" value={fraction(selection?.winRate)} note={selection?.trades ? `${count(selection.wins)} of ${count(selection.trades)}` : ''} figure="winRate" />
          <Figure name="Profit factor" value={ratio(selection?.profitFactor)} figure="profitFactor" />
          <Figure name="Sharpe" value={ratio(selection?.sharpe)} figure="sharpe" />
          <Figure name="Trades" value={count(selection?.trades)} note={openTrades ? `${count(openTrades)}${openTrades >= mostOpen ? '+' : ''} open` : ''} figure="trades" />
          {!filtered && batch.summary.openTrades > 0 && (
            <Figure name="Unrealised" value={signedMoney(batch.summary.openPnl)} tone={tone(batch.summary.openPnl)} figure="openPnl" />
          )}
        </dl>
      </div>
      {batch.ledger.ruined && (
        <p class="note bad">
          <Icon name="warning" /> Account blown: <button type="button" class="link-button" onClick={() => openTrade(batch.ledger.ruined!)}>one trade</button> brought the balance to
          0. Later trades change nothing.
        </p>
      )}
      {batch.ledger.capped && (
        <p class="note warn">
          <Icon name="warning" /> Balance limit reached: the balance is cut at 10¹⁸.
        </p>
      )}

      {!filtered && (selection?.maxExposure ?? 0) > 100 && (
        <p class="note warn" data-note="exposure">
          <Icon name="warning" />
          <span>
            Up to {percent(selection!.maxExposure)} of the capital was in open trades at once, and more than 100 % for {fraction(selection!.timeOverExposed)} of the time: an account without credit could not have taken all of these trades. <a href={withQuery({ view: 'what-if', sizing: 'percentOfEquity', maxExposurePercentage: '100', trade: null })}>See what the account could really have been</a>.
          </span>
        </p>
      )}

      <nav class="tabs" aria-label="Views of the batch">
        {views.map(([name, text]) => (
          <a key={name} href={withQuery({ view: name === 'charts' ? null : name, trade: null })} aria-current={name === view ? 'page' : undefined}>
            {text}
          </a>
        ))}
      </nav>

      {view !== 'trades' && selection?.trades === 0 ? (
        <div class="card">
          {filtered ? (
            <Empty icon="filter" title="No closed trade in this selection">
              <button type="button" class="button" onClick={() => setQuery(noFilters)}>
                Clear filters
              </button>
            </Empty>
          ) : isBuilding ? (
            <Empty icon="refresh" title="Calculating…">
              <p>The charts appear when the batch has been calculated: {fraction(batch.ledger.progress)} so far.</p>
            </Empty>
          ) : (
            <Empty icon="alerts" title="No closed trade yet">
              <p>
                {batch.summary.openTrades > 0
                  ? 'Trades are open; the charts begin when the first one closes.'
                  : 'Trades come from alerts for this batch’s symbols. The charts begin when the first one closes.'}
              </p>
            </Empty>
          )}
        </div>
      ) : (
        <>
          {view === 'charts' && (
            <div class="stack charts">
              <Growth {...props} onTrade={openTrade} />
              <div class="grid">
                <Activity {...props} />
                <Distribution {...props} />
              </div>
              <MonthlyReturns {...props} />
              <div class="grid">
                <Benchmark id={id} query={query} />
                <Excursions id={id} query={query} onTrade={openTrade} />
              </div>
              <Breakdowns {...props} hasStrategies={(list.data?.settings.strategies ?? []).some(Boolean)} hasTags={(tags.data?.items ?? []).length > 0} />
              <HourMap id={id} query={query} />
            </div>
          )}
          {view === 'statistics' && (
            <div class="stack">
              <Statistics id={id} query={query} read={statistics} zone={filters.zone} onTrade={openTrade} />
              <RollingFigures id={id} query={query} />
              <Drawdowns id={id} query={query} zone={filters.zone} />
            </div>
          )}
          {view === 'ledger' && <Ledger {...props} zone={filters.zone} onTrade={openTrade} />}
          {view === 'calendar' && <Calendar {...props} zone={filters.zone} onTrade={openTrade} />}
          {view === 'what-if' && <WhatIfView batch={batch} filters={filters} query={query} onTrade={openTrade} />}
          {view === 'trades' && <Trades {...props} zone={filters.zone} onTrade={openTrade} />}
        </>
      )}

      {trade && <TradePanel id={trade} zone={filters.zone} onClose={() => setQuery({ trade: null })} />}
      {changing === 'edit' && <EditBatch batch={batch} etag={etag} onClose={() => setChanging(undefined)} />}
      {changing === 'share' && <ShareBatch id={id} name={batch.name} zone={filters.zone} onClose={() => setChanging(undefined)} />}
      {changing === 'delete' && (
        <DeleteBatch batch={batch} onClose={() => setChanging(undefined)} onDeleted={() => navigate('/batches', { replace: true })} />
      )}
    </div>
  );
}

const mostOpen = 1000;

/** How many open trades a selection has: by symbol, timeframe, strategy, tag and side, for open trades have no exit that a period could select. */
function useOpenTrades(id: string, query: Query | undefined): number | undefined {
  const { data } = useApi(
    '/api/v1/batches/{id}/trades',
    query ? { path: { id }, query: { state: 'open', symbol: query['symbol'], timeframe: query['timeframe'], strategy: query['strategy'], tag: query['tag'], side: query['side'], limit: mostOpen } } : null,
  );
  return query && data?.items.length;
}

function Figure({ name, value, note, tone: colour = 'even', figure }: { name: string; value: string; note?: string | undefined; tone?: string; figure: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={colour} data-figure={figure}>
        {value} {note && <small>{note}</small>}
      </dd>
    </div>
  );
}
