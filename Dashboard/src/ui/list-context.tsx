// What a list of trades does not carry: symbol, timeframe and the time zone of the chart it was exported from.
import { useMemo } from 'preact/hooks';
import { useApi } from '../api/resource';
import type { Problem } from '../api/problem';
import { ownZone } from '../format';
import { Field } from './controls';

export interface ListContext {
  symbol: string;
  timeframe: string;
  tz: string;
}

export const emptyContext: ListContext = { symbol: '', timeframe: '', tz: ownZone };
export const contextFields = ['symbol', 'timeframe', 'tz'] as const;

const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')];

export function ListContextFields({ value, problem, onChange }: { value: ListContext; problem: Problem | undefined; onChange: (value: ListContext) => void }) {
  const { data } = useApi('/api/v1/symbols', { query: { limit: 1000 } });
  const known = useMemo(() => data?.items ?? [], [data]);
  const timeframes = useMemo(() => {
    const chosen = known.filter(one => one.symbol === value.symbol.trim().toUpperCase());
    return [...new Set((chosen.length > 0 ? chosen : known).flatMap(one => one.timeframes))];
  }, [known, value.symbol]);
  return (
    <div class="form-row">
      <Field label="Symbol" error={problem?.of('symbol')} hint="As your alerts name it.">
        {tie => (
          <>
            <input {...tie} list={`${tie.id}-known`} value={value.symbol} required autocomplete="off" placeholder="BTCUSDT" onInput={event => onChange({ ...value, symbol: event.currentTarget.value })} />
            <datalist id={`${tie.id}-known`}>
              {known.map(one => (
                <option key={one.symbol} value={one.symbol} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Timeframe" error={problem?.of('timeframe')} hint="Of the chart: 60, 4h, 1D.">
        {tie => (
          <>
            <input {...tie} list={`${tie.id}-known`} value={value.timeframe} required autocomplete="off" placeholder="60" onInput={event => onChange({ ...value, timeframe: event.currentTarget.value })} />
            <datalist id={`${tie.id}-known`}>
              {timeframes.map(timeframe => (
                <option key={timeframe} value={timeframe} />
              ))}
            </datalist>
          </>
        )}
      </Field>
      <Field label="Time zone of the chart" error={problem?.of('tz')} hint="The dates in the list are in it.">
        {tie => (
          <select {...tie} value={value.tz} onChange={event => onChange({ ...value, tz: event.currentTarget.value })}>
            {[...new Set([...zones, value.tz])].map(zone => (
              <option key={zone} value={zone}>
                {zone.replaceAll('_', ' ')}
              </option>
            ))}
          </select>
        )}
      </Field>
    </div>
  );
}
