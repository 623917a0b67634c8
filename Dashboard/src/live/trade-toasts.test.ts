import { expect, it } from 'vitest';
import { textOf } from './trade-toasts';

it.each([
  [{ opened: 0, closed: 1, last: { id: 'a', symbol: 'BTCUSDT' } }, 'BTCUSDT: trade closed'],
  [{ opened: 1, closed: 0, last: { id: 'a', symbol: 'BTCUSDT' } }, 'BTCUSDT: trade opened'],
  [{ opened: 3, closed: 1, last: { id: 'a', symbol: 'BTCUSDT' } }, '1 trade closed, 3 trades opened'],
  [{ opened: 0, closed: 12, last: { id: 'a', symbol: 'BTCUSDT' } }, '12 trades closed'],
])('a burst of %j is told as “%s”', (burst, text) => expect(textOf(burst)).toBe(text));
