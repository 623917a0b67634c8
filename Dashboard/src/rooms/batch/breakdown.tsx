// Where the profit comes from: by symbol, timeframe, side, and by when trades were closed.
import { useCallback } from 'preact/hooks';
import type { Query, Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { Chart } from '../../charts/chart';
import type { Palette } from '../../charts/palette';
import { categoryAxis, tooltip, tooltipOf, valueAxis } from '../../charts/parts';
import { compactMoney, count, fraction, money, monthName, ratio, signedMoney, signedPercent, tone, weekdayName } from '../../format';
import { setQuery } from '../../router';
import { ProblemNote, Skeleton } from '../../ui/states';
import { CsvLink } from './csv-link';

type By = 'symbol' | 'timeframe' | 'side' | 'weekday' | 'hour' | 'month';

const path = '/api/v1/batches/{id}/breakdown' as const;
const height = 210;

export function Breakdowns({ id, query }: { id: string; query: Query }) {
  return (
    <>
      <BySymbol id={id} query={query} />
      <div class="grid breakdowns">
        {(['timeframe', 'side', 'weekday', 'hour', 'month'] as const).map(by => (
          <BreakdownChart key={by} id={id} query={query} by={by} />
        ))}
      </div>
    </>
  );
}

const titles: Record<By, string> = {
  symbol: 'Profit by symbol',
  timeframe: 'Profit by timeframe',
  side: 'Profit by side',
  weekday: 'Profit by weekday',
  hour: 'Profit by hour',
  month: 'Profit by month',
};

function nameOf(by: By, key: string | number, width: 'short' | 'long' = 'short'): string {
  switch (by) {
    case 'weekday':
      return weekdayName(Number(key), width);
    case 'month':
      return monthName(Number(key), width);
    case 'hour':
      return width === 'short' ? String(key) : `${key}:00 to ${(Number(key) + 1) % 24}:00`;
    case 'side':
      return key === 'long' ? 'Long' : 'Short';
    default:
      return String(key);
  }
}

function BreakdownChart({ id, query, by }: { id: string; query: Query; by: By }) {
  const { data, problem, stale, reload } = useApi(path, { path: { id }, query: { ...query, by } });
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
  return (
    <section class="card" aria-label={titles[by]}>
      <header>
        <h3>{titles[by]}</h3>
        <CsvLink compact path={path} id={id} query={{ ...query, by }} />
      </header>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={height} />}
      {data && (
        <div class={stale ? 'stale' : ''}>
          <Chart
            name={`breakdown-${by}`}
            height={height}
            label={`${titles[by]}: ${data.groups.map(group => `${nameOf(by, group.key, 'long')} ${money(group.pnl)}`).join(', ')}`}
            option={option}
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
    { name: 'Average change', value: signedPercent(group.averageChange) },
    { name: 'Share of profit', value: fraction(group.share) },
  ];
}

/** A batch may have hundreds: a table with bars, the best first, each a way to see it alone. */
function BySymbol({ id, query }: { id: string; query: Query }) {
  const { data, problem, stale, reload } = useApi(path, { path: { id }, query: { ...query, by: 'symbol' } });
  const groups = data ? [...data.groups].sort((a, b) => b.pnl - a.pnl) : [];
  const widest = Math.max(0, ...groups.map(group => Math.abs(group.pnl)));
  return (
    <section class="card" aria-label={titles.symbol}>
      <header>
        <h2>{titles.symbol}</h2>
        <CsvLink path={path} id={id} query={{ ...query, by: 'symbol' }} />
      </header>
      {problem && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={160} />}
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
                <th scope="col" class="number">
                  Share
                </th>
                <th scope="col" class="number">
                  Trades
                </th>
                <th scope="col" class="number">
                  Win rate
                </th>
                <th scope="col" class="number">
                  Profit factor
                </th>
                <th scope="col" class="number">
                  Average change
                </th>
              </tr>
            </thead>
            <tbody>
              {groups.map(group => (
                <tr key={group.key}>
                  <th scope="row">
                    <button type="button" class="link-button plain" title="Show this symbol alone" onClick={() => setQuery({ symbol: String(group.key) }, { replace: false })}>
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
                  <td class="number">{fraction(group.share)}</td>
                  <td class="number">{count(group.trades)}</td>
                  <td class="number">{fraction(group.winRate)}</td>
                  <td class="number">{ratio(group.profitFactor)}</td>
                  <td class="number">{signedPercent(group.averageChange)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
