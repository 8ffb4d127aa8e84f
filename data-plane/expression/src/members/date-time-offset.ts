import { defineType } from '../member-table.ts';
import { nowOf } from '../runtime.ts';
import { formatDate } from '../text/date-format.ts';
import { parseDateTimeOffset, readDate, toDateTimeOffset } from '../text/date-parse.ts';
import { addMonths, fromDate, ticksPer, unixEpoch } from '../value/date-parts.ts';
import { DateTime, DateTimeOffset, given, raise, TimeSpan, type V } from '../value/values.ts';
import { adders, clockMembers, exact, ticksOfParts } from './date-time.ts';

const minutesOf = ({ ticks }: TimeSpan): number =>
  ticks % ticksPer.minute === 0n
    ? Number(ticks / ticksPer.minute)
    : raise('ArgumentException', 'Offset must be specified in whole minutes.');
const atUtc = (utcTicks: bigint, offset: number): DateTimeOffset =>
  new DateTimeOffset(utcTicks + BigInt(offset) * ticksPer.minute, offset);
const offsetSpan = (d: DateTimeOffset): TimeSpan => new TimeSpan(BigInt(d.offset) * ticksPer.minute);
const compare = (a: DateTimeOffset, b: DateTimeOffset): number =>
  a.utcTicks < b.utcTicks ? -1 : a.utcTicks > b.utcTicks ? 1 : 0;
const bad = (): never => raise('FormatException', 'String was not recognized as a valid DateTime.');
function unix(count: bigint, unit: bigint): DateTimeOffset {
  const ticks = unixEpoch + count * unit;
  if (ticks < 0n || ticks > 3_155_378_975_999_999_999n)
    raise('ArgumentOutOfRangeException', 'Valid values are between -62135596800 and 253402300799, inclusive.');
  return new DateTimeOffset(ticks, 0);
}
/** Towards minus infinity. */
const floorDivide = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b));

export function defineDateTimeOffset(): void {
  const attempt = (found: DateTimeOffset | undefined, out: (value: V) => void): boolean => {
    out(found ?? new DateTimeOffset(0n, 0));
    return found !== undefined;
  };
  const add = (d: DateTimeOffset, ticks: bigint): DateTimeOffset => new DateTimeOffset(ticks, d.offset);
  const tryRead = (text: V): DateTimeOffset | undefined => {
    const found = text === null ? undefined : readDate(text);
    return found && toDateTimeOffset(found);
  };
  const parseExact = (text: V, formats: V): DateTimeOffset => toDateTimeOffset(exact(text, formats) ?? bad());
  defineType({
    type: 'DateTimeOffset',
    bases: ['object', 'IComparable'],
    members: {
      ...clockMembers,
      'new(DateTime)': (_s, [d]) => new DateTimeOffset(d.ticks, 0),
      'new(DateTime,TimeSpan)': (_s, [d, t]) => {
        if (d.kind !== 0 && minutesOf(t) !== 0)
          raise('ArgumentException', 'The UTC Offset for Utc DateTime instances must be 0.');
        return new DateTimeOffset(d.ticks, minutesOf(t));
      },
      'new(long,TimeSpan)': (_s, [ticks, t]) => new DateTimeOffset(ticks, minutesOf(t)),
      'new(int,int,int,int,int,int,TimeSpan)': (_s, parts) =>
        new DateTimeOffset(ticksOfParts(parts.slice(0, 6)), minutesOf(parts[6])),
      'new(int,int,int,int,int,int,int,TimeSpan)': (_s, parts) =>
        new DateTimeOffset(ticksOfParts(parts.slice(0, 7)), minutesOf(parts[7])),
      'Offset:TimeSpan': offsetSpan,
      'Date:DateTime': (d) => new DateTime(d.ticks - (d.ticks % ticksPer.day), 0),
      'DateTime:DateTime': (d) => new DateTime(d.ticks, 0),
      'UtcDateTime:DateTime': (d) => new DateTime(d.utcTicks, 1),
      'LocalDateTime:DateTime': (d) => new DateTime(d.utcTicks, 2),
      'UtcTicks:long': (d) => d.utcTicks,
      ...adders('DateTimeOffset', add),
      'AddMonths(int):DateTimeOffset': (d, [n]) => add(d, addMonths(d, n)),
      'AddYears(int):DateTimeOffset': (d, [n]) => add(d, addMonths(d, n * 12)),
      'AddTicks(long):DateTimeOffset': (d, [n]) => add(d, d.ticks + n),
      'Add(TimeSpan):DateTimeOffset': (d, [t]) => add(d, d.ticks + t.ticks),
      'Subtract(TimeSpan):DateTimeOffset': (d, [t]) => add(d, d.ticks - (t.ticks as bigint)),
      'Subtract(DateTimeOffset):TimeSpan': (d, [o]) => new TimeSpan(d.utcTicks - (o.utcTicks as bigint)),
      'CompareTo(DateTimeOffset):int': (d, [o]) => compare(d, o),
      'Equals(DateTimeOffset):bool': (d, [o]) => d.utcTicks === o.utcTicks,
      'EqualsExact(DateTimeOffset):bool': (d, [o]) => d.ticks === o.ticks && d.offset === o.offset,
      'ToOffset(TimeSpan):DateTimeOffset': (d, [t]) => atUtc(d.utcTicks, minutesOf(t)),
      'ToUniversalTime():DateTimeOffset': (d) => atUtc(d.utcTicks, 0),
      'ToLocalTime():DateTimeOffset': (d) => atUtc(d.utcTicks, 0),
      'ToUnixTimeSeconds():long': (d) => floorDivide(d.utcTicks - unixEpoch, ticksPer.second),
      'ToUnixTimeMilliseconds():long': (d) => floorDivide(d.utcTicks - unixEpoch, ticksPer.millisecond),
      'ToFileTime():long': (d) => d.utcTicks - 504_911_232_000_000_000n,
      'ToString():string': (d) => formatDate(d, ''),
      'ToString(string):string': (d, [f]) => formatDate(d, f ?? ''),
      'ToString(IFormatProvider):string': (d) => formatDate(d, ''),
      'ToString(string,IFormatProvider):string': (d, [f]) => formatDate(d, f ?? ''),
    },
    statics: {
      'Now:DateTimeOffset': (_s, _args, r) => new DateTimeOffset(fromDate(nowOf(r)).ticks, 0),
      'UtcNow:DateTimeOffset': (_s, _args, r) => new DateTimeOffset(fromDate(nowOf(r)).ticks, 0),
      'MinValue:DateTimeOffset': () => new DateTimeOffset(0n, 0),
      'MaxValue:DateTimeOffset': () => new DateTimeOffset(3_155_378_975_999_999_999n, 0),
      'FromUnixTimeSeconds(long):DateTimeOffset': (_s, [n]) => unix(n, ticksPer.second),
      'FromUnixTimeMilliseconds(long):DateTimeOffset': (_s, [n]) => unix(n, ticksPer.millisecond),
      'FromFileTime(long):DateTimeOffset': (_s, [n]) => new DateTimeOffset(n + 504_911_232_000_000_000n, 0),
      'Compare(DateTimeOffset,DateTimeOffset):int': (_s, [a, b]) => compare(a, b),
      'Equals(DateTimeOffset,DateTimeOffset):bool': (_s, [a, b]) => compare(a, b) === 0,
      'Parse(string):DateTimeOffset': (_s, [x]) => parseDateTimeOffset(given(x)),
      'Parse(string,IFormatProvider):DateTimeOffset': (_s, [x]) => parseDateTimeOffset(given(x)),
      'Parse(string,IFormatProvider,DateTimeStyles):DateTimeOffset': (_s, [x, , style]) => {
        const d = parseDateTimeOffset(given(x));
        return style & 16 ? atUtc(d.utcTicks, 0) : d;
      },
      'TryParse(string,out DateTimeOffset):bool': (_s, [x, out]) => attempt(tryRead(x), out),
      'TryParse(string,IFormatProvider,DateTimeStyles,out DateTimeOffset):bool': (_s, [x, , , out]) =>
        attempt(tryRead(x), out),
      'ParseExact(string,string,IFormatProvider):DateTimeOffset': (_s, [x, f]) => parseExact(x, f),
      'ParseExact(string,string,IFormatProvider,DateTimeStyles):DateTimeOffset': (_s, [x, f]) => parseExact(x, f),
      'ParseExact(string,string[],IFormatProvider,DateTimeStyles):DateTimeOffset': (_s, [x, f]) => parseExact(x, f),
      'TryParseExact(string,string,IFormatProvider,DateTimeStyles,out DateTimeOffset):bool': (_s, [x, f, , , out]) => {
        const found = x === null || f === null ? undefined : exact(x, f);
        return attempt(found && toDateTimeOffset(found), out);
      },
    },
  });
}
