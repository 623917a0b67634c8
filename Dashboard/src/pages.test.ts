import { expect, it } from 'vitest';
import { pages } from './pages';
import addresses from './pages.json';

it('every page has an address that the server knows, and no other has', () => {
  expect(pages.map(page => page.path).filter(Boolean)).toEqual(addresses);
});
