import { expect, it } from 'vitest';
import { rooms } from './rooms';
import addresses from './rooms.json';

it('every room has an address that the server knows, and no other has', () => {
  expect(rooms.map(room => room.path).filter(Boolean)).toEqual(addresses);
});
