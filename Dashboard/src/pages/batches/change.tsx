// Creating, editing and deleting a batch.
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { invalidate, useApi } from '../../api/resource';
import { count, exact, strategyName, timeframeName } from '../../format';
import { Field } from '../../ui/controls';
import { Confirm, Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { ProblemNote, ReadState, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';
import { testSymbol } from '../issues/counts';
import { bodyOf, changesOf, defaultsOf, fields, mistakesOf, symbolsOf, valuesOf, type FormValues } from './form';
import './change.css';

type Batch = Schema<'Batch'>;

/** A live event says it too, a moment later; the reader should not wait for it. */
const changed = () => invalidate(address => address.startsWith('/api/v1/batches') || address.startsWith('/api/v1/compare'));

const formHeight = 520;

/** initial: what it begins with, in place of the defaults. */
export function CreateBatch({ initial = {}, onClose, onCreated }: { initial?: Partial<FormValues>; onClose: () => void; onCreated: (batch: Batch) => void }) {
  const list = useApi('/api/v1/batches');
  const { data } = list;
  const [isDirty, setDirty] = useState(false);
  return (
    <Dialog title="New batch" onClose={onClose} wide isDirty={isDirty}>
      <ReadState read={list} height={formHeight} />
      {data && (
        <BatchForm
          before={{ ...defaultsOf(data.settings), ...initial }}
          settings={data.settings}
          action="Create batch"
          onDirty={setDirty}
          onClose={onClose}
          send={async values => {
            const { data: batch } = await answer(client.POST('/api/v1/batches', { body: bodyOf(values) as never }));
            changed();
            toast('Batch created. Calculating…');
            onCreated(batch);
          }}
        />
      )}
    </Dialog>
  );
}

export function EditBatch({ batch, etag, onClose }: { batch: Batch; etag: string | null | undefined; onClose: () => void }) {
  const list = useApi('/api/v1/batches');
  const [isDirty, setDirty] = useState(false);
  // As it was when the form was opened: a change by somebody else must not alter it while it is being edited.
  const [opened, setOpened] = useState({ batch, etag });
  const before = valuesOf(opened.batch);
  return (
    <Dialog title={`Edit ${opened.batch.name}`} onClose={onClose} wide isDirty={isDirty}>
      {list.data ? (
        <BatchForm
          key={opened.etag}
          before={before}
          settings={list.data.settings}
          action="Save"
          onDirty={setDirty}
          onClose={onClose}
          onMovedOn={async () => {
            const now = await answer(client.GET('/api/v1/batches/{id}', { params: { path: { id: String(batch.id) } } }));
            changed();
            setOpened({ batch: now.data, etag: now.response.headers.get('ETag') });
          }}
          send={async values => {
            const changes = changesOf(values, before);
            if (Object.keys(changes).length > 0) {
              const headers: Record<string, string> = opened.etag ? { 'If-Match': opened.etag } : {};
              const { data } = await answer(
                client.PATCH('/api/v1/batches/{id}', { params: { path: { id: String(batch.id) } }, body: changes as never, headers }),
              );
              changed();
              toast(data.ledger.state === 'building' ? 'Saved. Recalculating…' : 'Saved');
            }
            onClose();
          }}
        />
      ) : (
        <Skeleton height={formHeight} />
      )}
    </Dialog>
  );
}

export function DeleteBatch({ batch, onClose, onDeleted }: { batch: Batch; onClose: () => void; onDeleted: () => void }) {
  return (
    <Confirm
      title={`Delete ${batch.name}?`}
      action="Delete batch"
      dangerous
      onClose={onClose}
      onConfirm={async () => {
        await answer(client.DELETE('/api/v1/batches/{id}', { params: { path: { id: String(batch.id) } } }));
        toast(`${batch.name} deleted`);
        // Leave it first: what it showed can no longer be read.
        onDeleted();
        invalidate(address => address === '/api/v1/batches');
      }}
    >
      <p>
        Deletes this batch and its {count(batch.ledger.trades)} {batch.ledger.trades === 1 ? 'result' : 'results'}. Alerts and trades are kept: a new batch with the same symbols has the same history.
      </p>
    </Confirm>
  );
}

function BatchForm({
  before,
  settings,
  action,
  send,
  onClose,
  onMovedOn,
  onDirty,
}: {
  before: FormValues;
  settings: Schema<'FormSettings'>;
  action: string;
  send: (values: FormValues) => Promise<void>;
  onClose: () => void;
  /** The reader wants to start again from the batch as it is now. */
  onMovedOn?: () => Promise<void>;
  onDirty: (isDirty: boolean) => void;
}) {
  const [values, setValues] = useState(before);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [mistakes, setMistakes] = useState<ReturnType<typeof mistakesOf>>({});
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const set = (changes: Partial<FormValues>) => setValues(old => ({ ...old, ...changes }));
  const { defaults, limits } = settings;
  const isDirty = JSON.stringify(values) !== JSON.stringify(before);
  useEffect(() => onDirty(isDirty), [isDirty]);
  const errorOf = (name: (typeof fields)[number]) => mistakes[name] ?? problem?.of(name);
  const submit = async () => {
    setProblem(undefined);
    const found = mistakesOf(values, settings);
    setMistakes(found);
    if (Object.keys(found).length > 0) {
      const [first] = fields.filter(name => found[name]);
      form.current?.querySelector<HTMLElement>(`[name=${first}]`)?.focus();
      return;
    }
    setBusy(true);
    try {
      await send(values);
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  const number = (name: 'capital' | 'allocationPercentage' | 'feePercentage', label: string, hint: string) => (
    <Field label={label} hint={hint} error={errorOf(name)}>
      {tie => (
        <input
          {...tie}
          type="text"
          inputmode="decimal"
          name={name}
          autocomplete="off"
          placeholder={exact(defaults[name])}
          value={values[name]}
          onInput={event => set({ [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <form
      ref={form}
      class="form"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field label="Name" error={errorOf('name')}>
        {tie => (
          <input {...tie} type="text" name="name" maxLength={200} autocomplete="off" value={values.name} onInput={event => set({ name: event.currentTarget.value })} />
        )}
      </Field>
      <Symbols chosen={values.symbols} seen={settings.symbols} most={limits.symbols.max} error={errorOf('symbols')} onChange={symbols => set({ symbols })} />
      <div class="form-row">
        {number('capital', 'Starting capital', 'In your own currency')}
        {number('allocationPercentage', 'Position size in %', '% of capital per trade')}
        {number('feePercentage', 'Fee in %', '% of order value, at entry and at exit')}
      </div>
      <div class="form-row">
        <Field label="Start date (UTC)" optional hint="Trades entered before it are not counted" error={errorOf('startTime')}>
          {tie => <input {...tie} type="datetime-local" step={1} name="startTime" value={values.startTime} onInput={event => set({ startTime: event.currentTarget.value })} />}
        </Field>
        <Several
          label="Timeframes"
          hint="Leave empty for all timeframes"
          placeholder="Another, such as 4h or 1D"
          name="timeframes"
          chosen={values.timeframes}
          seen={settings.timeframes}
          error={errorOf('timeframes')}
          // As typed: 1m is one minute and 1M one month.
          typed={text => text.split(/[\s,;]+/).filter(Boolean)}
          nameOf={timeframeName}
          onChange={timeframes => set({ timeframes })}
        />
      </div>
      {(settings.strategies.some(Boolean) || values.strategies.length > 0) && (
        <Several
          label="Strategies"
          hint="Leave empty for all strategies"
          placeholder="Another, as your alerts name it"
          name="strategies"
          chosen={values.strategies}
          seen={settings.strategies}
          error={errorOf('strategies')}
          typed={text => (text.trim() ? [text.trim()] : [])}
          nameOf={strategyName}
          onChange={strategies => set({ strategies })}
        />
      )}
      {problem &&
        (problem.status === 412 && onMovedOn ? (
          <div class="problem" role="alert">
            <Icon name="warning" />
            <div>
              <strong>Somebody else has changed this batch.</strong> Your changes were not saved. Load the batch as it is now and make them again.
            </div>
            <button type="button" class="button small" onClick={() => onMovedOn().catch((fault: unknown) => setProblem(problemFrom(fault)))}>
              Load current batch
            </button>
          </div>
        ) : (
          <ProblemNote problem={problem} fields={fields} />
        ))}
      <footer>
        <button type="button" class="button" onClick={onClose}>
          Cancel
        </button>
        <button type="submit" class="button primary" disabled={busy}>
          {action}
        </button>
      </footer>
    </form>
  );
}

function Symbols({ chosen, seen, most, error, onChange }: { chosen: string[]; seen: readonly string[]; most: number; error: string | undefined; onChange: (symbols: string[]) => void }) {
  const [text, setText] = useState('');
  const add = (symbols: readonly string[]) => {
    onChange([...new Set([...chosen, ...symbols])]);
    setText('');
  };
  const left = seen.filter(symbol => !chosen.includes(symbol) && symbol !== testSymbol);
  const near = left.filter(symbol => symbol.includes(text.trim().toUpperCase())).slice(0, 24);
  return (
    <Field
      label="Symbols"
      error={error}
      hint={seen.length > 0 ? `Pick from the symbols of your alerts, or type others and press Enter. At most ${count(most)}.` : 'Type symbols as your alerts spell them, and press Enter.'}
    >
      {tie => (
        <div class="chips-input">
          {chosen.length > 0 && (
            <ul class="chips" aria-label="Symbols of the batch">
              {chosen.map(symbol => (
                <li key={symbol} class="chip">
                  <span>{symbol}</span>
                  <button type="button" aria-label={`Remove ${symbol}`} onClick={() => onChange(chosen.filter(one => one !== symbol))}>
                    <Icon name="close" size={12} />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <input
            {...tie}
            type="text"
            name="symbols"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck={false}
            placeholder="BTCUSDT"
            value={text}
            onInput={event => setText(event.currentTarget.value)}
            onKeyDown={event => {
              if (event.key === 'Enter' && text.trim()) {
                event.preventDefault();
                add(symbolsOf(text));
              } else if (event.key === 'Backspace' && text === '' && chosen.length > 0) {
                onChange(chosen.slice(0, -1));
              }
            }}
            // Text that was typed and not added would be lost.
            onBlur={() => text.trim() && add(symbolsOf(text))}
          />
          {near.length > 0 && (
            <ul class="chips" aria-label="Symbols of your alerts">
              {near.map(symbol => (
                <li key={symbol}>
                  <button type="button" class="chip offer" onMouseDown={event => event.preventDefault()} onClick={() => add([symbol])}>
                    <Icon name="plus" size={12} /> {symbol}
                  </button>
                </li>
              ))}
              {left.length > near.length && text === '' && <li class="hint">and {count(left.length - near.length)} more: type to search</li>}
              {left.length > 1 && left.length <= most && text === '' && (
                <li>
                  <button type="button" class="link-button" onClick={() => add(left)}>
                    Add all
                  </button>
                </li>
              )}
            </ul>
          )}
        </div>
      )}
    </Field>
  );
}

/** Some of what was seen so far, or others that are typed. */
function Several({
  label,
  hint,
  placeholder,
  name,
  chosen,
  seen,
  error,
  typed,
  nameOf,
  onChange,
}: {
  label: string;
  hint: string;
  placeholder: string;
  name: string;
  chosen: string[];
  seen: readonly string[];
  error: string | undefined;
  /** What a text that was typed names. */
  typed: (text: string) => string[];
  nameOf: (value: string) => string;
  onChange: (chosen: string[]) => void;
}) {
  const [text, setText] = useState('');
  const all = [...new Set([...seen, ...chosen])];
  const add = () => {
    const named = typed(text);
    if (named.length > 0) onChange([...new Set([...chosen, ...named])]);
    setText('');
  };
  return (
    <Field label={label} optional hint={hint} error={error}>
      {tie => (
        <div class="chips-input">
          {all.length > 0 && (
            <ul class="chips" aria-label={label}>
              {all.map(value => (
                <li key={value}>
                  <button
                    type="button"
                    class={`chip offer${chosen.includes(value) ? ' on' : ''}`}
                    aria-pressed={chosen.includes(value)}
                    onClick={() => onChange(chosen.includes(value) ? chosen.filter(one => one !== value) : [...chosen, value])}
                  >
                    {nameOf(value)}
                  </button>
                </li>
              ))}
            </ul>
          )}
          <input
            {...tie}
            type="text"
            name={name}
            autocomplete="off"
            placeholder={placeholder}
            value={text}
            onInput={event => setText(event.currentTarget.value)}
            onKeyDown={event => {
              if (event.key === 'Enter' && text.trim()) {
                event.preventDefault();
                add();
              }
            }}
            onBlur={add}
          />
        </div>
      )}
    </Field>
  );
}
