// Set-up: from nothing to the first trade, step by step.
import type { ComponentChildren } from 'preact';
import type { PageProps } from '../../pages';
import { useApi } from '../../api/resource';
import { ago, count } from '../../format';
import { isAdmin } from '../../session';
import { Icon } from '../../ui/icons';
import { ReadState, Skeleton } from '../../ui/states';
import { Segmented } from '../../ui/controls';
import { place, setQuery } from '../../router';
import { CheckMessage } from './check-message';
import { Copy } from './copy';
import { indicatorMessages, strategyMessage } from './messages';
import { Notifications } from './notifications';
import { whyNotReached } from './reach';
import script from './signals.pine?raw';
import { TestAlert } from './test-alert';
import './set-up.css';

const kinds = [
  ['own', 'My own script'],
  ['strategy', 'A strategy'],
  ['indicator', 'Someone’s indicator'],
] as const;
type Kind = (typeof kinds)[number][0];

const conditions: Record<Kind, ComponentChildren> = {
  own: (
    <>
      As the condition choose the script and <b>Any alert() function call</b>.
    </>
  ),
  strategy: (
    <>
      As the condition choose the strategy and <b>Order fills and alert() function calls</b>.
    </>
  ),
  indicator: (
    <>
      As the condition choose the indicator and its signal. Create one alert for each signal.
    </>
  ),
};

export default function SetUp({ rest: [view] }: PageProps) {
  const tells = view === 'notifications';
  return (
    <>
      <div class="page-head">
        <h1>Set-up</h1>
      </div>
      <nav class="tabs" aria-label="Parts of the set-up">
        <a href="/set-up" aria-current={tells ? undefined : 'page'}>
          Alerts
        </a>
        <a href="/set-up/notifications" aria-current={tells ? 'page' : undefined}>
          Notifications
        </a>
      </nav>
      {tells ? <Notifications /> : <Alerts />}
    </>
  );
}

function Alerts() {
  const kind = kinds.find(([name]) => name === place.value.query.get('script'))?.[0] ?? 'own';
  // How much there is to say of the address is known only then, and the steps stand below it.
  const webhook = useApi('/api/v1/webhook');
  if (!webhook.data && !webhook.problem) return <Skeleton height={620} />;
  return (
    <>
      <SoFar />
      <ol class="steps">
        <Step title="Copy the webhook URL">
          <Address />
        </Step>
        <Step title="Prepare the message">
          <Segmented label="Kind of script" value={kind} options={kinds} onChange={value => setQuery({ script: value === 'own' ? null : value })} />
          <Message kind={kind} />
        </Step>
        <Step title="Create the alert">
          <ol class="plain-steps">
            <li>
              On the chart choose <b>Create alert</b>. {conditions[kind]}
            </li>
            <li>
              Under <b>Notifications</b> switch on <b>Webhook URL</b> and paste the URL from step 1. (TradingView requires two-factor sign-in for webhooks.)
            </li>
            <li>{kind === 'own' ? 'Leave the message as it is: the script sends its own.' : 'Replace everything in the Message field with the message from step 2.'}</li>
            <li>
              Set the expiration to <b>open-ended</b> if your plan allows it. An expired alert stops without notice; <a href="/issues/inactive">Issues</a> lists symbols that have become inactive.
            </li>
          </ol>
        </Step>
        <Step title="Check a message">
          <p>Paste a message to see how it would be understood, or what is wrong with it. Messages written for other tools often work as they are.</p>
          <CheckMessage />
        </Step>
        <Step title="Send a test alert">
          <p>
            A test alert takes the same path as TradingView’s alerts. The first one opens a trade in the symbol PNLTEST, the next one closes it. It is not part of any batch.
          </p>
          {isAdmin.value ? <TestAlert /> : <p class="faint">Sending one takes an admin key.</p>}
        </Step>
        <Step title="Create a batch">
          <p>
            {isAdmin.value ? (
              <>
                <a href="/batches?new=yes">Create a batch</a>
              </>
            ) : (
              'Ask an admin to create a batch'
            )}{' '}
            with the symbols you trade: it shows what your signals earn. Every alert appears in the <a href="/alerts">alert log</a> immediately; rejected ones are listed in{' '}
            <a href="/issues/rejected">Issues</a>, with the reason. You can <a href="/imports">import</a> trades from before today as a file.
          </p>
        </Step>
      </ol>
    </>
  );
}

/** What to paste, and where. */
function Message({ kind }: { kind: Kind }) {
  switch (kind) {
    case 'own':
      return (
        <>
          <p>
            Paste this into TradingView’s Pine Editor, replace the two moving averages with your own conditions, and add it to the chart. If you already have an indicator, copy the function <code>body</code> and the{' '}
            <code>alert()</code> calls into it.
          </p>
          <Ready text={script} name="Pine script" copy="Copy the script" />
        </>
      );
    case 'strategy':
      return (
        <>
          <p>Leave the script as it is. This message tells every order, and TradingView fills in the placeholders. Name your strategy at the end, or leave that part out: two strategies on one chart do not close each other’s trades.</p>
          <Ready text={strategyMessage} name="Strategy message" copy="Copy the strategy message" />
          <p class="hint">
            For the price of the fill itself put <code>{'{{strategy.order.price}}'}</code> in the place of <code>{'{{close}}'}</code>.
          </p>
        </>
      );
    case 'indicator':
      return (
        <>
          <p>An alert of someone else’s indicator says only that its condition was met. So each signal gets an alert of its own, with the message for it.</p>
          {indicatorMessages.map(([name, text]) => (
            <Ready key={name} text={text} name={name} copy={`Copy the message ${name}`} isTitled />
          ))}
        </>
      );
  }
}

function Ready({ text, name, copy, isTitled = false }: { text: string; name: string; copy: string; isTitled?: boolean }) {
  return (
    <div class="script">
      {isTitled && <p class="hint">{name}</p>}
      <div class="script-text">
        <Copy text={text} label={copy} />
        <pre tabIndex={0} aria-label={name} class={text.includes('\n') ? '' : 'wraps'}>
          {text}
        </pre>
      </div>
    </div>
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

/** Whether any alert has arrived. */
function SoFar() {
  const { data } = useApi('/api/v1/alerts', { query: { limit: 1 } });
  const { data: batches } = useApi('/api/v1/batches');
  if (!data || !batches) return <p class="so-far faint">…</p>;
  const [last] = data.items;
  if (!last) return <p class="so-far">No alerts yet. Six steps to your first trade:</p>;
  return (
    <p class="so-far">
      <Icon name="check" size={16} />
      <span>
        Alerts are arriving: {count(batches.settings.symbols.length)} {batches.settings.symbols.length === 1 ? 'symbol' : 'symbols'} so far, the latest <a href={`/alerts?alert=${last.alertId}`}>{last.symbol}</a>,{' '}
        {ago(last.receivedAt)}.
      </span>
    </p>
  );
}

function Address() {
  const read = useApi('/api/v1/webhook');
  const { data } = read;
  if (!data) return <ReadState read={read} height={70} />;
  if (data.url === null)
    return (
      <p>
        Ask the person who runs the system for it: it is the address of the ingest service, followed by <code>/webhooks/tradingview/</code> and the token. This page shows it once <code>Webhook__Url</code> and{' '}
        <code>Webhook__Token</code> are set for the query service.
      </p>
    );
  const why = whyNotReached(data.url);
  return (
    <>
      <div class="address">
        <input readonly aria-label="Webhook URL" class="mono" value={data.url} onFocus={event => event.currentTarget.select()} />
        {data.isWhole && <Copy text={data.url} label="Copy the webhook URL" />}
      </div>
      {data.isWhole ? (
        <p class="hint">Anyone who knows it can send alerts: keep it secret, like a password.</p>
      ) : (
        <p class="hint">Only admins see the token in it: ask one for the full URL.</p>
      )}
      {why && (
        <p class="why">
          <Icon name="warning" size={16} /> <span>{why}</span>
        </p>
      )}
    </>
  );
}
