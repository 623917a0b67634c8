import { describe, expect, it } from 'vitest';
import { PagedList } from './paged-list';

/** A list of so many rows, each its own number, in pages of 100. */
function listOf(total: number) {
  const asked: (string | null)[] = [];
  let came = 0;
  const pages = new PagedList<number>(
    cursor => {
      asked.push(cursor);
      const first = Number(cursor ?? 0);
      const items = Array.from({ length: Math.min(100, total - first) }, (_, i) => first + i);
      return Promise.resolve({ items, cursor: first + items.length < total ? String(first + items.length) : null });
    },
    () => came++,
  );
  const until = async (pagesCame: number) => {
    while (came < pagesCame) await Promise.resolve();
  };
  return { pages, asked, until };
}

describe('a list in pages', () => {
  it('asks for what is in view and no more', async () => {
    const { pages, asked, until } = listOf(1000);
    pages.want(0, 40);
    pages.want(0, 40);
    await until(1);
    pages.want(0, 40);
    expect([asked, pages.count, pages.ended, pages.row(99), pages.row(100)]).toEqual([[null], 100, false, 99, undefined]);
    pages.want(60, 100);
    await until(2);
    expect([asked, pages.row(100), pages.row(199)]).toEqual([[null, '100'], 100, 199]);
  });

  it('ends', async () => {
    const { pages, asked, until } = listOf(150);
    pages.want(0, 40);
    await until(1);
    pages.want(90, 130);
    await until(2);
    pages.want(120, 150);
    expect([pages.count, pages.ended, asked.length]).toEqual([150, true, 2]);
  });

  it('is empty where there is nothing', async () => {
    const { pages, until } = listOf(0);
    pages.want(0, 40);
    await until(1);
    expect([pages.count, pages.ended]).toEqual([0, true]);
  });

  it('forgets what is far away, and asks for it again on the way back', async () => {
    const { pages, asked, until } = listOf(10_000);
    for (let page = 0; page < 60; page++) {
      pages.want(page * 100, page * 100 + 40);
      await until(asked.length);
      pages.want(page * 100 + 60, page * 100 + 100);
      await until(asked.length);
    }
    expect(pages.row(5000)).toBe(5000);
    expect(pages.row(0)).toBeUndefined();
    const before = asked.length;
    pages.want(0, 40);
    await until(asked.length);
    expect([pages.row(0), pages.count >= 6000, asked.length]).toEqual([0, true, before + 1]);
  });
});
