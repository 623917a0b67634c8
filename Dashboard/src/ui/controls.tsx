// Parts of forms and toolbars.
import type { ComponentChildren, JSX } from 'preact';
import { useId, useState } from 'preact/hooks';

/** A label, what it labels, a hint, and the message for this field. The child gets the ids that tie them together. */
export function Field({
  label,
  hint,
  error,
  optional = false,
  children,
}: {
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  optional?: boolean;
  children: (tie: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => JSX.Element;
}) {
  const id = useId();
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
  return (
    <div class={`field${error ? ' invalid' : ''}`}>
      <label for={id}>
        {label} {optional && <span class="faint">optional</span>}
      </label>
      {children({ id, 'aria-describedby': described, 'aria-invalid': Boolean(error) })}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}

/** One of a few, all in view. */
export function Segmented<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset class="segmented">
      <legend class="visually-hidden">{label}</legend>
      {options.map(([option, text]) => (
        <label key={option} class={option === value ? 'chosen' : ''}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => onChange(option)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Past so many options the list can be searched. */
const searchedFrom = 9;

/** Several of many: a button that opens the list. Nothing chosen is all. */
export function Choose({
  label,
  options,
  chosen,
  onChange,
  name = text => text,
}: {
  label: string;
  options: readonly string[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  name?: (option: string) => string;
}) {
  const id = useId();
  const [search, setSearch] = useState('');
  const text = chosen.length === 0 ? `All ${label.toLowerCase()}` : chosen.length === 1 ? name(chosen[0]!) : `${chosen.length} ${label.toLowerCase()}`;
  // What the address names may no longer be in the list; it can still be removed.
  const all = [...new Set([...options, ...chosen])];
  const found = all.filter(option => name(option).toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <>
      <button type="button" class={`button small choose${chosen.length ? ' active' : ''}`} popovertarget={id} aria-label={`${label}: ${text}`}>
        <span class="choose-text">{text}</span>
        <span class="caret" aria-hidden="true" />
      </button>
      <div
        id={id}
        popover="auto"
        class="popover"
        role="group"
        aria-label={label}
        onToggle={event => {
          placeBeside(event.currentTarget);
          if (event.currentTarget.matches(':popover-open')) event.currentTarget.querySelector('input')?.focus();
          else setSearch('');
        }}
      >
        {all.length === 0 && <p class="hint">None yet.</p>}
        {all.length >= searchedFrom && (
          <input
            type="search"
            aria-label={`Search ${label.toLowerCase()}`}
            placeholder="Search"
            value={search}
            onInput={event => setSearch(event.currentTarget.value)}
          />
        )}
        {found.map(option => (
          <label key={option} class="check">
            <input
              type="checkbox"
              checked={chosen.includes(option)}
              onChange={event => onChange(event.currentTarget.checked ? [...chosen, option] : chosen.filter(one => one !== option))}
            />
            <span>{name(option)}</span>
          </label>
        ))}
        {all.length > 0 && found.length === 0 && <p class="hint">None match.</p>}
        {chosen.length > 0 && (
          <button type="button" class="button small ghost" onClick={() => onChange([])}>
            All
          </button>
        )}
      </div>
    </>
  );
}

/** Popovers are in the top layer and know nothing of their button's place. */
export function placeBeside(popover: HTMLElement) {
  if (!popover.matches(':popover-open')) return;
  const button = document.querySelector(`[popovertarget="${popover.id}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  popover.style.left = `${Math.max(8, Math.min(at.left, window.innerWidth - width - 8))}px`;
  popover.style.top = `${at.bottom + height + 12 > window.innerHeight && at.top > height ? at.top - height - 4 : at.bottom + 4}px`;
}
