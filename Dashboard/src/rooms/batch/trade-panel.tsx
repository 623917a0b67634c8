// One trade, the alerts that made it, and what those said, letter for letter.
import { useApi } from '../../api/resource';
import { duration, exact, instant, nothing, signedPercent, tone } from '../../format';
import { isAdmin } from '../../session';
import { Dialog } from '../../ui/dialog';
import { ProblemNote, Skeleton } from '../../ui/states';
import { Side } from './cells';
import { heldFor } from './trades';

export function TradePanel({ id, zone, onClose }: { id: string; zone: string; onClose: () => void }) {
  const { data: trade, problem, reload } = useApi('/api/v1/trades/{id}', { path: { id } });
  return (
    <Dialog title={trade ? `${trade.symbol} · ${trade.timeframe}` : 'Trade'} where="side" onClose={onClose}>
      {problem && !trade && <ProblemNote problem={problem} onRetry={reload} />}
      {!trade && !problem && <Skeleton height={240} />}
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
            <dd>{trade.exitReason ? { exit: 'an exit', flip: 'an entry the other way', manual: 'hand' }[trade.exitReason] : 'nothing yet'}</dd>
            <dt>Held</dt>
            <dd>{duration(heldFor(trade))}</dd>
            <dt>Change, gross</dt>
            <dd title={exact(trade.changePercentage)}>{signedPercent(trade.changePercentage)}</dd>
            <dt>Id</dt>
            <dd class="mono">{trade.tradeId}</dd>
          </dl>
          <AlertNote title="Opened by this alert" id={trade.entryAlertId} zone={zone} />
          {trade.exitAlertId && <AlertNote title="Closed by this alert" id={trade.exitAlertId} zone={zone} />}
        </>
      )}
    </Dialog>
  );
}

function AlertNote({ title, id, zone }: { title: string; id: string; zone: string }) {
  const { data: alert, problem, reload } = useApi('/api/v1/alerts/{id}', { path: { id } });
  return (
    <section class="alert-note" aria-label={title}>
      <h3>{title}</h3>
      {problem && !alert && <ProblemNote problem={problem} onRetry={reload} />}
      {!alert && !problem && <Skeleton height={150} />}
      {alert && (
        <>
          <dl class="facts">
            <dt>Says</dt>
            <dd>
              {alert.action}
              {alert.direction && ` ${alert.direction}`} at {exact(alert.price)}, {instant(alert.timestamp, zone)}
            </dd>
            <dt>Outcome</dt>
            <dd>{alert.outcome}</dd>
            <dt>Received</dt>
            <dd>{instant(alert.receivedAt, zone)}</dd>
            <dt>Paired</dt>
            <dd>{instant(alert.pairedAt, zone)}</dd>
            {alert.postedAt && (
              <>
                <dt>Posted</dt>
                <dd>{instant(alert.postedAt, zone)}</dd>
              </>
            )}
          </dl>
          <a href={`/alerts?alert=${id}`}>{isAdmin.value ? 'In the log, to correct it' : 'In the log'}</a>
          <pre tabIndex={0} aria-label="Body as it arrived">
            {alert.payload}
          </pre>
        </>
      )}
    </section>
  );
}
