import type { Schema } from '../../api/client';
import { fraction } from '../../format';

const formatNames: Record<string, string> = {
  csv: 'Alerts, CSV',
  ndjson: 'Alerts, NDJSON',
  json: 'Alerts, JSON',
  log: 'TradingView alert log',
  trades: 'List of trades',
};

/** What a file holds; not known while it is received. */
export const formatName = (format: Schema<'Import'>['format']) => (format === null ? '…' : formatNames[format]);

/** The state of an import, in a word, and its progress. */
export function ImportProgress({ item }: { item: Pick<Schema<'Import'>, 'state' | 'progress'> }) {
  switch (item.state) {
    case 'receiving':
      return <span class="pill">Uploading</span>;
    case 'running':
      return (
        <span class="import-progress" role="status">
          <progress value={item.progress} max={1} aria-label="Import progress" /> {fraction(item.progress)}
        </span>
      );
    case 'done':
      return <span class="pill good">Done</span>;
    case 'failed':
      return <span class="pill bad">Failed</span>;
  }
}
