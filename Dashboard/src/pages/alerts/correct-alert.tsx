// Excluding an alert, and including it again: asks first and says what follows.
import { answer, client, type Schema } from '../../api/client';
import { invalidate } from '../../api/resource';
import { exact, instant, timeframeName } from '../../format';
import { place } from '../../router';
import { Confirm } from '../../ui/dialog';
import { toast } from '../../ui/toast';
import { zoneOf } from '../batch/filters';
import { corrected } from './corrected';
import { meaningOf, saying } from './words';

export function CorrectAlert({ alert, onClose }: { alert: Schema<'Alert'>; onClose: () => void }) {
  const restores = alert.outcome === 'voided';
  const correct = async () => {
    const params = { params: { path: { id: alert.alertId } } };
    await answer(restores ? client.POST('/api/v1/alerts/{id}/restore', params) : client.POST('/api/v1/alerts/{id}/void', params));
    invalidate(corrected);
    toast(restores ? 'Alert included again' : 'Alert excluded');
  };
  return (
    <Confirm
      title={restores ? 'Include this alert again?' : 'Exclude this alert?'}
      action={restores ? 'Include alert' : 'Exclude alert'}
      dangerous={!restores}
      onConfirm={correct}
      onClose={onClose}
    >
      <p>
        <b>{alert.symbol}</b> {timeframeName(alert.timeframe)}: {saying(alert)} at {exact(alert.price)}, {instant(alert.timestamp, zoneOf(place.value))}. {!restores && meaningOf(alert.outcome).means}
      </p>
      <p>
        {restores
          ? 'Trades and batches are recalculated with it.'
          : 'It stays in the log, marked as excluded, and makes no trade, also when it is sent again. Trades and batches are recalculated without it. You can include it again at any time.'}
      </p>
    </Confirm>
  );
}
