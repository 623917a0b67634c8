import { describe, expect, it } from 'vitest';
import { nearestIndex } from './chart';
import { tooltipOf } from './parts';
import { sparkPath } from './sparkline';

it.each([
  [-5, 0],
  [1.4, 0],
  [1.6, 1],
  [3, 1],
  [3.6, 2],
  [99, 3],
])('the point nearest to %d is the one at index %d', (x, index) => expect(nearestIndex([[1, 0], [2, 0], [5, 0], [9, 0]], x)).toBe(index));

describe('a small curve', () => {
  it('reaches from edge to edge, the lowest at the bottom', () => expect(sparkPath([0, 10, 5], 100, 50, 0).line).toBe('M0.0 50.0L50.0 0.0L100.0 25.0'));
  it('of one value is level', () => expect(sparkPath([7], 100, 50).line).toBe('M0.0 25.0L100.0 25.0'));
  it('of none is nothing', () => expect(sparkPath([])).toEqual({ line: '', area: '' }));
});

it('a tooltip shows markup as text', () => {
  const box = tooltipOf('<img src=x onerror=alert(1)>', [{ name: '<b>bold</b>', value: '1', colour: 'red' }]);
  expect([box.querySelector('img'), box.querySelector('b')?.textContent, box.textContent]).toEqual([null, '1', '<img src=x onerror=alert(1)><b>bold</b>1']);
});
