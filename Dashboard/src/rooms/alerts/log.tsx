// Every alert and what became of it, newest first; as long as it likes, and live.
import { useId } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { ago, exact, instant, ownZone } from '../../format';
import { place, setQuery } from '../../router';
import { Choose } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { StreamName, When } from '../batch/cells';
import { AlertPanel, OutcomePill } from './alert-panel';
import { isNarrowed, logFiltersOf, logQueryOf, noLogFilters, symbolsIn, type LogFilters } from './filters';
import { meaningOf, outcomeNames, saying } from './words';

type Row = Schema<'Alert'>;

const columns: Column<Row>[] = [
  { name: 'Time', width: '158px', cell: row => <When time={row.timestamp} zone={ownZone} /> },
  { name: 'Symbol', width: 'minmax(116px, 1.2fr)', cell: row => <StreamName stream={row} /> },
  { name: 'Outcome', width: '112px', cell: row => <OutcomePill outcome={row.outcome} /> },
  { name: 'Says', width: 'minmax(130px, 1fr)', cell: row => saying(row) },
  { name: 'Price', width: '124px', number: true, cell: row => exact(row.price) },
  {
    name: 'Received',
    width: '136px',
    cell: row => (
      <time dateTime={row.receivedAt} title={instant(row.receivedAt)} class="faint">
        {ago(row.receivedAt)}
      </time>
    ),
  },
];

export function Log() {
  const filters = logFiltersOf(place.value);
  const query = logQueryOf(filters);
  const open = place.value.query.get('alert');
  return (
    <>
      <LogFilterBar filters={filters} />
      <section class="card" aria-label="Alerts">
        <EndlessTable<Row>
          name="Alerts"
          address={address('/api/v1/alerts', {}, { ...query, limit: 200 })}
          columns={columns}
          keyOf={row => row.alertId}
          onOpen={row => setQuery({ alert: row.alertId }, { replace: false })}
          height={680}
          empty={isNarrowed(filters) ? <NoneOfThese /> : <NoneYet />}
        />
      </section>
      {open && <AlertPanel id={open} onClose={() => setQuery({ alert: null })} />}
    </>
  );
}

function NoneOfThese() {
  return (
    <Empty icon="filter" title="No such alert">
      <p>
        Other outcomes, symbols or days may have some.{' '}
        <button type="button" class="link-button" onClick={() => setQuery(noLogFilters)}>
          Show all alerts
        </button>
      </p>
    </Empty>
  );
}

function NoneYet() {
  return (
    <Empty icon="alerts" title="No alert has come yet">
      <p>
        Each one shows here the moment it comes, with what became of it. <a href="/set-up">Set TradingView up</a>, or look into the <a href="/inbox/refused">inbox</a> for bodies that were refused.
      </p>
    </Empty>
  );
}

function LogFilterBar({ filters }: { filters: LogFilters }) {
  const { data } = useApi('/api/v1/batches');
  const listId = useId();
  return (
    <div class="filter-bar" role="group" aria-label="Filters">
      <Choose label="Outcomes" options={outcomeNames} chosen={filters.outcomes} onChange={outcome => setQuery({ outcome })} name={name => meaningOf(name).label} />
      <input
        class="small symbols"
        type="search"
        aria-label="Symbols, with commas between them"
        placeholder="All symbols"
        list={listId}
        spellcheck={false}
        autocapitalize="characters"
        value={filters.symbols.join(', ')}
        onChange={event => setQuery({ symbol: symbolsIn(event.currentTarget.value) })}
      />
      <datalist id={listId}>
        {(data?.settings.symbols ?? []).map(symbol => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
      <Choose label="Timeframes" options={data?.settings.timeframes ?? []} chosen={filters.timeframes} onChange={timeframe => setQuery({ timeframe })} />
      <input type="date" class="small" aria-label="From" title="From this day" value={filters.from} max={filters.to} onChange={event => setQuery({ from: event.currentTarget.value })} />
      <span aria-hidden="true" class="faint">
        to
      </span>
      <input type="date" class="small" aria-label="To, that day included" title="To this day, included" value={filters.to} min={filters.from} onChange={event => setQuery({ to: event.currentTarget.value })} />
      {isNarrowed(filters) && (
        <button type="button" class="button small ghost" onClick={() => setQuery(noLogFilters)}>
          <Icon name="close" size={14} /> Clear
        </button>
      )}
    </div>
  );
}
