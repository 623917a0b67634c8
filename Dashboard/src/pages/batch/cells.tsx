// Cells that several tables have.
import type { Schema } from '../../api/client';
import { count, exact, fraction, instant, ratio, signedPercent, shortTime, timeframeName, tone } from '../../format';

/** Long or short, in a word and a colour of its own: directions are neither good nor bad. */
export function Side({ side }: { side: string }) {
  return <span class={`pill ${side === 'long' || side === 'short' ? side : ''}`}>{side === 'long' ? 'Long' : side === 'short' ? 'Short' : side}</span>;
}

export interface Stream {
  symbol: string;
  timeframe: string;
  strategy?: string | null;
}

export function StreamName({ stream: { symbol, timeframe, strategy } }: { stream: Stream }) {
  return (
    <span title={`${symbol}, timeframe ${timeframeName(timeframe)}${strategy ? `, strategy ${strategy}` : ''}`}>
      <b>{symbol}</b> <span class="faint">{timeframeName(timeframe)}</span>
      {strategy && <span class="faint"> · {strategy}</span>}
    </span>
  );
}

/** In a heading: BTCUSDT · 1h · Breakout. */
export const streamTitle = ({ symbol, timeframe, strategy }: Stream) => [symbol, timeframeName(timeframe), strategy].filter(Boolean).join(' · ');

export function When({ time, zone }: { time: string; zone: string }) {
  return (
    <time dateTime={time} title={instant(time, zone)}>
      {shortTime(time, zone)}
    </time>
  );
}

/** A figure with its sign and colour, and every digit on hover. */
export function Toned({ value, as }: { value: number | null; as: (value: number | null) => string }) {
  return (
    <span class={tone(value)} title={exact(value)}>
      {as(value)}
    </span>
  );
}

const reasons: Record<string, string> = { exit: 'Signal', flip: 'Reversal', manual: 'Manual' };

/** What closed a trade. */
export const closedBy = (reason: string) => reasons[reason] ?? reason;

/** What is said of a group of trades beside its profit. */
export const GroupHeads = () => (
  <>
    {['Trades', 'Win rate', 'Profit factor', 'Average return'].map(name => (
      <th key={name} scope="col" class="number">
        {name}
      </th>
    ))}
  </>
);

/** isEmpty: where there is no group it is known that it has no trades. */
export const GroupCells = ({ group, isEmpty = false }: { group: Schema<'Group'> | undefined; isEmpty?: boolean }) => (
  <>
    <td class="number">{count(group ? group.trades : isEmpty ? 0 : undefined)}</td>
    <td class="number">{fraction(group?.winRate)}</td>
    <td class="number">{ratio(group?.profitFactor)}</td>
    <td class="number">{signedPercent(group?.averageChange)}</td>
  </>
);
