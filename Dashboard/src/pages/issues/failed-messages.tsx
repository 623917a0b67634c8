// Messages inside the system that could not be processed.
import { useState } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { instant, nothing, ownZone, shortTime } from '../../format';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/states';
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { When } from '../batch/cells';
import { counts } from './counts';

type Row = Schema<'DeadLetter'>;

const columns: Column<Row>[] = [
  { name: 'Failed', width: 158, cell: row => <When time={row.parkedAt} zone={ownZone} /> },
  { name: 'Queue', width: 130, cell: row => row.queue },
  { name: 'Reason', width: 240, preview: true, cell: row => <span title={row.reason}>{row.reason}</span> },
  { name: 'Message', width: 180, preview: true, cell: row => <span class="mono">{row.body || '(empty)'}</span> },
];

export function FailedMessages() {
  const [open, setOpen] = useState<Row>();
  return (
    <>
      <EndlessTable<Row>
        key={counts.value.failed}
        name="Failed messages"
        address={address('/api/v1/parked-messages', {}, { limit: 100 })}
        columns={columns}
        card={row => <RowCard title={row.queue} detail={row.reason} note={shortTime(row.parkedAt)} />}
        keyOf={row => row.parkedId}
        onOpen={setOpen}
        empty={<Empty icon="check" title="No failed messages" />}
      />
      {open && (
        <Dialog title="Failed message" where="panel" onClose={() => setOpen(undefined)}>
          <dl class="facts">
            <dt>Failed</dt>
            <dd>{instant(open.parkedAt)}</dd>
            <dt>Queue</dt>
            <dd>{open.queue}</dd>
            <dt>Message</dt>
            <dd class="mono">{open.messageId ?? nothing}</dd>
            <dt>Content type</dt>
            <dd>{open.contentType ?? nothing}</dd>
            <dt>Reason</dt>
            <dd>{open.reason}</dd>
          </dl>
          <section class="alert-note" aria-label="Raw message">
            <h3>Raw message</h3>
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
