// Today, this week, this month: the spans whose change a headline shows.
import { mondayOf } from './filters';

export const lately = [
  ['today', 'Today'],
  ['week', 'This week'],
  ['month', 'This month'],
] as const;

/** The first day of each, and of all of them. */
export function latelyBegins(today: string) {
  const [week, month] = [mondayOf(today), `${today.slice(0, 8)}01`];
  return { today, week, month, first: week < month ? week : month };
}
