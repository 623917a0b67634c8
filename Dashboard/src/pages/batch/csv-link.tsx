import { address, type Query } from '../../api/client';
import { Icon } from '../../ui/icons';

/** All of what is shown, under the same filters, as CSV. compact: for a small card, without the word. */
export function CsvLink({ path, id, query, compact = false }: { path: string; id: string; query: Query; compact?: boolean }) {
  return (
    <a class={compact ? 'icon-button' : 'button small'} href={address(path, { id }, { ...query, format: 'csv' })} download title="Download as CSV">
      <Icon name="download" size={compact ? 17 : 15} />
      <span class={compact ? 'visually-hidden' : ''}>CSV</span>
    </a>
  );
}
