// The messages to paste into TradingView's alert, as docs/tradingview.md has them, and what TradingView makes of their placeholders. Pure.
export const strategyMessage =
  '{"symbol":"{{ticker}}","side":"{{strategy.order.action}}","marketPosition":"{{strategy.market_position}}","timeframe":"{{interval}}","price":"{{close}}","timestamp":"{{timenow}}","strategy":"My strategy"}';

const indicator = (signal: string) => `{"symbol":"{{ticker}}",${signal},"timeframe":"{{interval}}","price":"{{close}}","timestamp":"{{timenow}}"}`;

/** One alert for each signal of somebody else's indicator. */
export const indicatorMessages = [
  ['Enter long', indicator('"side":"entry","type":"bullish"')],
  ['Enter short', indicator('"side":"entry","type":"bearish"')],
  ['Exit', indicator('"side":"exit"')],
] as const;

/** A message as TradingView would send it, with an example in the place of each placeholder that the set-up uses. Others stay, to be told. */
export function filledIn(message: string, now: Date): string {
  const examples: Record<string, string> = {
    ticker: 'BTCUSDT',
    exchange: 'BINANCE',
    interval: '60',
    close: '43250.5',
    open: '43210',
    high: '43301',
    low: '43180.5',
    volume: '12.5',
    time: now.toISOString().replace(/\.\d+/, ''),
    timenow: now.toISOString().replace(/\.\d+/, ''),
    'strategy.order.action': 'buy',
    'strategy.order.price': '43250.5',
    'strategy.order.contracts': '1',
    'strategy.order.id': 'Long',
    'strategy.order.comment': 'Long',
    'strategy.market_position': 'long',
    'strategy.market_position_size': '1',
    'strategy.prev_market_position': 'flat',
    'strategy.prev_market_position_size': '0',
    'strategy.position_size': '1',
  };
  return message.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (placeholder, name: string) => examples[name] ?? placeholder);
}

export const hasPlaceholders = (message: string) => /\{\{[^{}]*\}\}/.test(message);
