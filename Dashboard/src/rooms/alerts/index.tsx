// Alerts: the log with what became of each, and what was done about them by hand.
import type { RoomProps } from '../../rooms';
import { Deeds } from './deeds';
import { Log } from './log';
import '../batch/batch.css';
import './alerts.css';

const tabs = [
  ['', 'Log'],
  ['audit', 'Audit trail'],
] as const;

export default function Alerts({ rest: [tab = ''] }: RoomProps) {
  return (
    <>
      <div class="room-head">
        <h1>Alerts</h1>
      </div>
      <nav class="tabs" aria-label="Views of the alerts">
        {tabs.map(([name, label]) => (
          <a key={name} href={`/alerts${name && `/${name}`}`} aria-current={name === tab ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      {tab === 'audit' ? <Deeds /> : <Log />}
    </>
  );
}
