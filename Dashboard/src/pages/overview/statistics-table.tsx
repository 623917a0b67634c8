// The batches' statistics side by side, and the correlation of their days.
import type { Schema } from '../../api/client';
import definitions from '../../api/definitions.json';
import { count, fraction, money, nothing, percent, ratio, signedFraction, signedMoney, signedPercent, tone } from '../../format';
import { Defined } from '../../ui/hint';

type Statistics = Schema<'BatchStatistics'>;

const columns: readonly { label: string; name: keyof typeof definitions; of: (statistics: Statistics) => string; tone?: (statistics: Statistics) => string }[] = [
  { label: 'Net profit', name: 'netProfit', of: one => signedMoney(one.netProfit), tone: one => tone(one.netProfit) },
  { label: 'Trades', name: 'trades', of: one => count(one.trades) },
  { label: 'Win rate', name: 'winRate', of: one => fraction(one.winRate) },
  { label: 'Profit factor', name: 'profitFactor', of: one => ratio(one.profitFactor) },
  { label: 'Average return', name: 'averageChange', of: one => signedPercent(one.averageChange), tone: one => tone(one.averageChange) },
  { label: 'Max drawdown', name: 'maxDrawdownPercentage', of: one => percent(one.maxDrawdownPercentage?.value) },
  { label: 'CAGR', name: 'cagr', of: one => signedFraction(one.cagr), tone: one => tone(one.cagr) },
  { label: 'Sharpe', name: 'sharpe', of: one => ratio(one.sharpe) },
  { label: 'Sortino', name: 'sortino', of: one => ratio(one.sortino) },
  { label: 'Calmar', name: 'calmar', of: one => ratio(one.calmar) },
  { label: 'SQN', name: 'sqn', of: one => ratio(one.sqn) },
];

export function StatisticsTable({ data }: { data: Schema<'Comparison'> }) {
  return (
    <div class="stack compare-figures">
      <div class="table-scroll" tabIndex={0} role="region" aria-label="Statistics side by side">
        <table>
          <thead>
            <tr>
              <th scope="col">Batch</th>
              <th scope="col" class="number">
                Starting capital
              </th>
              {columns.map(({ label, name }) => (
                <th key={name} scope="col" class="number">
                  <Defined definition={definitions[name]}>{label}</Defined>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.batches.map(({ batchId, name, capital, statistics }) => (
              <tr key={batchId}>
                <th scope="row">
                  <a href={`/batches/${batchId}`}>{name}</a>
                  {statistics.fewTrades && <span class="few" title="Fewer than 30 trades: the figures are not reliable yet" />}
                </th>
                <td class="number">{money(capital)}</td>
                {columns.map(column => (
                  <td key={column.name} class={`number ${column.tone?.(statistics) ?? ''}`}>
                    {column.of(statistics)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {data.batches.length > 1 && (
        <div class="table-scroll correlation" tabIndex={0} role="region" aria-label="Correlation of daily returns">
          <table>
            <caption>
              <Defined definition="Pearson’s correlation of the two batches’ daily returns on the days that both have: 1 means they move together, 0 independently, −1 in opposite directions. Below each number, how many days those are: of few of them it says little.">
                Correlation of daily returns
              </Defined>
            </caption>
            <thead>
              <tr>
                <td />
                {data.batches.map(batch => (
                  <th key={batch.batchId} scope="col" class="number">
                    <span class="whole-name">{batch.name}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {data.correlation.map((row, i) => (
                <tr key={data.batches[i]!.batchId}>
                  <th scope="row">
                    <span class="whole-name">{data.batches[i]!.name}</span>
                  </th>
                  {row.map((value, j) => (
                    <td key={j} class="number" style={{ background: i === j ? 'transparent' : correlationColour(value) }}>
                      {i === j ? nothing : ratio(value)} <small>{days(data.commonDays[i]![j]!)}</small>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

const days = (n: number) => `${count(n)} ${n === 1 ? 'day' : 'days'}`;

/** Two batches that move together are one bet placed twice: the closer to 1, the stronger the colour. */
function correlationColour(value: number | null): string {
  if (value === null) return 'transparent';
  return `color-mix(in srgb, var(--${value > 0 ? 'warn' : 'accent'}) ${Math.round(Math.abs(value) * 40)}%, transparent)`;
}
