// One alert: its signal and raw message, its way through the pipeline, its trade, and the actions taken on it.
import { useState } from 'preact/hooks';
import type { Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { duration, exact, instant, nothing, signedPercent, tone } from '../../format';
import { place, setQuery } from '../../router';
import { isAdmin } from '../../session';
import { Dialog } from '../../ui/dialog';
import { ReadState } from '../../ui/states';
import { Side, streamTitle } from '../batch/cells';
import { zoneOf } from '../batch/filters';
import { OpenElsewhere } from './open-elsewhere';
import { durationOf } from '../batch/trade-table';
import { CloseTrade } from './close-trade';
import { CorrectAlert } from './correct-alert';
import { ActionsOn } from './audit-trail';
import { meaningOf, saying } from './words';

export function AlertPanel({ id, onClose }: { id: string; onClose: () => void }) {
  const read = useApi('/api/v1/alerts/{id}', { path: { id } });
  const [correcting, setCorrecting] = useState(false);
  const current = read.data?.alertId === id ? read.data : undefined;
  const zone = zoneOf(place.value);
  return (
    <Dialog title={current ? streamTitle(current) : 'Alert'} where="panel" onClose={onClose}>
      <ReadState read={{ ...read, data: current }} height={420} />
      {current && (
        <>
          <div class="alert-head">
            <OutcomePill outcome={current.outcome} />
            {isAdmin.value && (
              <button type="button" class="button small" onClick={() => setCorrecting(true)}>
                {current.outcome === 'voided' ? 'Include again…' : 'Exclude…'}
              </button>
            )}
          </div>
          <p>{meaningOf(current.outcome).means}</p>
          <OpenElsewhere symbol={current.symbol} streams={current.openElsewhere} />
          <dl class="facts">
            <dt>Signal</dt>
            <dd>
              {saying(current)} at <b>{exact(current.price)}</b>
            </dd>
            <dt>Signal time</dt>
            <dd>{instant(current.timestamp, zone)}</dd>
            <dt>Received</dt>
            <dd>{instant(current.receivedAt, zone)}</dd>
            <dt>Matched</dt>
            <dd>
              {instant(current.pairedAt, zone)} {after(current.receivedAt, current.pairedAt)}
            </dd>
            <dt>Applied to batches</dt>
            <dd>
              {current.postedAt ? (
                <>
                  {instant(current.postedAt, zone)} {after(current.receivedAt, current.postedAt)}
                </>
              ) : (
                <span class="faint">{current.outcome === 'closed' || current.outcome === 'flipped' ? 'No batch includes this trade' : nothing}</span>
              )}
            </dd>
            <dt>Alert id</dt>
            <dd class="mono">{current.alertId}</dd>
          </dl>
          {current.closedTradeId && <TradeNote title="Trade it closed" id={current.closedTradeId} alertId={id} />}
          {current.tradeId && <TradeNote title={tradeTitle(current.outcome)} id={current.tradeId} alertId={id} />}
          <section class="alert-note" aria-label="Raw alert message">
            <h3>Raw alert message</h3>
            <pre tabIndex={0} aria-label="Raw alert message, text">
              {current.payload}
            </pre>
          </section>
          <ActionsOn subjects={[`alerts/${id}`]} title="Actions on this alert" />
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
      return 'Trade it closed';
    case 'ignored':
      return 'Trade that was already open';
    default:
      return 'Trade it opened';
  }
}

function TradeNote({ title, id, alertId }: { title: string; id: string; alertId: string }) {
  const read = useApi('/api/v1/trades/{id}', { path: { id } });
  const trade = read.data;
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
            {trade.exitTime ? <span class={tone(trade.changePercentage)}>{signedPercent(trade.changePercentage)}</span> : <span class="pill accent">Open</span>}
            {isAdmin.value && !trade.exitTime && (
              <button type="button" class="button small" onClick={() => setClosing(true)}>
                Close manually…
              </button>
            )}
          </>
        )}
      </div>
      <ReadState read={read} height={90} />
      {trade && (
        <>
          <dl class="facts">
            <dt>Entry</dt>
            <dd>
              {exact(trade.entryPrice)} · {instant(trade.entryTime, zoneOf(place.value))} {other(trade.entryAlertId, 'Show alert')}
            </dd>
            <dt>Exit</dt>
            <dd>
              {trade.exitTime ? (
                <>
                  {exact(trade.exitPrice)} · {instant(trade.exitTime, zoneOf(place.value))} {other(trade.exitAlertId, 'Show alert')}
                </>
              ) : (
                nothing
              )}
            </dd>
            <dt>Duration</dt>
            <dd>{duration(durationOf(trade))}</dd>
          </dl>
          <ActionsOn subjects={[`trades/${id}`]} title="Actions on this trade" />
          {closing && <CloseTrade trade={trade} onClose={() => setClosing(false)} />}
        </>
      )}
    </section>
  );
}
