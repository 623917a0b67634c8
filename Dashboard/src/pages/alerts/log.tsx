// Every alert and its outcome, newest first, live.
import { useId, useMemo } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { ago, exact, instant, shortTime, timeframeName } from '../../format';
import { place, setQuery } from '../../router';
import { Choose } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { Empty } from '../../ui/states';
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { TypedInput } from '../../ui/typed';
import { StreamName, When } from '../batch/cells';
import { StrategyChoice, ZoneInput } from '../batch/filter-bar';
import { useZone } from '../batch/filters';
import { AlertPanel, OutcomePill } from './alert-panel';
import { isNarrowed, logFiltersOf, logQueryOf, noLogFilters, symbolsIn, type LogFilters } from './filters';
import { meaningOf, outcomeNames, saying } from './words';

type Row = Schema<'Alert'>;

const columnsIn = (zone: string): Column<Row>[] => [
  { name: 'Time', width: 158, cell: row => <When time={row.timestamp} zone={zone} /> },
  { name: 'Symbol', width: 116, cell: row => <StreamName stream={row} /> },
  { name: 'Outcome', width: 112, cell: row => <OutcomePill outcome={row.outcome} /> },
  { name: 'Signal', width: 130, cell: row => saying(row) },
  { name: 'Price', width: 124, number: true, cell: row => exact(row.price) },
  {
    name: 'Received',
    width: 136,
    cell: row => (
      <time dateTime={row.receivedAt} title={instant(row.receivedAt, zone)} class="faint">
        {ago(row.receivedAt)}
      </time>
    ),
  },
];

export function Log() {
  const zone = useZone();
  const columns = useMemo(() => columnsIn(zone), [zone]);
  const filters = logFiltersOf(place.value);
  const query = logQueryOf(filters, zone);
  const open = place.value.query.get('alert');
  return (
    <>
      <LogFilterBar filters={filters} zone={zone} />
      <section class="card" aria-label="Alerts">
        <EndlessTable<Row>
          name="Alerts"
          address={address('/api/v1/alerts', {}, { ...query, limit: 200 })}
          columns={columns}
          card={row => (
            <RowCard title={<StreamName stream={row} />} figure={<OutcomePill outcome={row.outcome} />} detail={`${saying(row)} at ${exact(row.price)}`} note={shortTime(row.timestamp, zone)} />
          )}
          keyOf={row => row.alertId}
          onOpen={row => setQuery({ alert: row.alertId }, { replace: false })}
          height={680}
          whatIsNew="New alerts"
          empty={isNarrowed(filters) ? <NoneOfThese /> : <NoneYet />}
        />
      </section>
      {open && <AlertPanel id={open} onClose={() => setQuery({ alert: null })} />}
    </>
  );
}

function NoneOfThese() {
  return (
    <Empty icon="filter" title="No alert matches">
      <p>
        Try other outcomes, symbols or days.{' '}
        <button type="button" class="link-button" onClick={() => setQuery(noLogFilters)}>
          Show all alerts
        </button>
      </p>
    </Empty>
  );
}

function NoneYet() {
  return (
    <Empty icon="alerts" title="No alerts yet">
      <p>
        Alerts appear here immediately, each with its outcome. <a href="/set-up">Set up TradingView</a>, or see whether any were rejected in <a href="/issues/rejected">Issues</a>.
      </p>
    </Empty>
  );
}

function LogFilterBar({ filters, zone }: { filters: LogFilters; zone: string }) {
  const { data } = useApi('/api/v1/batches');
  const listId = useId();
  return (
    <div class="filter-bar" role="group" aria-label="Filters">
      <Choose label="Outcomes" options={outcomeNames} chosen={filters.outcomes} onChange={outcome => setQuery({ outcome })} name={name => meaningOf(name).label} />
      <TypedInput
        class="small symbols"
        type="search"
        aria-label="Symbols, separated by commas"
        placeholder="All symbols"
        list={listId}
        spellcheck={false}
        autocapitalize="characters"
        isLate
        value={filters.symbols.join(', ')}
        read={text => symbolsIn(text).join(', ')}
        onValue={text => setQuery({ symbol: symbolsIn(text) })}
      />
      <datalist id={listId}>
        {(data?.settings.symbols ?? []).map(symbol => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
      <Choose label="Timeframes" options={data?.settings.timeframes ?? []} chosen={filters.timeframes} onChange={timeframe => setQuery({ timeframe })} name={timeframeName} />
      <StrategyChoice known={data?.settings.strategies ?? []} chosen={filters.strategies} />
      <input type="date" class="small" aria-label="From" title="From this day" value={filters.from} max={filters.to} onChange={event => setQuery({ from: event.currentTarget.value })} />
      <span aria-hidden="true" class="faint">
        to
      </span>
      <input type="date" class="small" aria-label="To (included)" title="To this day, included" value={filters.to} min={filters.from} onChange={event => setQuery({ to: event.currentTarget.value })} />
      <ZoneInput zone={zone} />
      {isNarrowed(filters) && (
        <button type="button" class="button small ghost" onClick={() => setQuery(noLogFilters)}>
          <Icon name="close" size={14} /> Clear filters
        </button>
      )}
    </div>
  );
}
