import { ticksPer } from '../value/date-parts.ts';
import { raise, TimeSpan } from '../value/values.ts';

interface Clock {
  readonly isNegative: boolean;
  readonly days: bigint;
  readonly hours: bigint;
  readonly minutes: bigint;
  readonly seconds: bigint;
  readonly fraction: bigint;
}
const clockOf = ({ ticks }: TimeSpan): Clock => {
  const size = ticks < 0n ? -ticks : ticks;
  return {
    isNegative: ticks < 0n,
    days: size / ticksPer.day,
    hours: (size / ticksPer.hour) % 24n,
    minutes: (size / ticksPer.minute) % 60n,
    seconds: (size / ticksPer.second) % 60n,
    fraction: size % ticksPer.second,
  };
};
const pad = (value: bigint, width: number): string => value.toString().padStart(width, '0');
const bad = (): never => raise('FormatException', 'Input string was not in a correct format.');

/** The constant form: `[-][d.]hh:mm:ss[.fffffff]`. */
export function timeSpanText(value: TimeSpan): string {
  const { isNegative, days, hours, minutes, seconds, fraction } = clockOf(value);
  const clock = [hours, minutes, seconds].map((part) => pad(part, 2)).join(':');
  return `${isNegative ? '-' : ''}${days > 0n ? `${days}.` : ''}${clock}${fraction > 0n ? `.${pad(fraction, 7)}` : ''}`;
}

export function formatTimeSpan(value: TimeSpan, format: string): string {
  const { isNegative, days, hours, minutes, seconds, fraction } = clockOf(value);
  const sign = isNegative ? '-' : '';
  switch (format) {
    case '':
    case 'c':
    case 't':
    case 'T':
      return timeSpanText(value);
    case 'g': {
      const rest = fraction > 0n ? `.${pad(fraction, 7).replace(/0+$/, '')}` : '';
      return `${sign}${days > 0n ? `${days}:` : ''}${hours}:${pad(minutes, 2)}:${pad(seconds, 2)}${rest}`;
    }
    case 'G':
      return `${sign}${days}:${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds, 2)}.${pad(fraction, 7)}`;
  }
  if (format.length === 1) bad();
  let text = '';
  for (let i = 0; i < format.length; ) {
    const letter = format[i] ?? '';
    let count = 1;
    while (format[i + count] === letter) count++;
    switch (letter) {
      case 'd':
        if (count > 8) bad();
        text += pad(days, count);
        break;
      case 'h':
        text += count > 2 ? bad() : pad(hours, count);
        break;
      case 'm':
        text += count > 2 ? bad() : pad(minutes, count);
        break;
      case 's':
        text += count > 2 ? bad() : pad(seconds, count);
        break;
      case 'f':
      case 'F': {
        if (count > 7) bad();
        const digits = pad(fraction, 7).slice(0, count);
        text += letter === 'f' ? digits : digits.replace(/0+$/, '');
        break;
      }
      case '\\':
        text += format[i + 1] ?? bad();
        count = 2;
        break;
      case "'":
      case '"': {
        const close = format.indexOf(letter, i + 1);
        if (close < 0) bad();
        text += format.slice(i + 1, close);
        count = close - i + 1;
        break;
      }
      case '%':
        if (i + 1 >= format.length || format[i + 1] === '%') bad();
        count = 1;
        break;
      default:
        bad();
    }
    i += count;
  }
  return text;
}

const overflow = (): never =>
  raise(
    'OverflowException',
    'The TimeSpan could not be parsed because at least one of the numeric components is out of range or contains too many digits.',
  );

/** `TimeSpan.Parse`: `[ws][-]{ d | [d.]hh:mm[:ss[.ff]] | d:hh:mm:ss[.ff] }[ws]`. */
export function parseTimeSpan(source: string): TimeSpan {
  const text = source.trim();
  const match = /^(-?)(?:(\d+)|(?:(\d+)[.:])?(\d+):(\d+)(?::(\d+)(?:\.(\d{1,7}))?)?)$/.exec(text) ?? bad();
  const [, sign, onlyDays, daysText, first, second, third, fractionText] = match;
  let days = daysText ?? onlyDays ?? '0';
  let [hours, minutes, seconds] = [first ?? '0', second ?? '0', third ?? '0'];
  // `d:hh:mm` is read as hh:mm:ss; the pattern tries days first.
  if (daysText !== undefined && third === undefined && text.replace('-', '').startsWith(`${daysText}:`)) {
    [days, hours, minutes, seconds] = ['0', daysText, first ?? '0', second ?? '0'];
  }
  // `24:00:00` overflows the hours, so .NET reads it as days.
  if (days === '0' && onlyDays === undefined && fractionText === undefined && Number(hours) > 23)
    [days, hours, minutes, seconds] = [hours, minutes, seconds, '0'];
  if (
    days.length > 8 ||
    BigInt(days) > 10_675_199n ||
    Number(hours) > 23 ||
    Number(minutes) > 59 ||
    Number(seconds) > 59
  )
    overflow();
  const ticks =
    BigInt(days) * ticksPer.day +
    BigInt(hours) * ticksPer.hour +
    BigInt(minutes) * ticksPer.minute +
    BigInt(seconds) * ticksPer.second +
    BigInt((fractionText ?? '').padEnd(7, '0'));
  return new TimeSpan(sign === '-' ? -ticks : ticks);
}
