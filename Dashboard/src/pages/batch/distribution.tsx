// How many trades had which return, or which profit.
import { useCallback } from 'preact/hooks';
import type { Query } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { categoryAxis, tooltip, tooltipOf, valueAxis } from '../../charts/parts';
import { compactMoney, count, money, percent, shortPercent } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { ReadState } from '../../ui/states';
import { CsvLink } from './csv-link';

const kinds = [
  ['change', 'Return'],
  ['pnl', 'Profit'],
] as const;
const height = 260;
const bins = 30;

export function Distribution({ id, query }: { id: string; query: Query }) {
  const of = kinds.find(([name]) => name === place.value.query.get('of'))?.[0] ?? 'change';
  const read = useApi('/api/v1/batches/{id}/charts/distribution', { path: { id }, query: { ...query, of, bins } });
  const { data, stale } = read;
  const option = useCallback(
    (colours: Palette) => {
      if (!data) return {};
      const short = of === 'pnl' ? compactMoney : shortPercent;
      const long = of === 'pnl' ? money : percent;
      return {
        grid: { left: 4, right: 10, top: 12, bottom: 4, containLabel: true },
        xAxis: categoryAxis(colours, data.edges.slice(0, -1).map(short)),
        yAxis: valueAxis(colours, value => count(value), { min: 0, minInterval: 1, scale: false }),
        tooltip: tooltip(colours, ([point]) =>
          point
            ? tooltipOf(`${long(data.edges[point.dataIndex])} to ${long(data.edges[point.dataIndex + 1])}`, [
                { name: 'Trades', value: count(point.value as number), colour: colours.accent },
              ])
            : '',
        ),
        series: [
          {
            name: 'Trades',
            type: 'bar',
            barCategoryGap: '8%',
            data: data.counts,
            itemStyle: {
              color: ({ dataIndex }: { dataIndex: number }) => {
                const middle = (data.edges[dataIndex]! + data.edges[dataIndex + 1]!) / 2;
                return middle < 0 ? colours.loss : colours.gain;
              },
            },
            emphasis: { disabled: true },
          },
        ],
      };
    },
    [data, of],
  );
  return (
    <section class="card" aria-label="Distribution of trades">
      <header>
        <h2>Distribution of trades</h2>
        <Segmented label="Distribution of" value={of} options={kinds} onChange={value => setQuery({ of: value === 'change' ? null : value })} />
        <CsvLink compact path="/api/v1/batches/{id}/charts/distribution" id={id} query={{ ...query, of, bins }} />
      </header>
      <ReadState read={read} height={height} />
      {data && (
        <div class={stale ? 'stale' : ''}>
          <Chart
            name="distribution"
            height={height}
            label={`How many trades had which ${of === 'pnl' ? 'profit' : 'return'}, from ${of === 'pnl' ? money(data.edges[0]) : percent(data.edges[0])} to ${of === 'pnl' ? money(data.edges[data.edges.length - 1]) : percent(data.edges[data.edges.length - 1])}`}
            option={option}
          />
        </div>
      )}
    </section>
  );
}
