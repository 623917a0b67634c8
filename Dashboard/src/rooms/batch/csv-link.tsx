import { address, type Query } from '../../api/client';
import { Icon } from '../../ui/icons';

/** The whole of what is shown, under the same filters, as CSV. */
export function CsvLink({ path, id, query }: { path: string; id: string; query: Query }) {
  return (
    <a class="button small" href={address(path, { id }, { ...query, format: 'csv' })} download>
      <Icon name="download" size={15} /> CSV
    </a>
  );
}
