import type { Schema } from '../../api/client';
import { fraction } from '../../format';

export const formatNames: Record<Schema<'Import'>['format'], string> = { csv: 'Alerts, CSV', ndjson: 'Alerts, NDJSON', trades: 'List of trades' };

/** What an import is at, in a word, and how far. */
export function ImportProgress({ item }: { item: Pick<Schema<'Import'>, 'state' | 'progress'> }) {
  switch (item.state) {
    case 'receiving':
      return <span class="pill">arriving</span>;
    case 'running':
      return (
        <span class="import-progress" role="status">
          <progress value={item.progress} max={1} aria-label="How much of the file is stored" /> {fraction(item.progress)}
        </span>
      );
    case 'done':
      return <span class="pill good">done</span>;
    case 'failed':
      return <span class="pill bad">failed</span>;
  }
}
