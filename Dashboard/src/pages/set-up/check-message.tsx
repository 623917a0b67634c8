// What the webhook would make of a message: nothing is sent and nothing is stored.
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { exact, instant, timeframeName } from '../../format';
import { Field } from '../../ui/controls';
import { ProblemNote } from '../../ui/states';
import { OpenElsewhere } from '../alerts/open-elsewhere';
import { saying } from '../alerts/words';
import { filledIn, hasPlaceholders } from './messages';

export function CheckMessage() {
  const [text, setText] = useState('');
  const [fills, setFills] = useState(true);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [checked, setChecked] = useState<{ check: Schema<'WebhookCheck'>; body: string; text: string }>();
  const canFill = hasPlaceholders(text);
  const check = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const body = canFill && fills ? filledIn(text, new Date()) : text;
    try {
      setChecked({ check: (await answer(client.POST('/api/v1/webhook/check', { body: { body } }))).data, body, text });
    } catch (fault) {
      setChecked(undefined);
      setProblem(problemFrom(fault));
    }
    setBusy(false);
  };
  return (
    <form class="form check-message" aria-label="Check a message" onSubmit={event => void check(event)}>
      <Field label="Alert message" error={problem?.of('body')} hint="From the alert’s Message field, or one that was rejected. Nothing is stored.">
        {tie => (
          <textarea
            {...tie}
            class="mono"
            rows={4}
            required
            spellcheck={false}
            placeholder='{"symbol":"BTCUSDT","side":"entry","type":"bullish","timeframe":"60","price":43250.5,"timestamp":"2026-11-22T06:28:00Z"}'
            value={text}
            onInput={event => setText(event.currentTarget.value)}
          />
        )}
      </Field>
      {canFill && (
        <label class="check">
          <input type="checkbox" checked={fills} onChange={event => setFills(event.currentTarget.checked)} />
          <span>Fill in the placeholders with examples, as TradingView does when the alert fires</span>
        </label>
      )}
      <div class="actions">
        <button type="submit" class="button" disabled={busy}>
          {busy ? 'Checking…' : 'Check'}
        </button>
      </div>
      {problem && <ProblemNote problem={problem} fields={['body']} />}
      <div role="status">{checked && <Verdict {...checked} isStale={checked.text !== text} />}</div>
    </form>
  );
}

function Verdict({ check: { alert, errors }, body, text, isStale }: { check: Schema<'WebhookCheck'>; body: string; text: string; isStale: boolean }) {
  return (
    <div class={`verdict${isStale ? ' stale' : ''}`} data-verdict={alert ? 'good' : 'bad'}>
      {alert ? <Understood alert={alert} /> : <Refused errors={errors} />}
      {body !== text && (
        <details>
          <summary>The message with the examples filled in</summary>
          <pre tabIndex={0} aria-label="Message with examples">
            {body}
          </pre>
        </details>
      )}
    </div>
  );
}

function Refused({ errors }: { errors: Schema<'WebhookCheck'>['errors'] }) {
  return (
    <>
      <p>
        <span class="pill bad">Would be rejected</span>
      </p>
      <dl class="facts">
        {Object.entries(errors).map(([field, messages]) => (
          <Fragment key={field}>
            <dt>{field === 'body' ? 'Message' : field}</dt>
            <dd>{messages.join(' ')}</dd>
          </Fragment>
        ))}
      </dl>
    </>
  );
}

function Understood({ alert }: { alert: Schema<'CheckedAlert'> }) {
  return (
    <>
      <p>
        <span class="pill good">Would be accepted</span> {alert.isStored ? 'This very alert has already arrived; sent again, it changes nothing.' : becomes[alert.outcome]}
      </p>
      <dl class="facts">
        <dt>Symbol</dt>
        <dd>
          {alert.symbol}, {timeframeName(alert.timeframe)}
        </dd>
        {alert.strategy && (
          <>
            <dt>Strategy</dt>
            <dd>{alert.strategy}</dd>
          </>
        )}
        <dt>Signal</dt>
        <dd>
          {saying(alert)} at {exact(alert.price)}
        </dd>
        <dt>Signal time</dt>
        <dd>{instant(alert.timestamp)}</dd>
      </dl>
      <OpenElsewhere symbol={alert.symbol} streams={alert.openElsewhere} />
    </>
  );
}

/** What would become of it at this moment. */
const becomes: Record<Schema<'CheckedAlert'>['outcome'], string> = {
  opened: 'It would open a trade now.',
  closed: 'It would close the open trade now.',
  flipped: 'It would close the open trade and open one in the other direction.',
  ignored: 'A trade in the same direction is already open, so nothing would happen.',
  unmatched: 'It should close a trade, but none is open, so nothing would happen.',
  voided: 'An admin excluded this alert: it makes no trade.',
  price: 'It would be stored as a price of its symbol, and make no trade.',
};
