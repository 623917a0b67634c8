// Alerts of one outcome.
import { address, type Schema } from '../../api/client';
import { exact, instant, ownZone, shortTime } from '../../format';
import { place, setQuery } from '../../router';
import { Empty } from '../../ui/states';
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { AlertPanel } from '../alerts/alert-panel';
import { saying } from '../alerts/words';
import { StreamName, When } from '../batch/cells';

type Row = Schema<'Alert'>;

const columns: Column<Row>[] = [
  { name: 'Time', width: 158, cell: row => <When time={row.timestamp} zone={ownZone} /> },
  { name: 'Symbol', width: 116, cell: row => <StreamName stream={row} /> },
  {
    name: 'Signal',
    width: 130,
    cell: row => (
      <>
        {saying(row)} {row.openElsewhere && row.openElsewhere.length > 0 && <span class="pill warn">Open elsewhere</span>}
      </>
    ),
  },
  { name: 'Price', width: 124, number: true, cell: row => exact(row.price) },
  { name: 'Received', width: 190, cell: row => <time dateTime={row.receivedAt}>{instant(row.receivedAt)}</time> },
];

export function OfOutcome({ outcome, none }: { outcome: Row['outcome']; none: string }) {
  const open = place.value.query.get('alert');
  return (
    <>
      <EndlessTable<Row>
        name={outcome === 'ignored' ? 'Repeated entries' : 'Unmatched exits'}
        address={address('/api/v1/alerts', {}, { outcome, limit: 200 })}
        columns={columns}
        card={row => <RowCard title={<StreamName stream={row} />} figure={exact(row.price)} detail={saying(row)} note={shortTime(row.timestamp)} />}
        whatIsNew="New alerts"
        keyOf={row => row.alertId}
        onOpen={row => setQuery({ alert: row.alertId }, { replace: false })}
        empty={<Empty icon="check" title={none} />}
      />
      {open && <AlertPanel id={open} onClose={() => setQuery({ alert: null })} />}
    </>
  );
}
