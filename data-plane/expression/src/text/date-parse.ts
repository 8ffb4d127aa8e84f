import { fromDate, ticksFrom, ticksPer } from '../value/date-parts.ts';
import { DateTime, DateTimeOffset, raise } from '../value/values.ts';
import { dayNames, monthNames, standardDateFormats } from './date-format.ts';

/** Read from a text; `offset` in minutes, undefined where the text names none. `Z` is offset 0 with isUtc. */
export interface ReadDate {
  readonly ticks: bigint;
  readonly offset: number | undefined;
  readonly isUtc: boolean;
}

const zone = '(?:\\s*(Z|GMT|UTC|[+-]\\d{1,2}(?::?\\d\\d)?))?';
const clock = '(\\d{1,2})(?::(\\d{1,2})(?::(\\d{1,2})(?:[.,](\\d{1,9}))?)?)?\\s*([AaPp](?:\\.?[Mm]\\.?)?)?';
const month = '([A-Za-z]{3,9})\\.?,?';
const day = '(?:[A-Za-z]{3,9},?\\s+)?';
const time = `(?:(?:\\s+|\\s*T)${clock}${zone})?`;
/** Named parts of the match: which groups are year, month, day. */
const shapes: readonly {
  readonly pattern: RegExp;
  readonly order: 'ymd' | 'mdy' | 'yMd' | 'dMy' | 'Mdy' | 'My' | 'yM' | 'Md';
}[] = [
  { pattern: new RegExp(`^${day}(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${time}$`), order: 'ymd' },
  { pattern: new RegExp(`^${day}(\\d{1,2})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})${time}$`), order: 'mdy' },
  { pattern: new RegExp(`^${day}(\\d{1,2})[\\s-]+${month}[\\s-]+(\\d{4}|\\d{2})${time}$`), order: 'dMy' },
  { pattern: new RegExp(`^${day}${month}\\s+(\\d{1,2}),?\\s+(\\d{4})${time}$`), order: 'Mdy' },
  { pattern: new RegExp(`^${month}\\s+(\\d{4})()${time}$`), order: 'My' },
  { pattern: new RegExp(`^(\\d{4})[\\s-]+${month}()${time}$`), order: 'yM' },
  { pattern: /^(\d{4})[-/](\d{1,2})()$/, order: 'ymd' },
];
const clockOnly = new RegExp(`^${clock}${zone}$`);

const monthOf = (name: string): number =>
  monthNames.findIndex(
    (full) => full.toLowerCase() === name.toLowerCase() || full.slice(0, 3).toLowerCase() === name.toLowerCase(),
  ) + 1;
const century = (year: string): number =>
  year.length > 2 ? Number(year) : Number(year) + (Number(year) < 30 ? 2000 : 1900);

/** `DateTime.Parse` of the invariant culture; undefined where the text is no date. */
export function readDate(source: string): ReadDate | undefined {
  const text = source.trim();
  for (const { pattern, order } of shapes) {
    const match = pattern.exec(text);
    if (!match) continue;
    const [, a = '', b = '', c = ''] = match;
    const [y, m, d] =
      order === 'ymd'
        ? [Number(a), Number(b), c === '' ? 1 : Number(c)]
        : order === 'mdy'
          ? [century(c), Number(a), Number(b)]
          : order === 'dMy'
            ? [century(c), monthOf(b), Number(a)]
            : order === 'Mdy'
              ? [century(c), monthOf(a), Number(b)]
              : order === 'My'
                ? [Number(b), monthOf(a), 1]
                : [Number(a), monthOf(b), 1];
    return withClock(y ?? 0, m ?? 0, d ?? 0, match.slice(4));
  }
  const match = clockOnly.exec(text);
  if (!match || match[2] === undefined) return undefined;
  const today = new Date();
  return withClock(today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate(), match.slice(1));
}

function withClock(y: number, m: number, d: number, parts: readonly (string | undefined)[]): ReadDate | undefined {
  const [hourText, minuteText, secondText, fractionText = '', half, zoneText] = parts;
  let hour = Number(hourText ?? 0);
  if (hourText !== undefined && minuteText === undefined && half === undefined) return undefined;
  if (half) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  let extra = 0n;
  if (hour === 24 && Number(minuteText) === 0 && Number(secondText ?? 0) === 0) {
    hour = 0;
    extra = ticksPer.day;
  }
  const fraction = Math.round(Number(`0.${fractionText || '0'}`) * 1e7);
  const ticks = ticksFrom(y, m, d, {
    hour,
    minute: Number(minuteText ?? 0),
    second: Number(secondText ?? 0),
    fraction,
  });
  if (ticks === undefined) return undefined;
  const isUtc = zoneText !== undefined && /^[ZGU]/.test(zoneText);
  const offset = zoneText === undefined ? undefined : isUtc ? 0 : offsetOf(zoneText);
  return offset === null ? undefined : { ticks: ticks + extra, offset, isUtc };
}
/** Minutes; null where there is no such offset. */
function offsetOf(text: string): number | null {
  const match = /^([+-])(\d{1,2}):?(\d\d)?$/.exec(text);
  if (!match) return null;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return minutes > 840 ? null : match[1] === '-' ? -minutes : minutes;
}

const bad = (): never => raise('FormatException', 'String was not recognized as a valid DateTime.');
const styleBits = { adjustToUniversal: 16, assumeLocal: 32, assumeUniversal: 64, roundtrip: 128 } as const;

/** With an offset the result is local time, which is UTC here. */
export function toDateTime({ ticks, offset, isUtc }: ReadDate, style = 0): DateTime {
  if (offset === undefined) {
    if (style & (styleBits.assumeUniversal | styleBits.assumeLocal))
      return new DateTime(ticks, style & styleBits.adjustToUniversal ? 1 : 2);
    return new DateTime(ticks, 0);
  }
  const utc = ticks - BigInt(offset) * ticksPer.minute;
  if (utc < 0n) bad();
  return new DateTime(utc, style & styleBits.adjustToUniversal || (style & styleBits.roundtrip && isUtc) ? 1 : 2);
}
export const toDateTimeOffset = ({ ticks, offset }: ReadDate): DateTimeOffset => new DateTimeOffset(ticks, offset ?? 0);
export const parseDateTime = (text: string, style = 0): DateTime => toDateTime(readDate(text) ?? bad(), style);
export const parseDateTimeOffset = (text: string): DateTimeOffset => toDateTimeOffset(readDate(text) ?? bad());

/** The ISO forms that Newtonsoft takes for dates: `Z` gives UTC, an offset local time, nothing unspecified. */
export function readIsoDate(text: string): DateTime | undefined {
  const first = text.charCodeAt(0);
  if (first < 48 || first > 57) return undefined;
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7})\d*)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!match) return undefined;
  const [, y, m, d, hour, minute, second, fraction = '', zoneText] = match;
  const isMidnight = hour === '24' && minute === '00' && second === '00';
  const ticks = ticksFrom(Number(y), Number(m), Number(d), {
    hour: isMidnight ? 0 : Number(hour),
    minute: Number(minute),
    second: Number(second),
    fraction: Number(fraction.padEnd(7, '0') || 0),
  });
  if (ticks === undefined) return undefined;
  const whole = ticks + (isMidnight ? ticksPer.day : 0n);
  if (zoneText === undefined || zoneText === 'Z') return new DateTime(whole, zoneText === 'Z' ? 1 : 0);
  const offset = offsetOf(zoneText);
  const utc = whole - BigInt(offset ?? 0) * ticksPer.minute;
  return offset === null || utc < 0n ? undefined : new DateTime(utc, 2);
}
/** `/Date(1700000000000+0200)/`. */
export function readTickDate(text: string): DateTime | undefined {
  const match = /^\/Date\((-?\d+)([+-]\d{4})?\)\/$/.exec(text);
  return match ? fromDate(new Date(Number(match[1])), match[2] ? 2 : 1) : undefined;
}

/** `ParseExact`; undefined where the text has not that form. */
export function readExactDate(text: string, format: string): ReadDate | undefined {
  const pattern = format.length === 1 ? (standardDateFormats[format] ?? bad()) : format;
  let at = 0;
  let [y, m, d] = [1, 1, 1];
  let [hour, minute, second, fraction] = [0, 0, 0, 0];
  let half = '';
  let offset: number | undefined;
  let isUtc = false;
  let hasDate = false;
  const digits = (least: number, most: number): number | undefined => {
    const match = new RegExp(`\\d{${least},${most}}`, 'y');
    match.lastIndex = at;
    const found = match.exec(text)?.[0];
    if (found === undefined) return undefined;
    at += found.length;
    return Number(found);
  };
  const word = (names: readonly string[]): number => {
    const index = names.findIndex((name) => text.slice(at, at + name.length).toLowerCase() === name.toLowerCase());
    if (index >= 0) at += names[index]?.length ?? 0;
    return index;
  };
  for (let i = 0; i < pattern.length; ) {
    const letter = pattern[i] ?? '';
    let count = 1;
    while (pattern[i + count] === letter) count++;
    let value: number | undefined = 0;
    switch (letter) {
      case 'y':
        value = count <= 2 ? digits(count, 2) : digits(count, Math.max(count, 4));
        y = count <= 2 && value !== undefined ? century(String(value).padStart(2, '0')) : (value ?? 0);
        hasDate = true;
        break;
      case 'M':
        value =
          count <= 2
            ? digits(count, 2)
            : word(count === 3 ? monthNames.map((name) => name.slice(0, 3)) : monthNames) + 1;
        m = value ?? 0;
        hasDate = true;
        break;
      case 'd':
        if (count <= 2) {
          value = digits(count, 2);
          d = value ?? 0;
          hasDate = true;
        } else if (word(count === 3 ? dayNames.map((name) => name.slice(0, 3)) : dayNames) < 0) return undefined;
        break;
      case 'H':
      case 'h':
        value = digits(count > 1 ? 2 : 1, 2);
        hour = value ?? 0;
        break;
      case 'm':
        value = digits(count > 1 ? 2 : 1, 2);
        minute = value ?? 0;
        break;
      case 's':
        value = digits(count > 1 ? 2 : 1, 2);
        second = value ?? 0;
        break;
      case 'f':
      case 'F': {
        const before = at;
        value = letter === 'f' ? digits(count, count) : (digits(0, count) ?? 0);
        fraction = Number(text.slice(before, at).padEnd(7, '0') || 0);
        break;
      }
      case 't': {
        const index = word(count === 1 ? ['A', 'P'] : ['AM', 'PM']);
        if (index < 0) return undefined;
        half = index === 0 ? 'a' : 'p';
        break;
      }
      case 'z':
      case 'K': {
        const match = letter === 'z' ? /[+-]\d{1,2}(?::?\d\d)?/y : /Z|[+-]\d\d:?\d\d|/y;
        match.lastIndex = at;
        const found = match.exec(text)?.[0];
        if (found === undefined) return undefined;
        at += found.length;
        if (found === 'Z') {
          offset = 0;
          isUtc = true;
        } else if (found !== '') {
          const read = offsetOf(found);
          if (read === null) return undefined;
          offset = read;
        }
        break;
      }
      case "'":
      case '"': {
        const close = pattern.indexOf(letter, i + 1);
        if (close < 0) bad();
        const literal = pattern.slice(i + 1, close);
        if (!text.startsWith(literal, at)) return undefined;
        at += literal.length;
        // `'Z'` and `'GMT'` are only letters.
        count = close - i + 1;
        break;
      }
      case '%':
        count = 1;
        break;
      case '\\':
        if (text[at] !== pattern[i + 1]) return undefined;
        at++;
        count = 2;
        break;
      default:
        if (!text.startsWith(letter.repeat(count), at)) return undefined;
        at += count;
    }
    if (value === undefined) return undefined;
    i += count;
  }
  if (at !== text.length) return undefined;
  if (half !== '') hour = (hour % 12) + (half === 'p' ? 12 : 0);
  if (!hasDate) {
    const today = new Date();
    [y, m, d] = [today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate()];
  }
  const ticks = ticksFrom(y, m, d, { hour, minute, second, fraction });
  return ticks === undefined ? undefined : { ticks, offset, isUtc };
}
