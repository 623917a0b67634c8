import type { Schema } from '../../api/client';
import { fraction } from '../../format';

/** How far the calculation is; the results before it are shown meanwhile. */
export function Progress({ ledger }: { ledger: Schema<'BatchLedger'> }) {
  return (
    <div class="building" role="status">
      <span>Recalculating: {fraction(ledger.progress)}</span>
      <progress value={ledger.progress} max={1} aria-label="Recalculating" />
    </div>
  );
}
