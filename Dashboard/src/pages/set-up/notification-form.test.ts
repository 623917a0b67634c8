import { describe, expect, it } from 'vitest';
import { mistakesOf, said } from './notification-form';

describe('rules in words', () => {
  const none = { limitPercentage: null, timeOfDay: null, timeZone: null };
  it.each([
    [{ ...none, kind: 'tradeOpened' as const }, '', 'A trade opens'],
    [{ ...none, kind: 'drawdown' as const, limitPercentage: 10 }, 'Demo', 'A drawdown passes a limit of 10 % in Demo'],
    [{ ...none, kind: 'dailySummary' as const, timeOfDay: '18:00', timeZone: 'Europe/Berlin' }, '', 'Every day, a summary at 18:00 (Europe/Berlin)'],
  ])('%#', (rule, batch, text) => expect(said(rule, batch)).toBe(text));

  it('asks for what is empty', () => expect(mistakesOf(['name', 'to'], { name: ' ', to: 'x' })).toEqual({ name: 'Fill this in' }));
});
