// Which columns of a table are shown: chosen by the reader, kept in this browser.
import { signal, type Signal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { placeBeside } from './controls';
import { Icon } from './icons';
import type { Column } from './table';

const hiddenOf = new Map<string, Signal<readonly string[]>>();

function hidden(table: string): Signal<readonly string[]> {
  let known = hiddenOf.get(table);
  if (!known) {
    let stored: unknown;
    try {
      stored = JSON.parse(localStorage.getItem(`hidden-columns-${table}`) ?? '[]');
    } catch {
      // Forbidden or not ours: all are shown.
    }
    known = signal(Array.isArray(stored) ? stored.map(String) : []);
    hiddenOf.set(table, known);
  }
  return known;
}

export function shownColumns<Row>(table: string, columns: readonly Column<Row>[]): readonly Column<Row>[] {
  const away = hidden(table).value;
  const shown = columns.filter(column => !away.includes(column.name));
  return shown.length > 0 ? shown : columns;
}

export function ColumnChoice({ table, columns }: { table: string; columns: readonly { name: string }[] }) {
  const id = useId();
  const away = hidden(table);
  const set = (names: readonly string[]) => {
    away.value = names;
    try {
      localStorage.setItem(`hidden-columns-${table}`, JSON.stringify(names));
    } catch {
      // Then it holds until the page is closed.
    }
  };
  return (
    <>
      <button type="button" class="button small" popovertarget={id} aria-label="Columns">
        <Icon name="columns" size={15} /> Columns
      </button>
      <div id={id} popover="auto" class="popover" role="group" aria-label="Columns" onToggle={event => placeBeside(event.currentTarget)}>
        {columns.map(({ name }) => (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={!away.value.includes(name)}
              onChange={event => set(event.currentTarget.checked ? away.value.filter(one => one !== name) : [...away.value, name])}
            />
            <span>{name}</span>
          </label>
        ))}
        {away.value.length > 0 && (
          <button type="button" class="button small ghost" onClick={() => set([])}>
            Show all
          </button>
        )}
      </div>
    </>
  );
}
