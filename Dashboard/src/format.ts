// Numbers and times as the reader's locale writes them. Nothing is rounded but for show; titles and CSV have every digit.

/** What stands where there is no figure. */
export const nothing = '–';

type Maybe = number | null | undefined;

function formatter(options: Intl.NumberFormatOptions): (value: Maybe) => string {
  const format = new Intl.NumberFormat(undefined, options);
  return value => (value === null || value === undefined || !Number.isFinite(value) ? nothing : format.format(value));
}

export const count = formatter({ maximumFractionDigits: 0 });
const plain = formatter({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const large = formatter({ notation: 'compact', maximumFractionDigits: 2 });
/** Money; nobody says in which currency. Past what fits a card: compact. */
export const money = (value: Maybe) => (value != null && Math.abs(value) >= 1e12 ? large(value) : plain(value));
export const signedMoney = formatter({ minimumFractionDigits: 2, maximumFractionDigits: 2, signDisplay: 'exceptZero' });
export const compactMoney = formatter({ notation: 'compact', maximumFractionDigits: 2 });
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

/** gain, loss or even: how a figure is coloured. Its sign says the same to who sees no colour. */
export function tone(value: Maybe): 'gain' | 'loss' | 'even' {
  return value == null || value === 0 || !Number.isFinite(value) ? 'even' : value > 0 ? 'gain' : 'loss';
}

/** The reader's own time zone: days are his unless the address says otherwise. */
export const ownZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

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
/** To the second: alerts and trades follow one another closely. */
export const instant = (time: Time, timeZone: string = ownZone) => show(time, { timeZone, dateStyle: 'medium', timeStyle: 'medium' });
/** Of times that were moved to a wall clock (wallClock) and are now read as if in UTC. */
export const ofWallClock = (time: number, options: Intl.DateTimeFormatOptions) => show(time, { ...options, timeZone: 'UTC' });

export const monthName = (month: number, width: 'short' | 'long' = 'short') =>
  format({ timeZone: 'UTC', month: width }).format(Date.UTC(2024, month - 1, 1));
/** 1 is Monday. */
export const weekdayName = (weekday: number, width: 'short' | 'long' = 'short') =>
  format({ timeZone: 'UTC', weekday: width }).format(Date.UTC(2024, 0, weekday));

/** Seconds, in the two largest units: 1d 4h. */
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
 * What clocks in a zone show, as if they were UTC: charts know no zones but this one. Asking for each offset is slow, so a stretch of time between
 * two equal offsets within the same 12 hours is taken to have no change in it.
 */
export function wallClock(timeZone: string): (time: number) => number {
  if (timeZone === 'UTC') return time => time;
  const stretch = 12 * 3_600_000;
  const known = new Map<number, number>();
  const at = (index: number) => {
    let offset = known.get(index);
    if (offset === undefined) known.set(index, (offset = offsetAt(index * stretch, timeZone)));
    return offset;
  };
  return time => {
    const index = Math.floor(time / stretch);
    const [before, after] = [at(index), at(index + 1)];
    return time + (before === after ? before : offsetAt(time, timeZone));
  };
}
