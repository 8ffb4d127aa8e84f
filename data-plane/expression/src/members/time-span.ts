import { ExpressionError } from '../csharp.ts';
import { defineType, type Implementation } from '../member-table.ts';
import { formatTimeSpan, parseTimeSpan, timeSpanText } from '../text/timespan-format.ts';
import { typeOf } from '../type/types.ts';
import { ticksPer } from '../value/date-parts.ts';
import { DateTime, DateTimeOffset, given, Native, raise, TimeSpan, type V } from '../value/values.ts';

const units: Readonly<Record<string, readonly [ticks: bigint, modulus: bigint]>> = {
  Milliseconds: [ticksPer.millisecond, 1000n],
  Seconds: [ticksPer.second, 60n],
  Minutes: [ticksPer.minute, 60n],
  Hours: [ticksPer.hour, 24n],
  Days: [ticksPer.day, 100_000_000n],
};
const overflow = (): never => raise('OverflowException', 'TimeSpan overflowed because the duration is too long.');
/** To whole milliseconds, as .NET Framework does. */
function from(value: number, unit: bigint): TimeSpan {
  if (Number.isNaN(value)) raise('ArgumentException', 'TimeSpan does not accept floating point Not-a-Number values.');
  const milliseconds = value * Number(unit / ticksPer.millisecond) + (value >= 0 ? 0.5 : -0.5);
  if (Math.abs(milliseconds) > 922337203685477) overflow();
  return new TimeSpan(BigInt(Math.trunc(milliseconds)) * ticksPer.millisecond);
}
const make = ([d = 0, h = 0, m = 0, s = 0, ms = 0]: readonly number[]): TimeSpan =>
  new TimeSpan(
    BigInt(d) * ticksPer.day +
      BigInt(h) * ticksPer.hour +
      BigInt(m) * ticksPer.minute +
      BigInt(s) * ticksPer.second +
      BigInt(ms) * ticksPer.millisecond,
  );
const compare = (a: TimeSpan, b: TimeSpan): number => (a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0);

export function defineTimeSpan(): void {
  const getters: Record<string, Implementation> = {};
  const makers: Record<string, Implementation> = {};
  for (const [name, [unit, modulus]] of Object.entries(units)) {
    getters[`Total${name}:double`] = (t) => Number(t.ticks) / Number(unit);
    getters[`${name}:int`] = (t) => Number((t.ticks / unit) % modulus);
    makers[`From${name}(double):TimeSpan`] = (_s, [n]) => from(n, unit);
  }
  const attempt = (text: V, out: (value: V) => void): boolean => {
    try {
      if (text === null) throw new ExpressionError('System.FormatException', '');
      out(parseTimeSpan(text));
      return true;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      out(new TimeSpan(0n));
      return false;
    }
  };
  defineType({
    type: 'TimeSpan',
    bases: ['object', 'IComparable'],
    members: {
      ...getters,
      'new(long)': (_s, [ticks]) => new TimeSpan(ticks),
      'new(int,int,int)': (_s, parts) => make([0, ...parts]),
      'new(int,int,int,int)': (_s, parts) => make(parts),
      'new(int,int,int,int,int)': (_s, parts) => make(parts),
      'Ticks:long': (t) => t.ticks,
      'Add(TimeSpan):TimeSpan': (t, [o]) => new TimeSpan(t.ticks + o.ticks),
      'Subtract(TimeSpan):TimeSpan': (t, [o]) => new TimeSpan(t.ticks - (o.ticks as bigint)),
      'Negate():TimeSpan': (t) => new TimeSpan(-(t.ticks as bigint)),
      'Duration():TimeSpan': (t) => new TimeSpan(t.ticks < 0n ? -t.ticks : t.ticks),
      'CompareTo(TimeSpan):int': (t, [o]) => compare(t, o),
      'Equals(TimeSpan):bool': (t, [o]) => t.ticks === o.ticks,
      'ToString():string': (t) => timeSpanText(t),
      'ToString(string):string': (t, [f]) => formatTimeSpan(t, f ?? ''),
      'ToString(string,IFormatProvider):string': (t, [f]) => formatTimeSpan(t, f ?? ''),
    },
    statics: {
      ...makers,
      'FromTicks(long):TimeSpan': (_s, [n]) => new TimeSpan(n),
      'Zero:TimeSpan': () => new TimeSpan(0n),
      'MaxValue:TimeSpan': () => new TimeSpan(9_223_372_036_854_775_807n),
      'MinValue:TimeSpan': () => new TimeSpan(-9_223_372_036_854_775_808n),
      'TicksPerMillisecond:long': () => ticksPer.millisecond,
      'TicksPerSecond:long': () => ticksPer.second,
      'TicksPerMinute:long': () => ticksPer.minute,
      'TicksPerHour:long': () => ticksPer.hour,
      'TicksPerDay:long': () => ticksPer.day,
      'Parse(string):TimeSpan': (_s, [x]) => parseTimeSpan(given(x)),
      'Parse(string,IFormatProvider):TimeSpan': (_s, [x]) => parseTimeSpan(given(x)),
      'TryParse(string,out TimeSpan):bool': (_s, [x, out]) => attempt(x, out),
      'TryParse(string,IFormatProvider,out TimeSpan):bool': (_s, [x, , out]) => attempt(x, out),
      'Compare(TimeSpan,TimeSpan):int': (_s, [a, b]) => compare(a, b),
      'Equals(TimeSpan,TimeSpan):bool': (_s, [a, b]) => a.ticks === b.ticks,
    },
  });
  defineTimeZone();
}

// ── time zones ────────────────────────────────────────────────────────────────────────────────────────────────────
/** Windows' names of zones that expressions use most; IANA names are taken as they are. */
const windowsZones: Readonly<Record<string, string>> = {
  UTC: 'UTC',
  'GMT Standard Time': 'Europe/London',
  'W. Europe Standard Time': 'Europe/Berlin',
  'Central Europe Standard Time': 'Europe/Budapest',
  'Central European Standard Time': 'Europe/Warsaw',
  'Romance Standard Time': 'Europe/Paris',
  'E. Europe Standard Time': 'Europe/Chisinau',
  'GTB Standard Time': 'Europe/Bucharest',
  'FLE Standard Time': 'Europe/Kiev',
  'Turkey Standard Time': 'Europe/Istanbul',
  'Russian Standard Time': 'Europe/Moscow',
  'Eastern Standard Time': 'America/New_York',
  'Central Standard Time': 'America/Chicago',
  'Mountain Standard Time': 'America/Denver',
  'Pacific Standard Time': 'America/Los_Angeles',
  'Alaskan Standard Time': 'America/Anchorage',
  'Hawaiian Standard Time': 'Pacific/Honolulu',
  'Atlantic Standard Time': 'America/Halifax',
  'E. South America Standard Time': 'America/Sao_Paulo',
  'Argentina Standard Time': 'America/Buenos_Aires',
  'SA Pacific Standard Time': 'America/Bogota',
  'India Standard Time': 'Asia/Kolkata',
  'China Standard Time': 'Asia/Shanghai',
  'Tokyo Standard Time': 'Asia/Tokyo',
  'Korea Standard Time': 'Asia/Seoul',
  'Singapore Standard Time': 'Asia/Singapore',
  'SE Asia Standard Time': 'Asia/Bangkok',
  'Arabian Standard Time': 'Asia/Dubai',
  'Arab Standard Time': 'Asia/Riyadh',
  'Israel Standard Time': 'Asia/Jerusalem',
  'AUS Eastern Standard Time': 'Australia/Sydney',
  'E. Australia Standard Time': 'Australia/Brisbane',
  'W. Australia Standard Time': 'Australia/Perth',
  'Cen. Australia Standard Time': 'Australia/Adelaide',
  'New Zealand Standard Time': 'Pacific/Auckland',
  'South Africa Standard Time': 'Africa/Johannesburg',
  'Egypt Standard Time': 'Africa/Cairo',
};
const zoneType = typeOf('TimeZoneInfo');
function findZone(id: string): Native {
  const iana = windowsZones[id] ?? id;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: iana,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    return new Native(zoneType, { text: id, id, format });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return raise('TimeZoneNotFoundException', `The time zone ID '${id}' was not found on the local computer.`);
  }
}
/** Minutes from UTC at a moment. */
function offsetAt(zone: V, utcTicks: bigint): number {
  const milliseconds = Number((utcTicks - 621_355_968_000_000_000n) / 10_000n);
  const parts = Object.fromEntries(
    zone.state.format
      .formatToParts(new Date(milliseconds))
      .map(({ type, value }: { type: string; value: string }) => [type, Number(value)]),
  );
  const local = Date.UTC(
    parts['year'] ?? 1970,
    (parts['month'] ?? 1) - 1,
    parts['day'] ?? 1,
    parts['hour'] ?? 0,
    parts['minute'] ?? 0,
    parts['second'] ?? 0,
  );
  return Math.round((local - Math.floor(milliseconds / 1000) * 1000) / 60_000);
}
const minutes = (count: number): bigint => BigInt(count) * ticksPer.minute;
/** A clock of the zone as UTC: the offset is that of the moment it names. */
function toUtcTicks(zone: V, ticks: bigint): bigint {
  const first = ticks - minutes(offsetAt(zone, ticks));
  return ticks - minutes(offsetAt(zone, first));
}
const isUtcZone = (zone: V): boolean => zone.state.id === 'UTC';
const fromUtc = (utc: bigint, zone: V): DateTime =>
  new DateTime(utc + minutes(offsetAt(zone, utc)), isUtcZone(zone) ? 1 : 0);

function defineTimeZone(): void {
  const utc = findZone('UTC');
  const convert = (d: DateTime, from: V, to: V): DateTime => fromUtc(toUtcTicks(given(from), d.ticks), given(to));
  defineType({
    type: 'TimeZoneInfo',
    members: {
      'Id:string': (z) => z.state.id,
      'DisplayName:string': (z) => (isUtcZone(z) ? 'UTC' : z.state.id),
      'StandardName:string': (z) => z.state.id,
      'DaylightName:string': (z) => z.state.id,
      'BaseUtcOffset:TimeSpan': (z) => {
        const year = new Date().getUTCFullYear();
        const [winter, summer] = [0, 6].map((month) =>
          offsetAt(z, BigInt(Date.UTC(year, month, 1)) * 10_000n + 621_355_968_000_000_000n),
        );
        return new TimeSpan(minutes(Math.min(winter ?? 0, summer ?? 0)));
      },
      'SupportsDaylightSavingTime:bool': (z) => {
        const year = new Date().getUTCFullYear();
        return (
          new Set(
            [0, 6].map((month) => offsetAt(z, BigInt(Date.UTC(year, month, 1)) * 10_000n + 621_355_968_000_000_000n)),
          ).size > 1
        );
      },
      'GetUtcOffset(DateTime):TimeSpan': (z, [d]) =>
        new TimeSpan(minutes(offsetAt(z, d.kind === 0 ? toUtcTicks(z, d.ticks) : d.ticks))),
      'GetUtcOffset(DateTimeOffset):TimeSpan': (z, [d]) => new TimeSpan(minutes(offsetAt(z, d.utcTicks))),
      'IsDaylightSavingTime(DateTime):bool': (z, [d]) => {
        const year = 2000;
        const [a, b] = [0, 6].map((month) =>
          offsetAt(z, BigInt(Date.UTC(year, month, 1)) * 10_000n + 621_355_968_000_000_000n),
        );
        const now = offsetAt(z, d.kind === 0 ? toUtcTicks(z, d.ticks) : d.ticks);
        return a !== b && now === Math.max(a ?? 0, b ?? 0);
      },
      'ToString():string': (z) => z.state.id,
    },
    statics: {
      'Utc:TimeZoneInfo': () => utc,
      'Local:TimeZoneInfo': () => utc,
      'FindSystemTimeZoneById(string):TimeZoneInfo': (_s, [id]) => findZone(given(id)),
      'ConvertTime(DateTime,TimeZoneInfo):DateTime': (_s, [d, z]) => fromUtc(d.ticks, given(z)),
      'ConvertTime(DateTime,TimeZoneInfo,TimeZoneInfo):DateTime': (_s, [d, from, to]) => convert(d, from, to),
      'ConvertTime(DateTimeOffset,TimeZoneInfo):DateTimeOffset': (_s, [d, z]) => {
        const offset = offsetAt(given(z), d.utcTicks);
        return new DateTimeOffset(d.utcTicks + minutes(offset), offset);
      },
      'ConvertTimeFromUtc(DateTime,TimeZoneInfo):DateTime': (_s, [d, z]) => fromUtc(d.ticks, given(z)),
      'ConvertTimeToUtc(DateTime):DateTime': (_s, [d]) => new DateTime(d.ticks, 1),
      'ConvertTimeToUtc(DateTime,TimeZoneInfo):DateTime': (_s, [d, z]) =>
        new DateTime(toUtcTicks(given(z), d.ticks), 1),
      'ConvertTimeBySystemTimeZoneId(DateTime,string):DateTime': (_s, [d, id]) => fromUtc(d.ticks, findZone(given(id))),
      'ConvertTimeBySystemTimeZoneId(DateTime,string,string):DateTime': (_s, [d, from, to]) =>
        convert(d, findZone(given(from)), findZone(given(to))),
      'ConvertTimeBySystemTimeZoneId(DateTimeOffset,string):DateTimeOffset': (_s, [d, id]) => {
        const offset = offsetAt(findZone(given(id)), d.utcTicks);
        return new DateTimeOffset(d.utcTicks + minutes(offset), offset);
      },
    },
  });
}
