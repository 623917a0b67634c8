// Alerts that came to one thing, as a list that goes on.
import { address, type Schema } from '../../api/client';
import { exact, instant, ownZone } from '../../format';
import { place, setQuery } from '../../router';
import { Empty } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { AlertPanel } from '../alerts/alert-panel';
import { saying } from '../alerts/words';
import { StreamName, When } from '../batch/cells';

type Row = Schema<'Alert'>;

const columns: Column<Row>[] = [
  { name: 'Time', width: '158px', cell: row => <When time={row.timestamp} zone={ownZone} /> },
  { name: 'Symbol', width: 'minmax(116px, 1.2fr)', cell: row => <StreamName stream={row} /> },
  { name: 'Says', width: 'minmax(130px, 1fr)', cell: row => saying(row) },
  { name: 'Price', width: '124px', number: true, cell: row => exact(row.price) },
  { name: 'Received', width: '190px', cell: row => <time dateTime={row.receivedAt}>{instant(row.receivedAt)}</time> },
];

export function OfOutcome({ outcome, none }: { outcome: Row['outcome']; none: string }) {
  const open = place.value.query.get('alert');
  return (
    <>
      <EndlessTable<Row>
        name={outcome === 'ignored' ? 'Repeated entries' : 'Unmatched exits'}
        address={address('/api/v1/alerts', {}, { outcome, limit: 200 })}
        columns={columns}
        keyOf={row => row.alertId}
        onOpen={row => setQuery({ alert: row.alertId }, { replace: false })}
        empty={<Empty icon="check" title={none} />}
      />
      {open && <AlertPanel id={open} onClose={() => setQuery({ alert: null })} />}
    </>
  );
}
