// One batch: its figures, charts, statistics, ledger and trades, all under the same filters.
import { useEffect, useMemo, useState } from 'preact/hooks';
import { useApi } from '../../api/resource';
import { count, date, exactPercent, fraction, money, percent, ratio, signedMoney, signedPercent, tone } from '../../format';
import { navigate, place, setQuery, withQuery } from '../../router';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote, Skeleton } from '../../ui/states';
import { DeleteBatch, EditBatch } from '../batches/change';
import { Progress } from '../batches/progress';
import { Activity } from './activity';
import { Breakdowns } from './breakdown';
import { Distribution } from './distribution';
import { FilterBar } from './filter-bar';
import { filtersOf, isFiltered, noFilters, queryOf } from './filters';
import { Growth } from './growth';
import { Ledger } from './ledger';
import { MonthlyReturns } from './returns';
import { Statistics } from './statistics';
import { TradePanel } from './trade-panel';
import { Trades } from './trades';
import './batch.css';

const views = [
  ['charts', 'Charts'],
  ['statistics', 'Statistics'],
  ['ledger', 'Ledger'],
  ['trades', 'Trades'],
] as const;
type View = (typeof views)[number][0];

export function BatchRoom({ id }: { id: string }) {
  const { data: batch, etag, problem, reload } = useApi('/api/v1/batches/{id}', { path: { id } });
  const list = useApi('/api/v1/batches');
  const [changing, setChanging] = useState<'edit' | 'delete'>();
  const filters = filtersOf(place.value);
  // A relative span moves on with the day, not with every drawing.
  const key = JSON.stringify(filters);
  const query = useMemo(() => queryOf(filters), [key]);
  const view: View = views.find(([name]) => name === place.value.query.get('view'))?.[0] ?? 'charts';
  const trade = place.value.query.get('trade');
  const statistics = useApi('/api/v1/batches/{id}/statistics', { path: { id }, query: { ...query, annualization: place.value.query.get('annualization') } });

  useEffect(() => {
    if (batch) document.title = `${batch.name} · PnlPipeline`;
  }, [batch?.name]);

  if (problem?.status === 404)
    return (
      <Empty icon="batches" title="There is no such batch (any more)">
        <p>
          <a href="/batches">See those that there are</a>.
        </p>
      </Empty>
    );
  if (problem && !batch) return <ProblemNote problem={problem} onRetry={reload} />;
  if (!batch)
    return (
      <div class="stack" aria-busy="true">
        <Skeleton height={36} width={240} />
        <Skeleton height={84} />
        <Skeleton height={480} />
      </div>
    );

  const selection = statistics.data;
  const props = { id, query, filtered: isFiltered(filters) };
  const openTrade = (tradeId: string) => setQuery({ trade: tradeId }, { replace: false });
  return (
    <div class="batch-room" data-batch={id}>
      <div class="room-head">
        <div>
          <p class="crumbs">
            <a href="/batches">Batches</a>
          </p>
          <h1>{batch.name}</h1>
        </div>
        <p class="batch-facts faint">
          {batch.symbols.slice(0, 6).join(' · ')}
          {batch.symbols.length > 6 && ` and ${batch.symbols.length - 6} more`}
          {batch.timeframes.length > 0 && ` on ${batch.timeframes.join(', ')}`}
          {batch.startTime && ` since ${date(batch.startTime, filters.zone)}`} · capital {money(batch.capital)}
          {batch.allocationPercentage !== 100 && ` · ${exactPercent(batch.allocationPercentage)} a trade`}
          {batch.feePercentage !== 0 && ` · fee ${exactPercent(batch.feePercentage)}`}
        </p>
        {isAdmin.value && (
          <div class="actions">
            <button type="button" class="button" aria-label="Edit" onClick={() => setChanging('edit')}>
              <Icon name="edit" /> <span>Edit</span>
            </button>
            <button type="button" class="button" aria-label="Delete" onClick={() => setChanging('delete')}>
              <Icon name="trash" /> <span>Delete</span>
            </button>
          </div>
        )}
      </div>
      {batch.ledger.state === 'building' && <Progress ledger={batch.ledger} />}
      <FilterBar filters={filters} batch={batch} settings={list.data?.settings} />
      {statistics.problem && <ProblemNote problem={statistics.problem} onRetry={statistics.reload} />}

      <dl class={`figures card${statistics.stale ? ' stale' : ''}`} aria-busy={statistics.stale}>
        {props.filtered ? (
          <Figure name="Profit of the selection" value={signedMoney(selection?.netProfit)} tone={tone(selection?.netProfit)} figure="netProfit" />
        ) : (
          <Figure name="Available capital" value={money(batch.summary.availableCapital)} figure="availableCapital" />
        )}
        {props.filtered ? (
          <Figure name="Average change" value={signedPercent(selection?.averageChange)} tone={tone(selection?.averageChange)} figure="averageChange" />
        ) : (
          <Figure
            name="Profit"
            value={signedMoney(batch.summary.pnl)}
            note={signedPercent(batch.summary.changePercentage)}
            tone={tone(batch.summary.pnl)}
            figure="pnl"
          />
        )}
        <Figure name="Drawdown now" value={percent(selection?.currentDrawdownPercentage)} figure="currentDrawdownPercentage" />
        <Figure name="Worst drawdown" value={percent(selection?.maxDrawdownPercentage?.value)} figure="maxDrawdownPercentage" />
        <Figure name="Win rate" value={fraction(selection?.winRate)} note={selection?.trades ? `${count(selection.wins)} of ${count(selection.trades)}` : ''} figure="winRate" />
        <Figure name="Profit factor" value={ratio(selection?.profitFactor)} figure="profitFactor" />
        <Figure name="Sharpe" value={ratio(selection?.sharpe)} figure="sharpe" />
        <Figure name="Trades" value={count(selection?.trades)} note={batch.summary.openTrades > 0 ? `${count(batch.summary.openTrades)} open` : ''} figure="trades" />
      </dl>
      {batch.ledger.ruined && (
        <p class="note bad">
          <Icon name="warning" /> Ruined: <button type="button" class="link-button" onClick={() => openTrade(batch.ledger.ruined!)}>one trade</button> brought
          the capital to 0, and there it stays.
        </p>
      )}
      {batch.ledger.capped && (
        <p class="note warn">
          <Icon name="warning" /> The capital reached 10¹⁸ and was cut there.
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
          {props.filtered ? (
            <Empty icon="filter" title="No closed trade in this selection">
              <button type="button" class="button" onClick={() => setQuery(noFilters)}>
                Clear the filters
              </button>
            </Empty>
          ) : (
            <Empty icon="alerts" title="No closed trade yet">
              <p>
                {batch.summary.openTrades > 0
                  ? 'Trades are open: the charts begin when the first is closed.'
                  : 'Alerts of its symbols make trades; the charts begin when the first is closed.'}
              </p>
            </Empty>
          )}
        </div>
      ) : (
        <>
          {view === 'charts' && (
            <div class="stack">
              <Growth {...props} onTrade={openTrade} />
              <div class="grid">
                <Activity {...props} />
                <Distribution {...props} />
              </div>
              <MonthlyReturns {...props} />
              <Breakdowns {...props} />
            </div>
          )}
          {view === 'statistics' && <Statistics read={statistics} zone={filters.zone} onTrade={openTrade} />}
          {view === 'ledger' && <Ledger {...props} zone={filters.zone} onTrade={openTrade} />}
          {view === 'trades' && <Trades {...props} zone={filters.zone} onTrade={openTrade} />}
        </>
      )}

      {trade && <TradePanel id={trade} zone={filters.zone} onClose={() => setQuery({ trade: null })} />}
      {changing === 'edit' && <EditBatch batch={batch} etag={etag} onClose={() => setChanging(undefined)} />}
      {changing === 'delete' && (
        <DeleteBatch batch={batch} onClose={() => setChanging(undefined)} onDeleted={() => navigate('/batches', { replace: true })} />
      )}
    </div>
  );
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
