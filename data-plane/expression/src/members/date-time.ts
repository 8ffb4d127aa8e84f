import { defineType, type Implementation } from '../member-table.ts';
import { nowOf } from '../runtime.ts';
import { formatDate } from '../text/date-format.ts';
import { parseDateTime, readDate, readExactDate, toDateTime } from '../text/date-parse.ts';
import {
  addMonths,
  addTicks,
  daysInMonth,
  fromDate,
  isLeapYear,
  partsOf,
  ticksFrom,
  ticksOfUnits,
  ticksPer,
  unixEpoch,
} from '../value/date-parts.ts';
import { DateTime, given, Items, raise, TimeSpan, type V } from '../value/values.ts';

const unrepresentable = (): never =>
  raise('ArgumentOutOfRangeException', 'Year, Month, and Day parameters describe an un-representable DateTime.');
const bad = (): never => raise('FormatException', 'String was not recognized as a valid DateTime.');

/** Of constructors: year … millisecond. */
export function ticksOfParts([y, m, d, hour = 0, minute = 0, second = 0, millisecond = 0]: readonly number[]): bigint {
  if (millisecond < 0 || millisecond > 999)
    raise('ArgumentOutOfRangeException', 'Valid values are between 0 and 999, inclusive.');
  return (
    ticksFrom(y ?? 0, m ?? 0, d ?? 0, { hour, minute, second, fraction: millisecond * 10_000 }) ?? unrepresentable()
  );
}
const units: Readonly<Record<string, bigint>> = {
  Milliseconds: ticksPer.millisecond,
  Seconds: ticksPer.second,
  Minutes: ticksPer.minute,
  Hours: ticksPer.hour,
  Days: ticksPer.day,
};
/** AddDays … on ticks, shared with DateTimeOffset. */
export const adders = (name: string, make: (self: V, ticks: bigint) => V): Record<string, Implementation> =>
  Object.fromEntries(
    Object.entries(units).map(([unit, ticks]): [string, Implementation] => [
      `Add${unit}(double):${name}`,
      (d, [n]) => make(d, d.ticks + ticksOfUnits(n, ticks)),
    ]),
  );
/** Year, Month … of the clock, shared with DateTimeOffset. */
export const clockMembers: Record<string, Implementation> = {
  'Ticks:long': (d) => d.ticks,
  'Year:int': (d) => partsOf(d.ticks).year,
  'Month:int': (d) => partsOf(d.ticks).month,
  'Day:int': (d) => partsOf(d.ticks).day,
  'Hour:int': (d) => partsOf(d.ticks).hour,
  'Minute:int': (d) => partsOf(d.ticks).minute,
  'Second:int': (d) => partsOf(d.ticks).second,
  'Millisecond:int': (d) => Number((d.ticks / ticksPer.millisecond) % 1000n),
  'DayOfWeek:DayOfWeek': (d) => partsOf(d.ticks).dayOfWeek,
  'DayOfYear:int': (d) => Number((d.ticks - (ticksFrom(partsOf(d.ticks).year, 1, 1) ?? 0n)) / ticksPer.day) + 1,
  'TimeOfDay:TimeSpan': (d) => new TimeSpan(d.ticks % ticksPer.day),
};
const compare = (a: DateTime, b: DateTime): number => (a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0);

/** Formats of ParseExact: one text, or an array of them. */
export function exact(text: V, formats: V): ReturnType<typeof readExactDate> {
  const list: string[] = formats instanceof Items ? formats.items : [given(formats)];
  for (const format of list) {
    const found = readExactDate(given(text), format);
    if (found) return found;
  }
  return undefined;
}

export function defineDateTime(): void {
  const parsed = (found: DateTime | undefined, out: (value: V) => void): boolean => {
    out(found ?? new DateTime(0n, 0));
    return found !== undefined;
  };
  const attempt = (text: V, style: number): DateTime | undefined => {
    const found = text === null ? undefined : readDate(text);
    return found && toDateTime(found, style);
  };
  const parseExact = (text: V, formats: V, style = 0): DateTime => toDateTime(exact(text, formats) ?? bad(), style);
  defineType({
    type: 'DateTime',
    bases: ['object', 'IComparable'],
    members: {
      ...clockMembers,
      'new(long)': (_s, [ticks]) => new DateTime(ticks, 0),
      'new(long,DateTimeKind)': (_s, [ticks, kind]) => new DateTime(ticks, kind),
      'new(int,int,int)': (_s, parts) => new DateTime(ticksOfParts(parts), 0),
      'new(int,int,int,int,int,int)': (_s, parts) => new DateTime(ticksOfParts(parts), 0),
      'new(int,int,int,int,int,int,DateTimeKind)': (_s, parts) =>
        new DateTime(ticksOfParts(parts.slice(0, 6)), parts[6]),
      'new(int,int,int,int,int,int,int)': (_s, parts) => new DateTime(ticksOfParts(parts), 0),
      'new(int,int,int,int,int,int,int,DateTimeKind)': (_s, parts) =>
        new DateTime(ticksOfParts(parts.slice(0, 7)), parts[7]),
      'Date:DateTime': (d) => new DateTime(d.ticks - (d.ticks % ticksPer.day), d.kind),
      'Kind:DateTimeKind': (d) => d.kind,
      ...adders('DateTime', (d, ticks) => new DateTime(ticks, d.kind)),
      'AddMonths(int):DateTime': (d, [n]) => new DateTime(addMonths(d, n), d.kind),
      'AddYears(int):DateTime': (d, [n]) => new DateTime(addMonths(d, n * 12), d.kind),
      'AddTicks(long):DateTime': (d, [n]) => addTicks(d, n),
      'Add(TimeSpan):DateTime': (d, [t]) => addTicks(d, t.ticks),
      'Subtract(DateTime):TimeSpan': (d, [o]) => new TimeSpan(d.ticks - (o.ticks as bigint)),
      'Subtract(TimeSpan):DateTime': (d, [t]) => addTicks(d, -(t.ticks as bigint)),
      'CompareTo(DateTime):int': (d, [o]) => compare(d, o),
      'Equals(DateTime):bool': (d, [o]) => d.ticks === o.ticks,
      'IsDaylightSavingTime():bool': () => false,
      'ToUniversalTime():DateTime': (d) => new DateTime(d.ticks, 1),
      'ToLocalTime():DateTime': (d) => new DateTime(d.ticks, 2),
      'ToString():string': (d) => formatDate(d, ''),
      'ToString(string):string': (d, [f]) => formatDate(d, f ?? ''),
      'ToString(IFormatProvider):string': (d) => formatDate(d, ''),
      'ToString(string,IFormatProvider):string': (d, [f]) => formatDate(d, f ?? ''),
      'ToShortDateString():string': (d) => formatDate(d, 'd'),
      'ToLongDateString():string': (d) => formatDate(d, 'D'),
      'ToShortTimeString():string': (d) => formatDate(d, 't'),
      'ToLongTimeString():string': (d) => formatDate(d, 'T'),
      'ToFileTime():long': (d) => d.ticks - 504_911_232_000_000_000n,
      'ToFileTimeUtc():long': (d) => d.ticks - 504_911_232_000_000_000n,
      'ToOADate():double': (d) => Number((d.ticks - 599_264_352_000_000_000n) / ticksPer.millisecond) / 86_400_000,
      'ToBinary():long': (d) => BigInt.asIntN(64, d.ticks | (BigInt(d.kind) << 62n)),
    },
    statics: {
      'UtcNow:DateTime': (_s, _args, r) => fromDate(nowOf(r)),
      'Now:DateTime': (_s, _args, r) => fromDate(nowOf(r), 2),
      'Today:DateTime': (_s, _args, r) => {
        const now = fromDate(nowOf(r), 2);
        return new DateTime(now.ticks - (now.ticks % ticksPer.day), 2);
      },
      'MinValue:DateTime': () => new DateTime(0n, 0),
      'MaxValue:DateTime': () => new DateTime(3_155_378_975_999_999_999n, 0),
      'UnixEpoch:DateTime': () => new DateTime(unixEpoch, 1),
      'IsLeapYear(int):bool': (_s, [y]) => isLeapYear(y),
      'DaysInMonth(int,int):int': (_s, [y, m]) => daysInMonth(y, m),
      'Compare(DateTime,DateTime):int': (_s, [a, b]) => compare(a, b),
      'Equals(DateTime,DateTime):bool': (_s, [a, b]) => a.ticks === b.ticks,
      'SpecifyKind(DateTime,DateTimeKind):DateTime': (_s, [d, kind]) => new DateTime(d.ticks, kind),
      'Parse(string):DateTime': (_s, [x]) => parseDateTime(given(x)),
      'Parse(string,IFormatProvider):DateTime': (_s, [x]) => parseDateTime(given(x)),
      'Parse(string,IFormatProvider,DateTimeStyles):DateTime': (_s, [x, , style]) => parseDateTime(given(x), style),
      'TryParse(string,out DateTime):bool': (_s, [x, out]) => parsed(attempt(x, 0), out),
      'TryParse(string,IFormatProvider,DateTimeStyles,out DateTime):bool': (_s, [x, , style, out]) =>
        parsed(attempt(x, style), out),
      'ParseExact(string,string,IFormatProvider):DateTime': (_s, [x, f]) => parseExact(x, f),
      'ParseExact(string,string,IFormatProvider,DateTimeStyles):DateTime': (_s, [x, f, , style]) =>
        parseExact(x, f, style),
      'ParseExact(string,string[],IFormatProvider,DateTimeStyles):DateTime': (_s, [x, f, , style]) =>
        parseExact(x, f, style),
      'TryParseExact(string,string,IFormatProvider,DateTimeStyles,out DateTime):bool': (_s, [x, f, , style, out]) => {
        const found = x === null || f === null ? undefined : exact(x, f);
        return parsed(found && toDateTime(found, style), out);
      },
      'FromFileTimeUtc(long):DateTime': (_s, [n]) => new DateTime(n + 504_911_232_000_000_000n, 1),
    },
  });
}
