// The inbox: what did not go as it should, what it means, and what to do about it.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { RoomProps } from '../../rooms';
import { Icon } from '../../ui/icons';
import { Books } from './books';
import { OfOutcome } from './of-outcome';
import { Parked } from './parked';
import { Rejected } from './rejected';
import { SilentSymbols } from './silent';
import { markSeen, shownCount, waiting, type Waiting } from './waiting';
import '../batch/batch.css';
import '../alerts/alerts.css';
import './inbox.css';

interface View {
  path: string;
  label: string;
  count: (waiting: Waiting) => number;
  means: ComponentChildren;
  next: ComponentChildren;
  content: () => ComponentChildren;
}

const views: readonly View[] = [
  {
    path: '',
    label: 'Unmatched exits',
    count: of => of.unmatched,
    means: 'These were to close a trade, and none was open at their time. Nothing happened, and no capital moved.',
    next: 'Look whether the entry before it was refused (Refused bodies), never sent, or voided. When the entry arrives late, or is restored, the exit is matched by itself.',
    content: () => <OfOutcome outcome="unmatched" none="Every exit has found its trade" />,
  },
  {
    path: 'repeated',
    label: 'Repeated entries',
    count: () => 0,
    means: 'A trade of the same direction was open already, so these changed nothing. Scripts that fire on every bar do that all the time: they are not counted as waiting.',
    next: 'Usually nothing. Where you expected a second trade: its exit is missing. Look at what came between the two.',
    content: () => <OfOutcome outcome="ignored" none="No entry was repeated" />,
  },
  {
    path: 'refused',
    label: 'Refused bodies',
    count: of => of.rejected,
    means: 'The webhook could not read these as alerts. They made no trade; TradingView does not show that to you, and does not send them again.',
    next: (
      <>
        Correct the script or the alert’s message as the errors say; the <a href="/set-up">set-up</a> has one that works. The signal that was lost can be brought in as a file of alerts.
      </>
    ),
    content: () => <Rejected />,
  },
  {
    path: 'parked',
    label: 'Parked messages',
    count: of => of.parked,
    means: 'Messages inside the system that no retry could help, taken off their queue so that the ones behind them go on.',
    next: 'This is for whoever runs the system: the reason stands beside each. Something foreign wrote to the queue, or there is a bug worth reporting.',
    content: () => <Parked />,
  },
  {
    path: 'silent',
    label: 'Fallen silent',
    count: of => of.silent?.length ?? 0,
    means: 'Nothing has come from these for longer than their own rhythm explains.',
    next: 'See that the alert is still active in TradingView (alerts expire, and stop after too many firings), and that its webhook URL is the one in the set-up. A trade that is still open there may need closing by hand.',
    content: () => <SilentSymbols />,
  },
  {
    path: 'books',
    label: 'Books',
    count: of => of.books,
    means: 'Workers fold every stream and add up every ledger again, all the time, and compare. Here is what they found otherwise.',
    next: 'What is repaired needs nothing. What is not stays wrong until it is: tell whoever runs the system, with the line as it stands here.',
    content: () => <Books />,
  },
];

export default function Inbox({ rest: [path = ''] }: RoomProps) {
  const view = views.find(one => one.path === path) ?? views[0]!;
  const { unmatched, rejected, parked } = waiting.value;
  const tabs = useRef<HTMLElement>(null);
  // On a phone not all of them fit. Only the tabs are to move: scrollIntoView would take the page along.
  useEffect(() => {
    const current = tabs.current?.querySelector<HTMLElement>('[aria-current]');
    if (!current) return;
    const [own, whole] = [current.getBoundingClientRect(), tabs.current!.getBoundingClientRect()];
    if (own.right > whole.right) tabs.current!.scrollLeft += own.right - whole.right;
    else if (own.left < whole.left) tabs.current!.scrollLeft -= whole.left - own.left;
  }, [view, waiting.value]);
  return (
    <>
      <div class="room-head">
        <h1>Inbox</h1>
        <div class="actions">
          <button type="button" class="button small" disabled={unmatched + rejected + parked === 0} title="Counts what is new from now on, in this browser" onClick={markSeen}>
            <Icon name="check" size={16} /> Mark all as seen
          </button>
        </div>
      </div>
      <nav ref={tabs} class="tabs" aria-label="Kinds of anomalies">
        {views.map(one => {
          const text = shownCount(one.count(waiting.value));
          return (
            <a key={one.path} href={`/inbox${one.path && `/${one.path}`}`} aria-current={one === view ? 'page' : undefined}>
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
    </>
  );
}
