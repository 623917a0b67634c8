import { beforeEach, expect, it, vi } from 'vitest';

// Each time a page that has just been opened.
async function opened() {
  vi.resetModules();
  return import('./session');
}

beforeEach(() => localStorage.clear());

it('a visit begins as the one before ended, and the first one with the sign-in', async () => {
  const first = await opened();
  first.resumeSession();
  expect(first.role.value).toBeNull();
  first.sessionBegan('admin');

  const second = await opened();
  second.resumeSession();
  expect(second.role.value).toBe('admin');
  second.signedOut();

  const third = await opened();
  third.resumeSession();
  expect(third.role.value).toBeNull();
});

it('of a visit that says nothing of a role the server is asked first', async () => {
  localStorage.setItem('signed-in', 'yes');
  const page = await opened();
  page.resumeSession();
  expect(page.role.value).toBeUndefined();
});

it('a session that is refused before it was confirmed leads to the sign-in, one that ends later to the question over the page', async () => {
  localStorage.setItem('signed-in', 'viewer');
  const page = await opened();
  page.resumeSession();
  page.sessionEnded();
  expect([page.role.value, page.expired.value]).toEqual([null, false]);

  page.sessionBegan('viewer');
  page.sessionEnded();
  expect([page.role.value, page.expired.value]).toEqual(['viewer', true]);
});
