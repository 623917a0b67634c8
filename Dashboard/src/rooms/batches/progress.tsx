import type { Schema } from '../../api/client';
import { fraction } from '../../format';

/** How far the new ledger is; the one before is shown meanwhile. */
export function Progress({ ledger }: { ledger: Schema<'BatchLedger'> }) {
  return (
    <div class="building" role="status">
      <span>Building the ledger anew: {fraction(ledger.progress)}</span>
      <progress value={ledger.progress} max={1} aria-label="Building the ledger" />
    </div>
  );
}
