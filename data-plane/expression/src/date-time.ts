import { DateTime, notSupported, raise, type TimeSpan } from './values.ts';

const epoch = 621_355_968_000_000_000n;
export const ticksOfMilliseconds = (milliseconds: number): bigint => BigInt(Math.trunc(milliseconds)) * 10_000n + epoch;
export const dateOf = (value: DateTime): Date =>
  new Date(Number((value.ticks - epoch - (((value.ticks % 10_000n) + 10_000n) % 10_000n)) / 10_000n));
export const fromDate = (date: Date, kind = 1): DateTime => new DateTime(ticksOfMilliseconds(date.getTime()), kind);
export const addTicks = (date: DateTime, ticks: bigint): DateTime => new DateTime(date.ticks + ticks, date.kind);

const iso = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?\s*(Z|[+-]\d\d:\d\d)?$/;

/** ISO 8601 only; undefined for anything else. An offset gives local time, which is UTC here. */
export function parseDateTime(text: string): DateTime | undefined {
  const match = iso.exec(text.trim());
  if (!match) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const parts = [year, month, day, hour, minute, second].map(Number);
  const date = new Date(0);
  date.setUTCFullYear(parts[0] ?? 1, (parts[1] ?? 1) - 1, parts[2] ?? 1);
  date.setUTCHours(parts[3] ?? 0, parts[4] ?? 0, parts[5] ?? 0);
  if (date.getUTCMonth() + 1 !== parts[1] || date.getUTCDate() !== parts[2] || (parts[3] ?? 0) > 23) return undefined;
  let ticks = ticksOfMilliseconds(date.getTime()) + BigInt(fraction.padEnd(7, '0') || '0');
  if (zone && zone !== 'Z') {
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
    ticks -= BigInt((zone.startsWith('-') ? -1 : 1) * minutes) * 600_000_000n;
  }
  return new DateTime(ticks, zone === undefined ? 0 : zone === 'Z' ? 1 : 2);
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const standard: Readonly<Record<string, string>> = {
  '': 'MM/dd/yyyy HH:mm:ss',
  G: 'MM/dd/yyyy HH:mm:ss',
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  T: 'HH:mm:ss',
  t: 'HH:mm',
  s: "yyyy-MM-dd'T'HH:mm:ss",
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
};

/** Invariant culture. */
export function formatDateTime(value: DateTime, format: string): string {
  if (format.length === 1 && standard[format] === undefined) notSupported(`The date format '${format}'`);
  const pattern = standard[format] ?? (format.startsWith('%') ? format.slice(1) : format);
  const date = dateOf(value);
  const fraction = (value.ticks % 10_000_000n).toString().padStart(7, '0');
  const hour = date.getUTCHours();
  const two = (number: number) => String(number).padStart(2, '0');
  const parts: Readonly<Record<string, () => string>> = {
    yyyy: () => String(date.getUTCFullYear()).padStart(4, '0'),
    yy: () => two(date.getUTCFullYear() % 100),
    MMMM: () => months[date.getUTCMonth()] ?? '',
    MMM: () => months[date.getUTCMonth()]?.slice(0, 3) ?? '',
    MM: () => two(date.getUTCMonth() + 1),
    M: () => String(date.getUTCMonth() + 1),
    dddd: () => days[date.getUTCDay()] ?? '',
    ddd: () => days[date.getUTCDay()]?.slice(0, 3) ?? '',
    dd: () => two(date.getUTCDate()),
    d: () => String(date.getUTCDate()),
    HH: () => two(hour),
    H: () => String(hour),
    hh: () => two(hour % 12 || 12),
    h: () => String(hour % 12 || 12),
    mm: () => two(date.getUTCMinutes()),
    m: () => String(date.getUTCMinutes()),
    ss: () => two(date.getUTCSeconds()),
    s: () => String(date.getUTCSeconds()),
    tt: () => (hour < 12 ? 'AM' : 'PM'),
    t: () => (hour < 12 ? 'A' : 'P'),
    K: () => (value.kind === 1 ? 'Z' : value.kind === 2 ? '+00:00' : ''),
    zzz: () => '+00:00',
    zz: () => '+00',
    z: () => '+0',
  };
  return pattern.replace(/'([^']*)'|"([^"]*)"|\\(.)|([a-zA-Z])\4*/g, (whole, quoted, double, escaped, letter) => {
    if (quoted !== undefined) return quoted;
    if (double !== undefined) return double;
    if (escaped !== undefined) return escaped;
    if (letter === 'f')
      return whole.length <= 7
        ? fraction.slice(0, whole.length)
        : raise('FormatException', 'Input string was not in a correct format.');
    if (letter === 'F') return fraction.slice(0, whole.length).replace(/0+$/, '');
    const part = parts[whole] ?? (letter === 'T' ? () => whole : undefined);
    return part ? part() : 'yMdHhmstKzfFg'.includes(letter) ? notSupported(`The date format '${whole}'`) : whole;
  });
}

export function timeSpanText({ ticks }: TimeSpan): string {
  const absolute = ticks < 0n ? -ticks : ticks;
  const two = (value: bigint) => value.toString().padStart(2, '0');
  const day = absolute / 864_000_000_000n;
  const fraction = absolute % 10_000_000n;
  const clock = [(absolute / 36_000_000_000n) % 24n, (absolute / 600_000_000n) % 60n, (absolute / 10_000_000n) % 60n]
    .map(two)
    .join(':');
  return `${ticks < 0n ? '-' : ''}${day > 0n ? `${day}.` : ''}${clock}${fraction > 0n ? `.${fraction.toString().padStart(7, '0')}` : ''}`;
}
