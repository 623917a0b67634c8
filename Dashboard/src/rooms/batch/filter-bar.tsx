import { useId } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { ownZone } from '../../format';
import { setQuery } from '../../router';
import { Choose, Segmented } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { isFiltered, isZone, noFilters, presets, type Filters } from './filters';

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')];

/** Acts on everything that the batch shows. */
export function FilterBar({ filters, batch, settings }: { filters: Filters; batch: Schema<'Batch'>; settings: Schema<'FormSettings'> | undefined }) {
  const spanId = useId();
  const zoneId = useId();
  const timeframes = batch.timeframes.length > 0 ? batch.timeframes : (settings?.timeframes ?? []);
  const span = filters.span || (filters.from || filters.to ? 'days' : '');
  return (
    <div class="filter-bar" role="group" aria-label="Filters">
      <label class="visually-hidden" for={spanId}>
        Span of time
      </label>
      <select
        id={spanId}
        class="small"
        value={span}
        onChange={event => {
          const chosen = event.currentTarget.value;
          if (chosen === 'days') setQuery({ span: null, from: new Date().toISOString().slice(0, 8) + '01', to: null });
          else setQuery({ span: chosen, from: null, to: null });
        }}
      >
        <option value="">All time</option>
        {presets.map(([name, text]) => (
          <option key={name} value={name}>
            {text}
          </option>
        ))}
        <option value="days">From … to …</option>
      </select>
      {span === 'days' && (
        <>
          <input type="date" class="small" aria-label="From" value={filters.from} max={filters.to} onChange={event => setQuery({ from: event.currentTarget.value })} />
          <input type="date" class="small" aria-label="To, that day included" value={filters.to} min={filters.from} onChange={event => setQuery({ to: event.currentTarget.value })} />
        </>
      )}
      <Choose label="Symbols" options={batch.symbols} chosen={filters.symbols} onChange={symbol => setQuery({ symbol })} />
      <Choose label="Timeframes" options={timeframes} chosen={filters.timeframes} onChange={timeframe => setQuery({ timeframe })} />
      <Segmented
        label="Side"
        value={filters.side}
        onChange={side => setQuery({ side })}
        options={[
          ['', 'Both'],
          ['long', 'Long'],
          ['short', 'Short'],
        ]}
      />
      <label class="visually-hidden" for={zoneId}>
        Time zone of the days
      </label>
      <input
        id={zoneId}
        class="small zone"
        list={`${zoneId}-list`}
        value={filters.zone}
        title="Time zone: where days, weeks and months begin"
        spellcheck={false}
        onChange={event => {
          const zone = event.currentTarget.value.trim();
          if (zone && isZone(zone)) setQuery({ tz: zone === ownZone ? null : zone });
          else event.currentTarget.value = filters.zone;
        }}
        onFocus={event => event.currentTarget.select()}
      />
      <datalist id={`${zoneId}-list`}>
        {zones.map(zone => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
      {isFiltered(filters) && (
        <button type="button" class="button small ghost" onClick={() => setQuery(noFilters)}>
          <Icon name="close" size={14} /> Clear
        </button>
      )}
    </div>
  );
}
