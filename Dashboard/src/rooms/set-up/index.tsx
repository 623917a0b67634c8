// Set-up: from nothing to the first trade, step by step.
import type { ComponentChildren } from 'preact';
import { useApi } from '../../api/resource';
import { ago, count } from '../../format';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { ProblemNote, Skeleton } from '../../ui/states';
import { Copy } from './copy';
import { whyNotReached } from './reach';
import script from './signals.pine?raw';
import { TestAlert } from './test-alert';
import './set-up.css';

export default function SetUp() {
  return (
    <>
      <div class="room-head">
        <h1>Set-up</h1>
      </div>
      <SoFar />
      <ol class="steps">
        <Step title="Copy the webhook’s address">
          <Address />
        </Step>
        <Step title="Put the script on your chart">
          <p>
            In TradingView’s Pine Editor paste this, put your own conditions in the place of the two averages, and add it to the chart. Have a strategy already? Take over the function <code>body</code> and the{' '}
            <code>alert()</code> calls.
          </p>
          <div class="script">
            <Copy text={script} label="Copy the script" />
            <pre tabIndex={0} aria-label="Pine script">
              {script}
            </pre>
          </div>
        </Step>
        <Step title="Create the alert">
          <ol class="plain-steps">
            <li>
              On the chart: <b>Create alert</b>. As the condition choose the script, and <b>Any alert() function call</b>.
            </li>
            <li>
              Under <b>Notifications</b> switch on <b>Webhook URL</b> and paste the address of step 1. (TradingView asks for two-factor sign-in for that.)
            </li>
            <li>The message does not matter: the script sends its own.</li>
            <li>
              Let it run <b>open-ended</b> where your plan allows it. An alert that expires stops without a word; the <a href="/inbox/silent">inbox</a> tells you of symbols that fell silent.
            </li>
          </ol>
        </Step>
        <Step title="Try it">
          <p>
            A test alert goes the way that TradingView’s will: by the webhook, over the queue, through pairing. The first one opens a trade of the symbol PNLTEST, the next one closes it. No batch counts it.
          </p>
          {isAdmin.value ? <TestAlert /> : <p class="faint">An admin can send one from here.</p>}
        </Step>
        <Step title="Watch it">
          <p>
            {isAdmin.value ? (
              <>
                <a href="/batches?new=yes">Create a batch</a>
              </>
            ) : (
              'Have an admin create a batch'
            )}{' '}
            of the symbols that you trade: it shows what they make of its capital. Every alert stands in the <a href="/alerts">log</a> the moment it comes; what was refused, and why, in the{' '}
            <a href="/inbox/refused">inbox</a>. Trades from before today can be brought in as a file.
          </p>
        </Step>
      </ol>
    </>
  );
}

function Step({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <li class="card">
      <h2>{title}</h2>
      <div class="step-text">{children}</div>
    </li>
  );
}

/** Whether anything has come yet. */
function SoFar() {
  const { data } = useApi('/api/v1/alerts', { query: { limit: 1 } });
  const { data: batches } = useApi('/api/v1/batches');
  if (!data || !batches) return <p class="so-far faint">…</p>;
  const [last] = data.items;
  if (!last) return <p class="so-far">No alert has come yet. Five steps to the first trade:</p>;
  return (
    <p class="so-far">
      <Icon name="check" size={16} />
      <span>
        Alerts come: {count(batches.settings.symbols.length)} {batches.settings.symbols.length === 1 ? 'symbol' : 'symbols'} so far, the newest alert is <a href={`/alerts?alert=${last.alertId}`}>{last.symbol}</a>, received{' '}
        {ago(last.receivedAt)}.
      </span>
    </p>
  );
}

function Address() {
  const { data, problem, reload } = useApi('/api/v1/webhook');
  if (problem && !data) return <ProblemNote problem={problem} onRetry={reload} />;
  if (!data) return <Skeleton height={70} />;
  if (data.url === null)
    return (
      <p>
        It is not known here. Whoever runs the system has it: the address of the ingest service, then <code>/webhooks/tradingview/</code> and the token. With <code>Webhook__Url</code> and{' '}
        <code>Webhook__Token</code> in the environment of the query service this page shows it.
      </p>
    );
  const why = whyNotReached(data.url);
  return (
    <>
      <div class="address">
        <input readonly aria-label="Webhook address" class="mono" value={data.url} onFocus={event => event.currentTarget.select()} />
        {data.isWhole && <Copy text={data.url} label="Copy the webhook’s address" />}
      </div>
      {data.isWhole ? (
        <p class="hint">Whoever knows it can send alerts: keep it as you keep a password.</p>
      ) : (
        <p class="hint">The token in it is for admins only: ask one for the whole address.</p>
      )}
      {why && (
        <p class="why">
          <Icon name="warning" size={16} /> <span>{why}</span>
        </p>
      )}
    </>
  );
}
