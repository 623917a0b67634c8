// What a file leaves open, in a trader's words. Pure; the fields are in file-questions.tsx.
import { exact, nothing } from '../format';

/** What the API can be told of a file; each name is a parameter of imports and reconciliations. Empty: not said. */
export const answerNames = ['symbol', 'timeframe', 'tz', 'decimal', 'dateOrder', 'columns', 'strategy', 'overlap'] as const;
export type AnswerName = (typeof answerNames)[number];
/** By the parameter that would answer it, in the API's words. */
export type Questions = Readonly<Record<string, readonly string[]>>;
export type Answers = Readonly<Partial<Record<AnswerName, string>>>;

/** What stands in a column of a list of trades, in the words of the parameter. */
export const columnKinds = [
  ['', 'Not used'],
  ['number', 'Trade number'],
  ['type', 'Entry or exit'],
  ['time', 'Date and time'],
  ['price', 'Price'],
  ['quantity', 'Quantity'],
  ['signal', 'Signal'],
  ['symbol', 'Symbol'],
] as const;

/** What a list of trades cannot do without. */
const needed = ['number', 'type', 'time', 'price'];

/** Which column is still to be named; a kind that is named twice. undefined where all is well. */
export function wrongColumns(columns: string): string | undefined {
  const named = columns.split(',').filter(Boolean);
  const nameOf = (kind: string) => columnKinds.find(([name]) => name === kind)![1];
  const twice = named.find((kind, at) => named.indexOf(kind) !== at);
  if (twice) return `Two columns are marked as “${nameOf(twice)}”. Keep one.`;
  const missing = needed.filter(kind => !named.includes(kind)).map(kind => `“${nameOf(kind)}”`);
  return missing.length > 0 ? `Mark the columns that hold ${missing.join(', ')}.` : undefined;
}

/** The first value that the API quotes in its question. */
export const exampleIn = (messages: readonly string[] | undefined) => /'([^']*)'/.exec(messages?.[0] ?? '')?.[1];

/** A number of the file, read with either decimal mark. */
export function readNumber(cell: string, mark: '.' | ','): string {
  const digits = cell.replace(mark === '.' ? /,/g : /\./g, '').replace(',', '.').replace(/[^\d.-]/g, '');
  const value = Number(digits);
  return digits === '' || Number.isNaN(value) ? nothing : exact(value);
}

/** A date of the file, such as 01/02/2024, read in either order; undefined where its parts are no date in that order. */
export function readDate(cell: string, order: 'dmy' | 'mdy'): string | undefined {
  const parts = /(\d{1,2})\D(\d{1,2})\D(\d{4})/.exec(cell)?.slice(1).map(Number);
  if (!parts) return undefined;
  const [first, second, year] = parts as [number, number, number];
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? new Intl.DateTimeFormat(undefined, { timeZone: 'UTC', dateStyle: 'long' }).format(date) : undefined;
}
