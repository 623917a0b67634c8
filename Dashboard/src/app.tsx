// The shell: who is signed in, the navigation, and the room that the address names.
import type { ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import { answer, client } from './api/client';
import { problemFrom, type Problem } from './api/problem';
import { forgetEverything } from './api/resource';
import { connection } from './live/news';
import { place } from './router';
import { rooms, type Room, type RoomProps } from './rooms';
import { role, sessionBegan, signedOut, wasSignedIn, type Role } from './session';
import { SignIn } from './sign-in';
import { setTheme, theme, type Theme } from './theme';
import { Icon, type IconName } from './ui/icons';
import { Empty, ProblemNote, Skeleton } from './ui/states';
import { toast, Toasts } from './ui/toast';

export function App() {
  const [problem, setProblem] = useState<Problem>();
  const ask = async () => {
    setProblem(undefined);
    try {
      sessionBegan((await answer(client.GET('/api/v1/session'))).data.role as Role);
    } catch (fault) {
      const said = problemFrom(fault);
      if (said.status !== 401) setProblem(said);
    }
  };
  useEffect(() => {
    if (wasSignedIn()) void ask();
    else signedOut();
  }, []);

  if (problem)
    return (
      <main class="alone">
        <ProblemNote problem={problem} onRetry={() => void ask()} />
      </main>
    );
  if (role.value === undefined) return <div class="alone" aria-busy="true" />;
  return (
    <>
      {role.value === null ? <SignIn /> : <Shell />}
      <Toasts />
    </>
  );
}

function Shell() {
  const room = rooms.find(one => one.path === place.value.room);
  const main = useRef<HTMLElement>(null);
  const shown = useRef(place.value.room);
  useEffect(() => {
    document.title = room ? `${room.label} · PnlPipeline` : 'PnlPipeline';
    // Another room is another page: who reads by ear or keyboard starts at its beginning.
    if (shown.current !== place.value.room) main.current?.focus({ preventScroll: true });
    shown.current = place.value.room;
  }, [room]);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={event => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="side">
        <a class="brand" href="/" aria-label="PnlPipeline, overview">
          <img src="/favicon.svg" alt="" width="28" height="28" />
          <span>PnlPipeline</span>
        </a>
        <nav aria-label="Rooms">
          {rooms.map(one => (
            <a key={one.path} href={`/${one.path}`} aria-current={one === room ? 'page' : undefined}>
              <Icon name={one.icon} />
              <span>{one.label}</span>
              {one.badge && <one.badge />}
            </a>
          ))}
        </nav>
        <div class="side-foot">
          <ConnectionState />
          <ThemeChoice />
          <SignOut />
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {room ? <RoomPlace key={room.path} room={room} /> : <NotHere />}
      </main>
    </div>
  );
}

function RoomPlace({ room }: { room: Room }) {
  const [loaded, setLoaded] = useState<ComponentType<RoomProps>>();
  const [problem, setProblem] = useState<Problem>();
  const [fault, resetFault] = useErrorBoundary(error => console.error(error));
  const load = () => {
    setProblem(undefined);
    room.load().then(
      module => setLoaded(() => module.default),
      thrown => setProblem(problemFrom(thrown)),
    );
  };
  useEffect(load, [room]);
  if (fault)
    return (
      <div class="problem" role="alert">
        <Icon name="warning" />
        <div>
          <strong>This part of the page has failed.</strong> The data is safe; it is the drawing that went wrong. {String(fault)}
        </div>
        <button type="button" class="button small" onClick={resetFault}>
          Draw it again
        </button>
      </div>
    );
  if (problem) return <ProblemNote problem={problem} onRetry={load} />;
  if (!loaded) return <Skeleton height={400} />;
  const Content = loaded;
  return <Content rest={place.value.rest} />;
}

function NotHere() {
  return (
    <Empty title="There is nothing at this address">
      <p>
        It may have been mistyped or moved. <a href="/">Go to the overview</a>.
      </p>
    </Empty>
  );
}

const states = {
  connecting: ['Connecting…', 'Connecting to the live news'],
  live: ['Live', 'Live: what happens shows by itself'],
  lost: ['Reconnecting…', 'Connection lost: figures may be out of date. They catch up when it is back'],
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

const themes: Record<Theme, [Theme, IconName, string]> = {
  system: ['light', 'system', 'as the system'],
  light: ['dark', 'sun', 'light'],
  dark: ['system', 'moon', 'dark'],
};

function ThemeChoice() {
  const [next, icon, text] = themes[theme.value];
  return (
    <button type="button" class="icon-button" title={`Theme: ${text}`} aria-label={`Theme: ${text}. Change to ${themes[next][2]}`} onClick={() => setTheme(next)}>
      <Icon name={icon} />
    </button>
  );
}

function SignOut() {
  const signOut = async () => {
    try {
      await answer(client.DELETE('/api/v1/session'));
      signedOut();
      forgetEverything();
    } catch (fault) {
      toast(problemFrom(fault).message, 'bad');
    }
  };
  return (
    <button type="button" class="icon-button" title={`Sign out (${role.value})`} aria-label="Sign out" onClick={() => void signOut()}>
      <Icon name="out" />
    </button>
  );
}
