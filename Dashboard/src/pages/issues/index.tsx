// Issues: what went wrong, what it means, and what to do about it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, client } from '../../api/client';
import type { PageProps } from '../../pages';
import { isAdmin } from '../../session';
import { Confirm } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { counts, dismissed, newest, shownCount, totalOf, type Kind } from './counts';
import { DataChecks } from './data-checks';
import { FailedMessages } from './failed-messages';
import { Inbox } from './inbox';
import { OfOutcome } from './of-outcome';
import { RejectedAlerts } from './rejected-alerts';
import '../batch/batch.css';
import '../alerts/alerts.css';
import './issues.css';

interface View {
  path: string;
  label: string;
  /** What of the inbox it shows; none: all of it. */
  kind?: Kind;
  means: ComponentChildren;
  next: ComponentChildren;
  content: () => ComponentChildren;
}

const views: readonly View[] = [
  {
    path: '',
    label: 'To look at',
    means: 'Everything that went wrong or may need you, last found first. Each entry stands here once and goes when its cause is gone.',
    next: 'Open an entry to see what to do. Dismiss what you have dealt with: it goes for everybody. The other tabs show everything of one kind, dismissed or not.',
    content: () => <Inbox none="Nothing to look at" />,
  },
  {
    path: 'unmatched',
    label: 'Unmatched exits',
    kind: 'unmatched',
    means: 'These alerts should close a trade, but none was open at that time. Nothing happened and no money moved.',
    next: 'Check whether the entry before it was rejected (Rejected alerts), never sent, or excluded. If the entry arrives late or is included again, the exit is matched automatically.',
    content: () => <OfOutcome outcome="unmatched" none="Every exit closed a trade" />,
  },
  {
    path: 'repeated',
    label: 'Repeated entries',
    kind: 'repeated',
    means: 'A trade in the same direction was already open, so these changed nothing. Scripts that fire on every bar do this all the time, so they are not counted as new.',
    next: 'Usually nothing. If you expected a second trade, the exit of the first one is missing: see what came between the two entries.',
    content: () => <OfOutcome outcome="ignored" none="No repeated entries" />,
  },
  {
    path: 'rejected',
    label: 'Rejected alerts',
    kind: 'rejected',
    means: 'The webhook could not read these as alerts. They made no trade. TradingView does not show you this and does not send them again.',
    next: (
      <>
        Correct the script or the alert’s message as the errors say; <a href="/set-up">Set-up</a> has a script that works. You can import the lost signal as a file of alerts.
      </>
    ),
    content: () => <RejectedAlerts />,
  },
  {
    path: 'failed-messages',
    label: 'Failed messages',
    kind: 'failed',
    means: 'Messages inside the system that could not be processed, even after retries. They were set aside so that the rest continues.',
    next: 'Tell the person who runs the system: each message shows its reason. Something else wrote to the queue, or there is a bug worth reporting.',
    content: () => <FailedMessages />,
  },
  {
    path: 'inactive',
    label: 'Inactive symbols',
    kind: 'inactive',
    means:
      'These have sent no alert for longer than usual: twice the longest pause among their last 50 alerts or, with fewer than 11 alerts, 200 bars, but never less than one hour. After 90 days they are no longer listed.',
    next: 'Check in TradingView that the alert is still active (alerts expire, and stop after firing too often) and that its webhook URL is the one shown in Set-up. A trade that is still open may have to be closed manually.',
    content: () => <Inbox kind="inactive" none="All symbols are active" />,
  },
  {
    path: 'late',
    label: 'Late alerts',
    kind: 'late',
    means: 'Alerts of these symbols arrive long after the time they name, or before it. Trades are made by the time in the alert, so they look right, but nobody could have traded them then.',
    next: 'Check that the script sends the time of its signal ({{timenow}}) in UTC, and whether TradingView delivers late. The entry goes with the next alert in time.',
    content: () => <Inbox kind="late" none="All alerts arrive in time" />,
  },
  {
    path: 'data-checks',
    label: 'Data checks',
    kind: 'check',
    means: 'All trades and results are recalculated from the alerts in the background and compared with what is stored. Differences are listed here.',
    next: 'Repaired errors need nothing. If one stays, tell the person who runs the system, with the line as shown here.',
    content: () => <DataChecks />,
  },
];

export default function IssuesPage({ rest: [path = ''] }: PageProps) {
  const view = views.find(one => one.path === path) ?? views[0]!;
  const [asks, setAsks] = useState(false);
  const total = view.kind ? (counts.value[view.kind] ?? 0) : totalOf(counts.value) + (counts.value.repeated ?? 0);
  const tabs = useRef<HTMLElement>(null);
  // On a phone not all of them fit. Only the tabs are to move: scrollIntoView would take the page along.
  useEffect(() => {
    const current = tabs.current?.querySelector<HTMLElement>('[aria-current]');
    if (!current) return;
    const [own, whole] = [current.getBoundingClientRect(), tabs.current!.getBoundingClientRect()];
    if (own.right > whole.right) tabs.current!.scrollLeft += own.right - whole.right;
    else if (own.left < whole.left) tabs.current!.scrollLeft -= whole.left - own.left;
  }, [view, counts.value]);
  return (
    <>
      <div class="page-head">
        <h1>Issues</h1>
        <div class="actions">
          {isAdmin.value && (
            <button type="button" class="button small" disabled={total === 0} onClick={() => setAsks(true)}>
              <Icon name="check" size={16} /> Dismiss all
            </button>
          )}
        </div>
      </div>
      <nav ref={tabs} class="tabs" aria-label="Kinds of issues">
        {views.map(one => {
          const text = shownCount(!one.kind ? totalOf(counts.value) : one.kind === 'repeated' ? 0 : counts.value[one.kind]);
          return (
            <a key={one.path} href={`/issues${one.path && `/${one.path}`}`} aria-current={one === view ? 'page' : undefined}>
              {one.label}
              {text && (
                <span class="badge">
                  {text}
                  <span class="visually-hidden"> to look at</span>
                </span>
              )}
            </a>
          );
        })}
      </nav>
      <div class="meaning">
        <p>
          <b>What it means.</b> {view.means}
        </p>
        <p>
          <b>What to do.</b> {view.next}
        </p>
      </div>
      <section class="card" aria-label={view.label}>
        {view.content()}
      </section>
      {asks && <DismissAll {...view} onClose={() => setAsks(false)} />}
    </>
  );
}

function DismissAll({ kind, label, onClose }: View & { onClose: () => void }) {
  const dismiss = async () => {
    await answer(client.POST('/api/v1/inbox/dismissals', { params: { query: { upTo: newest.value, ...(kind && { kind: [kind] }) } } }));
    dismissed();
  };
  return (
    <Confirm title="Dismiss all" action="Dismiss all" onConfirm={dismiss} onClose={onClose}>
      <p>{kind ? `Everything under “${label}” is taken out of what is to look at` : 'Everything is taken out of what is to look at'}, for everybody. It stays in the lists.</p>
    </Confirm>
  );
}
