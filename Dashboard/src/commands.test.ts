import { expect, it } from 'vitest';
import { matching } from './commands';

const commands = [
  ['Alerts', 'Page'],
  ['Batches', 'Page'],
  ['Swing batch', 'Batch'],
  ['BTCUSDT', 'Alerts of symbol'],
  ['Sign out', 'Action'],
].map(([name, kind]) => ({ name: name!, kind: kind!, run: () => {} }));

it.each([
  ['', ['Alerts', 'Batches', 'Swing batch', 'BTCUSDT', 'Sign out']],
  ['bat', ['Batches', 'Swing batch']],
  ['batch swing', ['Swing batch']],
  ['al', ['Alerts', 'BTCUSDT']],
  [' OUT ', ['Sign out']],
  ['xyz', []],
])('“%s” finds %j', (text, names) => expect(matching(commands, text).map(command => command.name)).toEqual(names));
