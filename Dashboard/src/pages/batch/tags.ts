// Tags as they are typed, and what shows them. Pure.

/** Of a line with commas between them. */
export const tagsIn = (text: string): string[] =>
  text
    .split(',')
    .map(tag => tag.trim())
    .filter(Boolean);

/** Whether a change of a trade's tags or note may change what an address answers. */
export const isNoted = (address: string): boolean =>
  /^\/api\/v1\/(trades|tags|audit)\b/.test(address) || /^\/api\/v1\/batches\/\d+\/(trades|ledger)\b/.test(address) || /[?&](tag=|by=tag\b)/.test(address);
