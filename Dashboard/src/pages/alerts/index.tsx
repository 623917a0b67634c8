// Alerts: the log with the outcome of each, and the audit trail of what was done by hand.
import type { PageProps } from '../../pages';
import { AuditTrail } from './audit-trail';
import { Log } from './log';
import '../batch/batch.css';
import './alerts.css';

const tabs = [
  ['', 'Alert log'],
  ['audit', 'Audit trail'],
] as const;

export default function Alerts({ rest: [tab = ''] }: PageProps) {
  return (
    <>
      <div class="page-head">
        <h1>Alerts</h1>
      </div>
      <nav class="tabs" aria-label="Views of the alerts">
        {tabs.map(([name, label]) => (
          <a key={name} href={`/alerts${name && `/${name}`}`} aria-current={name === tab ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      {tab === 'audit' ? <AuditTrail /> : <Log />}
    </>
  );
}
