import { expect, it } from 'vitest';
import { isFound } from './search';

it.each([
  ['', true],
  ['crypto', true],
  ['BTC', true],
  ['swing eth', true],
  ['swing sol', false],
])('“%s” finds the batch: %s', (search, found) => expect(isFound({ name: 'Crypto swing', symbols: ['BTCUSDT', 'ETHUSDT'] }, search)).toBe(found));
