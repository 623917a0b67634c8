// What changed today, this week and this month, each a way to the trades that did it.
import { useMemo } from 'preact/hooks';
import { useApi } from '../../api/resource';
import { signedMoney, tone } from '../../format';
import { withQuery } from '../../router';
import { dayOf, instantOf } from './filters';
import { lately, latelyBegins } from './lately';

export function Recent({ id, zone }: { id: string; zone: string }) {
  const today = dayOf(Date.now(), zone);
  const begins = useMemo(() => latelyBegins(today), [today]);
  const { data, stale } = useApi('/api/v1/batches/{id}/charts/capital', {
    path: { id },
    query: { by: 'day', mode: 'absolute', from: instantOf(begins.first, zone), tz: zone },
  });
  return (
    <ul class={`recent${stale ? ' stale' : ''}`} aria-label="Profit lately">
      {lately.map(([span, name]) => {
        const since = Date.parse(instantOf(begins[span], zone));
        const profit = data?.value.reduce((sum, value, i) => (data.time[i]! >= since ? sum + value : sum), 0);
        return (
          <li key={span}>
            <a href={withQuery({ span, from: null, to: null })}>
              {name} <b class={tone(profit)} data-recent={span}>{signedMoney(profit)}</b>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
