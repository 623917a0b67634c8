// Alerts that the webhook rejected, as they arrived, with every error.
import { useState } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { instant, ownZone, shortTime } from '../../format';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/states';
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { When } from '../batch/cells';
import { counts } from './counts';

type Row = Schema<'RejectedAlert'>;

const errorsOf = (row: Row) => Object.entries(row.errors).flatMap(([field, messages]) => messages.map(message => [field, message] as const));

const columns: Column<Row>[] = [
  { name: 'Received', width: 158, cell: row => <When time={row.receivedAt} zone={ownZone} /> },
  {
    name: 'Reason',
    width: 240,
    preview: true,
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
  { name: 'Message', width: 220, preview: true, cell: row => <span class="mono">{row.body || '(empty)'}</span> },
];

export function RejectedAlerts() {
  const [open, setOpen] = useState<Row>();
  return (
    <>
      <EndlessTable<Row>
        key={counts.value.rejected}
        name="Rejected alerts"
        address={address('/api/v1/alerts/rejected', {}, { limit: 100 })}
        columns={columns}
        card={row => <RowCard title={errorsOf(row)[0]?.join(': ') ?? 'Rejected'} detail={row.body || '(empty)'} note={shortTime(row.receivedAt)} />}
        keyOf={row => row.rejectionId}
        onOpen={setOpen}
        empty={<Empty icon="check" title="No rejected alerts" />}
      />
      {open && (
        <Dialog title="Rejected alert" where="panel" onClose={() => setOpen(undefined)}>
          <p class="faint">Received {instant(open.receivedAt)}</p>
          <section class="alert-note" aria-label="Reason">
            <h3>Reason</h3>
            <dl class="facts">
              {Object.entries(open.errors).map(([field, messages]) => [
                <dt key={field} class="mono">
                  {field}
                </dt>,
                <dd key={`${field}-said`}>{messages.join(' ')}</dd>,
              ])}
            </dl>
          </section>
          <section class="alert-note" aria-label="Raw alert message">
            <h3>Raw alert message</h3>
            <pre tabIndex={0}>{open.body || '(empty)'}</pre>
            {open.bodyBase64 && (
              <>
                <p class="hint">Not all of it is text. As Base64:</p>
                <pre tabIndex={0}>{open.bodyBase64}</pre>
              </>
            )}
          </section>
        </Dialog>
      )}
    </>
  );
}
