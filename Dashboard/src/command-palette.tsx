// Ctrl-K: goes to any page, batch or symbol, or does something, by typing a few letters of it.
import { useEffect, useRef, useState } from 'preact/hooks';
import { problemFrom } from './api/client';
import { useApi } from './api/resource';
import { matching, type Command } from './commands';
import { navigate } from './router';
import { pages } from './pages';
import { isAdmin } from './session';
import { signOut } from './sign-in';
import { setTheme } from './theme';
import { Dialog } from './ui/dialog';
import { Icon } from './ui/icons';
import { toast } from './ui/toast';

export function CommandPalette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen(isOpen => !isOpen);
      }
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  return (
    <>
      <button type="button" class="search-button" title="Search (Ctrl-K)" aria-keyshortcuts="Control+K" onClick={() => setOpen(true)}>
        <Icon name="search" />
        <span>Search</span>
        <kbd aria-hidden="true">Ctrl K</kbd>
      </button>
      {open && <Palette onClose={() => setOpen(false)} />}
    </>
  );
}

function Palette({ onClose }: { onClose: () => void }) {
  const { data } = useApi('/api/v1/batches');
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const go = (to: string) => () => navigate(to);
  const all: Command[] = [
    ...pages.map(page => ({ name: page.label, kind: 'Page', run: go(`/${page.path}`) })),
    ...(data?.batches ?? []).map(batch => ({ name: batch.name, kind: 'Batch', run: go(`/batches/${batch.id}`) })),
    ...(data?.settings.symbols ?? []).map(symbol => ({ name: symbol, kind: 'Symbol', run: go(`/symbols/${encodeURIComponent(symbol)}`) })),
    ...(isAdmin.value ? [{ name: 'New batch', kind: 'Action', run: go('/batches?new=yes') }] : []),
    { name: 'Light theme', kind: 'Action', run: () => setTheme('light') },
    { name: 'Dark theme', kind: 'Action', run: () => setTheme('dark') },
    { name: 'Sign out', kind: 'Action', run: () => void signOut().catch((fault: unknown) => toast(problemFrom(fault).message, 'bad')) },
  ];
  const shown = matching(all, text);
  const chosen = Math.min(at, shown.length - 1);
  useEffect(() => list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' }), [chosen]);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  return (
    <Dialog title="Search" onClose={onClose} wide>
      <div class="palette">
        <input
          type="text"
          role="combobox"
          aria-label="Search pages, batches, symbols and actions"
          aria-expanded="true"
          aria-controls="palette-list"
          aria-activedescendant={shown.length > 0 ? `palette-${chosen}` : undefined}
          autocomplete="off"
          spellcheck={false}
          placeholder="Page, batch, symbol or action"
          value={text}
          onInput={event => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={event => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
            if (step) setAt((chosen + step + shown.length) % Math.max(1, shown.length));
            else if (event.key === 'Enter') run(shown[chosen]);
            else return;
            event.preventDefault();
          }}
        />
        <ul id="palette-list" ref={list} role="listbox" aria-label="Found">
          {shown.map((command, i) => (
            <li
              key={`${command.kind} ${command.name}`}
              id={`palette-${i}`}
              role="option"
              aria-selected={i === chosen}
              onMouseMove={() => setAt(i)}
              onClick={() => run(command)}
            >
              <span>{command.name}</span> <span class="faint">{command.kind}</span>
            </li>
          ))}
        </ul>
        {shown.length === 0 && <p class="hint">Nothing found.</p>}
      </div>
    </Dialog>
  );
}
