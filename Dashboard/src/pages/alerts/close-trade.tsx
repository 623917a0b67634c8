// Closing an open trade by hand: price and time, each with its message beside it.
import { useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { invalidate } from '../../api/resource';
import { dateTime, exact, plainNumber } from '../../format';
import { Field } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { ProblemNote } from '../../ui/states';
import { toast } from '../../ui/toast';
import { corrected } from './corrected';

const fields = ['price', 'time'];

/** What has to be corrected before anything is sent. Prices stay text: the API reads them exactly. */
export function mistakesOf(price: string, time: string, entryTime: string): { price?: string; time?: string } {
  const digits = plainNumber(price);
  return {
    ...(digits === undefined || Number(digits) <= 0 ? { price: 'Enter a price above 0.' } : {}),
    ...(time && Date.parse(time) <= Date.parse(entryTime) ? { time: 'Enter a time after the entry.' } : {}),
  };
}

export function CloseTrade({ trade, onClose }: { trade: Schema<'Trade'>; onClose: () => void }) {
  const [price, setPrice] = useState('');
  const [time, setTime] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [mistakes, setMistakes] = useState<ReturnType<typeof mistakesOf>>({});
  const close = async () => {
    setProblem(undefined);
    const found = mistakesOf(price, time, trade.entryTime);
    setMistakes(found);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    try {
      await answer(
        client.POST('/api/v1/trades/{id}/close', {
          params: { path: { id: trade.tradeId } },
          body: { price: plainNumber(price), ...(time && { time: new Date(time).toISOString() }) } as never,
        }),
      );
      invalidate(corrected);
      toast('Trade closed');
      onClose();
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Close ${trade.symbol} ${trade.side} manually`} onClose={onClose} isDirty={Boolean(price || time)}>
      <form
        class="form"
        onSubmit={event => {
          event.preventDefault();
          void close();
        }}
      >
        <p class="dialog-text">
          Opened {dateTime(trade.entryTime)} at {exact(trade.entryPrice)}. Closing adds an alert to the log, which can be excluded like any other.
        </p>
        {problem && <ProblemNote problem={problem} fields={fields} />}
        <Field label="Price" error={mistakes.price ?? problem?.of('price')}>
          {tie => (
            <input {...tie} value={price} inputMode="decimal" autocomplete="off" placeholder={exact(trade.entryPrice)} data-focus onInput={event => setPrice(event.currentTarget.value)} />
          )}
        </Field>
        <Field label="Time" optional hint="In your own time zone. Leave empty for now." error={mistakes.time ?? problem?.of('time')}>
          {tie => <input {...tie} type="datetime-local" step={1} value={time} onInput={event => setTime(event.currentTarget.value)} />}
        </Field>
        <footer>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={busy}>
            {busy ? 'Closing…' : 'Close trade'}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
