// The inbox: what the server found that wants a look, and taking it out.
import { useState } from 'preact/hooks';
import { address, answer, client, type Problem, problemFrom, type Schema } from '../../api/client';
import { instant, ownZone, shortTime } from '../../format';
import { isAdmin } from '../../session';
import { Dialog } from '../../ui/dialog';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote } from '../../ui/states';
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { toast } from '../../ui/toast';
import { When } from '../batch/cells';
import { counts, dismissed, type Kind } from './counts';

type Row = Schema<'InboxItem'>;

export const kinds: Record<Kind, string> = {
  unmatched: 'Unmatched exit',
  repeated: 'Repeated entry',
  rejected: 'Rejected alert',
  failed: 'Failed message',
  inactive: 'Inactive',
  check: 'Data check',
  late: 'Late alerts',
  undelivered: 'Not delivered',
};

/** Where the page shows what it comes of. */
export function hrefOf({ cause, symbol, timeframe }: Pick<Row, 'cause' | 'symbol' | 'timeframe'>): string {
  switch (cause.type) {
    case 'alert':
    // A trade has the id of the alert that opened it.
    case 'trade':
      return `/alerts?alert=${cause.id}`;
    case 'stream':
      return `/alerts?symbol=${encodeURIComponent(symbol ?? '')}&timeframe=${encodeURIComponent(timeframe ?? '')}`;
    case 'rejection':
      return '/issues/rejected';
    case 'message':
      return '/issues/failed-messages';
    case 'finding':
      return '/issues/data-checks';
    case 'delivery':
      return '/set-up/notifications';
  }
}

const columns: Column<Row>[] = [
  { name: 'Since', width: 158, cell: row => <When time={row.since} zone={ownZone} /> },
  { name: 'Kind', width: 130, cell: row => kinds[row.kind] },
  { name: 'What', width: 420, preview: true, cell: row => <span title={row.what}>{row.what}</span> },
];

export function Inbox({ kind, none }: { kind?: Kind; none: string }) {
  const [open, setOpen] = useState<Row>();
  return (
    <>
      <EndlessTable<Row>
        key={kind ? counts.value[kind] : Object.values(counts.value).join()}
        name={kind ? kinds[kind] : 'To look at'}
        address={address('/api/v1/inbox', {}, { ...(kind && { kind }), limit: 100 })}
        columns={columns}
        card={row => <RowCard title={kinds[row.kind]} detail={row.what} note={shortTime(row.since)} />}
        keyOf={row => row.id}
        onOpen={setOpen}
        empty={<Empty icon="check" title={none} />}
      />
      {open && <Item row={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function Item({ row, onClose }: { row: Row; onClose: () => void }) {
  const [problem, setProblem] = useState<Problem>();
  const dismiss = async () => {
    try {
      await answer(client.POST('/api/v1/inbox/{id}/dismiss', { params: { path: { id: String(row.id) } } }));
      dismissed();
      toast('Dismissed');
      onClose();
    } catch (fault) {
      setProblem(problemFrom(fault));
    }
  };
  return (
    <Dialog title={kinds[row.kind]} where="panel" onClose={onClose}>
      <p>
        <b>{row.what}</b>
      </p>
      <p class="faint">
        {instant(row.since)}, found {instant(row.foundAt)}
      </p>
      <p>
        <b>What it means.</b> {row.meaning}
      </p>
      <p>
        <b>What to do.</b> {row.action}
      </p>
      <p>
        <a href={hrefOf(row)}>Show where it comes from</a>
      </p>
      {problem && <ProblemNote problem={problem} />}
      {isAdmin.value && (
        <button type="button" class="button" onClick={() => void dismiss()}>
          <Icon name="check" size={16} /> Dismiss
        </button>
      )}
    </Dialog>
  );
}
