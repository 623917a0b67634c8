import { render } from 'preact';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import { App } from './app';
import { startNews } from './live/news';
import { startRouter } from './router';
import { watchOtherTabs } from './session';

startRouter();
startNews();
watchOtherTabs();

// Parts of the page are loaded when they are needed. After an upgrade those of the build before are gone: begin with the new one, once.
window.addEventListener('vite:preloadError', event => {
  const key = 'reloaded-for-upgrade';
  if (Date.now() - Number(sessionStorage.getItem(key) ?? 0) < 60_000) return;
  sessionStorage.setItem(key, String(Date.now()));
  event.preventDefault();
  window.location.reload();
});

render(<App />, document.getElementById('page')!);
