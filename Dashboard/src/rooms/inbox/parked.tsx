// Messages of the bus that could never be handled.
import { useState } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { instant, nothing, ownZone } from '../../format';
import { Dialog } from '../../ui/dialog';
import { Empty } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { When } from '../batch/cells';
import { waiting } from './waiting';

type Row = Schema<'ParkedMessage'>;

const columns: Column<Row>[] = [
  { name: 'Parked', width: '158px', cell: row => <When time={row.parkedAt} zone={ownZone} /> },
  { name: 'Queue', width: '130px', cell: row => row.queue },
  { name: 'Reason', width: 'minmax(240px, 1.4fr)', cell: row => <span title={row.reason}>{row.reason}</span> },
  { name: 'Body', width: 'minmax(180px, 1fr)', cell: row => <span class="mono">{row.body || '(empty)'}</span> },
];

export function Parked() {
  const [open, setOpen] = useState<Row>();
  return (
    <>
      <EndlessTable<Row>
        key={waiting.value.parkedUpTo}
        name="Parked messages"
        address={address('/api/v1/parked-messages', {}, { limit: 100 })}
        columns={columns}
        keyOf={row => row.parkedId}
        onOpen={setOpen}
        empty={<Empty icon="check" title="No message is parked" />}
      />
      {open && (
        <Dialog title="A parked message" where="side" onClose={() => setOpen(undefined)}>
          <dl class="facts">
            <dt>Parked</dt>
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
