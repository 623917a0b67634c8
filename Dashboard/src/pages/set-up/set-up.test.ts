import { describe, expect, it } from 'vitest';
import documentation from '../../../../docs/tradingview.md?raw';
import { filledIn, hasPlaceholders, indicatorMessages, strategyMessage } from './messages';
import { whyNotReached } from './reach';
import script from './signals.pine?raw';

describe('set-up', () => {
  it('shows the script that the documentation has', () => {
    expect(documentation).toContain('```pine\n' + script + '```');
  });

  it.each([['Strategy', strategyMessage] as const, ...indicatorMessages])('shows the message that the documentation has: %s', (_, message) => {
    expect(documentation).toContain('```json\n' + message + '\n```');
  });

  it('fills placeholders in as TradingView does, and leaves those it does not know', () => {
    const filled = filledIn(`${strategyMessage} {{plot("A")}} {{nonsense}}`, new Date('2026-11-22T06:28:00.125Z'));
    expect(filled).toBe(
      '{"symbol":"BTCUSDT","side":"buy","marketPosition":"long","timeframe":"60","price":"43250.5","timestamp":"2026-11-22T06:28:00Z","strategy":"My strategy"} {{plot("A")}} {{nonsense}}',
    );
    expect(hasPlaceholders(filled)).toBe(true);
    expect(hasPlaceholders('{"order":{"side":"buy"}}')).toBe(false);
  });

  it.each([
    ['https://alerts.example/webhooks/tradingview/x', ''],
    ['https://alerts.example:443/webhooks/tradingview/x', ''],
    ['https://alerts.example:8443/x', '80 and 443'],
    ['http://alerts.example/x', 'https'],
    ['http://127.0.0.1:5080/x', 'cannot reach'],
    ['https://192.168.1.4/x', 'cannot reach'],
    ['https://172.20.1.4/x', 'cannot reach'],
    ['https://172.40.1.4/x', ''],
    ['https://ingest/x', 'cannot reach'],
    ['https://[::1]/x', 'cannot reach'],
    ['nonsense', 'not a URL'],
  ])('says whether TradingView can reach %s', (address, why) => {
    if (why) expect(whyNotReached(address)).toContain(why);
    else expect(whyNotReached(address)).toBe('');
  });
});
