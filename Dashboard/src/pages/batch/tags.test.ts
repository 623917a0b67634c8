import { expect, it } from 'vitest';
import { isNoted, tagsIn } from './tags';

it.each([
  ['', []],
  ['breakout', ['breakout']],
  [' Late entry ,, fomo, ', ['Late entry', 'fomo']],
])('%j is %j', (text, tags) => expect(tagsIn(text)).toEqual(tags));

it.each([
  ['/api/v1/trades/0f', true],
  ['/api/v1/tags', true],
  ['/api/v1/batches/7/ledger?limit=200', true],
  ['/api/v1/batches/7/breakdown?by=tag&tz=UTC', true],
  ['/api/v1/batches/7/statistics?tag=fomo&tz=UTC', true],
  ['/api/v1/batches/7/statistics?tz=UTC', false],
  ['/api/v1/batches/7/breakdown?by=symbol', false],
])('%s is read again: %s', (address, expected) => expect(isNoted(address)).toBe(expected));
