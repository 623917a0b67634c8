// The days of a month as a calendar shows them. Pure: days are texts, 2026-03-05, in whatever zone the reader has.
import { mondayOf, plusDays } from './filters';

/** Weeks from Monday to Sunday; undefined for days of the months beside it. */
export function weeksOf(month: string): (string | undefined)[][] {
  const first = `${month}-01`;
  const weeks: (string | undefined)[][] = [];
  for (let monday = mondayOf(first); monday < plusMonths(month, 1); monday = plusDays(monday, 7))
    weeks.push(Array.from({ length: 7 }, (_, i) => plusDays(monday, i)).map(day => (day.startsWith(month) ? day : undefined)));
  return weeks;
}

export function plusMonths(month: string, months: number): string {
  const [year, at] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, at - 1 + months, 1)).toISOString().slice(0, 7);
}

export const isMonth = (text: string | null): text is string => text !== null && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
