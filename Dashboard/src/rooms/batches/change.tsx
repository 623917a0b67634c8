// Making, changing and deleting a batch.
import { useEffect, useRef, useState } from 'preact/hooks';
import { answer, client, type Schema } from '../../api/client';
import { problemFrom, type Problem } from '../../api/problem';
import { invalidate, useApi } from '../../api/resource';
import { count } from '../../format';
import { Field } from '../../ui/controls';
import { Confirm, Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { ProblemNote, Skeleton } from '../../ui/states';
import { toast } from '../../ui/toast';
import { bodyOf, changesOf, defaultsOf, fields, symbolsOf, valuesOf, type FormValues } from './form';
import './change.css';

type Batch = Schema<'Batch'>;

/** The news says it too, a moment later; the reader should not wait for it. */
const changed = () => invalidate(address => address.startsWith('/api/v1/batches') || address.startsWith('/api/v1/compare'));

export function CreateBatch({ onClose, onCreated }: { onClose: () => void; onCreated: (batch: Batch) => void }) {
  const { data, problem, reload } = useApi('/api/v1/batches');
  return (
    <Dialog title="New batch" onClose={onClose} wide>
      {problem && !data && <ProblemNote problem={problem} onRetry={reload} />}
      {!data && !problem && <Skeleton height={420} />}
      {data && (
        <BatchForm
          before={defaultsOf(data.settings)}
          settings={data.settings}
          action="Create the batch"
          onClose={onClose}
          send={async values => {
            const { data: batch } = await answer(client.POST('/api/v1/batches', { body: bodyOf(values) as never }));
            changed();
            toast(`${batch.name} is made; its ledger is being built`);
            onCreated(batch);
          }}
        />
      )}
    </Dialog>
  );
}

export function EditBatch({ batch, etag, onClose }: { batch: Batch; etag: string | null | undefined; onClose: () => void }) {
  const list = useApi('/api/v1/batches');
  // As it was when the form was opened: what others change meanwhile must not slip under the reader's hands.
  const [opened, setOpened] = useState({ batch, etag });
  const before = valuesOf(opened.batch);
  return (
    <Dialog title={`Edit ${opened.batch.name}`} onClose={onClose} wide>
      {list.data ? (
        <BatchForm
          key={opened.etag}
          before={before}
          settings={list.data.settings}
          action="Save"
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
              toast(data.ledger.state === 'building' ? 'Saved; the ledger is being built anew' : 'Saved');
            }
            onClose();
          }}
        />
      ) : (
        <Skeleton height={420} />
      )}
    </Dialog>
  );
}

export function DeleteBatch({ batch, onClose, onDeleted }: { batch: Batch; onClose: () => void; onDeleted: () => void }) {
  return (
    <Confirm
      title={`Delete ${batch.name}?`}
      action="Delete the batch"
      dangerous
      onClose={onClose}
      onConfirm={async () => {
        await answer(client.DELETE('/api/v1/batches/{id}', { params: { path: { id: String(batch.id) } } }));
        toast(`${batch.name} is deleted`);
        // Away from it first: what it showed is not there to be read again.
        onDeleted();
        invalidate(address => address === '/api/v1/batches');
      }}
    >
      <p>
        The batch and its ledger of {count(batch.ledger.trades)} rows go. Alerts and trades stay: a batch of the same pairs, made again, has the same
        history.
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
}: {
  before: FormValues;
  settings: Schema<'FormSettings'>;
  action: string;
  send: (values: FormValues) => Promise<void>;
  onClose: () => void;
  /** The reader wants the form as the batch is now. */
  onMovedOn?: () => Promise<void>;
}) {
  const [values, setValues] = useState(before);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const set = (changes: Partial<FormValues>) => setValues(old => ({ ...old, ...changes }));
  const { defaults, limits } = settings;
  const submit = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send(values);
    } catch (fault) {
      setProblem(problemFrom(fault));
      setBusy(false);
    }
  };
  const number = (name: 'capital' | 'allocationPercentage' | 'feePercentage', label: string, hint: string) => (
    <Field label={label} hint={hint} error={problem?.of(name)}>
      {tie => (
        <input
          {...tie}
          type="text"
          inputmode="decimal"
          name={name}
          autocomplete="off"
          placeholder={String(defaults[name])}
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
      <Field label="Name" error={problem?.of('name')}>
        {tie => (
          <input {...tie} type="text" name="name" maxLength={200} autocomplete="off" value={values.name} onInput={event => set({ name: event.currentTarget.value })} />
        )}
      </Field>
      <Pairs chosen={values.symbols} seen={settings.symbols} most={limits.symbols.max} error={problem?.of('symbols')} onChange={symbols => set({ symbols })} />
      <div class="form-row">
        {number('capital', 'Capital', 'What the ledger starts with')}
        {number('allocationPercentage', 'Allocation in %', 'Of the capital, for each trade')}
        {number('feePercentage', 'Fee in %', 'Of the notional of each fill')}
      </div>
      <div class="form-row">
        <Field label="Start, in UTC" optional hint="Trades entered before it do not count" error={problem?.of('startTime')}>
          {tie => <input {...tie} type="datetime-local" step={1} name="startTime" value={values.startTime} onInput={event => set({ startTime: event.currentTarget.value })} />}
        </Field>
        <Timeframes chosen={values.timeframes} seen={settings.timeframes} error={problem?.of('timeframes')} onChange={timeframes => set({ timeframes })} />
      </div>
      {problem &&
        (problem.status === 412 && onMovedOn ? (
          <div class="problem" role="alert">
            <Icon name="warning" />
            <div>
              <strong>Somebody has changed this batch meanwhile.</strong> Nothing of yours was saved. Look at it as it is now, and change it again.
            </div>
            <button type="button" class="button small" onClick={() => onMovedOn().catch((fault: unknown) => setProblem(problemFrom(fault)))}>
              Show it as it is now
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

function Pairs({ chosen, seen, most, error, onChange }: { chosen: string[]; seen: readonly string[]; most: number; error: string | undefined; onChange: (symbols: string[]) => void }) {
  const [text, setText] = useState('');
  const add = (symbols: readonly string[]) => {
    onChange([...new Set([...chosen, ...symbols])]);
    setText('');
  };
  const left = seen.filter(symbol => !chosen.includes(symbol));
  const near = left.filter(symbol => symbol.includes(text.trim().toUpperCase())).slice(0, 24);
  return (
    <Field
      label="Pairs"
      error={error}
      hint={seen.length > 0 ? `Pick from those that alerts came for, or type others and press Enter. At most ${most}.` : 'Type symbols as your alerts name them, and press Enter.'}
    >
      {tie => (
        <div class="pairs-input">
          {chosen.length > 0 && (
            <ul class="chips" aria-label="Pairs of the batch">
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
            // What was typed and not added would be lost with the form.
            onBlur={() => text.trim() && add(symbolsOf(text))}
          />
          {near.length > 0 && (
            <ul class="chips" aria-label="Seen in alerts">
              {near.map(symbol => (
                <li key={symbol}>
                  <button type="button" class="chip offer" onMouseDown={event => event.preventDefault()} onClick={() => add([symbol])}>
                    <Icon name="plus" size={12} /> {symbol}
                  </button>
                </li>
              ))}
              {left.length > near.length && text === '' && <li class="hint">and {left.length - near.length} more: type to find them</li>}
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

function Timeframes({ chosen, seen, error, onChange }: { chosen: string[]; seen: readonly string[]; error: string | undefined; onChange: (timeframes: string[]) => void }) {
  const [text, setText] = useState('');
  const all = [...new Set([...seen, ...chosen])];
  const add = () => {
    // As typed: 1m is a minute and 1M a month.
    const typed = text.split(/[\s,;]+/).filter(Boolean);
    if (typed.length > 0) onChange([...new Set([...chosen, ...typed])]);
    setText('');
  };
  return (
    <Field label="Timeframes" optional hint="None chosen: all count" error={error}>
      {tie => (
        <div class="pairs-input">
          {all.length > 0 && (
            <ul class="chips" aria-label="Timeframes">
              {all.map(timeframe => (
                <li key={timeframe}>
                  <button
                    type="button"
                    class={`chip offer${chosen.includes(timeframe) ? ' on' : ''}`}
                    aria-pressed={chosen.includes(timeframe)}
                    onClick={() => onChange(chosen.includes(timeframe) ? chosen.filter(one => one !== timeframe) : [...chosen, timeframe])}
                  >
                    {timeframe}
                  </button>
                </li>
              ))}
            </ul>
          )}
          <input
            {...tie}
            type="text"
            name="timeframes"
            autocomplete="off"
            placeholder="Another, e.g. 240 or 1D"
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
