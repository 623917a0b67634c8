import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import { App } from './app';
import { startEvents } from './live/events';
import { pages } from './pages';
import { place, startRouter } from './router';
import { resumeSession, watchOtherTabs } from './session';

startRouter();
// The page's script runs while the session is confirmed, or the key is typed; where it cannot be fetched, the page says so when it is shown.
pages.find(page => page.path === place.value.page)?.load().catch(() => {});
resumeSession();
startEvents();
watchOtherTabs();

// Parts of the page are loaded when they are needed. After an upgrade those of the build before are gone: begin with the new one, once; but only where
// the server answers, for in place of the page there would be the browser's own word that it does not.
window.addEventListener('vite:preloadError', () => {
  const key = 'reloaded-for-upgrade';
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000) return;
  void fetch('/', { cache: 'no-store' }).then(
    ({ ok }) => {
      if (!ok) return;
      sessionStorage.setItem(key, String(Date.now()));
      window.location.reload();
    },
    () => {},
  );
});

render(<App />, document.getElementById('page')!);
