// Cells that several tables have.
import { instant, shortTime } from '../../format';

/** Long or short, in a word and a colour. */
export function Side({ side }: { side: string }) {
  return <span class={`pill ${side === 'long' ? 'good' : 'bad'}`}>{side === 'long' ? 'Long' : side === 'short' ? 'Short' : side}</span>;
}

export function StreamName({ stream: { symbol, timeframe } }: { stream: { symbol: string; timeframe: string } }) {
  return (
    <span title={`${symbol}, timeframe ${timeframe}`}>
      <b>{symbol}</b> <span class="faint">{timeframe}</span>
    </span>
  );
}

export function When({ time, zone }: { time: string; zone: string }) {
  return (
    <time dateTime={time} title={instant(time, zone)}>
      {shortTime(time, zone)}
    </time>
  );
}
