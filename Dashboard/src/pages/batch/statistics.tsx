// All statistics of the selection, in groups, each with its definition.
import type { Query, Schema } from '../../api/client';
import definitions from '../../api/definitions.json';
import { useApi, type Read } from '../../api/resource';
import { count, date, duration, fraction, money, percent, ratio, signedFraction, signedMoney, signedPercent, tone } from '../../format';
import { place, setQuery, withQuery } from '../../router';
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
      { name: 'feesPaid', label: 'Fees paid', as: money, certain: true },
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
      { name: 'averageChange', label: 'Average return', as: signedPercent, coloured: true },
      { name: 'medianChange', label: 'Median return', as: signedPercent, coloured: true },
      { name: 'sqn', label: 'SQN', as: ratio },
      { name: 'kelly', label: 'Kelly', as: signedFraction },
    ],
  ],
  [
    'Drawdown',
    [
      { name: 'currentDrawdownPercentage', label: 'Current drawdown', as: percent, certain: true },
      { name: 'longestUnderwater', label: 'Longest drawdown', as: duration, certain: true },
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
      { name: 'currentStreak', label: 'Current streak', as: value => (value == null ? count(value) : value === 0 ? 'none' : `${count(Math.abs(value))} ${value > 0 ? 'won' : 'lost'}`), certain: true },
      { name: 'longestWinStreak', label: 'Longest winning streak', as: count, certain: true },
      { name: 'longestLossStreak', label: 'Longest losing streak', as: count, certain: true },
    ],
  ],
  [
    'Duration',
    [
      { name: 'averageHolding', label: 'Average', as: duration },
      { name: 'medianHolding', label: 'Median', as: duration },
      { name: 'averageWinHolding', label: 'Average of winners', as: duration },
      { name: 'medianWinHolding', label: 'Median of winners', as: duration },
      { name: 'averageLossHolding', label: 'Average of losers', as: duration },
      { name: 'medianLossHolding', label: 'Median of losers', as: duration },
      { name: 'exposure', label: 'Time in the market', as: fraction },
    ],
  ],
];

/** Of long and of short trades alone, where both are in view. */
function useSides(id: string, query: Query) {
  const of = (side: string) => (query['side'] ? null : { path: { id }, query: { ...query, side } });
  const long = useApi('/api/v1/batches/{id}/statistics', of('long'));
  const short = useApi('/api/v1/batches/{id}/statistics', of('short'));
  return query['side'] ? undefined : { long: long.data, short: short.data, stale: long.stale || short.stale };
}

/** What bootstrapping comes to in a moment, whatever the number of trades; of fewer paths an interval would say little. */
const stepsMax = 20_000_000;
const pathsMax = 1000;
const pathsMin = 100;

/** Between which values nine of ten figures would have been, had the same trades come by chance. */
function useIntervals(id: string, query: Query, trades: number | undefined) {
  const paths = Math.min(pathsMax, Math.floor(stepsMax / Math.max(1, trades ?? 0)));
  const { data } = useApi('/api/v1/batches/{id}/charts/confidence', trades === undefined || paths < pathsMin ? null : { path: { id }, query: { ...query, method: 'bootstrap', paths, points: 2 } });
  return data && 'result' in data ? data.result?.intervals : undefined;
}

export function Statistics({ id, query, read, zone, onTrade }: { id: string; query: Query; read: Read<Figures>; zone: string; onTrade: (tradeId: string) => void }) {
  const { data } = read;
  const sides = useSides(id, { ...query, annualization: place.value.query.get('annualization') });
  const stale = read.stale || sides?.stale;
  const intervals = useIntervals(id, { ...query, annualization: place.value.query.get('annualization') }, data?.trades);
  if (!data) return <Skeleton height={520} />;
  const annualization = place.value.query.get('annualization') === '252' ? '252' : '365';
  return (
    <div class={`stack${stale ? ' stale' : ''}`}>
      <div class="statistics-head">
        {data.fewTrades ? (
          <p class="note warn">
            <Icon name="warning" /> Fewer than 30 trades: figures marked <span class="few" /> are not reliable yet.
          </p>
        ) : (
          <p class="hint">
            Hover over a name, or focus it, for its definition. A range below a name is where nine of ten results would be, had the same trades come at random: see{' '}
            <a href={withQuery({ view: 'what-if', try: 'paths' })}>Monte Carlo</a>.
          </p>
        )}
        <Segmented
          label="Annualise by"
          value={annualization}
          options={[
            ['365', 'Annualise: 365 (crypto)'],
            ['252', '252 (stocks)'],
          ]}
          onChange={value => setQuery({ annualization: value === '365' ? null : value })}
        />
      </div>
      <div class="statistics">
        {groups.map(([title, figures]) => (
          <section class={`card${sides ? ' by-side' : ''}`} key={title} aria-label={title}>
            <div class="statistics-title">
              <h2>{title}</h2>
              {sides &&
                ['All', 'Long', 'Short'].map(side => (
                  <span key={side} class="hint" aria-hidden="true">
                    {side}
                  </span>
                ))}
            </div>
            <dl>
              {figures.map(one => (
                <Figure key={one.name} shown={one} of={data} sides={sides} interval={intervals?.[one.name as keyof typeof intervals]} />
              ))}
              {title === 'Drawdown' && (
                <>
                  <Fall name="maxDrawdown" label="Max drawdown" fall={data.maxDrawdown ?? null} as={money} zone={zone} />
                  <Fall name="maxDrawdownPercentage" label="Max drawdown in percent" fall={data.maxDrawdownPercentage ?? null} as={percent} zone={zone} />
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
                          Open
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

interface FigureProps {
  shown: Shown;
  of: Figures;
  sides: { long: Figures | undefined; short: Figures | undefined } | undefined;
  interval: Schema<'Interval'> | null | undefined;
}

function Figure({ shown, of, sides, interval }: FigureProps) {
  return (
    <div class={sides ? 'sides' : ''}>
      <dt>
        <Defined definition={definitions[shown.name]}>{shown.label}</Defined>
        {interval && (
          <small class="interval" data-interval={shown.name}>
            {shown.as(interval.lower)} to {shown.as(interval.upper)}
          </small>
        )}
      </dt>
      <Value shown={shown} of={of} side={sides && 'all'} />
      {sides && (
        <>
          <Value shown={shown} of={sides.long} side="long" />
          <Value shown={shown} of={sides.short} side="short" />
        </>
      )}
    </div>
  );
}

function Value({ shown: { name, as, coloured, certain }, of, side }: { shown: Shown; of: Figures | undefined; side: 'all' | 'long' | 'short' | undefined }) {
  const value = of?.[name] as number | null | undefined;
  const isFew = Boolean(of?.fewTrades) && !certain && value != null;
  return (
    <dd class={coloured ? tone(value) : ''} data-statistic={side && side !== 'all' ? `${name}-${side}` : name}>
      {side && <span class="visually-hidden">{side === 'long' ? 'Long' : side === 'short' ? 'Short' : 'All'} </span>}
      {as(value)}
      {isFew && <span class="few" title="From fewer than 30 trades" />}
    </dd>
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
