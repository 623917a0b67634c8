// Where the profit comes from: by symbol, timeframe, side, and by when trades were closed.
import { useCallback, useMemo, useState } from 'preact/hooks';
import type { Query, Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { categoryAxis, tooltip, tooltipOf, valueAxis } from '../../charts/parts';
import { compactMoney, count, fraction, money, monthName, ratio, signedMoney, signedPercent, strategyName, timeframeName, tone, weekdayName } from '../../format';
import { setQuery } from '../../router';
import { ReadState } from '../../ui/states';
import { GroupCells, GroupHeads } from './cells';
import { CsvLink } from './csv-link';

type By = 'symbol' | 'timeframe' | 'strategy' | 'side' | 'tag' | 'weekday' | 'hour' | 'month';

const path = '/api/v1/batches/{id}/breakdown' as const;
const height = 210;

export function Breakdowns({ id, query, hasStrategies, hasTags }: { id: string; query: Query; hasStrategies: boolean; hasTags: boolean }) {
  const keys = (['timeframe', 'strategy', 'tag', 'side', 'weekday', 'hour', 'month'] as const).filter(by => (by !== 'strategy' || hasStrategies) && (by !== 'tag' || hasTags));
  return (
    <>
      <BySymbol id={id} query={query} />
      <div class="breakdowns">
        {keys.map(by => (
          <BreakdownChart key={by} id={id} query={query} by={by} />
        ))}
      </div>
    </>
  );
}

const titles: Record<By, string> = {
  symbol: 'Profit by symbol',
  timeframe: 'Profit by timeframe',
  strategy: 'Profit by strategy',
  tag: 'Profit by tag',
  side: 'Profit by side',
  weekday: 'Profit by weekday',
  hour: 'Profit by hour',
  month: 'Profit by month of the year',
};

function nameOf(by: By, key: Schema<'Group'>['key'], width: 'short' | 'long' = 'short'): string {
  switch (by) {
    case 'weekday':
      return weekdayName(Number(key), width);
    case 'month':
      return monthName(Number(key), width);
    case 'hour':
      return width === 'short' ? String(key) : `${key}:00 to ${(Number(key) + 1) % 24}:00`;
    case 'side':
      return key === 'long' ? 'Long' : 'Short';
    case 'timeframe':
      return timeframeName(String(key));
    case 'strategy':
      return strategyName(String(key));
    case 'tag':
      return String(key) || 'No tag';
    default:
      return String(key);
  }
}

function BreakdownChart({ id, query, by }: { id: string; query: Query; by: By }) {
  const read = useApi(path, { path: { id }, query: { ...query, by: [by] } });
  const { data, stale } = read;
  const option = useCallback(
    (colours: Palette) => {
      if (!data) return {};
      return {
        grid: { left: 4, right: 8, top: 12, bottom: 4, containLabel: true },
        xAxis: categoryAxis(colours, data.groups.map(group => nameOf(by, group.key))),
        yAxis: valueAxis(colours, value => compactMoney(value), { scale: false }),
        tooltip: tooltip(colours, ([point]) => {
          const group = point && data.groups[point.dataIndex];
          return group ? tooltipOf(nameOf(by, group.key, 'long'), linesOf(group)) : '';
        }),
        series: [
          {
            name: 'Profit',
            type: 'bar',
            barMaxWidth: 44,
            barCategoryGap: '22%',
            data: data.groups.map(group => group.pnl),
            itemStyle: { borderRadius: 2, color: ({ value }: { value: number }) => (value < 0 ? colours.loss : colours.gain) },
            emphasis: { disabled: true },
          },
        ],
      };
    },
    [data, by],
  );
  // Weekdays, hours and months of the year are no filters.
  const filter = by === 'timeframe' || by === 'strategy' || by === 'tag' || by === 'side' ? by : undefined;
  return (
    <section class="card" aria-label={titles[by]}>
      <header>
        <h3>{titles[by]}</h3>
        <CsvLink compact path={path} id={id} query={{ ...query, by }} />
      </header>
      <ReadState read={read} height={height} />
      {data && (
        <div class={stale ? 'stale' : ''}>
          <Chart
            name={`breakdown-${by}`}
            height={height}
            label={`${titles[by]}: ${data.groups.map(group => `${nameOf(by, group.key, 'long')} ${money(group.pnl)}`).join(', ')}`}
            option={option}
            {...(filter && { onPoint: ({ index }) => (by !== 'tag' || data.groups[index]!.key) && setQuery({ [filter]: filter === 'side' ? String(data.groups[index]!.key) : [String(data.groups[index]!.key)] }, { replace: false }) })}
          />
        </div>
      )}
    </section>
  );
}

function linesOf(group: Schema<'Group'>) {
  return [
    { name: 'Profit', value: signedMoney(group.pnl) },
    { name: 'Trades', value: count(group.trades) },
    { name: 'Win rate', value: fraction(group.winRate) },
    { name: 'Profit factor', value: ratio(group.profitFactor) },
    { name: 'Average return', value: signedPercent(group.averageChange) },
  ];
}

/** Past so many symbols the table can be searched. */
const searchedFrom = 12;

/** A batch may have hundreds: a table, the best first, each a way to see it alone. The bar is the contribution in money, to either side of zero. */
function BySymbol({ id, query }: { id: string; query: Query }) {
  const read = useApi(path, { path: { id }, query: { ...query, by: ['symbol'] } });
  const { data, stale } = read;
  const [search, setSearch] = useState('');
  const groups = useMemo(() => [...(data?.groups ?? [])].sort((a, b) => b.pnl - a.pnl), [data]);
  const shown = groups.filter(group => String(group.key).includes(search.trim().toUpperCase()));
  const widest = Math.max(0, ...groups.map(group => Math.abs(group.pnl)));
  return (
    <section class="card" aria-label={titles.symbol}>
      <header>
        <h2>{titles.symbol}</h2>
        {groups.length >= searchedFrom && (
          <input type="search" class="small search" aria-label="Search symbols" placeholder="Search symbols" value={search} onInput={event => setSearch(event.currentTarget.value)} />
        )}
        <CsvLink path={path} id={id} query={{ ...query, by: 'symbol' }} />
      </header>
      <ReadState read={read} height={160} />
      {data && (
        <div class={`table-scroll by-symbol${stale ? ' stale' : ''}`} tabIndex={0} role="region" aria-label="Profit by symbol, table">
          <table
            data-chart="breakdown-symbol"
            ref={element => {
              if (element) Object.assign(element, { drawn: () => [{ name: 'Profit', data: groups.map(group => [group.key, group.pnl]) }] });
            }}
          >
            <thead>
              <tr>
                <th scope="col">Symbol</th>
                <th scope="col" class="number">
                  Profit
                </th>
                <th class="bar-head">
                  <span class="visually-hidden">Bar</span>
                </th>
                <GroupHeads />
              </tr>
            </thead>
            <tbody>
              {shown.map(group => (
                <tr key={group.key}>
                  <th scope="row">
                    <button type="button" class="link-button plain" title="Show only this symbol" onClick={() => setQuery({ symbol: String(group.key) }, { replace: false })}>
                      {group.key}
                    </button>
                  </th>
                  <td class={`number ${tone(group.pnl)}`}>{signedMoney(group.pnl)}</td>
                  <td class="bar-cell" aria-hidden="true">
                    <span class="bar-track">
                      <span
                        class={`bar ${tone(group.pnl)}`}
                        style={{ width: `${widest ? (Math.abs(group.pnl) / widest) * 50 : 0}%`, [group.pnl < 0 ? 'right' : 'left']: '50%' }}
                      />
                    </span>
                  </td>
                  <GroupCells group={group} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
