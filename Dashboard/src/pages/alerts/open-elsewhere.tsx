import type { Schema } from '../../api/client';
import { strategyName, timeframeName } from '../../format';
import { Icon } from '../../ui/icons';

/** Of an exit that closes nothing: the likeliest reason is another timeframe or strategy than its entry's. */
export function OpenElsewhere({ symbol, streams }: { symbol: string; streams: readonly Schema<'OpenStream'>[] | null | undefined }) {
  if (!streams || streams.length === 0) return null;
  return (
    <p class="note warn">
      <Icon name="warning" size={16} />
      <span>
        {symbol} has an open trade, but with another timeframe or strategy: {streams.map(streamWords).join('; ')}. An exit closes only a trade of its own timeframe and strategy.
      </span>
    </p>
  );
}

const streamWords = ({ timeframe, strategy }: Schema<'OpenStream'>) => `${timeframeName(timeframe)}, ${strategy ? `strategy ${strategy}` : strategyName(strategy).toLowerCase()}`;
