import { expect, it, vi } from 'vitest';
import { bringsRows, isTouchedBy, type EventName } from './events';

const api = '/api/v1';

it.each([
  ['alert', {}, `${api}/alerts?limit=200`, true],
  ['alert', {}, `${api}/alerts/rejected`, true],
  ['alert', {}, `${api}/batches/1/statistics`, false],
  ['alert', {}, `${api}/batches`, true],
  ['price', { symbol: 'BTC' }, `${api}/batches`, true],
  ['price', { symbol: 'BTC' }, `${api}/batches/12`, true],
  ['price', { symbol: 'BTC' }, `${api}/batches/12/trades?state=open&limit=100`, true],
  ['price', { symbol: 'BTC' }, `${api}/trades?symbol=BTC`, true],
  ['price', { symbol: 'BTC' }, `${api}/trades?state=closed`, false],
  ['price', { symbol: 'BTC' }, `${api}/batches/12/statistics`, false],
  ['price', { symbol: 'BTC' }, `${api}/batches/12/charts/trades?by=day`, false],
  ['price', { symbol: 'BTC' }, `${api}/alerts`, false],
  ['trade', {}, `${api}/trades/0f34`, true],
  ['trade', {}, `${api}/alerts?limit=200`, true],
  ['trade', {}, `${api}/batches/1/trades?state=open`, true],
  ['trade', {}, `${api}/batches/1`, true],
  ['trade', {}, `${api}/batches/1/charts/trades?by=day`, false],
  ['ledger', { batchId: 1 }, `${api}/batches`, true],
  ['ledger', { batchId: 1 }, `${api}/batches/1/charts/capital?by=trade`, true],
  ['ledger', { batchId: 1 }, `${api}/batches/1`, true],
  ['ledger', { batchId: 1 }, `${api}/batches/12/statistics`, false],
  ['ledger', { batchId: 1 }, `${api}/compare?batch=1&batch=2`, true],
  ['ledger', { batchId: 1 }, `${api}/alerts`, false],
  ['batch', { batchId: 7, state: 'deleted' }, `${api}/batches/7`, true],
  ['batch', { batchId: 7, state: 'deleted' }, `${api}/batches/7/statistics`, false],
  ['batch', { batchId: 7, state: 'changed' }, `${api}/batches/7/statistics`, true],
  ['batch', { batchId: 7, state: 'building' }, `${api}/batches/8`, false],
  ['batch', { batchId: 7, state: 'changed' }, `${api}/audit?limit=200`, true],
  ['batch', { batchId: 7, state: 'building' }, `${api}/audit?limit=200`, false],
  ['alert', { action: 'manual' }, `${api}/audit?limit=200`, true],
  ['alert', { action: 'exit' }, `${api}/audit?limit=200`, false],
  ['trade', { state: 'revised' }, `${api}/audit?limit=200`, true],
  ['trade', { state: 'closed' }, `${api}/audit?limit=200`, false],
  ['reset', {}, `${api}/batches/8/ledger`, true],
  ['reset', {}, `${api}/session`, false],
] as [EventName, Record<string, unknown>, string, boolean][])('a %s event %j: %s is read again: %s', (name, data, address, expected) => {
  expect(isTouchedBy({ name, data }, address)).toBe(expected);
});

it.each([
  ['price', '/api/v1/batches/7/trades?state=open', false],
  ['alert', '/api/v1/batches/7/trades?state=open', false],
  ['trade', '/api/v1/batches/7/trades?state=open', true],
  ['ledger', '/api/v1/batches/7/ledger?limit=100', true],
  ['alert', '/api/v1/alerts?limit=100', true],
  ['again', '/api/v1/alerts?limit=100', false],
] as [EventName, string, boolean][])('a %s event may have put a row into %s: %s', (name, address, expected) => {
  expect([isTouchedBy({ name, data: { batchId: 7 } }, address), bringsRows({ name, data: { batchId: 7 } }, address)]).toEqual([true, expected]);
});

it('what is shown is asked for again every minute, should an event have been lost', async () => {
  vi.useFakeTimers();
  vi.resetModules();
  const opened: { onopen?: () => void }[] = [];
  vi.stubGlobal(
    'EventSource',
    class {
      onopen?: () => void;
      constructor() {
        opened.push(this);
      }
      addEventListener() {}
      close() {}
    },
  );
  let batches = '[]';
  const asked = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation(() => Promise.resolve(new Response(`{"batches":${batches}}`, { headers: { 'Content-Type': 'application/json', ETag: '"1"' } })));
  const [{ h, render }, { useApi }, { startEvents }, { role }] = await Promise.all([import('preact'), import('../api/resource'), import('./events'), import('../session')]);
  const answers: unknown[] = [];
  const place = document.createElement('div');
  const Shown = () => {
    answers.push(useApi('/api/v1/batches').data);
    return null;
  };
  render(h(Shown, {}), place);
  startEvents();
  role.value = 'viewer';
  await vi.advanceTimersByTimeAsync(1_000);
  opened[0]?.onopen?.();
  await vi.advanceTimersByTimeAsync(2_000);
  const before = asked.mock.calls.length;
  const known = answers.at(-1);
  expect(known).toEqual({ batches: [] });
  await vi.advanceTimersByTimeAsync(125_000);
  expect(asked.mock.calls.length).toBe(before + 2);
  // Nothing has changed: nothing is drawn again.
  expect(answers.at(-1)).toBe(known);
  // Whatever its ETag says, which is of a batch's settings alone.
  batches = '[{"id":1}]';
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answers.at(-1)).toEqual({ batches: [{ id: 1 }] });
  role.value = undefined;
  render(null, place);
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});
