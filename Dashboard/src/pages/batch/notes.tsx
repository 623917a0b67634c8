// What a trader writes down: tags and a note of a trade, a note of a day. Plain text, shown as it is.
import { signal } from '@preact/signals';
import { useId, useState } from 'preact/hooks';
import { answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { invalidate, useApi } from '../../api/resource';
import { isAdmin } from '../../session';
import { Field } from '../../ui/controls';
import { ProblemNote } from '../../ui/states';
import { toast } from '../../ui/toast';
import { isNoted, tagsIn } from './tags';

const noteMax = 2000;

/** What was written here since a list was read: its rows show it without being read again, wherever the reader has scrolled to. */
export const written = signal<ReadonlyMap<string, readonly string[]>>(new Map());

export const tagsOf = (trade: { tradeId: string; tags?: readonly string[] | null }): readonly string[] => written.value.get(trade.tradeId) ?? trade.tags ?? [];

export function TagList({ tags }: { tags: readonly string[] | null | undefined }) {
  return (
    <>
      {(tags ?? []).map(tag => (
        <span key={tag} class="pill tag">
          <bdi>{tag}</bdi>
        </span>
      ))}
    </>
  );
}

/** Of a trade: shown to everybody, edited by who may. */
export function TradeNotes({ trade }: { trade: Schema<'Trade'> }) {
  const [isEditing, setEditing] = useState(false);
  const { tags, note } = trade;
  if (isEditing) return <EditTrade trade={trade} onClose={() => setEditing(false)} />;
  if (!isAdmin.value && !tags && !note) return null;
  return (
    <section class="notes" aria-label="Tags and note">
      {(tags || note) && (
        <div>
          <p class="tag-list" data-tags>
            <TagList tags={tags} />
          </p>
          {note && (
            <p class="note-text" data-note>
              {note}
            </p>
          )}
        </div>
      )}
      {isAdmin.value && (
        <button type="button" class="button small" onClick={() => setEditing(true)}>
          {tags || note ? 'Edit tags and note' : 'Add tags or a note'}
        </button>
      )}
    </section>
  );
}

function EditTrade({ trade, onClose }: { trade: Schema<'Trade'>; onClose: () => void }) {
  const listId = useId();
  const known = useApi('/api/v1/tags').data?.items ?? [];
  const [tags, setTags] = useState((trade.tags ?? []).join(', '));
  const [note, setNote] = useState(trade.note ?? '');
  const { save, problem, busy } = useSaving(onClose);
  return (
    <form
      class="stack notes"
      aria-label="Tags and note"
      onSubmit={event => {
        event.preventDefault();
        void save(
          async () => {
            const { data } = await answer(client.PUT('/api/v1/trades/{id}/note', { params: { path: { id: trade.tradeId } }, body: { tags: tagsIn(tags), note } as never }));
            written.value = new Map([...written.value, [trade.tradeId, data.tags ?? []]]);
          },
          isNoted,
        );
      }}
    >
      <Field label="Tags" hint="Separated by commas, for example: breakout, late entry" error={problem?.of('tags')}>
        {tie => <input {...tie} name="tags" autocomplete="off" list={listId} value={tags} onInput={event => setTags(event.currentTarget.value)} />}
      </Field>
      <datalist id={listId}>
        {known.map(({ tag }) => (
          <option key={tag} value={[...tagsIn(tags).slice(0, -1), tag].join(', ')} />
        ))}
      </datalist>
      <NoteField value={note} error={problem?.of('note')} onChange={setNote} />
      {problem && <ProblemNote problem={problem} fields={['tags', 'note']} />}
      <SaveOrCancel busy={busy} onCancel={onClose} />
    </form>
  );
}

/** Of a day in the calendar. */
export function DayNote({ id, day }: { id: string; day: string }) {
  const read = useApi('/api/v1/batches/{id}/day-notes', { path: { id } });
  const note = read.data?.items.find(one => one.day === day)?.note ?? '';
  const [edited, setEdited] = useState<string>();
  const { save, problem, busy } = useSaving(() => setEdited(undefined));
  if (!read.data || (!note && !isAdmin.value)) return null;
  return (
    <section class="card notes" aria-label="Note of the day">
      {edited === undefined ? (
        <>
          {note && (
            <p class="note-text" data-note>
              {note}
            </p>
          )}
          {isAdmin.value && (
            <button type="button" class="button small" onClick={() => setEdited(note)}>
              {note ? 'Edit note' : 'Add a note to this day'}
            </button>
          )}
        </>
      ) : (
        <form
          class="stack"
          aria-label="Note of the day"
          onSubmit={event => {
            event.preventDefault();
            void save(
              () => answer(client.PUT('/api/v1/batches/{id}/day-notes/{day}', { params: { path: { id, day } }, body: { note: edited } as never })),
              address => address.startsWith(`/api/v1/batches/${id}/day-notes`) || address.startsWith('/api/v1/audit'),
            );
          }}
        >
          <NoteField value={edited} error={problem?.of('note')} onChange={setEdited} />
          {problem && <ProblemNote problem={problem} fields={['note']} />}
          <SaveOrCancel busy={busy} onCancel={() => setEdited(undefined)} />
        </form>
      )}
    </section>
  );
}

function NoteField({ value, error, onChange }: { value: string; error: string | undefined; onChange: (value: string) => void }) {
  return (
    <Field label="Note" error={error}>
      {tie => <textarea {...tie} name="note" rows={4} maxLength={noteMax} value={value} onInput={event => onChange(event.currentTarget.value)} />}
    </Field>
  );
}

function SaveOrCancel({ busy, onCancel }: { busy: boolean; onCancel: () => void }) {
  return (
    <div class="notes-actions">
      <button type="submit" class="button small primary" disabled={busy}>
        Save
      </button>
      <button type="button" class="button small" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}

function useSaving(onSaved: () => void) {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const save = async (send: () => Promise<unknown>, touches: (address: string) => boolean) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await send();
      invalidate(touches);
      toast('Saved');
      onSaved();
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
    setBusy(false);
  };
  return { save, problem, busy };
}
