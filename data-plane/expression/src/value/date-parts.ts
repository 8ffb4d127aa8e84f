import { DateTime, raise } from './values.ts';

export const ticksPer = {
  millisecond: 10_000n,
  second: 10_000_000n,
  minute: 600_000_000n,
  hour: 36_000_000_000n,
  day: 864_000_000_000n,
} as const;
const epoch = 621_355_968_000_000_000n;

export const ticksOfMilliseconds = (milliseconds: number): bigint => BigInt(Math.trunc(milliseconds)) * 10_000n + epoch;
export const unixMilliseconds = (ticks: bigint): bigint =>
  (ticks - epoch - ((((ticks - epoch) % 10_000n) + 10_000n) % 10_000n)) / 10_000n;
export const unixEpoch = epoch;
export const fromDate = (date: Date, kind = 1): DateTime => new DateTime(ticksOfMilliseconds(date.getTime()), kind);
export const addTicks = (date: DateTime, ticks: bigint): DateTime => new DateTime(date.ticks + ticks, date.kind);

export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Within the second, 100 ns. */
  readonly fraction: number;
  readonly dayOfWeek: number;
}
export function partsOf(ticks: bigint): DateParts {
  const date = new Date(Number(unixMilliseconds(ticks)));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    fraction: Number(ticks % ticksPer.second),
    dayOfWeek: date.getUTCDay(),
  };
}
export const daysInMonth = (year: number, month: number): number =>
  month < 1 || month > 12
    ? raise('ArgumentOutOfRangeException', 'Month must be between one and twelve.')
    : month === 2
      ? isLeapYear(year)
        ? 29
        : 28
      : [4, 6, 9, 11].includes(month)
        ? 30
        : 31;
export const isLeapYear = (year: number): boolean =>
  year < 1 || year > 9999
    ? raise('ArgumentOutOfRangeException', 'Year must be between 1 and 9999.')
    : year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

/** Undefined where there is no such day or time. */
export function ticksFrom(
  year: number,
  month: number,
  day: number,
  clock: {
    readonly hour?: number;
    readonly minute?: number;
    readonly second?: number;
    readonly fraction?: number;
  } = {},
): bigint | undefined {
  const { hour = 0, minute = 0, second = 0, fraction = 0 } = clock;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return ticksOfMilliseconds(date.getTime()) + BigInt(fraction);
}

export function addMonths(date: DateTime | { ticks: bigint }, count: number): bigint {
  const { year, month, day } = partsOf(date.ticks);
  const index = year * 12 + month - 1 + count;
  const targetYear = Math.floor(index / 12);
  const targetMonth = (index % 12) + 1;
  if (targetYear < 1 || targetYear > 9999)
    return raise(
      'ArgumentOutOfRangeException',
      'The added or subtracted value results in an un-representable DateTime.',
    );
  const start = ticksFrom(targetYear, targetMonth, Math.min(day, daysInMonth(targetYear, targetMonth))) ?? 0n;
  return start + (date.ticks % ticksPer.day);
}
/** `AddDays(double)` and its like: to whole milliseconds. */
export function ticksOfUnits(count: number, unit: bigint): bigint {
  const milliseconds = count * Number(unit / ticksPer.millisecond) + (count >= 0 ? 0.5 : -0.5);
  if (!(Math.abs(milliseconds) < 315_537_897_600_000))
    raise('ArgumentOutOfRangeException', 'Value to add was out of range.');
  return BigInt(Math.trunc(milliseconds)) * ticksPer.millisecond;
}
