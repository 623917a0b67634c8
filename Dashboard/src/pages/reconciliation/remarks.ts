// The remarks on a compared trade, in words, and which trades a choice shows.
import type { Schema } from '../../api/client';
import { duration, exact } from '../../format';

type Row = Pick<
  Schema<'ReconciledTrade'>,
  'state' | 'remarks' | 'entryDelay' | 'exitDelay' | 'entryTimeDifference' | 'exitTimeDifference' | 'entryPriceDifference' | 'exitPriceDifference'
>;
export type Shown = 'all' | 'missing' | 'extra' | 'late' | 'price' | 'exit' | 'exact';

/** Of trades that one side alone has. */
export const stateNames: Record<string, string> = {
  missing: 'Missing',
  ignored: 'Alert came, but a trade was open',
  unmatched: 'Only the exit came',
  voided: 'Alert excluded',
  extra: 'Not in TradingView',
};

const late = new Set(['entryReceivedLate', 'exitReceivedLate', 'entryTime', 'exitTime']);
const price = new Set(['entryPrice', 'exitPrice']);
const exit = new Set(['exitMissing', 'exitExtra']);

/** The same choice as the API's parameter show. */
export function shownAs(row: Pick<Row, 'state' | 'remarks'>, shown: Shown): boolean {
  switch (shown) {
    case 'all':
      return true;
    case 'missing':
    case 'extra':
      return row.state === shown;
    case 'exact':
      return row.state === 'matched' && row.remarks.length === 0;
    case 'late':
      return row.remarks.some(remark => late.has(remark));
    case 'price':
      return row.remarks.some(remark => price.has(remark));
    case 'exit':
      return row.remarks.some(remark => exit.has(remark));
  }
}

const after = (seconds: number | null) => (seconds === null ? '' : `${duration(Math.abs(seconds))} ${seconds < 0 ? 'before' : 'after'}`);
const signed = (difference: number | null) => (difference === null ? '' : `${difference > 0 ? '+' : ''}${exact(difference)}`);

export function remarkText(row: Row, remark: string): string {
  switch (remark) {
    case 'entryReceivedLate':
      return `entry came ${after(row.entryDelay)}`;
    case 'exitReceivedLate':
      return `exit came ${after(row.exitDelay)}`;
    case 'entryTime':
      return `entry ${after(row.entryTimeDifference)}`;
    case 'exitTime':
      return `exit ${after(row.exitTimeDifference)}`;
    case 'entryPrice':
      return `entry price ${signed(row.entryPriceDifference)}`;
    case 'exitPrice':
      return `exit price ${signed(row.exitPriceDifference)}`;
    case 'exitMissing':
      return 'exit missing in alerts';
    case 'exitExtra':
      return 'exit not in TradingView';
    default:
      return remark;
  }
}
