// The audit trail: who did what, and when.
import { useMemo } from 'preact/hooks';
import { address, type Schema } from '../../api/client';
import { useApi } from '../../api/resource';
import { instant, nothing, shortTime } from '../../format';
import { place, setQuery } from '../../router';
import { isAdmin } from '../../session';
import { Choose } from '../../ui/controls';
import { Icon } from '../../ui/icons';
import { Empty, ProblemNote } from '../../ui/states';
import { EndlessTable, type Column } from '../../ui/table';
import { deed, deedNames, facts, placeOfSubject } from './words';

type Deed = Schema<'AuditEntry'>;

const path = '/api/v1/audit';

function Facts({ detail }: { detail: unknown }) {
  return (
    <>
      {facts(detail).map(([name, value], i) => (
        <span key={name}>
          {i > 0 && ' · '}
          <span class="faint">{name}</span> {value}
        </span>
      ))}
    </>
  );
}

/** Beside what they were done to; nothing where nothing was done. */
export function DeedsOf({ subjects, title }: { subjects: string[]; title: string }) {
  const { data, problem, reload } = useApi(path, { query: { subject: subjects, limit: 20 } });
  if (problem && !data) return <ProblemNote problem={problem} onRetry={reload} />;
  if (!data || data.items.length === 0) return null;
  return (
    <section class="alert-note" aria-label={title}>
      <h3>{title}</h3>
      <ul class="deeds">
        {data.items.map(entry => (
          <li key={entry.auditId}>
            <b>{deed(entry.action)}</b> <time dateTime={entry.occurredAt}>{instant(entry.occurredAt)}</time>{' '}
            <span class="faint">
              by {entry.role}
              {entry.key && ` (key ${entry.key}…)`}
            </span>
            <div>
              <Facts detail={entry.detail} />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** All of it. */
export function Deeds() {
  const actions = place.value.query.getAll('action').filter(name => deedNames.includes(name));
  const columns = useMemo<Column<Deed>[]>(
    () => [
      {
        name: 'When',
        width: '158px',
        cell: row => (
          <time dateTime={row.occurredAt} title={instant(row.occurredAt)}>
            {shortTime(row.occurredAt)}
          </time>
        ),
      },
      { name: 'Who', width: '180px', cell: row => (row.key ? `${row.role} · key ${row.key}…` : row.role) },
      { name: 'Deed', width: '190px', cell: row => <b>{deed(row.action)}</b> },
      {
        name: 'To',
        width: 'minmax(170px, 1fr)',
        cell: row => {
          const to = placeOfSubject(row.subject);
          return to ? (
            <a href={to} title={row.subject}>
              {row.subject}
            </a>
          ) : (
            row.subject || nothing
          );
        },
      },
      {
        name: 'How',
        width: 'minmax(220px, 2fr)',
        cell: row => (
          <span title={JSON.stringify(row.detail)}>
            <Facts detail={row.detail} />
          </span>
        ),
      },
    ],
    [],
  );
  const query = { action: actions };
  return (
    <section class="card" aria-label="Audit trail">
      <header>
        <p class="hint">
          Corrections, changes of batches and uploads, newest first; only what changed something. {isAdmin.value ? 'A key is named by the beginning of its hash.' : ''}
        </p>
        <Choose label="Deeds" options={deedNames} chosen={actions} onChange={action => setQuery({ action })} name={deed} />
        <a class="button small" href={address(path, {}, { ...query, format: 'csv' })} download="audit.csv">
          <Icon name="download" size={16} /> CSV
        </a>
      </header>
      <EndlessTable<Deed>
        name="Audit trail"
        address={address(path, {}, { ...query, limit: 200 })}
        columns={columns}
        keyOf={row => row.auditId}
        height={620}
        empty={
          <Empty icon="check" title={actions.length ? 'No such deed yet' : 'Nothing was changed by hand yet'}>
            <p>Voiding an alert, closing a trade by hand, changing a batch or uploading a file leaves a line here.</p>
          </Empty>
        }
      />
    </section>
  );
}
