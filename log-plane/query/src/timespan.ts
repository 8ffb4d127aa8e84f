import { TICKS_AT_UNIX_EPOCH } from '@vigia/contract';
import { badArgument } from './query-problems.ts';
import { MAX_TICKS, TICKS_PER_DAY, TICKS_PER_MILLISECOND, TICKS_PER_SECOND } from './ticks-text.ts';

/** Ticks, start inclusive, end exclusive. */
export interface Timespan {
  readonly start: bigint;
  readonly end: bigint;
}

/**
 * The request's `timespan`: an ISO 8601 duration that ends now (`PT1H`, `P30D`), or `start/end`, `start/duration`,
 * `duration/end`. A moment is a date, with a time or without, UTC where it names no zone. A month is 30 days and a year
 * 365, as in .NET. Throws a Problem (400 BadArgumentError).
 */
export function readTimespan(text: string, now: bigint): Timespan {
  const parts = text.split('/').map((part) => part.trim());
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) throw badTimespan(text, 'it has more than one slash');
  if (second === undefined) {
    const length = readDuration(first);
    if (length === undefined) throw badTimespan(text, `"${first}" is no duration`);
    // The clock tells whole milliseconds; the one that is running belongs to "the last hour".
    return clamp({ start: now - length, end: now + TICKS_PER_MILLISECOND });
  }
  const [firstLength, secondLength] = [readDuration(first), readDuration(second)];
  if (firstLength !== undefined && secondLength !== undefined) {
    throw badTimespan(text, 'it has two durations and no moment');
  }
  if (firstLength !== undefined) {
    const end = readMoment(text, second);
    return clamp({ start: end - firstLength, end });
  }
  const start = readMoment(text, first);
  const end = secondLength === undefined ? readMoment(text, second) : start + secondLength;
  if (start > end) throw badTimespan(text, 'its start is after its end');
  return clamp({ start, end });
}

/** Beyond the years 1 to 9999 there is nothing to find. */
const clamp = ({ start, end }: Timespan): Timespan => ({
  start: start < 0n ? 0n : start,
  end: end > MAX_TICKS ? MAX_TICKS : end,
});

const badTimespan = (text: string, reason: string) =>
  badArgument(
    `The timespan "${text}" cannot be read: ${reason}. Expected is an ISO 8601 duration (PT1H, P1D, P30D) or an interval (2026-01-01/2026-01-02, 2026-01-01T00:00:00Z/PT1H, PT1H/2026-01-01T00:00:00Z).`,
    { code: 'InvalidTimespanError' },
  );

function readMoment(text: string, part: string): bigint {
  const moment = readDatetime(part);
  if (moment === undefined) throw badTimespan(text, `"${part}" is neither a date nor a duration`);
  return moment;
}

const UNITS: readonly bigint[] = [
  365n * TICKS_PER_DAY,
  30n * TICKS_PER_DAY,
  7n * TICKS_PER_DAY,
  TICKS_PER_DAY,
  3_600n * TICKS_PER_SECOND,
  60n * TICKS_PER_SECOND,
  TICKS_PER_SECOND,
];
const AMOUNT = '(\\d{1,9}(?:[.,]\\d{1,9})?)';
const DURATION = new RegExp(
  `^P(?=.)(?:${AMOUNT}Y)?(?:${AMOUNT}M)?(?:${AMOUNT}W)?(?:${AMOUNT}D)?(?:T(?=.)(?:${AMOUNT}H)?(?:${AMOUNT}M)?(?:${AMOUNT}S)?)?$`,
);

/** Ticks; undefined: no ISO 8601 duration. */
function readDuration(text: string): bigint | undefined {
  const found = DURATION.exec(text.toUpperCase());
  if (found === null) return undefined;
  return UNITS.reduce((sum, unit, index) => {
    const [whole = '0', fraction = ''] = (found[index + 1] ?? '0').split(/[.,]/);
    return sum + (BigInt(whole + fraction) * unit) / 10n ** BigInt(fraction.length);
  }, 0n);
}

// A plus sign that was not escaped arrives in a query string as a space.
const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+\- ]\d{2}:?(?:\d{2})?)?)?$/i;

/** Ticks; undefined: no moment. */
function readDatetime(text: string): bigint | undefined {
  const found = MOMENT.exec(text);
  if (found === null) return undefined;
  const [year, month, day] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const [hour, minute, second] = [Number(found[4] ?? 0), Number(found[5] ?? 0), Number(found[6] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || year === 0) return undefined;
  const fraction = BigInt((found[7] ?? '').slice(0, 7).padEnd(7, '0'));
  return BigInt(date.getTime()) * 10_000n + TICKS_AT_UNIX_EPOCH + fraction - readOffset(found[8] ?? 'Z');
}

function readOffset(zone: string): bigint {
  if (zone.toUpperCase() === 'Z') return 0n;
  const minutes = BigInt(zone.slice(1, 3)) * 60n + BigInt(zone.slice(3).replace(':', '') || '0');
  return (zone.startsWith('-') ? -minutes : minutes) * 60n * TICKS_PER_SECOND;
}
