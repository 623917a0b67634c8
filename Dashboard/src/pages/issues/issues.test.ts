import { describe, expect, it } from 'vitest';
import { shownCount, totalOf } from './counts';
import { hrefOf } from './inbox';

describe('the inbox', () => {
  it('is not counted past what a badge holds', () => {
    expect([undefined, 0, 7, 99, 100, 400].map(shownCount)).toEqual(['', '', '7', '99', '99+', '99+']);
  });

  it('calls nobody for repeated entries', () => {
    expect(totalOf({ repeated: 500, unmatched: 2, late: 1 })).toBe(3);
    expect(totalOf({})).toBe(0);
  });

  it.each([
    ['alert', '/alerts?alert=ab'],
    ['trade', '/alerts?alert=ab'],
    ['stream', '/alerts?symbol=A%26B&timeframe=60'],
    ['rejection', '/issues/rejected'],
    ['message', '/issues/failed-messages'],
    ['finding', '/issues/data-checks'],
    ['delivery', '/set-up/notifications'],
  ] as const)('leads from %s to %s', (type, href) => expect(hrefOf({ cause: { type, id: 'ab', href: '' }, symbol: 'A&B', timeframe: '60' })).toBe(href));
});
