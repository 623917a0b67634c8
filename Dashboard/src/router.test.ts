import { describe, expect, it } from 'vitest';
import { place, placeOf, setQuery, withQuery, navigate } from './router';

describe('an address', () => {
  it.each([
    ['/', '', [], ''],
    ['/batches', 'batches', [], ''],
    ['/batches/7?symbol=BTC&symbol=ETH', 'batches', ['7'], 'symbol=BTC&symbol=ETH'],
    ['/batches/a%20b/', 'batches', ['a b'], ''],
    ['/batches/%zz', 'batches', ['%zz'], ''],
  ])('%s is page %s', (path, page, rest, query) => {
    const read = placeOf(new URL(path, 'http://page.example'));
    expect([read.page, read.rest, read.query.toString()]).toEqual([page, rest, query]);
  });

  it.each([
    ['/batches/7?symbol=BTC', { side: 'long' }, '/batches/7?symbol=BTC&side=long'],
    ['/batches/7?symbol=BTC', { symbol: ['ETH', 'SOL'] }, '/batches/7?symbol=ETH&symbol=SOL'],
    ['/batches/7?symbol=BTC', { symbol: null }, '/batches/7'],
    ['/batches/7?symbol=BTC', { symbol: [] }, '/batches/7'],
    ['/?a=1', { b: 'a&b=c/ü' }, '/?a=1&b=a%26b%3Dc%2F%C3%BC'],
  ])('%s changed by %j is %s', (path, changes, expected) => {
    expect(withQuery(changes, placeOf(new URL(path, 'http://page.example')))).toBe(expected);
  });

  it('moves with the history', () => {
    navigate('/batches/7');
    setQuery({ side: 'short' });
    expect([place.value.page, place.value.query.get('side'), window.location.search]).toEqual(['batches', 'short', '?side=short']);
  });
});
