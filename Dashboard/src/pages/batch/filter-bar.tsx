import { useEffect, useId, useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { dateTime, strategyName, timeframeName, zoneNamed, zones } from '../../format';
import { setQuery } from '../../router';
import { Choose, Segmented } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { isDay, isFiltered, noFilters, presets, type Filters } from './filters';

/** Acts on everything that the batch shows. */
export function FilterBar({ filters, batch, settings }: { filters: Filters; batch: Schema<'Batch'>; settings: Schema<'FormSettings'> | undefined }) {
  const spanId = useId();
  const timeframes = batch.timeframes.length > 0 ? batch.timeframes : (settings?.timeframes ?? []);
  const span = filters.span || (filters.from || filters.to ? 'days' : '');
  const ofInstants = [filters.from, filters.to].some(end => end && !isDay(end));
  return (
    <div class="filter-bar" role="group" aria-label="Filters">
      <label class="visually-hidden" for={spanId}>
        Period
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
        <option value="days">Custom range</option>
      </select>
      {span === 'days' && ofInstants && (
        <span class="pill">
          {dateTime(filters.from || null, filters.zone)} – {dateTime(filters.to || null, filters.zone)}
        </span>
      )}
      {span === 'days' && !ofInstants && (
        <>
          <input type="date" class="small" aria-label="From" value={filters.from} max={filters.to} onChange={event => setQuery({ from: event.currentTarget.value })} />
          <input type="date" class="small" aria-label="To (included)" value={filters.to} min={filters.from} onChange={event => setQuery({ to: event.currentTarget.value })} />
        </>
      )}
      <Choose label="Symbols" options={batch.symbols} chosen={filters.symbols} onChange={symbol => setQuery({ symbol })} />
      <Choose label="Timeframes" options={timeframes} chosen={filters.timeframes} onChange={timeframe => setQuery({ timeframe })} name={timeframeName} />
      <StrategyChoice known={batch.strategies.length > 0 ? batch.strategies : (settings?.strategies ?? [])} chosen={filters.strategies} />
      <TagChoice chosen={filters.tags} />
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
      <ZoneInput zone={filters.zone} />
      {isFiltered(filters) && (
        <button type="button" class="button small ghost" onClick={() => setQuery(noFilters)}>
          <Icon name="close" size={14} /> Clear filters
        </button>
      )}
    </div>
  );
}

/** Nobody who uses no tags sees it. */
export function TagChoice({ chosen }: { chosen: readonly string[] }) {
  const known = useApi('/api/v1/tags').data?.items ?? [];
  if (chosen.length === 0 && known.length === 0) return null;
  return <Choose label="Tags" options={known.map(({ tag }) => tag)} chosen={chosen} onChange={tag => setQuery({ tag })} />;
}

/** Nobody who uses no strategies sees it. */
export function StrategyChoice({ known, chosen }: { known: readonly string[]; chosen: readonly string[] }) {
  if (chosen.length === 0 && !known.some(Boolean)) return null;
  return <Choose label="Strategies" options={known} chosen={chosen} onChange={strategy => setQuery({ strategy })} name={strategyName} />;
}

/** A name, in any letter case, or a city; what is neither stays to be corrected, with the reason. */
export function ZoneInput({ zone }: { zone: string }) {
  const id = useId();
  const [text, setText] = useState(zone);
  const [unknown, setUnknown] = useState(false);
  useEffect(() => {
    setText(zone);
    setUnknown(false);
  }, [zone]);
  const choose = () => {
    const named = zoneNamed(text);
    setUnknown(!named);
    if (named) {
      setText(named);
      setQuery({ tz: named });
    }
  };
  return (
    <span class="zone-field">
      <input
        class="small zone"
        list={`${id}-list`}
        aria-label="Time zone"
        aria-invalid={unknown}
        aria-describedby={unknown ? `${id}-error` : undefined}
        value={text}
        title="Time zone: where days, weeks and months begin"
        spellcheck={false}
        onInput={event => setText(event.currentTarget.value)}
        onChange={choose}
        onFocus={event => event.currentTarget.select()}
      />
      <datalist id={`${id}-list`}>
        {zones.map(one => (
          <option key={one} value={one} />
        ))}
      </datalist>
      {unknown && (
        <span class="field-error" id={`${id}-error`} role="alert">
          No such time zone. Enter a city or a name such as Europe/Berlin; offsets such as +05:30 are not accepted.
        </span>
      )}
    </span>
  );
}
