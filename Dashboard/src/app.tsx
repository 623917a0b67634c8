// The shell: who is signed in, the navigation, and the page that the address names.
import type { ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom } from './api/client';
import { outage } from './api/resource';
import { CommandPalette } from './command-palette';
import { currency } from './currency';
import { Display } from './display';
import { time } from './format';
import { connection } from './live/events';
import { TradeToasts } from './live/trade-toasts';
import { place } from './router';
import { pages, type Page, type PageProps } from './pages';
import { expired, role, sessionBegan, signedOut, type Role } from './session';
import { SignIn, SignInAgain, signOut } from './sign-in';
import { placeBeside } from './ui/controls';
import { Icon } from './ui/icons';
import { Empty, ProblemNote, Skeleton } from './ui/states';
import { toast, Toasts } from './ui/toast';

const askAgainMs = 3000;

export function App() {
  const [problem, setProblem] = useState<Problem>();
  const ask = async () => {
    try {
      sessionBegan((await answer(client.GET('/api/v1/session'))).data.role as Role);
      setProblem(undefined);
    } catch (fault) {
      const refusal = problemFrom(fault);
      if (refusal.status === 401) signedOut();
      setProblem(refusal.status === 401 ? undefined : refusal);
    }
  };
  useEffect(() => {
    if (role.value !== null) void ask();
  }, []);
  // The page itself may come from a cache while the server is away.
  useEffect(() => {
    if (!problem) return undefined;
    const timer = setTimeout(() => void ask(), askAgainMs);
    return () => clearTimeout(timer);
  }, [problem]);

  if (problem)
    return (
      <main class="alone">
        <div class="problem" role="alert">
          <Icon name="warning" />
          <div>
            <strong>{problem.isUnreachable ? 'The server cannot be reached.' : problem.title}</strong> Trying again every few seconds…
          </div>
        </div>
      </main>
    );
  if (role.value === undefined) return <div class="alone" aria-busy="true" />;
  return (
    <>
      {role.value === null ? <SignIn /> : <Shell />}
      {expired.value && <SignInAgain />}
      <Toasts />
    </>
  );
}

function Shell() {
  const page = pages.find(one => one.path === place.value.page);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(place.value.page);
  useEffect(() => {
    document.title = page ? `${page.label} · PnlPipeline` : 'PnlPipeline';
    // On another page keyboards and screen readers start at its beginning.
    if (shown.current !== place.value.page) main.current?.focus({ preventScroll: true });
    shown.current = place.value.page;
  }, [page]);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={event => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="sidebar">
        <a class="brand" href="/" aria-label="PnlPipeline, overview">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span>PnlPipeline</span>
        </a>
        <CommandPalette />
        <nav aria-label="Pages">
          {pages.map(one => (
            <PageLink key={one.path} page={one} isCurrent={one === page} />
          ))}
          <More current={page} />
        </nav>
        <div class="sidebar-foot">
          <ConnectionState />
          <Display />
          <SignOut />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        <OutageBanner />
        {/* Charts write amounts beside the drawing of the page: they are made again in other decimals. */}
        {page ? <PageContent key={`${page.path} ${currency.value.decimals}`} page={page} /> : <NotHere />}
      </main>
      <TradeToasts />
    </div>
  );
}

function PageLink({ page: { path, label, icon, badge: Badge, isRare }, isCurrent }: { page: Page; isCurrent: boolean }) {
  return (
    <a class={isRare ? 'rare' : ''} href={`/${path}`} title={label} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={icon} />
      <span>{label}</span>
      {Badge && <Badge />}
    </a>
  );
}

/** On a phone there is room for five pages and a way to the others. */
function More({ current }: { current: Page | undefined }) {
  const rare = pages.filter(page => page.isRare);
  return (
    <>
      <button type="button" class={`more-pages${current?.isRare ? ' current' : ''}`} popovertarget="more-pages">
        <Icon name="more" />
        <span>More</span>
      </button>
      <div id="more-pages" popover="auto" class="popover" role="group" aria-label="More pages" onToggle={event => placeBeside(event.currentTarget)} onClick={event => event.currentTarget.hidePopover()}>
        {rare.map(page => (
          <a key={page.path} href={`/${page.path}`} aria-current={page === current ? 'page' : undefined}>
            <Icon name={page.icon} /> {page.label}
          </a>
        ))}
      </div>
    </>
  );
}

function PageContent({ page }: { page: Page }) {
  const [loaded, setLoaded] = useState<ComponentType<PageProps>>();
  const [problem, setProblem] = useState<Problem>();
  const [fault, resetFault] = useErrorBoundary(error => console.error(error));
  const load = () => {
    setProblem(undefined);
    page.load().then(
      module => setLoaded(() => module.default),
      thrown => setProblem(problemFrom(thrown)),
    );
  };
  useEffect(load, [page]);
  // A part of the page that could not be fetched is fetched again.
  useEffect(() => {
    if (!problem) return undefined;
    const timer = setTimeout(load, askAgainMs);
    return () => clearTimeout(timer);
  }, [problem]);
  if (fault)
    return (
      <div class="problem" role="alert">
        <Icon name="warning" />
        <div>
          <strong>This page could not be shown.</strong> Your data is safe. Details: {String(fault)}
        </div>
        <button type="button" class="button small" onClick={resetFault}>
          Try again
        </button>
      </div>
    );
  if (problem) return <ProblemNote problem={problem} />;
  if (!loaded) return <Skeleton height={400} />;
  const Content = loaded;
  return <Content rest={place.value.rest} />;
}

function NotHere() {
  return (
    <Empty title="Page not found">
      <p>
        The address may be mistyped or out of date. <a href="/">Go to the overview</a>.
      </p>
    </Empty>
  );
}

/** The one place that says that the server is away; what is shown is dimmed meanwhile. */
function OutageBanner() {
  const away = outage.value;
  return (
    <div role="status">
      {away && (
        <p class="outage">
          <Icon name="warning" />
          <span>
            <strong>The server cannot be reached.</strong>{' '}
            {away.asOf === undefined ? 'Trying again…' : `Dimmed figures are as of ${time(away.asOf)} and may not match the selection. Trying again…`}
          </span>
        </p>
      )}
    </div>
  );
}

const states = {
  connecting: ['Connecting…', 'Connecting to live updates'],
  live: ['Live', 'Live: new trades and alerts appear by themselves'],
  lost: ['Reconnecting…', 'Connection lost: figures may be out of date and catch up when it is back'],
} as const;

function ConnectionState() {
  const [text, title] = states[connection.value];
  return (
    <span class={`connection ${connection.value}`} role="status" title={title} data-connection={connection.value}>
      <i aria-hidden="true" />
      <span>{text}</span>
    </span>
  );
}

function SignOut() {
  return (
    <button
      type="button"
      class="icon-button"
      title={`Sign out (${role.value ?? ''})`}
      aria-label="Sign out"
      onClick={() => signOut().catch((fault: unknown) => toast(problemFrom(fault).message, 'bad'))}
    >
      <Icon name="out" />
    </button>
  );
}
