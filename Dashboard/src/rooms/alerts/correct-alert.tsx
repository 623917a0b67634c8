// Taking an alert out, and in again: asks first and says what follows.
import { answer, client, type Schema } from '../../api/client';
import { invalidate } from '../../api/resource';
import { exact, instant } from '../../format';
import { Confirm } from '../../ui/dialog';
import { toast } from '../../ui/toast';
import { corrected } from './corrected';
import { meaningOf, saying } from './words';

export function CorrectAlert({ alert, onClose }: { alert: Schema<'Alert'>; onClose: () => void }) {
  const restores = alert.outcome === 'voided';
  const correct = async () => {
    const params = { params: { path: { id: alert.alertId } } };
    await answer(restores ? client.POST('/api/v1/alerts/{id}/restore', params) : client.POST('/api/v1/alerts/{id}/void', params));
    invalidate(corrected);
    toast(restores ? 'The alert counts again' : 'The alert is voided');
  };
  return (
    <Confirm
      title={restores ? 'Restore this alert?' : 'Void this alert?'}
      action={restores ? 'Restore the alert' : 'Void the alert'}
      dangerous={!restores}
      onConfirm={correct}
      onClose={onClose}
    >
      <p>
        <b>{alert.symbol}</b> {alert.timeframe}: {saying(alert)} at {exact(alert.price)}, {instant(alert.timestamp)}. {!restores && meaningOf(alert.outcome).means}
      </p>
      <p>
        {restores
          ? 'Trades and ledgers become what they would be had it never been voided.'
          : 'It stays in the log, marked, and is left out when trades are made, also when it is sent again. Trades and ledgers become what they would be without it. You can restore it at any time.'}
      </p>
    </Confirm>
  );
}
