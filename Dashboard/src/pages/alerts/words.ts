// What the log's words mean, said once.
import type { Schema } from '../../api/client';
import { exact } from '../../format';

export type Outcome = Schema<'Alert'>['outcome'];

interface Meaning {
  label: string;
  tone: '' | 'good' | 'bad' | 'warn' | 'accent';
  means: string;
}

export const outcomes: Record<Outcome, Meaning> = {
  opened: { label: 'Opened', tone: 'accent', means: 'It opened a trade.' },
  closed: { label: 'Closed', tone: 'good', means: 'It closed the open trade.' },
  flipped: { label: 'Reversed', tone: 'accent', means: 'It closed the open trade and opened one in the other direction.' },
  ignored: { label: 'Ignored', tone: '', means: 'A trade in the same direction was already open, so nothing happened.' },
  unmatched: { label: 'Unmatched', tone: 'warn', means: 'It should close a trade, but none was open, so nothing happened.' },
  recorded: { label: 'Recorded', tone: '', means: 'A closed trade out of an imported list: it neither saw nor changed what was open.' },
  voided: { label: 'Excluded', tone: 'bad', means: 'An administrator excluded it: it makes no trade.' },
};

export const outcomeNames = Object.keys(outcomes) as Outcome[];

export const meaningOf = (outcome: string): Meaning => outcomes[outcome as Outcome] ?? { label: outcome, tone: '', means: '' };

/** The signal of an alert: Enter long, Exit, Close manually, short. */
export function saying({ action, direction }: { action: string; direction?: string | null }): string {
  const verb = { entry: 'Enter', exit: 'Exit', manual: 'Close manually,', recorded: 'Recorded' }[action] ?? action;
  return direction ? `${verb} ${direction}` : verb.replace(',', '');
}

const actions: Record<string, string> = {
  'alert.void': 'Excluded an alert',
  'alert.restore': 'Included an alert again',
  'trade.close': 'Closed a trade manually',
  'batch.create': 'Created a batch',
  'batch.change': 'Edited a batch',
  'batch.delete': 'Deleted a batch',
  'import.upload': 'Imported a file',
  'share.create': 'Created a link',
  'share.revoke': 'Revoked a link',
  'trade.note': 'Noted a trade',
  'day.note': 'Noted a day',
};

export const actionNames = Object.keys(actions);

export const actionName = (action: string) => actions[action] ?? action;

const kinds: Record<string, string> = { alerts: 'Alert', trades: 'Trade', batches: 'Batch', imports: 'Import' };

/** What an action was taken on: Batch 7, Alert 90ae24dd…. */
export function itemName(subject: string): string {
  const [kind = '', id = ''] = subject.split('/');
  if (!kinds[kind] || !id) return subject;
  return `${kinds[kind]} ${id.length > 12 ? `${id.slice(0, 8)}…` : id}`;
}

/** Where the page shows what an action was taken on; undefined where it shows nothing of the kind. */
export function placeOfSubject(subject: string): string | undefined {
  const [kind, id] = subject.split('/');
  if (!id) return undefined;
  switch (kind) {
    case 'alerts':
      return `/alerts?alert=${encodeURIComponent(id)}`;
    case 'trades':
      // A trade has the id of the alert that opened it.
      return `/alerts?alert=${encodeURIComponent(id)}`;
    case 'batches':
      return `/batches/${encodeURIComponent(id)}`;
    case 'imports':
      return `/imports/${encodeURIComponent(id)}`;
    default:
      return undefined;
  }
}

const names: Record<string, string> = {
  allocationPercentage: 'position size in %',
  capital: 'starting capital',
  feePercentage: 'fee in %',
  fileName: 'file',
  startTime: 'start date',
  was: 'outcome before',
};

/** An action's details, as a list of names and values; what is nested is written out as well. */
export function facts(detail: unknown): [string, string][] {
  if (typeof detail !== 'object' || detail === null) return detail === undefined || detail === null ? [] : [['details', String(detail)]];
  return Object.entries(detail).map(([name, value]) => [
    names[name] ?? name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase(),
    name === 'was' && typeof value === 'string' ? meaningOf(value).label : shown(value),
  ]);
}

function shown(value: unknown): string {
  if (value === null || value === '') return 'none';
  if (Array.isArray(value)) return value.map(shown).join(', ') || 'none';
  // Before and after of a change.
  if (typeof value === 'object' && 'was' in value && 'is' in value) return `${shown(value.was)} → ${shown(value.is)}`;
  if (typeof value === 'object') return facts(value).map(([name, text]) => `${name} ${text}`).join(', ') || 'none';
  return typeof value === 'number' ? exact(value) : String(value);
}
