// Closing an open trade by hand: where and when, with what the API says of either beside it.
import { useState } from 'preact/hooks';
import { answer, client, type Schema } from '../../api/client';
import { problemFrom, type Problem } from '../../api/problem';
import { invalidate } from '../../api/resource';
import { dateTime, exact } from '../../format';
import { Field } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { ProblemNote } from '../../ui/states';
import { toast } from '../../ui/toast';
import { corrected } from './corrected';

const fields = ['price', 'time'];

export function CloseTrade({ trade, onClose }: { trade: Schema<'Trade'>; onClose: () => void }) {
  const [price, setPrice] = useState('');
  const [time, setTime] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const close = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await answer(
        client.POST('/api/v1/trades/{id}/close', {
          params: { path: { id: trade.tradeId } },
          // As it was typed: the API reads prices exactly, and says what is wrong with one. Nothing typed is not sent, and the API says that it is missing.
          body: { ...(price.trim() && { price: price.trim() }), ...(time && { time: new Date(time).toISOString() }) } as never,
        }),
      );
      invalidate(corrected);
      toast('The trade is closed');
      onClose();
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Close ${trade.symbol} ${trade.side} by hand`} onClose={onClose}>
      <form
        class="form"
        onSubmit={event => {
          event.preventDefault();
          void close();
        }}
      >
        <p class="dialog-text">
          Opened {dateTime(trade.entryTime)} at {exact(trade.entryPrice)}. The close becomes an alert of its own in the log, and can be voided like any other.
        </p>
        {problem && <ProblemNote problem={problem} fields={fields} />}
        <Field label="Price" error={problem?.of('price')}>
          {tie => (
            <input {...tie} value={price} inputMode="decimal" autocomplete="off" placeholder={String(trade.entryPrice)} data-focus onInput={event => setPrice(event.currentTarget.value)} />
          )}
        </Field>
        <Field label="Time" optional hint="In your own time zone; now unless given." error={problem?.of('time')}>
          {tie => <input {...tie} type="datetime-local" step={1} value={time} onInput={event => setTime(event.currentTarget.value)} />}
        </Field>
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            {busy ? 'Closing…' : 'Close the trade'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
