import { TICKS_AT_UNIX_EPOCH } from '@vigia/contract';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** ISO 8601 and the other forms that Kusto documents, to ticks since 0001-01-01 (UTC). Undefined: no moment. */
export function parseDatetime(text: string): bigint | undefined {
  const trimmed = text
    .trim()
    .replace(/^["'](.*)["']$/, '$1')
    .trim();
  return (
    parseIso(trimmed) ??
    parseParts(trimmed) ??
    parseMonthFirst(trimmed) ??
    parseWithMonthName(trimmed) ??
    parseCompact(trimmed)
  );
}

function parseIso(text: string): bigint | undefined {
  const found =
    /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:(?:T|\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d+))?)?)?\s*(Z|[-+]\d{1,2}(?::?\d{2})?|GMT|UTC)?$/i.exec(
      text,
    );
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = found;
  return assemble({ year, month, day, hour, minute, second, fraction, zone });
}

/** `2025, 6, 14` and `2017 - 08 - 01`: the parts as they stand in make_datetime. */
function parseParts(text: string): bigint | undefined {
  const found =
    /^(\d{4})\s*([,-])\s*(\d{1,2})\s*\2\s*(\d{1,2})(?:\s*,\s*(\d{1,2})(?:\s*,\s*(\d{1,2})(?:\s*,\s*(\d{1,2}))?)?)?$/.exec(
      text,
    );
  if (found === null) return undefined;
  const [, year, , month, day, hour, minute, second] = found;
  return assemble({ year, month, day, hour, minute, second });
}

function parseMonthFirst(text: string): bigint | undefined {
  const found =
    /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?\s*(AM|PM)?)?$/i.exec(text);
  if (found === null) return undefined;
  const [, month, day, year, hour, minute, second, fraction, half] = found;
  return assemble({ year, month, day, hour: twentyFour(hour, half), minute, second, fraction });
}

function parseCompact(text: string): bigint | undefined {
  const found = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return found === null ? undefined : assemble({ year: found[1], month: found[2], day: found[3] });
}

/** RFC 822 and 850: `Sat, 8 Nov 2014 15:05:02 GMT`, `8 Nov 14 15:05`. */
function parseWithMonthName(text: string): bigint | undefined {
  const found =
    /^(?:[a-z]{3,9},?\s+)?(\d{1,2})[-\s]([a-z]{3})[a-z]*[-\s](\d{2,4})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?\s*(Z|GMT|UTC|[-+]\d{2}:?\d{2})?$/i.exec(
      text,
    );
  if (found === null) return undefined;
  const [, day, name, shortYear, hour, minute, second, zone] = found;
  const month = MONTHS.indexOf((name ?? '').toLowerCase()) + 1;
  if (month === 0) return undefined;
  const year = (shortYear ?? '').length === 2 ? `20${shortYear}` : shortYear;
  return assemble({ year, month: String(month), day, hour, minute, second, zone });
}

type Parts = Partial<
  Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'zone', string | undefined>
>;

function assemble(parts: Parts): bigint | undefined {
  const number = (part: string | undefined, missing: number) => (part === undefined ? missing : Number(part));
  const [year, month, day] = [number(parts.year, 1), number(parts.month, 1), number(parts.day, 1)];
  const [hour, minute, second] = [number(parts.hour, 0), number(parts.minute, 0), number(parts.second, 0)];
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second);
  const fraction = BigInt((parts.fraction ?? '').slice(0, 7).padEnd(7, '0'));
  return BigInt(date.getTime()) * 10_000n + TICKS_AT_UNIX_EPOCH + fraction - offsetTicks(parts.zone);
}

function offsetTicks(zone: string | undefined): bigint {
  const found = /^([-+])(\d{1,2}):?(\d{2})?$/.exec(zone ?? '');
  if (found === null) return 0n;
  const ticks = (BigInt(found[2] ?? '0') * 60n + BigInt(found[3] ?? '0')) * 600_000_000n;
  return found[1] === '-' ? -ticks : ticks;
}

function twentyFour(hour: string | undefined, half: string | undefined): string | undefined {
  if (hour === undefined || half === undefined) return hour;
  const short = Number(hour) % 12;
  return String(half.toUpperCase() === 'PM' ? short + 12 : short);
}
