import type { Schema } from '../../api/client';

/** Every word is in the name or in one of the symbols. */
export function isFound({ name, symbols }: Pick<Schema<'Batch'>, 'name' | 'symbols'>, search: string): boolean {
  const text = [name, ...symbols].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word));
}
