import { describe, expect, it } from 'vitest';
import { detailOf, merge, type Series } from './detail';

/** Every hundredth of 10,000 trades, one an hour. */
const hour = 3_600_000;
const thinned: Series = {
  total: 10_000,
  seq: Array.from({ length: 101 }, (_, i) => Math.max(1, i * 100)),
  time: Array.from({ length: 101 }, (_, i) => i * 100 * hour),
  value: Array.from({ length: 101 }, (_, i) => i),
};

describe('zooming into a thinned series', () => {
  it.each([
    ['all of it is in view', { start: 0, end: 1 }, {}, null],
    ['nothing was left out', { start: 0.4, end: 0.5 }, { total: 101 }, null],
    ['a tenth is in view', { start: 0.4, end: 0.5 }, {}, [3500, 5600]],
    ['its end is in view', { start: 0.9, end: 1 }, {}, [8500, 10_000]],
  ])('%s', (_, window, more, expected) => {
    const asked = detailOf({ ...thinned, ...more }, window, { tz: 'UTC' });
    // The trade at the end of the span is part of it.
    expect(asked && [Date.parse(asked.from) / hour, (Date.parse(asked.to) - 1) / hour]).toEqual(expected);
  });

  it.each([[{ symbol: ['BTC'] }], [{ timeframe: ['60'] }], [{ strategy: [''] }], [{ side: 'long' }]])('under a filter of rows (%j) the part would not join the rest', query =>
    expect(detailOf(thinned, { start: 0.4, end: 0.5 }, query)).toBeNull());

  it('under dates alone it does', () => expect(detailOf(thinned, { start: 0.4, end: 0.5 }, { from: '1970-01-01T00:00:00Z', symbol: [] })).not.toBeNull());
});

describe('a part with more points takes the place of the part it shows', () => {
  const part: Series = { total: 5, seq: [400, 410, 420, 500], time: [400, 410, 420, 500].map(n => n * hour), value: [4, 4.1, 4.2, 5] };

  it('and the rest stays', () => {
    const merged = merge(thinned, part);
    expect(merged.seq).toEqual([...thinned.seq!.slice(0, 4), ...part.seq!, ...thinned.seq!.slice(6)]);
    expect(merged.value.slice(3, 9)).toEqual([3, 4, 4.1, 4.2, 5, 6]);
    expect([merged.time.length, merged.total]).toEqual([merged.value.length, 10_000]);
    expect([...merged.time].sort((a, b) => a - b)).toEqual(merged.time);
  });

  it('at either end too', () => {
    const atEnd: Series = { total: 2, seq: [9950, 10_000], time: [9950 * hour, 10_000 * hour], value: [99.5, 100] };
    expect(merge(thinned, atEnd).seq!.slice(-3)).toEqual([9900, 9950, 10_000]);
    const atStart: Series = { total: 2, seq: [1, 50], time: [0, 50 * hour], value: [0, 0.5] };
    expect(merge(thinned, atStart).seq!.slice(0, 3)).toEqual([1, 50, 100]);
  });

  it('where there is none the series is as it was', () => {
    expect(merge(thinned, undefined)).toBe(thinned);
    expect(merge(thinned, { total: 0, time: [], value: [], seq: [] })).toBe(thinned);
  });
});
