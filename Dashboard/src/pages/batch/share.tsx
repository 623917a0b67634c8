// A link to the batch's report for people without a key: made, copied once, revoked.
import { useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom } from '../../api/client';
import { invalidate, useApi } from '../../api/resource';
import { date } from '../../format';
import { isAdmin } from '../../session';
import { Field } from '../../ui/controls';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { ProblemNote, ReadState } from '../../ui/states';
import { toast } from '../../ui/toast';
import { Copy } from '../set-up/copy';

const spans = [
  ['', 'Never'],
  ['7', 'In a week'],
  ['30', 'In a month'],
  ['365', 'In a year'],
] as const;

export function ShareBatch({ id, name, zone, onClose }: { id: string; name: string; zone: string; onClose: () => void }) {
  const path = { id };
  const list = useApi('/api/v1/batches/{id}/shares', { path });
  const [amounts, setAmounts] = useState(false);
  const [days, setDays] = useState('');
  const [made, setMade] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const changed = () => invalidate(address => address === `/api/v1/batches/${id}/shares`);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      changed();
    } catch (fault) {
      setProblem(problemFrom(fault));
    } finally {
      setBusy(false);
    }
  };
  const create = () =>
    run(async () => {
      const body = { amounts, expiresAt: days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null };
      const { data } = await answer(client.POST('/api/v1/batches/{id}/shares', { params: { path }, body: body as never }));
      setMade(data.url);
    });
  const revoke = (share: number) =>
    run(async () => {
      await answer(client.DELETE('/api/v1/batches/{id}/shares/{share}', { params: { path: { id, share: String(share) } } }));
      toast('Link revoked');
    });
  return (
    <Dialog title={`Share ${name}`} onClose={onClose}>
      <p>
        <a href={`/api/v1/batches/${id}/report.html?tz=${encodeURIComponent(zone)}`} target="_blank" rel="noreferrer">
          Open the report
        </a>{' '}
        to print it or save it as a file.
      </p>
      {isAdmin.value && (
        <form
          class="stack"
          onSubmit={event => {
            event.preventDefault();
            void create();
          }}
        >
          <p class="hint">A link shows this report to anybody who has it, without a key. It opens nothing else, and shows no open trades.</p>
          <label class="check">
            <input type="checkbox" name="amounts" checked={amounts} onChange={event => setAmounts(event.currentTarget.checked)} />
            <span>Show amounts of money; otherwise percentages only</span>
          </label>
          <Field label="Expires">
            {tie => (
              <select {...tie} name="expires" value={days} onChange={event => setDays(event.currentTarget.value)}>
                {spans.map(([value, text]) => (
                  <option key={value} value={value}>
                    {text}
                  </option>
                ))}
              </select>
            )}
          </Field>
          {problem && <ProblemNote problem={problem} />}
          <button type="submit" class="button primary" disabled={busy}>
            Create link
          </button>
        </form>
      )}
      {made && (
        <div class="stack" role="status">
          <p>Copy the link now: it is not shown again.</p>
          <input readOnly value={made} aria-label="Link" onFocus={event => event.currentTarget.select()} />
          <Copy text={made} label="Copy the link" />
        </div>
      )}
      <h3>Links</h3>
      <ReadState read={list} height={60} />
      {list.data?.items.length === 0 && <p class="faint">None yet.</p>}
      <ul class="shares">
        {list.data?.items.map(share => (
          <li key={share.id}>
            <span>
              Created {date(share.createdAt, zone)} · {share.amounts ? 'with amounts' : 'percentages only'} · {share.expiresAt ? `expires ${date(share.expiresAt, zone)}` : 'does not expire'}
            </span>
            {isAdmin.value && (
              <button type="button" class="button small" disabled={busy} onClick={() => void revoke(share.id)}>
                <Icon name="trash" size={16} /> Revoke
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
