import { describe, expect, it } from 'vitest';
import documentation from '../../../../docs/tradingview.md?raw';
import { whyNotReached } from './reach';
import script from './signals.pine?raw';

describe('set-up', () => {
  it('shows the script that the documentation has', () => {
    expect(documentation).toContain('```pine\n' + script + '```');
  });

  it.each([
    ['https://alerts.example/webhooks/tradingview/x', ''],
    ['https://alerts.example:443/webhooks/tradingview/x', ''],
    ['https://alerts.example:8443/x', '443 only'],
    ['http://alerts.example/x', 'https'],
    ['http://127.0.0.1:5080/x', 'from outside'],
    ['https://192.168.1.4/x', 'from outside'],
    ['https://172.20.1.4/x', 'from outside'],
    ['https://172.40.1.4/x', ''],
    ['https://ingest/x', 'from outside'],
    ['https://[::1]/x', 'from outside'],
    ['nonsense', 'no address'],
  ])('says whether TradingView can reach %s', (address, why) => {
    if (why) expect(whyNotReached(address)).toContain(why);
    else expect(whyNotReached(address)).toBe('');
  });
});
