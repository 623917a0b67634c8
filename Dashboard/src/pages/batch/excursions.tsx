// How far each closed trade went against and for its owner before it ended (MAE and MFE), against what it came to.
import { useCallback, useMemo } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import '../../charts/scatter';
import type { Palette } from '../../charts/palette';
import { tooltip, tooltipOf, valueAxis } from '../../charts/parts';
import { count, dateTime, shortPercent, signedPercent } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { ReadState } from '../../ui/states';
import { streamTitle } from './cells';

const path = '/api/v1/batches/{id}/trades' as const;
const height = 260;
/** A page of the API. */
const most = 1000;

const kinds = [
  ['mae', 'Against (MAE)'],
  ['mfe', 'In favour (MFE)'],
] as const;

export function Excursions({ id, query, onTrade }: { id: string; query: Query; onTrade: (tradeId: string) => void }) {
  const of = kinds.find(([name]) => name === place.value.query.get('excursion'))?.[0] ?? 'mae';
  const read = useApi(path, { path: { id }, query: { ...query, state: 'closed', sort: 'exitTime', limit: most } });
  const { data, stale } = read;
  const trades = useMemo(() => (data?.items ?? []).filter(trade => trade[of] != null && trade.changePercentage !== null).sort((a, b) => a[of]! - b[of]!), [data, of]);
  const label = of === 'mae' ? 'Worst before the exit' : 'Best before the exit';
  const option = useCallback(
    (colours: Palette) => {
      return {
        grid: { left: 4, right: 18, top: 14, bottom: 20, containLabel: true },
        xAxis: valueAxis(colours, shortPercent, { name: label, nameLocation: 'middle', nameGap: 26, nameTextStyle: { color: colours.faint, fontSize: 11 }, splitLine: { show: false } }),
        yAxis: valueAxis(colours, shortPercent),
        tooltip: {
          ...tooltip(colours, ([point]) => {
            const trade = point && trades[point.dataIndex];
            return trade
              ? tooltipOf(
                  streamTitle(trade),
                  [
                    { name: 'Return before fees', value: signedPercent(trade.changePercentage) },
                    { name: kinds[0][1], value: signedPercent(trade.mae) },
                    { name: kinds[1][1], value: signedPercent(trade.mfe) },
                  ],
                  dateTime(trade.exitTime, String(query['tz'])),
                )
              : '';
          }),
          trigger: 'item',
        },
        series: [
          {
            name: 'Trades',
            type: 'scatter',
            symbolSize: 8,
            // A shape says it, too.
            symbol: ([, change]: [number, number]) => (change > 0 ? 'circle' : 'diamond'),
            itemStyle: { opacity: 0.7, color: ({ value }: { value: [number, number] }) => (value[1] > 0 ? colours.gain : colours.loss) },
            data: trades.map(trade => [trade[of], trade.changePercentage]),
          },
        ],
      };
    },
    [trades, of],
  );
  return (
    <section class="card" aria-label="How far trades went">
      <header>
        <h2>How far trades went</h2>
        <Segmented label="Which way" value={of} options={kinds} onChange={value => setQuery({ excursion: value === 'mae' ? null : value })} />
      </header>
      <ReadState read={read} height={height + 56} />
      {data && trades.length === 0 && <p class="hint">No prices between entry and exit are known.</p>}
      {data && trades.length > 0 && (
        <div class={stale ? 'stale' : ''}>
          <Chart
            name="excursions"
            height={height}
            label={`${label} and return of ${count(trades.length)} closed trades, one point each`}
            option={option}
            onPoint={({ index }) => trades[index] && onTrade(trades[index].tradeId)}
          />
          <p class="hint">
            {data.cursor === null ? '' : `The ${count(most)} trades closed last. `}
            {of === 'mae' ? 'Winners far to the left were nearly stopped out; losers far to the left might have been cut earlier.' : 'Losers far to the right were once in profit; winners below their best gave some of it back.'} From the prices that came: a trade may have gone further.
          </p>
        </div>
      )}
    </section>
  );
}
