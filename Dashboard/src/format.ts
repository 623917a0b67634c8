// Numbers and times as the reader's locale writes them. Rounded only for display; titles and CSV have every digit.

import { currency } from './currency';

/** Shown where there is no figure. */
export const nothing = '–';

type Maybe = number | null | undefined;

function formatter(options: Intl.NumberFormatOptions): (value: Maybe) => string {
  const format = new Intl.NumberFormat(undefined, options);
  return value => (value === null || value === undefined || !Number.isFinite(value) ? nothing : format.format(value));
}

export const count = formatter({ maximumFractionDigits: 0 });
const amounts = new Map<string, (value: Maybe) => string>();

/** In the decimals of the currency that the reader chose. */
function amount(value: Maybe, signDisplay: 'auto' | 'exceptZero'): string {
  const { decimals } = currency.value;
  const key = `${decimals} ${signDisplay}`;
  let known = amounts.get(key);
  if (!known) amounts.set(key, (known = formatter({ minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay })));
  return known(value);
}

const large = formatter({ notation: 'compact', maximumFractionDigits: 2 });
/** Money, without its currency. Past what fits a card: compact. */
export const money = (value: Maybe) => (value != null && Math.abs(value) >= 1e12 ? large(value) : amount(value, 'auto'));
export const signedMoney = (value: Maybe) => amount(value, 'exceptZero');
/** Where an amount stands alone: with the currency, if the reader named one. */
export const moneyWithCode = (value: Maybe) => (value == null || !currency.value.code ? money(value) : `${money(value)}\u00a0${currency.value.code}`);
export const compactMoney = formatter({ notation: 'compact', maximumFractionDigits: 2 });
/** Where there is little room. */
export const signedCompactMoney = formatter({ notation: 'compact', maximumSignificantDigits: 3, signDisplay: 'exceptZero' });
/** Every digit. */
export const exact = formatter({ maximumFractionDigits: 12 });
export const ratio = formatter({ minimumFractionDigits: 2, maximumFractionDigits: 2 });

const percentPlain = new Intl.NumberFormat(undefined, { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2 });
const percentSigned = new Intl.NumberFormat(undefined, { style: 'percent', minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' });
const percentShort = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const percentLarge = new Intl.NumberFormat(undefined, { style: 'percent', notation: 'compact', maximumFractionDigits: 1, signDisplay: 'exceptZero' });

/** Of a value in percent: 4.2 is 4.20 %. */
export const percent = (value: Maybe) => (value == null || !Number.isFinite(value) ? nothing : percentPlain.format(value / 100));
export const signedPercent = (value: Maybe) =>
  value == null || !Number.isFinite(value) ? nothing : (Math.abs(value) >= 1e6 ? percentLarge : percentSigned).format(value / 100);
const percentTick = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 });
/** Of a value in percent, as an axis shows it: no more digits than it takes. */
export const shortPercent = (value: number) => percentTick.format(value / 100);
/** Every digit of it, where it is a setting and not a result. */
export const exactPercent = (value: number) => new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 10 }).format(value / 100);
/** Of a fraction: 0.583 is 58.3 %. */
export const fraction = (value: Maybe) => (value == null || !Number.isFinite(value) ? nothing : percentShort.format(value));
export const signedFraction = (value: Maybe) => signedPercent(value == null ? value : value * 100);

/** gain, loss or even: how a figure is coloured. Its sign says the same without colour. */
export function tone(value: Maybe): 'gain' | 'loss' | 'even' {
  return value == null || value === 0 || !Number.isFinite(value) ? 'even' : value > 0 ? 'gain' : 'loss';
}

/** Names of all time zones, UTC first. */
export const zones: readonly string[] = ['UTC', ...Intl.supportedValuesOf('timeZone').filter(zone => zone !== 'UTC')];

/**
 * The time zone that somebody typed: its name in any letter case, or the end of it (New York). undefined where there is none. Offsets such as +05:30
 * are no time zones: the API knows places only, which know their daylight saving.
 */
export function zoneNamed(text: string): string | undefined {
  const wanted = text.trim().replace(/\s+/g, '_').toLowerCase();
  if (!/^[a-z]/.test(wanted)) return undefined;
  const listed = zones.find(zone => zone.toLowerCase() === wanted) ?? zones.find(zone => zone.toLowerCase().endsWith(`/${wanted}`));
  if (listed) return listed;
  try {
    // Older names that are not listed any more, Asia/Kolkata or US/Eastern.
    return wanted.includes('/') ? new Intl.DateTimeFormat('en', { timeZone: wanted }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined;
  }
}

/** The reader's own time zone, used unless the address names another. */
export const ownZone: string = zoneNamed(Intl.DateTimeFormat().resolvedOptions().timeZone) ?? 'UTC';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify(options);
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(undefined, options)));
  return known;
}

type Time = string | number | Date | null | undefined;

function show(time: Time, options: Intl.DateTimeFormatOptions): string {
  if (time === null || time === undefined) return nothing;
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? nothing : format(options).format(date);
}

export const date = (time: Time, timeZone: string = ownZone) => show(time, { timeZone, dateStyle: 'medium' });
export const dateTime = (time: Time, timeZone: string = ownZone) => show(time, { timeZone, dateStyle: 'medium', timeStyle: 'short' });
/** For columns of many. */
export const shortTime = (time: Time, timeZone: string = ownZone) => show(time, { timeZone, year: '2-digit', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' });
/** Of day, to the second. */
export const time = (time: Time, timeZone: string = ownZone) => show(time, { timeZone, timeStyle: 'medium' });
/** To the second: alerts and trades follow one another closely. */
export const instant = (time: Time, timeZone: string = ownZone) => show(time, { timeZone, dateStyle: 'medium', timeStyle: 'medium' });
/** Of times that were moved to a wall clock (wallClock) and are now read as if in UTC. */
export const ofWallClock = (time: number, options: Intl.DateTimeFormatOptions) => show(time, { ...options, timeZone: 'UTC' });

export const monthName = (month: number, width: 'short' | 'long' = 'short') =>
  format({ timeZone: 'UTC', month: width }).format(Date.UTC(2024, month - 1, 1));
/** March 2026, of 2026-03. */
export const monthTitle = (month: string) => format({ timeZone: 'UTC', month: 'long', year: 'numeric' }).format(Date.parse(`${month}-01`));
/** Thursday, March 5, 2026, of 2026-03-05. */
export const dayName = (day: string) => format({ timeZone: 'UTC', dateStyle: 'full' }).format(Date.parse(day));
/** 1 is Monday. */
export const weekdayName = (weekday: number, width: 'short' | 'long' = 'short') =>
  format({ timeZone: 'UTC', weekday: width }).format(Date.UTC(2024, 0, weekday));

/** A timeframe as traders write it: 60 is 1h. The API and the address keep the canonical form. */
export function timeframeName(canonical: string): string {
  if (canonical === '-') return 'no timeframe';
  if (/^\d+S$/.test(canonical)) return canonical.toLowerCase();
  if (!/^\d+$/.test(canonical)) return canonical;
  const minutes = Number(canonical);
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

/** An alert may name no strategy: those are a group of their own. */
export const strategyName = (strategy: string | null | undefined) => strategy || 'No strategy';

const separators = new Intl.NumberFormat().formatToParts(1000.5).reduce<Record<string, string>>((of, { type, value }) => ({ ...of, [type]: value }), {});

/**
 * A number as somebody typed it, in plain digits (1,000.5 → 1000.5); undefined where it is none. With both marks the last one is the decimal mark. A mark alone with
 * exactly three digits behind it groups where the locale groups with it; a mark repeated groups.
 */
export function plainNumber(text: string, group: string = separators['group'] ?? ','): string | undefined {
  const typed = text.trim().replace(/[\s\u00a0\u202f'’_%]/g, '').replace(/^\u2212/, '-');
  const marks = typed.match(/[.,]/g) ?? [];
  const last = marks[marks.length - 1];
  const groups =
    last !== undefined && (new Set(marks).size === 1 && (marks.length > 1 || (last === group && /^-?[1-9]\d{0,2}[.,]\d{3}$/.test(typed))));
  const plain = groups || last === undefined ? typed.replace(/[.,]/g, '') : typed.replace(last === ',' ? /\./g : /,/g, '').replace(',', '.');
  // India groups by two: 1,00,000.
  if (groups && !/^-?\d{1,3}([.,]\d{2,3})*[.,]\d{3}$/.test(typed)) return undefined;
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(plain) ? plain.replace(/\.$/, '').replace(/^(-?)\./, '$10.') : undefined;
}

/** What somebody typed, as it stands in an address: a number's plain digits; what is none as it is. */
export const digitsOf = (typed: string) => plainNumber(typed) ?? typed.trim();

/** The number that digits in an address are: no mark groups. */
export const numberIn = (digits: string) => plainNumber(digits, '');

/** Such digits as the reader writes them. */
export const shownDigits = (digits: string) => (/^-?\d+\.\d+$/.test(digits) ? digits.replace('.', separators['decimal'] === ',' ? ',' : '.') : digits);

/** Seconds, in the two largest units: 1 d 4 h. */
export function duration(seconds: Maybe): string {
  if (seconds == null || !Number.isFinite(seconds)) return nothing;
  const units = [['y', 31_557_600], ['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]] as const;
  const at = units.findIndex(([, size]) => seconds >= size);
  if (at < 0) return '0 s';
  return units
    .slice(at, at + 2)
    .map(([unit, size], i) => [unit, Math.floor(i === 0 ? seconds / size : (seconds % units[at]![1]) / size)] as const)
    .filter(([, amount]) => amount > 0)
    .map(([unit, amount]) => `${count(amount)} ${unit}`)
    .join(' ');
}

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

/** 3 min. ago. */
export function ago(time: Time, now: number = Date.now()): string {
  if (time === null || time === undefined) return nothing;
  const seconds = (new Date(time).getTime() - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 60) return relative.format(Math.round(seconds), 'second');
  if (size < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  if (size < 30 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return date(time);
}

const zoneParts = new Map<string, Intl.DateTimeFormat>();

function offsetAt(time: number, timeZone: string): number {
  let parts = zoneParts.get(timeZone);
  if (!parts) {
    const numeric = 'numeric';
    parts = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric });
    zoneParts.set(timeZone, parts);
  }
  const of: Record<string, number> = {};
  for (const { type, value } of parts.formatToParts(time)) of[type] = Number(value);
  const wall = Date.UTC(of['year']!, of['month']! - 1, of['day']!, of['hour']!, of['minute']!, of['second']!);
  return wall - Math.floor(time / 1000) * 1000;
}

/**
 * What clocks in a zone show, as if they were UTC: charts know no other zone. Asking for each offset is slow, so 12 hours that begin and end with
 * the same offset are taken to have no change in between.
 */
export function wallClock(timeZone: string): (time: number) => number {
  if (timeZone === 'UTC') return time => time;
  const step = 12 * 3_600_000;
  const known = new Map<number, number>();
  const at = (index: number) => {
    let offset = known.get(index);
    if (offset === undefined) known.set(index, (offset = offsetAt(index * step, timeZone)));
    return offset;
  };
  return time => {
    const index = Math.floor(time / step);
    const [before, after] = [at(index), at(index + 1)];
    return time + (before === after ? before : offsetAt(time, timeZone));
  };
}
