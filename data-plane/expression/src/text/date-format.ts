import { partsOf } from '../value/date-parts.ts';
import { DateTime, type DateTimeOffset, raise } from '../value/values.ts';

export const dayNames = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
export const monthNames = 'January February March April May June July August September October November December'.split(
  ' ',
);

export const standardDateFormats: Readonly<Record<string, string>> = {
  d: 'MM/dd/yyyy',
  D: 'dddd, dd MMMM yyyy',
  f: 'dddd, dd MMMM yyyy HH:mm',
  F: 'dddd, dd MMMM yyyy HH:mm:ss',
  g: 'MM/dd/yyyy HH:mm',
  G: 'MM/dd/yyyy HH:mm:ss',
  m: 'MMMM dd',
  M: 'MMMM dd',
  o: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  O: "yyyy-MM-dd'T'HH:mm:ss.fffffffK",
  r: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  R: "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
  s: "yyyy-MM-dd'T'HH:mm:ss",
  t: 'HH:mm',
  T: 'HH:mm:ss',
  u: "yyyy-MM-dd HH:mm:ss'Z'",
  U: 'dddd, dd MMMM yyyy HH:mm:ss',
  y: 'yyyy MMMM',
  Y: 'yyyy MMMM',
};
export const badDateFormat = (): never => raise('FormatException', 'Input string was not in a correct format.');

/** `ToString(format)`, invariant culture; '' is the general form. */
export function formatDate(value: DateTime | DateTimeOffset, format: string): string {
  const isPlain = value instanceof DateTime;
  let pattern = format;
  let shown: DateTime | DateTimeOffset = value;
  if (format === '') pattern = isPlain ? 'MM/dd/yyyy HH:mm:ss' : 'MM/dd/yyyy HH:mm:ss zzz';
  else if (format.length === 1) {
    pattern = standardDateFormats[format] ?? badDateFormat();
    if (!isPlain) {
      if (format === 'U') badDateFormat();
      if (format === 'r' || format === 'R' || format === 'u') shown = new DateTime(value.utcTicks, 1);
      if (format === 'o' || format === 'O') pattern = "yyyy-MM-dd'T'HH:mm:ss.fffffffzzz";
    }
  }
  return custom(shown, pattern);
}

function custom(value: DateTime | DateTimeOffset, pattern: string): string {
  const { year, month, day, hour, minute, second, fraction, dayOfWeek } = partsOf(value.ticks);
  const offset = value instanceof DateTime ? 0 : value.offset;
  const two = (number: number, width: number): string => String(number).padStart(Math.min(width, 2), '0');
  let text = '';
  for (let i = 0; i < pattern.length; ) {
    const letter = pattern[i] ?? '';
    let count = 1;
    while (pattern[i + count] === letter) count++;
    switch (letter) {
      case 'h':
        text += two(hour % 12 || 12, count);
        break;
      case 'H':
        text += two(hour, count);
        break;
      case 'm':
        text += two(minute, count);
        break;
      case 's':
        text += two(second, count);
        break;
      case 'f':
      case 'F': {
        if (count > 7) badDateFormat();
        const digits = String(fraction).padStart(7, '0').slice(0, count);
        const kept = letter === 'f' ? digits : digits.replace(/0+$/, '');
        if (letter === 'F' && kept === '' && text.endsWith('.')) text = text.slice(0, -1);
        text += kept;
        break;
      }
      case 't':
        text += (hour < 12 ? 'AM' : 'PM').slice(0, count === 1 ? 1 : 2);
        break;
      case 'd':
        if (count <= 2) text += two(day, count);
        else text += count === 3 ? dayNames[dayOfWeek]?.slice(0, 3) : dayNames[dayOfWeek];
        break;
      case 'M':
        if (count <= 2) text += two(month, count);
        else text += count === 3 ? monthNames[month - 1]?.slice(0, 3) : monthNames[month - 1];
        break;
      case 'y':
        text += count <= 2 ? two(year % 100, count) : String(year).padStart(count, '0');
        break;
      case 'g':
        text += 'A.D.';
        break;
      case 'z':
        text += offsetText(offset, count);
        break;
      case 'K':
        count = 1;
        if (!(value instanceof DateTime)) text += offsetText(offset, 3);
        else text += value.kind === 1 ? 'Z' : value.kind === 2 ? '+00:00' : '';
        break;
      case "'":
      case '"': {
        let end = i + 1;
        for (; end < pattern.length && pattern[end] !== letter; end++) {
          if (pattern[end] === '\\') end++;
          text += pattern[end] ?? '';
        }
        if (end >= pattern.length) badDateFormat();
        count = end - i + 1;
        break;
      }
      case '%': {
        const next = pattern[i + 1];
        if (next === undefined || next === '%') badDateFormat();
        text += custom(value, next ?? '');
        count = 2;
        break;
      }
      case '\\':
        if (i + 1 >= pattern.length) badDateFormat();
        text += pattern[i + 1];
        count = 2;
        break;
      default:
        text += letter.repeat(count);
    }
    i += count;
  }
  return text;
}
function offsetText(minutes: number, width: number): string {
  const sign = minutes < 0 ? '-' : '+';
  const hours = String(Math.floor(Math.abs(minutes) / 60));
  if (width <= 1) return sign + hours;
  const rest = width >= 3 ? `:${String(Math.abs(minutes) % 60).padStart(2, '0')}` : '';
  return `${sign}${hours.padStart(2, '0')}${rest}`;
}

/** As Newtonsoft writes a date. */
export function jsonDate(date: DateTime | DateTimeOffset): string {
  const clock = formatDate(date, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF");
  return clock + (date instanceof DateTime ? formatDate(date, '%K') : formatDate(date, 'zzz'));
}
