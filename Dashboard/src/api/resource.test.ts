import { afterEach, expect, it, vi } from 'vitest';

// Every test begins with a page that has read nothing.
async function fresh() {
  vi.resetModules();
  const [{ h, render }, resource] = await Promise.all([import('preact'), import('./resource')]);
  const reads: Record<string, ReturnType<typeof resource.useApi<'/api/v1/batches'>>> = {};
  const place = document.createElement('div');
  const One = ({ id }: { id: string }) => {
    reads['one'] = resource.useApi('/api/v1/batches/{id}', { path: { id } }) as never;
    reads['list'] = resource.useApi('/api/v1/batches');
    return null;
  };
  return { ...resource, reads, show: (id: string) => render(h(One, { id }), place), end: () => render(null, place) };
}

const answers = (isThere: () => boolean) =>
  vi.spyOn(globalThis, 'fetch').mockImplementation(input => {
    if (!isThere()) return Promise.reject(new TypeError('Failed to fetch'));
    const url = input instanceof Request ? input.url : String(input);
    return Promise.resolve(new Response(JSON.stringify({ of: new URL(url).pathname }), { headers: { 'Content-Type': 'application/json' } }));
  });

afterEach(() => vi.restoreAllMocks());

it('what is shown while the server is away is stale, also under other parameters, and recovers by itself', async () => {
  let isThere = true;
  answers(() => isThere);
  const page = await fresh();
  page.show('1');
  await vi.waitFor(() => expect([page.reads['one']?.data, page.reads['one']?.stale]).toEqual([{ of: '/api/v1/batches/1' }, false]));
  expect(page.outage.value).toBeUndefined();

  isThere = false;
  page.show('2');
  await vi.waitFor(() => expect([page.reads['one']?.data, page.reads['one']?.stale, page.reads['one']?.problem?.isUnreachable]).toEqual([{ of: '/api/v1/batches/1' }, true, true]));
  expect(page.outage.value?.asOf).toBeTypeOf('number');

  isThere = true;
  await vi.waitFor(() => expect([page.reads['one']?.data, page.reads['one']?.stale]).toEqual([{ of: '/api/v1/batches/2' }, false]), 10_000);
  expect(page.outage.value).toBeUndefined();
  page.end();
});

it('what nothing shows any more is no outage', async () => {
  answers(() => false);
  const page = await fresh();
  page.show('1');
  await vi.waitFor(() => expect(page.outage.value).toEqual({ asOf: undefined }));
  page.end();
  await vi.waitFor(() => expect(page.outage.value).toBeUndefined());
});
