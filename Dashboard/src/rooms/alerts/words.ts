// What the log's words mean, said once.
import type { Schema } from '../../api/client';

export type Outcome = Schema<'Alert'>['outcome'];

interface Meaning {
  label: string;
  tone: '' | 'good' | 'bad' | 'warn' | 'accent';
  means: string;
}

export const outcomes: Record<Outcome, Meaning> = {
  opened: { label: 'Opened', tone: 'accent', means: 'It opened a trade.' },
  closed: { label: 'Closed', tone: 'good', means: 'It closed the trade that was open.' },
  flipped: { label: 'Flipped', tone: 'accent', means: 'It closed the trade that was open, and opened one the other way.' },
  ignored: { label: 'Ignored', tone: '', means: 'A trade of the same direction was open already: nothing happened.' },
  unmatched: { label: 'Unmatched', tone: 'warn', means: 'It was to close a trade, and none was open: nothing happened.' },
  voided: { label: 'Voided', tone: 'bad', means: 'An administrator has taken it out: trades are made as if it had never come.' },
};

export const outcomeNames = Object.keys(outcomes) as Outcome[];

export const meaningOf = (outcome: string): Meaning => outcomes[outcome as Outcome] ?? { label: outcome, tone: '', means: '' };

/** What an alert says, in words: Enter long, Exit, Close by hand. */
export function saying({ action, direction }: { action: string; direction?: string | null }): string {
  const verb = { entry: 'Enter', exit: 'Exit', manual: 'Close by hand,' }[action] ?? action;
  return direction ? `${verb} ${direction}` : verb.replace(',', '');
}

const deeds: Record<string, string> = {
  'alert.void': 'Voided an alert',
  'alert.restore': 'Restored an alert',
  'trade.close': 'Closed a trade by hand',
  'batch.create': 'Created a batch',
  'batch.change': 'Changed a batch',
  'batch.delete': 'Deleted a batch',
  'import.upload': 'Uploaded a file',
};

export const deedNames = Object.keys(deeds);

export const deed = (action: string) => deeds[action] ?? action;

/** Where the page shows what a deed was done to; undefined where it shows none of the kind. */
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

/** A deed's detail, as a list of names and values; nested values stay JSON. */
export function facts(detail: unknown): [string, string][] {
  if (typeof detail !== 'object' || detail === null) return detail === undefined || detail === null ? [] : [['detail', String(detail)]];
  return Object.entries(detail).map(([name, value]) => [name, shown(value)]);
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ') || 'none';
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
