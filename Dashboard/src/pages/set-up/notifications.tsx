// Notifications: where they go, what is told of, and what came of them.
import { useEffect, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { invalidate, useApi } from '../../api/resource';
import { ago, instant, ownZone } from '../../format';
import { isAdmin } from '../../session';
import { Field } from '../../ui/controls';
import { Confirm, Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote, ReadState } from '../../ui/states';
import { toast } from '../../ui/toast';
import { channelTypes, fieldsOf, mistakesOf, ruleKinds, said, type ChannelType, type RuleKind } from './notification-form';

const base = '/api/v1/notifications';
const readEveryMs = 3000;
const readAgain = () => invalidate(address => address.startsWith(base));

export function Notifications() {
  const channels = useApi('/api/v1/notifications/channels');
  const rules = useApi('/api/v1/notifications/rules');
  const { data: batches } = useApi('/api/v1/batches');
  const [adds, setAdds] = useState<'channel' | 'rule'>();
  const [goes, setGoes] = useState<{ kind: 'channels' | 'rules'; id: number; name: string }>();
  const nameOf = (id: number) => channels.data?.items.find(one => one.id === id)?.name ?? `Channel ${id}`;
  const batchName = (id: number | null) => (id === null ? '' : (batches?.batches.find(one => one.id === id)?.name ?? `Batch ${id}`));
  return (
    <div class="stack">
      <section class="card" aria-label="Channels">
        <header>
          <h2>Channels</h2>
          {isAdmin.value && (
            <button type="button" class="button small" onClick={() => setAdds('channel')}>
              <Icon name="plus" size={16} /> Add channel
            </button>
          )}
        </header>
        <ReadState read={channels} height={60} />
        {channels.data?.items.length === 0 && <Empty icon="alerts" title="No channels yet">A channel is where messages go: Telegram, Discord, Slack, e-mail, or a webhook of your own.</Empty>}
        <ul class="told">
          {channels.data?.items.map(one => (
            <li key={one.id}>
              <span>
                <b>{one.name}</b> <span class="faint">{channelTypes[one.type]} · {one.target}</span>
              </span>
              {isAdmin.value && (
                <span class="actions">
                  <TestButton channel={one} />
                  <button type="button" class="button small" aria-label={`Delete ${one.name}`} onClick={() => setGoes({ kind: 'channels', id: one.id, name: one.name })}>
                    <Icon name="trash" size={16} />
                  </button>
                </span>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section class="card" aria-label="Rules">
        <header>
          <h2>Rules</h2>
          {isAdmin.value && (
            <button type="button" class="button small" disabled={!channels.data?.items.length} onClick={() => setAdds('rule')}>
              <Icon name="plus" size={16} /> Add rule
            </button>
          )}
        </header>
        <ReadState read={rules} height={60} />
        {rules.data?.items.length === 0 && <Empty icon="issues" title="No rules yet">A rule says what you are told of, and by which channel.</Empty>}
        <ul class="told">
          {rules.data?.items.map(one => (
            <li key={one.id} class={one.enabled ? '' : 'faint'}>
              <span>
                <b>{said(one, batchName(one.batchId))}</b> <span class="faint">→ {nameOf(one.channelId)}</span>
              </span>
              {isAdmin.value && (
                <span class="actions">
                  <Switch rule={one} />
                  <button type="button" class="button small" aria-label="Delete rule" onClick={() => setGoes({ kind: 'rules', id: one.id, name: said(one, batchName(one.batchId)) })}>
                    <Icon name="trash" size={16} />
                  </button>
                </span>
              )}
            </li>
          ))}
        </ul>
      </section>
      <Deliveries nameOf={nameOf} />
      {adds === 'channel' && <AddChannel onClose={() => setAdds(undefined)} />}
      {adds === 'rule' && <AddRule channels={channels.data?.items ?? []} batches={batches?.batches ?? []} onClose={() => setAdds(undefined)} />}
      {goes && (
        <Confirm
          title={goes.kind === 'channels' ? 'Delete channel' : 'Delete rule'}
          action="Delete"
          dangerous
          onConfirm={async () => {
            const params = { params: { path: { id: String(goes.id) } } };
            await answer(goes.kind === 'channels' ? client.DELETE('/api/v1/notifications/channels/{id}', params) : client.DELETE('/api/v1/notifications/rules/{id}', params));
            readAgain();
          }}
          onClose={() => setGoes(undefined)}
        >
          <p>
            {goes.name}
            {goes.kind === 'channels' && ': its rules are deleted too.'}
          </p>
        </Confirm>
      )}
    </div>
  );
}

function TestButton({ channel }: { channel: Schema<'Channel'> }) {
  const [busy, setBusy] = useState(false);
  const test = async () => {
    setBusy(true);
    try {
      await answer(client.POST('/api/v1/notifications/channels/{id}/test', { params: { path: { id: String(channel.id) } } }));
      toast('Test on its way: see Deliveries');
      readAgain();
    } catch (fault) {
      toast(problemFrom(fault).detail);
    }
    setBusy(false);
  };
  return (
    <button type="button" class="button small" disabled={busy} onClick={() => void test()}>
      Send test
    </button>
  );
}

function Switch({ rule }: { rule: Schema<'Rule'> }) {
  const change = async () => {
    try {
      await answer(client.PATCH('/api/v1/notifications/rules/{id}', { params: { path: { id: String(rule.id) } }, body: { enabled: !rule.enabled } as never }));
      readAgain();
    } catch (fault) {
      toast(problemFrom(fault).detail);
    }
  };
  return (
    <button type="button" class="button small" onClick={() => void change()}>
      {rule.enabled ? 'Switch off' : 'Switch on'}
    </button>
  );
}

const states: Record<Schema<'Delivery'>['state'], [label: string, tone: string]> = { pending: ['Sending', ''], sent: ['Sent', 'good'], failed: ['Not delivered', 'bad'] };

function Deliveries({ nameOf }: { nameOf: (id: number) => string }) {
  const read = useApi('/api/v1/notifications/deliveries', { query: { limit: 50 } });
  useEffect(() => {
    const timer = setInterval(read.reload, readEveryMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <section class="card" aria-label="Deliveries">
      <header>
        <h2>Deliveries</h2>
      </header>
      <ReadState read={read} height={60} />
      {read.data?.items.length === 0 && <p class="faint">Nothing has been sent yet.</p>}
      {read.data && read.data.items.length > 0 && (
        <div class="table-scroll">
          <table aria-label="Deliveries">
            <thead>
              <tr>
                <th scope="col">When</th>
                <th scope="col">Message</th>
                <th scope="col">Channel</th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {read.data.items.map(one => (
                <tr key={one.id}>
                  <td title={instant(one.createdAt)}>{ago(one.createdAt)}</td>
                  <td class="wraps">{one.title}</td>
                  <td>{nameOf(one.channelId)}</td>
                  <td class="wraps">
                    <span class={`pill ${states[one.state][1]}`}>{states[one.state][0]}</span> {one.error && <span class="faint">{one.error}</span>}
                    {one.state === 'pending' && one.attempts > 0 && one.nextAttemptAt && <span class="faint"> Next attempt {instant(one.nextAttemptAt)}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function AddChannel({ onClose }: { onClose: () => void }) {
  const [type, setType] = useState<ChannelType>('telegram');
  const [values, setValues] = useState<Record<string, string>>({});
  const form = useForm(onClose);
  const fields = ['name', ...fieldsOf[type].map(([field]) => field)];
  const send = () =>
    form.run(mistakesOf(fields, values), async () => {
      const body = { type, ...Object.fromEntries(fields.map(field => [field, values[field]?.trim()])) };
      await answer(client.POST('/api/v1/notifications/channels', { body: body as never }));
    });
  const input = (field: string, label: string, hint?: string, isSecret = false) => (
    <Field key={field} label={label} hint={hint} error={form.of(field)}>
      {tie => {
        const all = { ...tie, name: field, autocomplete: 'off', value: values[field] ?? '', onInput: (event: { currentTarget: HTMLInputElement }) => setValues({ ...values, [field]: event.currentTarget.value }) };
        return isSecret ? <input {...all} type="password" /> : <input {...all} type="text" />;
      }}
    </Field>
  );
  return (
    <Dialog title="Add channel" onClose={onClose} isDirty={Object.values(values).some(Boolean)}>
      <form class="stack" onSubmit={form.submits(send)}>
        <Field label="Kind">
          {tie => (
            <select {...tie} name="type" value={type} onChange={event => setType(event.currentTarget.value as ChannelType)}>
              {Object.entries(channelTypes).map(([value, text]) => (
                <option key={value} value={value}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        {input('name', 'Name')}
        {fieldsOf[type].map(([field, label, hint, isSecret]) => input(field, label, hint, isSecret))}
        <p class="hint">Addresses and keys are stored and never shown again.</p>
        {form.problem && <ProblemNote problem={form.problem} fields={fields} />}
        <button type="submit" class="button primary" disabled={form.busy}>
          Add channel
        </button>
      </form>
    </Dialog>
  );
}

function AddRule({ channels, batches, onClose }: { channels: readonly Schema<'Channel'>[]; batches: readonly Schema<'Batch'>[]; onClose: () => void }) {
  const [kind, setKind] = useState<RuleKind>('tradeClosed');
  const [channelId, setChannelId] = useState(String(channels[0]?.id ?? ''));
  const [batchId, setBatchId] = useState('');
  const [limit, setLimit] = useState('10');
  const [time, setTime] = useState('18:00');
  const form = useForm(onClose);
  const { batch, hasLimit, hasTime, hasZone } = ruleKinds[kind];
  const send = () =>
    form.run({ ...(batch === 'one' && !batchId && { batchId: 'Choose a batch' }), ...(hasLimit && !(Number(limit) > 0) && { limitPercentage: 'Enter a number above 0' }) }, async () => {
      const body = {
        kind,
        channelId: Number(channelId),
        ...(batch !== 'none' && batchId && { batchId: Number(batchId) }),
        ...(hasLimit && { limitPercentage: Number(limit) }),
        ...(hasTime && { timeOfDay: time }),
        ...(hasZone && { timeZone: ownZone }),
      };
      await answer(client.POST('/api/v1/notifications/rules', { body: body as never }));
    });
  return (
    <Dialog title="Add rule" onClose={onClose}>
      <form class="stack" onSubmit={form.submits(send)}>
        <Field label="Tell me when" error={form.of('kind')}>
          {tie => (
            <select {...tie} name="kind" value={kind} onChange={event => setKind(event.currentTarget.value as RuleKind)}>
              {Object.entries(ruleKinds).map(([value, { label }]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          )}
        </Field>
        {batch !== 'none' && (
          <Field label="Batch" error={form.of('batchId')}>
            {tie => (
              <select {...tie} name="batchId" value={batchId} onChange={event => setBatchId(event.currentTarget.value)}>
                <option value="">{batch === 'one' ? 'Choose one' : 'Everything'}</option>
                {batches.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        {hasLimit && (
          <Field label="Limit (%)" error={form.of('limitPercentage')} hint="Told once each time it is crossed.">
            {tie => <input {...tie} name="limit" inputMode="decimal" value={limit} onInput={event => setLimit(event.currentTarget.value)} />}
          </Field>
        )}
        {hasTime && (
          <Field label={`At (${ownZone})`} error={form.of('timeOfDay')}>
            {tie => <input {...tie} name="time" type="time" value={time} onInput={event => setTime(event.currentTarget.value)} />}
          </Field>
        )}
        <Field label="By" error={form.of('channelId')}>
          {tie => (
            <select {...tie} name="channelId" value={channelId} onChange={event => setChannelId(event.currentTarget.value)}>
              {channels.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        {form.problem && <ProblemNote problem={form.problem} fields={['kind', 'batchId', 'limitPercentage', 'timeOfDay', 'channelId']} />}
        <button type="submit" class="button primary" disabled={form.busy}>
          Add rule
        </button>
      </form>
    </Dialog>
  );
}

/** What both forms do: say what is missing, send, say what the API refused, close. */
function useForm(onDone: () => void) {
  const [busy, setBusy] = useState(false);
  const [mistakes, setMistakes] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem>();
  return {
    busy,
    problem,
    of: (field: string) => mistakes[field] ?? problem?.of(field),
    submits: (send: () => Promise<void>) => (event: Event) => {
      event.preventDefault();
      void send();
    },
    run: async (wrong: Record<string, string>, work: () => Promise<void>) => {
      setMistakes(wrong);
      setProblem(undefined);
      if (Object.keys(wrong).length > 0) return;
      setBusy(true);
      try {
        await work();
        readAgain();
        onDone();
      } catch (fault) {
        setProblem(problemFrom(fault));
        setBusy(false);
      }
    },
  };
}
