// An alert sent along the real path, and shown arriving.
import { useEffect, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { count, instant } from '../../format';
import { ProblemNote } from '../../ui/states';
import { OutcomePill } from '../alerts/alert-panel';
import { meaningOf, saying } from '../alerts/words';
import { testSymbol } from '../issues/counts';

const lookEveryMs = 1000;
const patienceMs = 20_000;

export function TestAlert() {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const [sent, setSent] = useState<{ test: Schema<'SentTest'>; tookMs: number; at: number }>();
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    setSent(undefined);
    const began = performance.now();
    try {
      const test = (await answer(client.POST('/api/v1/webhook/test'))).data;
      setSent({ test, tookMs: Math.round(performance.now() - began), at: Date.now() });
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" class="button primary" disabled={busy} onClick={() => void send()}>
        {busy ? 'Sending…' : sent ? 'Send another' : 'Send test alert'}
      </button>
      {problem && <ProblemNote problem={problem} />}
      {sent && <Arrival key={sent.test.alertId} {...sent} />}
    </>
  );
}

function Arrival({ test, tookMs, at }: { test: Schema<'SentTest'>; tookMs: number; at: number }) {
  // The list, not the alert itself: it is no error that it is not there yet.
  const { data, problem, reload } = useApi('/api/v1/alerts', { query: { symbol: testSymbol, limit: 20 } });
  const [isLate, setLate] = useState(false);
  const alert = data?.items.find(one => one.alertId === test.alertId);
  useEffect(() => {
    if (alert) return undefined;
    const timer = setInterval(() => {
      reload();
      setLate(Date.now() - at > patienceMs);
    }, lookEveryMs);
    return () => clearInterval(timer);
  }, [alert === undefined]);
  return (
    <div class="arrival" role="status" data-arrived={alert ? 'yes' : 'no'}>
      <ol class="stations">
        <li class="done">Accepted and stored safely in {count(tookMs)} ms</li>
        {alert ? (
          <li class="done">
            Matched: <OutcomePill outcome={alert.outcome} /> {saying(alert)} {testSymbol}. {meaningOf(alert.outcome).means}{' '}
            <a href={`/alerts?alert=${alert.alertId}`} title={instant(alert.receivedAt)}>
              Open in alert log
            </a>
          </li>
        ) : (
          <li aria-busy="true">{isLate ? 'Still not processed. The alert is safe in the queue; check that a worker with the role pairing is running and that MySQL answers.' : 'Processing…'}</li>
        )}
      </ol>
      {problem && !alert && !problem.isUnreachable && <ProblemNote problem={problem} />}
      <pre aria-label="Alert message sent" tabIndex={0}>
        {test.body}
      </pre>
    </div>
  );
}
