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
import { EndlessTable, RowCard, type Column } from '../../ui/table';
import { actionName, actionNames, facts, itemName, placeOfSubject } from './words';

type Entry = Schema<'AuditEntry'>;

const path = '/api/v1/audit';

const textOf = (detail: unknown) => facts(detail).map(([name, value]) => `${name}: ${value}`).join(' · ');

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

/** Beside what they were taken on; nothing where there are none. */
export function ActionsOn({ subjects, title }: { subjects: string[]; title: string }) {
  const { data, problem, reload } = useApi(path, { query: { subject: subjects, limit: 20 } });
  if (problem && !problem.isUnreachable && !data) return <ProblemNote problem={problem} onRetry={reload} />;
  if (!data || data.items.length === 0) return null;
  return (
    <section class="alert-note" aria-label={title}>
      <h3>{title}</h3>
      <ul class="actions-list">
        {data.items.map(entry => (
          <li key={entry.auditId}>
            <b>{actionName(entry.action)}</b> <time dateTime={entry.occurredAt}>{instant(entry.occurredAt)}</time>{' '}
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
export function AuditTrail() {
  const actions = place.value.query.getAll('action').filter(name => actionNames.includes(name));
  const columns = useMemo<Column<Entry>[]>(
    () => [
      {
        name: 'When',
        width: 158,
        cell: row => (
          <time dateTime={row.occurredAt} title={instant(row.occurredAt)}>
            {shortTime(row.occurredAt)}
          </time>
        ),
      },
      { name: 'Who', width: 180, cell: row => (row.key ? `${row.role} · key ${row.key}…` : row.role) },
      { name: 'Action', width: 190, cell: row => <b>{actionName(row.action)}</b> },
      {
        name: 'Item',
        width: 170,
        cell: row => {
          const to = placeOfSubject(row.subject);
          return to ? (
            <a href={to} title={row.subject}>
              {itemName(row.subject)}
            </a>
          ) : (
            itemName(row.subject) || nothing
          );
        },
      },
      {
        name: 'Details',
        width: 220,
        preview: true,
        cell: row => (
          <span title={textOf(row.detail)}>
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
          Corrections, changes to batches and imports, newest first. {isAdmin.value ? 'A key is shown by the start of its hash.' : ''}
        </p>
        <Choose label="Actions" options={actionNames} chosen={actions} onChange={action => setQuery({ action })} name={actionName} />
        <a class="button small" href={address(path, {}, { ...query, format: 'csv' })} download="audit.csv">
          <Icon name="download" size={16} /> CSV
        </a>
      </header>
      <EndlessTable<Entry>
        name="Audit trail"
        address={address(path, {}, { ...query, limit: 200 })}
        columns={columns}
        card={row => <RowCard title={<b>{actionName(row.action)}</b>} figure={itemName(row.subject)} detail={textOf(row.detail)} note={shortTime(row.occurredAt)} />}
        keyOf={row => row.auditId}
        height={620}
        empty={
          <Empty icon="check" title={actions.length ? 'No such action yet' : 'No changes yet'}>
            <p>Every excluded alert, manually closed trade, change to a batch and import is listed here.</p>
          </Empty>
        }
      />
    </section>
  );
}
