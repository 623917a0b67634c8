// One figure over the last trades or days, along the history: whether the edge holds.
import { useCallback } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { timeAxis, tooltip, tooltipOf, valueAxis, zoom } from '../../charts/parts';
import { count, fraction, instant, ofWallClock, numberIn, ratio, signedMoney, signedPercent, wallClock } from '../../format';
import { place, setQuery } from '../../router';
import { ReadState } from '../../ui/states';
import { TypedInput } from '../../ui/typed';
import { CsvLink } from './csv-link';

const path = '/api/v1/batches/{id}/charts/rolling' as const;
const height = 280;
const points = 2000;
const usual = 30;

const figures = [
  ['winRate', 'Win rate', fraction],
  ['profitFactor', 'Profit factor', ratio],
  ['expectancy', 'Expectancy', signedMoney],
  ['averageChange', 'Average return', signedPercent],
  ['sharpe', 'Sharpe', ratio],
  ['sortino', 'Sortino', ratio],
  ['volatility', 'Volatility', fraction],
] as const;

export function RollingFigures({ id, query }: { id: string; query: Query }) {
  const { query: named } = place.value;
  const [of, name, as] = figures.find(([one]) => one === named.get('rolling')) ?? figures[0];
  const typed = Number(numberIn(named.get('window') ?? '') ?? usual);
  const window = Number.isInteger(typed) && typed >= 1 && typed <= 100_000 ? typed : usual;
  const asked = { ...query, of, window, annualization: named.get('annualization') };
  const read = useApi(path, { path: { id }, query: { ...asked, points } });
  const { data, stale } = read;
  const isFull = data?.value.some(value => value !== null);
  const option = useCallback(
    (colours: Palette) => {
      if (!data) return {};
      const clock = wallClock(data.timeZone);
      return {
        grid: { left: 4, right: 14, top: 12, bottom: 8, containLabel: true },
        xAxis: timeAxis(colours),
        yAxis: valueAxis(colours, value => as(value)),
        dataZoom: zoom(colours, false),
        tooltip: tooltip(colours, ([point]) => {
          if (!point) return '';
          const time = data.time[point.dataIndex]!;
          return tooltipOf(data.unit === 'days' ? ofWallClock(clock(time), { dateStyle: 'medium' }) : instant(time, data.timeZone), [{ name, value: as(data.value[point.dataIndex]), colour: colours.accent }]);
        }),
        series: [
          {
            name,
            type: 'line',
            color: colours.accent,
            showSymbol: data.value.filter(value => value !== null).length === 1,
            lineStyle: { width: 1.8 },
            emphasis: { disabled: true },
            data: data.value.map((value, i) => [clock(data.time[i]!), value]),
          },
        ],
      };
    },
    [data, name],
  );
  const last = data?.value[data.value.length - 1];
  return (
    <section class="card" aria-label="Statistics over time">
      <header>
        <h2>Statistics over time</h2>
        <select class="small search" aria-label="Figure over time" value={of} onChange={event => setQuery({ rolling: event.currentTarget.value === 'winRate' ? null : event.currentTarget.value })}>
          {figures.map(([one, text]) => (
            <option key={one} value={one}>
              {text}
            </option>
          ))}
        </select>
        <label class="rolling-window">
          of the last{' '}
          <TypedInput
            type="number"
            class="small"
            isLate
            min={1}
            max={100_000}
            aria-label={`How many ${data?.unit ?? 'trades'}`}
            value={String(window)}
            onValue={text => setQuery({ window: text === String(usual) ? null : text })}
          />{' '}
          {data?.unit ?? 'trades'}
        </label>
        <CsvLink compact path={path} id={id} query={asked} />
      </header>
      <ReadState read={read} height={height} />
      {data && !isFull && <p class="hint">There are not {count(window)} {data.unit} in this selection yet. Choose fewer.</p>}
      {data && isFull && (
        <div class={stale ? 'stale' : ''}>
          <Chart name="rolling" height={height} label={`${name} of the last ${count(window)} ${data.unit} along the history, now ${as(last)}`} option={option} zoomOf={`${of} ${window}`} />
        </div>
      )}
    </section>
  );
}
