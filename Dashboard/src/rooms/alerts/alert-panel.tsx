// One alert: what it said, letter for letter, its way through the pipeline, its trade, and what was done about it.
import { useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { duration, exact, instant, nothing, signedPercent, tone } from '../../format';
import { setQuery } from '../../router';
import { isAdmin } from '../../session';
import { Dialog } from '../../ui/dialog';
import { ProblemNote, Skeleton } from '../../ui/states';
import { Side } from '../batch/cells';
import { heldFor } from '../batch/trades';
import { CloseTrade } from './close-trade';
import { CorrectAlert } from './correct-alert';
import { DeedsOf } from './deeds';
import { meaningOf, saying } from './words';

export function AlertPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const { data: alert, problem, reload } = useApi('/api/v1/alerts/{id}', { path: { id } });
  const [correcting, setCorrecting] = useState(false);
  const current = alert?.alertId === id ? alert : undefined;
  return (
    <Dialog title={current ? `${current.symbol} · ${current.timeframe}` : 'Alert'} where="side" onClose={onClose}>
      {problem && !current && <ProblemNote problem={problem} onRetry={reload} />}
      {!current && !problem && <Skeleton height={420} />}
      {current && (
        <>
          <div class="alert-head">
            <OutcomePill outcome={current.outcome} />
            {isAdmin.value && (
              <button type="button" class="button small" onClick={() => setCorrecting(true)}>
                {current.outcome === 'voided' ? 'Restore…' : 'Void…'}
              </button>
            )}
          </div>
          <p>{meaningOf(current.outcome).means}</p>
          <dl class="facts">
            <dt>Says</dt>
            <dd>
              {saying(current)} at <b>{exact(current.price)}</b>
            </dd>
            <dt>Of the time</dt>
            <dd>{instant(current.timestamp)}</dd>
            <dt>Received</dt>
            <dd>{instant(current.receivedAt)}</dd>
            <dt>Paired</dt>
            <dd>
              {instant(current.pairedAt)} {after(current.receivedAt, current.pairedAt)}
            </dd>
            <dt>Posted</dt>
            <dd>
              {current.postedAt ? (
                <>
                  {instant(current.postedAt)} {after(current.receivedAt, current.postedAt)}
                </>
              ) : (
                <span class="faint">{current.outcome === 'closed' || current.outcome === 'flipped' ? 'in no ledger: no batch counts this trade' : nothing}</span>
              )}
            </dd>
            <dt>Id</dt>
            <dd class="mono">{current.alertId}</dd>
          </dl>
          {current.closedTradeId && <TradeNote title="The trade it closed" id={current.closedTradeId} alertId={id} />}
          {current.tradeId && <TradeNote title={tradeTitle(current.outcome)} id={current.tradeId} alertId={id} />}
          <section class="alert-note" aria-label="Payload">
            <h3>Body as it arrived</h3>
            <pre tabIndex={0} aria-label="Body as it arrived">
              {current.payload}
            </pre>
          </section>
          <DeedsOf subjects={[`alerts/${id}`]} title="What was done about it" />
          {correcting && <CorrectAlert alert={current} onClose={() => setCorrecting(false)} />}
        </>
      )}
    </Dialog>
  );
}

export function OutcomePill({ outcome }: { outcome: string }) {
  const { label, tone: shade, means } = meaningOf(outcome);
  return (
    <span class={`pill ${shade}`} title={means}>
      {label}
    </span>
  );
}

function after(from: string, to: string) {
  const ms = Date.parse(to) - Date.parse(from);
  if (!Number.isFinite(ms) || ms < 0) return null;
  return <span class="faint">{ms < 1000 ? `${ms} ms later` : `${duration(ms / 1000)} later`}</span>;
}

function tradeTitle(outcome: Schema<'Alert'>['outcome']): string {
  switch (outcome) {
    case 'closed':
      return 'The trade it closed';
    case 'ignored':
      return 'The trade that was open';
    default:
      return 'The trade it opened';
  }
}

function TradeNote({ title, id, alertId }: { title: string; id: string; alertId: string }) {
  const { data: trade, problem, reload } = useApi('/api/v1/trades/{id}', { path: { id } });
  const [closing, setClosing] = useState(false);
  const other = (alert: string | null | undefined, text: string) =>
    alert &&
    alert !== alertId && (
      <button type="button" class="link-button" onClick={() => setQuery({ alert }, { replace: false })}>
        {text}
      </button>
    );
  return (
    <section class="alert-note" aria-label={title}>
      <div class="alert-head">
        <h3>{title}</h3>
        {trade && (
          <>
            <Side side={trade.side} />
            {trade.exitTime ? <span class={tone(trade.changePercentage)}>{signedPercent(trade.changePercentage)}</span> : <span class="pill accent">open</span>}
            {isAdmin.value && !trade.exitTime && (
              <button type="button" class="button small" onClick={() => setClosing(true)}>
                Close by hand…
              </button>
            )}
          </>
        )}
      </div>
      {problem && !trade && <ProblemNote problem={problem} onRetry={reload} />}
      {!trade && !problem && <Skeleton height={90} />}
      {trade && (
        <>
          <dl class="facts">
            <dt>Entry</dt>
            <dd>
              {exact(trade.entryPrice)} · {instant(trade.entryTime)} {other(trade.entryAlertId, 'Its alert')}
            </dd>
            <dt>Exit</dt>
            <dd>
              {trade.exitTime ? (
                <>
                  {exact(trade.exitPrice)} · {instant(trade.exitTime)} {other(trade.exitAlertId, 'Its alert')}
                </>
              ) : (
                nothing
              )}
            </dd>
            <dt>Held</dt>
            <dd>{duration(heldFor(trade))}</dd>
          </dl>
          <DeedsOf subjects={[`trades/${id}`]} title="What was done about this trade" />
          {closing && <CloseTrade trade={trade} onClose={() => setClosing(false)} />}
        </>
      )}
    </section>
  );
}
