// All that can be said of the selection, in groups, each figure with its definition.
import type { Schema } from '../../api/client';
import definitions from '../../api/definitions.json';
import type { Read } from '../../api/resource';
import { count, date, duration, fraction, money, percent, ratio, signedFraction, signedMoney, signedPercent, tone } from '../../format';
import { place, setQuery } from '../../router';
import { Segmented } from '../../ui/controls';
import { Defined } from '../../ui/hint';
import { Icon } from '../../ui/icons';
import { Skeleton } from '../../ui/states';

type Figures = Schema<'BatchStatistics'>;
type Name = keyof Figures & keyof typeof definitions;

interface Shown {
  name: Name;
  label: string;
  /** How it is written. */
  as: (value: number | null | undefined) => string;
  coloured?: boolean;
  /** A count or a sum: true however few trades there are. */
  certain?: boolean;
}

const groups: readonly (readonly [string, readonly Shown[]])[] = [
  [
    'Result',
    [
      { name: 'netProfit', label: 'Net profit', as: signedMoney, coloured: true, certain: true },
      { name: 'grossProfit', label: 'Gross profit', as: money, certain: true },
      { name: 'grossLoss', label: 'Gross loss', as: money, certain: true },
      { name: 'profitFactor', label: 'Profit factor', as: ratio },
      { name: 'recoveryFactor', label: 'Recovery factor', as: ratio },
      { name: 'cagr', label: 'CAGR', as: signedFraction, coloured: true },
    ],
  ],
  [
    'Trades',
    [
      { name: 'trades', label: 'Trades', as: count, certain: true },
      { name: 'wins', label: 'Wins', as: count, certain: true },
      { name: 'losses', label: 'Losses', as: count, certain: true },
      { name: 'breakeven', label: 'Breakeven', as: count, certain: true },
      { name: 'winRate', label: 'Win rate', as: fraction },
      { name: 'averageWin', label: 'Average win', as: money },
      { name: 'averageLoss', label: 'Average loss', as: money },
      { name: 'payoffRatio', label: 'Payoff ratio', as: ratio },
    ],
  ],
  [
    'Edge',
    [
      { name: 'expectancy', label: 'Expectancy', as: signedMoney, coloured: true },
      { name: 'expectancyRatio', label: 'Expectancy ratio', as: ratio },
      { name: 'averageChange', label: 'Average change', as: signedPercent, coloured: true },
      { name: 'medianChange', label: 'Median change', as: signedPercent, coloured: true },
      { name: 'sqn', label: 'SQN', as: ratio },
      { name: 'kelly', label: 'Kelly', as: signedFraction },
    ],
  ],
  [
    'Drawdown',
    [
      { name: 'currentDrawdownPercentage', label: 'Now', as: percent, certain: true },
      { name: 'longestUnderwater', label: 'Longest underwater', as: duration, certain: true },
      { name: 'ulcerIndex', label: 'Ulcer index', as: ratio },
    ],
  ],
  [
    'Risk and return',
    [
      { name: 'sharpe', label: 'Sharpe', as: ratio },
      { name: 'sortino', label: 'Sortino', as: ratio },
      { name: 'calmar', label: 'Calmar', as: ratio },
      { name: 'volatility', label: 'Volatility', as: fraction },
      { name: 'valueAtRisk95', label: 'Value at risk 95 %', as: signedFraction },
      { name: 'conditionalValueAtRisk95', label: 'Expected shortfall 95 %', as: signedFraction },
      { name: 'skewness', label: 'Skewness', as: ratio },
      { name: 'kurtosis', label: 'Excess kurtosis', as: ratio },
    ],
  ],
  [
    'Days',
    [
      { name: 'bestDay', label: 'Best day', as: signedFraction, coloured: true },
      { name: 'worstDay', label: 'Worst day', as: signedFraction, coloured: true },
      { name: 'positiveDays', label: 'Positive days', as: fraction },
    ],
  ],
  [
    'Streaks',
    [
      { name: 'currentStreak', label: 'Current', as: value => (value == null ? count(value) : value === 0 ? 'none' : `${count(Math.abs(value))} ${value > 0 ? 'won' : 'lost'}`), certain: true },
      { name: 'longestWinStreak', label: 'Longest of wins', as: count, certain: true },
      { name: 'longestLossStreak', label: 'Longest of losses', as: count, certain: true },
    ],
  ],
  [
    'Holding',
    [
      { name: 'averageHolding', label: 'Average', as: duration },
      { name: 'medianHolding', label: 'Median', as: duration },
      { name: 'averageWinHolding', label: 'Average of wins', as: duration },
      { name: 'medianWinHolding', label: 'Median of wins', as: duration },
      { name: 'averageLossHolding', label: 'Average of losses', as: duration },
      { name: 'medianLossHolding', label: 'Median of losses', as: duration },
      { name: 'exposure', label: 'Exposure', as: fraction },
    ],
  ],
];

export function Statistics({ read, zone, onTrade }: { read: Read<Figures>; zone: string; onTrade: (tradeId: string) => void }) {
  const { data, stale } = read;
  if (!data) return read.problem ? null : <Skeleton height={520} />;
  const annualization = place.value.query.get('annualization') === '252' ? '252' : '365';
  return (
    <div class={`stack${stale ? ' stale' : ''}`}>
      <div class="statistics-head">
        {data.fewTrades ? (
          <p class="note warn">
            <Icon name="warning" /> Fewer than 30 trades: figures marked <span class="few" /> say little yet.
          </p>
        ) : (
          <p class="hint">Point at a name, or go to it with the keyboard, for its definition.</p>
        )}
        <Segmented
          label="Days of a year"
          value={annualization}
          options={[
            ['365', '365 days a year'],
            ['252', '252'],
          ]}
          onChange={value => setQuery({ annualization: value === '365' ? null : value })}
        />
      </div>
      <div class="statistics">
        {groups.map(([title, figures]) => (
          <section class="card" key={title} aria-label={title}>
            <h2>{title}</h2>
            <dl>
              {figures.map(one => (
                <Figure key={one.name} shown={one} value={data[one.name] as number | null} few={Boolean(data.fewTrades) && !one.certain} />
              ))}
              {title === 'Drawdown' && (
                <>
                  <Fall name="maxDrawdown" label="Deepest" fall={data.maxDrawdown ?? null} as={money} zone={zone} />
                  <Fall name="maxDrawdownPercentage" label="Deepest in percent" fall={data.maxDrawdownPercentage ?? null} as={percent} zone={zone} />
                </>
              )}
              {title === 'Edge' &&
                (['bestTrade', 'worstTrade'] as const).map(name => (
                  <div key={name}>
                    <dt>
                      <Defined definition={definitions[name]}>{name === 'bestTrade' ? 'Best trade' : 'Worst trade'}</Defined>
                    </dt>
                    <dd>
                      {data[name] ? (
                        <button type="button" class="link-button" onClick={() => onTrade(data[name]!)}>
                          Show
                        </button>
                      ) : (
                        '–'
                      )}
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </div>
  );
}

function Figure({ shown: { name, label, as, coloured }, value, few }: { shown: Shown; value: number | null; few: boolean }) {
  return (
    <div>
      <dt>
        <Defined definition={definitions[name]}>{label}</Defined>
      </dt>
      <dd class={coloured ? tone(value) : ''} data-statistic={name}>
        {as(value)}
        {few && value !== null && <span class="few" title="Of fewer than 30 trades" />}
      </dd>
    </div>
  );
}

function Fall({
  name,
  label,
  fall,
  as,
  zone,
}: {
  name: 'maxDrawdown' | 'maxDrawdownPercentage';
  label: string;
  fall: { value: number; peakTime: string | null; troughTime: string | null; recoveryTime: string | null } | null;
  as: (value: number | null | undefined) => string;
  zone: string;
}) {
  return (
    <div class="with-fall">
      <dt>
        <Defined definition={definitions[name]}>{label}</Defined>
      </dt>
      <dd data-statistic={name}>{as(fall?.value)}</dd>
      {fall?.peakTime && (
        <dd class="hint fall">
          {date(fall.peakTime, zone)} to {date(fall.troughTime, zone)}, {fall.recoveryTime ? `recovered ${date(fall.recoveryTime, zone)}` : 'not recovered yet'}
        </dd>
      )}
    </div>
  );
}
