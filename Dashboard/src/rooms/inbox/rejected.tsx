// Bodies that the webhook refused, as they arrived, with every error it answered.
import { useState } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { instant, ownZone } from '../../format';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { When } from '../batch/cells';
import { waiting } from './waiting';

type Row = Schema<'RejectedAlert'>;

const errorsOf = (row: Row) => Object.entries(row.errors).flatMap(([field, messages]) => messages.map(message => [field, message] as const));

const columns: Column<Row>[] = [
  { name: 'Received', width: '158px', cell: row => <When time={row.receivedAt} zone={ownZone} /> },
  {
    name: 'Why',
    width: 'minmax(240px, 1.2fr)',
    cell: row => {
      const [first, ...others] = errorsOf(row);
      return (
        <>
          {first && (
            <>
              <b>{first[0]}</b> {first[1]}
            </>
          )}
          {others.length > 0 && <span class="faint"> and {others.length} more</span>}
        </>
      );
    },
  },
  { name: 'Body', width: 'minmax(220px, 1fr)', cell: row => <span class="mono">{row.body || '(empty)'}</span> },
];

export function Rejected() {
  const [open, setOpen] = useState<Row>();
  return (
    <>
      <EndlessTable<Row>
        key={waiting.value.rejectedUpTo}
        name="Refused bodies"
        address={address('/api/v1/alerts/rejected', {}, { limit: 100 })}
        columns={columns}
        keyOf={row => row.rejectionId}
        onOpen={setOpen}
        empty={<Empty icon="check" title="No body was refused" />}
      />
      {open && (
        <Dialog title="A body that was refused" where="side" onClose={() => setOpen(undefined)}>
          <p class="faint">Received {instant(open.receivedAt)}</p>
          <section class="alert-note" aria-label="Why">
            <h3>Why</h3>
            <dl class="facts">
              {Object.entries(open.errors).map(([field, messages]) => [
                <dt key={field} class="mono">
                  {field}
                </dt>,
                <dd key={`${field}-said`}>{messages.join(' ')}</dd>,
              ])}
            </dl>
          </section>
          <section class="alert-note" aria-label="Body as it arrived">
            <h3>Body as it arrived</h3>
            <pre tabIndex={0}>{open.body || '(empty)'}</pre>
            {open.bodyBase64 && (
              <>
                <p class="hint">Not all of it is text. Its bytes, as Base64:</p>
                <pre tabIndex={0}>{open.bodyBase64}</pre>
              </>
            )}
          </section>
        </Dialog>
      )}
    </>
  );
}
