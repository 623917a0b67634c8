import { describe, expect, it } from 'vitest';
import { remarkText, shownAs, type Shown } from './remarks';

const row = (state: 'matched' | 'late' | 'priceDiffers' | 'missing' | 'extra', ...remarks: string[]) => ({
  state,
  remarks,
  entryDelay: 300,
  exitDelay: null,
  entryTimeDifference: -60,
  exitTimeDifference: null,
  entryPriceDifference: 1.5,
  exitPriceDifference: -0.25,
});

describe('Which trades a choice shows', () => {
  const exact = row('matched');
  const missing = row('missing');
  const extra = row('extra');
  const late = row('matched', 'entryReceivedLate');
  const moved = row('matched', 'exitTime');
  const dearer = row('matched', 'entryPrice');
  const open = row('matched', 'exitMissing');
  const all = [exact, missing, extra, late, moved, dearer, open];
  it.each<[Shown, unknown[]]>([
    ['all', all],
    ['exact', [exact]],
    ['missing', [missing]],
    ['extra', [extra]],
    ['late', [late, moved]],
    ['price', [dearer]],
    ['exit', [open]],
  ])('%s', (shown, expected) => expect(all.filter(one => shownAs(one, shown))).toEqual(expected));
});

describe('A remark says how much', () => {
  it.each([
    ['entryReceivedLate', 'entry came 5 min after'],
    ['entryTime', 'entry 1 min before'],
    ['entryPrice', 'entry price +1.5'],
    ['exitPrice', 'exit price -0.25'],
    ['somethingNew', 'somethingNew'],
  ])('%s', (remark, text) => expect(remarkText(row('matched', remark), remark)).toBe(text));
});
