// One trade, the alerts that made it, and their raw messages.
import { useApi } from '../../api/resource';
import { duration, exact, instant, nothing, signedPercent, tone } from '../../format';
import { isAdmin } from '../../session';
import { Dialog } from '../../ui/dialog';
import { ReadState } from '../../ui/states';
import { meaningOf, saying } from '../alerts/words';
import { closedBy, Side, streamTitle } from './cells';
import { TradeNotes } from './notes';
import { durationOf } from './trade-table';

export function TradePanel({ id, zone, onClose }: { id: string; zone: string; onClose: () => void }) {
  const read = useApi('/api/v1/trades/{id}', { path: { id } });
  const trade = read.data;
  return (
    <Dialog title={trade ? streamTitle(trade) : 'Trade'} where="panel" onClose={onClose}>
      <ReadState read={read} height={240} />
      {trade && (
        <>
          <div class="headline">
            <span class={`figure ${tone(trade.changePercentage)}`}>{trade.exitTime ? signedPercent(trade.changePercentage) : 'Open'}</span>
            <Side side={trade.side} />
          </div>
          <dl class="facts">
            <dt>Entry</dt>
            <dd>
              {exact(trade.entryPrice)} · {instant(trade.entryTime, zone)}
            </dd>
            <dt>Exit</dt>
            <dd>{trade.exitTime ? `${exact(trade.exitPrice)} · ${instant(trade.exitTime, zone)}` : nothing}</dd>
            <dt>Closed by</dt>
            <dd>{trade.exitReason ? closedBy(trade.exitReason) : 'Still open'}</dd>
            <dt>Duration</dt>
            <dd>{duration(durationOf(trade))}</dd>
            <dt>Return before fees</dt>
            <dd title={exact(trade.changePercentage)}>{signedPercent(trade.changePercentage)}</dd>
            {trade.mae != null && (
              <>
                <dt>Worst and best before the exit</dt>
                <dd>
                  {signedPercent(trade.mae)} · {signedPercent(trade.mfe)}
                </dd>
              </>
            )}
            <dt>Trade id</dt>
            <dd class="mono">{trade.tradeId}</dd>
          </dl>
          <TradeNotes trade={trade} />
          <AlertNote title="Opened by this alert" id={trade.entryAlertId} zone={zone} />
          {trade.exitAlertId && <AlertNote title="Closed by this alert" id={trade.exitAlertId} zone={zone} />}
        </>
      )}
    </Dialog>
  );
}

function AlertNote({ title, id, zone }: { title: string; id: string; zone: string }) {
  const read = useApi('/api/v1/alerts/{id}', { path: { id } });
  const alert = read.data;
  return (
    <section class="alert-note" aria-label={title}>
      <h3>{title}</h3>
      <ReadState read={read} height={150} />
      {alert && (
        <>
          <dl class="facts">
            <dt>Signal</dt>
            <dd>
              {saying(alert)} at {exact(alert.price)}, {instant(alert.timestamp, zone)}
            </dd>
            <dt>Outcome</dt>
            <dd>{meaningOf(alert.outcome).label}</dd>
            <dt>Received</dt>
            <dd>{instant(alert.receivedAt, zone)}</dd>
            <dt>Matched</dt>
            <dd>{instant(alert.pairedAt, zone)}</dd>
            {alert.postedAt && (
              <>
                <dt>Applied to batches</dt>
                <dd>{instant(alert.postedAt, zone)}</dd>
              </>
            )}
          </dl>
          <a href={`/alerts?alert=${id}`}>{isAdmin.value ? 'Open in alert log to correct it' : 'Open in alert log'}</a>
          <pre tabIndex={0} aria-label="Raw alert message">
            {alert.payload}
          </pre>
        </>
      )}
    </section>
  );
}
