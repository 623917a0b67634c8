// What a list of trades is sorted by: it is in the address. Pure.
export type Sorting = 'seq' | 'entryTime' | 'exitTime' | 'pnl' | 'changePercentage' | 'holding';
export type Order = 'asc' | 'desc';

/** What each call sorts by unless it is told, the newest first. */
export const sortings = { ledger: 'seq', trades: 'entryTime' } as const;

/** What the calls can be told. */
export const sortsOf = {
  ledger: ['seq', 'exitTime', 'pnl', 'changePercentage', 'holding'],
  trades: ['entryTime', 'exitTime', 'changePercentage', 'holding'],
} as const satisfies Record<keyof typeof sortings, readonly Sorting[]>;

/** Of a column that was not sorted by: the worst, the longest, the newest first. */
export const firstOrder = (by: Sorting): Order => (by === 'pnl' || by === 'changePercentage' ? 'asc' : 'desc');

/** Of what the address says, where the call knows it. */
export function orderOf(sort: string | null, order: string | null, kind: keyof typeof sortings, sorts: readonly Sorting[]): [Sorting, Order] {
  const by = sorts.find(one => one === sort) ?? sortings[kind];
  return [by, order === 'asc' ? 'asc' : 'desc'];
}

export const sortsOfOpen = ['entryTime'] as const satisfies readonly Sorting[];

export const states = [
  ['', 'All'],
  ['open', 'Open'],
  ['closed', 'Closed'],
] as const;
export type State = (typeof states)[number][0];

/** Open and closed trades have only their entry in common: sorted by anything else it is the closed ones. */
export function stateOf(query: URLSearchParams): State {
  const isSorted = orderOf(query.get('sort'), null, 'trades', sortsOf.trades)[0] !== sortings.trades;
  return states.find(([name]) => name === query.get('state'))?.[0] || (isSorted ? 'closed' : '');
}

/** What choosing a state changes in the address. */
export const stateChanges = (state: State) => ({ state, ...(state === 'closed' ? {} : { sort: null, order: null }) });
