/** Addresses whose answers a correction may change. Live events say the same, a moment later. */
export const corrected = (address: string) => /^\/api\/v1\/(alerts|trades|audit|batches)/.test(address);
