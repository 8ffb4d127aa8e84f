import { createHash, createHmac, randomInt, randomUUID } from 'node:crypto';
import { parseNumber, toToken } from './conversion.ts';
import { ExpressionError } from './csharp.ts';
import { addTicks, dateOf, formatDateTime, fromDate, parseDateTime, ticksOfMilliseconds } from './date-time.ts';
import { defineType, type Implementation } from './member-table.ts';
import { compareText, itemsOf } from './members-collections.ts';
import { boxedText, formatComposite } from './text.ts';
import { enumTypes, parseType, T, type Type } from './types.ts';
import { DateTime, Guid, Items, Native, notSupported, parseDecimal, raise, TimeSpan, type V } from './values.ts';

const bytesType = parseType('byte[]');
export const toBytes = (bytes: Uint8Array): Items => new Items(bytesType, [...bytes]);
const buffer = (value: V): Buffer =>
  value === null ? raise('ArgumentNullException', 'Value cannot be null.') : Buffer.from(value.items);
const strings = (items: string[]): Items => new Items(parseType('string[]'), items);
const text = (value: V): string => (value === null ? raise('ArgumentNullException', 'Value cannot be null.') : value);
const char = (code: number): string => String.fromCharCode(code);
const fold = (value: string, comparison: number): string => (comparison % 2 === 1 ? value.toUpperCase() : value);
const range = (ok: boolean): void => {
  if (!ok) raise('ArgumentOutOfRangeException', 'Index and length must refer to a location within the string.');
};
const trimSet = (codes: V): string[] => codes.items.map(char);
const trimStart = (s: string, set: string[]): string => {
  let i = 0;
  while (i < s.length && set.includes(s[i] ?? '')) i++;
  return s.slice(i);
};
const trimEnd = (s: string, set: string[]): string => {
  let i = s.length;
  while (i > 0 && set.includes(s[i - 1] ?? '')) i--;
  return s.slice(0, i);
};
function split(s: string, separators: string[], options: number, count = 2_147_483_647): Items {
  const seps = separators.filter((sep) => sep !== '');
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < s.length && parts.length < count - 1; ) {
    const found =
      seps.length === 0 ? (/\s/.test(s[i] ?? '') ? s[i] : undefined) : seps.find((sep) => s.startsWith(sep, i));
    if (found === undefined) {
      i++;
      continue;
    }
    if (i > start || options === 0) parts.push(s.slice(start, i));
    i += found.length;
    start = i;
  }
  if (start < s.length || options === 0) parts.push(s.slice(start));
  return strings(parts);
}
const chars = (v: V): string[] => v.items.map(char);

function defineString(): void {
  defineType({
    type: 'string',
    bases: ['IEnumerable<char>'],
    members: {
      'Length:int': (s) => s.length,
      'Substring(int):string': (s, [i]) => {
        range(i >= 0 && i <= s.length);
        return s.slice(i);
      },
      'Substring(int,int):string': (s, [i, n]) => {
        range(i >= 0 && n >= 0 && i + n <= s.length);
        return s.slice(i, i + n);
      },
      'Contains(string):bool': (s, [x]) => s.includes(text(x)),
      'StartsWith(string):bool': (s, [x]) => s.startsWith(text(x)),
      'StartsWith(string,StringComparison):bool': (s, [x, c]) => fold(s, c).startsWith(fold(text(x), c)),
      'EndsWith(string):bool': (s, [x]) => s.endsWith(text(x)),
      'EndsWith(string,StringComparison):bool': (s, [x, c]) => fold(s, c).endsWith(fold(text(x), c)),
      'IndexOf(string):int': (s, [x]) => s.indexOf(text(x)),
      'IndexOf(char):int': (s, [x]) => s.indexOf(char(x)),
      'IndexOf(string,int):int': (s, [x, i]) => {
        range(i >= 0 && i <= s.length);
        return s.indexOf(text(x), i);
      },
      'IndexOf(char,int):int': (s, [x, i]) => {
        range(i >= 0 && i <= s.length);
        return s.indexOf(char(x), i);
      },
      'IndexOf(string,StringComparison):int': (s, [x, c]) => fold(s, c).indexOf(fold(text(x), c)),
      'LastIndexOf(string):int': (s, [x]) => s.lastIndexOf(text(x)),
      'LastIndexOf(char):int': (s, [x]) => s.lastIndexOf(char(x)),
      'ToLower():string': (s) => s.toLowerCase(),
      'ToUpper():string': (s) => s.toUpperCase(),
      'ToLowerInvariant():string': (s) => s.toLowerCase(),
      'ToUpperInvariant():string': (s) => s.toUpperCase(),
      'Trim():string': (s) => s.trim(),
      'TrimStart():string': (s) => s.trimStart(),
      'TrimEnd():string': (s) => s.trimEnd(),
      'Trim(params char[]):string': (s, [c]) => trimEnd(trimStart(s, trimSet(c)), trimSet(c)),
      'TrimStart(params char[]):string': (s, [c]) => trimStart(s, trimSet(c)),
      'TrimEnd(params char[]):string': (s, [c]) => trimEnd(s, trimSet(c)),
      'Replace(string,string):string': (s, [a, b], r) => {
        if (text(a) === '') raise('ArgumentException', 'String cannot be of zero length.');
        r.charge((s.split(a).length - 1) * (b?.length ?? 0));
        return s.replaceAll(a, () => b ?? '');
      },
      'Replace(char,char):string': (s, [a, b]) => s.replaceAll(char(a), () => char(b)),
      'Split(params char[]):string[]': (s, [c]) => split(s, chars(c), 0),
      'Split(char[],int):string[]': (s, [c, n]) =>
        n < 1 ? notSupported('Split into fewer than one part') : split(s, chars(c), 0, n),
      'Split(char[],StringSplitOptions):string[]': (s, [c, o]) => split(s, chars(c), o),
      'Split(string[],StringSplitOptions):string[]': (s, [c, o]) => split(s, c.items, o),
      'Remove(int):string': (s, [i]) => {
        range(i >= 0 && i < s.length);
        return s.slice(0, i);
      },
      'Remove(int,int):string': (s, [i, n]) => {
        range(i >= 0 && n >= 0 && i + n <= s.length);
        return s.slice(0, i) + s.slice(i + n);
      },
      'Insert(int,string):string': (s, [i, x]) => {
        range(i >= 0 && i <= s.length);
        return s.slice(0, i) + text(x) + s.slice(i);
      },
      'PadLeft(int):string': (s, [n], r) => {
        r.charge(n);
        return s.padStart(n);
      },
      'PadRight(int):string': (s, [n], r) => {
        r.charge(n);
        return s.padEnd(n);
      },
      'PadLeft(int,char):string': (s, [n, c], r) => {
        r.charge(n);
        return s.padStart(n, char(c));
      },
      'PadRight(int,char):string': (s, [n, c], r) => {
        r.charge(n);
        return s.padEnd(n, char(c));
      },
      'Equals(string):bool': (s, [x]) => s === x,
      'Equals(string,StringComparison):bool': (s, [x, c]) => x !== null && fold(s, c) === fold(x, c),
      'ToCharArray():char[]': (s) => new Items(parseType('char[]'), [...itemsOf(s)]),
      'CompareTo(string):int': (s, [x]) => compareText(s, x ?? ''),
      ...jwtMembers,
    },
    statics: {
      'Empty:string': () => '',
      'IsNullOrEmpty(string):bool': (_s, [x]) => x === null || x === '',
      'IsNullOrWhiteSpace(string):bool': (_s, [x]) => x === null || x.trim() === '',
      'Concat(params string[]):string': (_s, [x]) => x.items.map((v: V) => v ?? '').join(''),
      'Concat(IEnumerable<string>):string': (_s, [x]) =>
        itemsOf(x)
          .map((v) => v ?? '')
          .join(''),
      'Join(string,params string[]):string': (_s, [sep, x]) => x.items.map((v: V) => v ?? '').join(sep ?? ''),
      'Join(string,IEnumerable<string>):string': (_s, [sep, x]) =>
        itemsOf(x)
          .map((v) => v ?? '')
          .join(sep ?? ''),
      'Format(string,params object[]):string': (_s, [f, x]) => formatComposite(text(f), x.items),
      'Equals(string,string):bool': (_s, [a, b]) => a === b,
      'Equals(string,string,StringComparison):bool': (_s, [a, b, c]) =>
        a === null || b === null ? a === b : fold(a, c) === fold(b, c),
    },
  });
}

/** The claims of a token, unverified, as `AsJwt` gives them; null where the text is no token. */
function readJwt(value: string | null): Native | null {
  const parts = (value ?? '').replace(/^Bearer /i, '').split('.');
  if (parts.length !== 3) return null;
  try {
    const decode = (part: string | undefined): V => JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    const [header, claims] = [decode(parts[0]), decode(parts[1])];
    if (typeof header !== 'object' || typeof claims !== 'object' || header === null || claims === null) return null;
    return new Native(parseType('Jwt'), { header, claims });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
const jwtMembers: Record<string, Implementation> = {
  'AsJwt():Jwt': (s) => readJwt(s),
  'TryParseJwt(out Jwt):bool': (s, [out]) => {
    const jwt = readJwt(s);
    out(jwt);
    return jwt !== null;
  },
  'AsBasic():BasicAuthCredentials': (s) => {
    const match = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(s ?? '');
    const pair = match ? Buffer.from(match[1] ?? '', 'base64').toString('utf8') : '';
    const colon = pair.indexOf(':');
    return colon < 0
      ? null
      : new Native(parseType('BasicAuthCredentials'), { user: pair.slice(0, colon), password: pair.slice(colon + 1) });
  },
};

const parsers = (name: string): Record<string, Implementation> => ({
  [`Parse(string):${name}`]: (_s, [x]) => parseNumber(x, parseType(name)),
  [`TryParse(string,out ${name}):bool`]: (_s, [x, out]) => {
    try {
      out(x === null ? (name === 'long' ? 0n : 0) : parseNumber(x, parseType(name)));
      return x !== null;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      out(name === 'long' || name === 'ulong' ? 0n : name === 'decimal' ? parseDecimal('0') : 0);
      return false;
    }
  },
});
const parseBool = (value: V): boolean =>
  /^\s*true\s*$/i.test(text(value))
    ? true
    : /^\s*false\s*$/i.test(value)
      ? false
      : raise('FormatException', 'String was not recognized as a valid Boolean.');
const span =
  (unit: bigint): Implementation =>
  (_s, [n]) =>
    new TimeSpan(BigInt(Math.round(n * Number(unit / 10_000n))) * 10_000n);
const units = {
  Milliseconds: 10_000n,
  Seconds: 10_000_000n,
  Minutes: 600_000_000n,
  Hours: 36_000_000_000n,
  Days: 864_000_000_000n,
};
const addUnit =
  (unit: bigint): Implementation =>
  (d, [n]) =>
    addTicks(d, BigInt(Math.round(n * Number(unit / 10_000n))) * 10_000n);
const monthsLater = (d: DateTime, count: number): DateTime => {
  const date = dateOf(d);
  const day = date.getUTCDate();
  const target = new Date(date);
  target.setUTCDate(1);
  target.setUTCMonth(date.getUTCMonth() + count);
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(day, last));
  return new DateTime(ticksOfMilliseconds(target.getTime()) + (d.ticks % 10_000n), d.kind);
};
const urlEncode = (value: string): string =>
  encodeURIComponent(value).replaceAll('%20', '+').replaceAll("'", '%27').replaceAll('~', '%7E');
const hash = (name: string, algorithm: string): void => {
  defineType({
    type: name,
    bases: ['object'],
    members: {
      'new()': () => new Native(parseType(name), {}),
      'ComputeHash(byte[]):byte[]': (_s, [b]) => toBytes(createHash(algorithm).update(buffer(b)).digest()),
    },
    statics: { [`Create():${name}`]: () => new Native(parseType(name), {}) },
  });
  defineType({
    type: `HMAC${name}`,
    bases: ['object'],
    members: {
      'new(byte[])': (_s, [key]) => new Native(parseType(`HMAC${name}`), buffer(key)),
      'ComputeHash(byte[]):byte[]': (s, [b]) => toBytes(createHmac(algorithm, s.state).update(buffer(b)).digest()),
    },
  });
};

export function defineSystem(): void {
  defineType({ type: 'object' });
  defineString();
  for (const name of [
    'int',
    'long',
    'double',
    'decimal',
    'short',
    'byte',
    'uint',
    'float',
    'ulong',
    'sbyte',
    'ushort',
  ]) {
    const limits: Record<string, [V, V]> = {
      int: [-2147483648, 2147483647],
      long: [-9223372036854775808n, 9223372036854775807n],
      short: [-32768, 32767],
      byte: [0, 255],
      double: [-Number.MAX_VALUE, Number.MAX_VALUE],
    };
    const limit = limits[name];
    defineType({
      type: name,
      bases: ['object'],
      statics: {
        ...parsers(name),
        ...(limit ? { [`MinValue:${name}`]: () => limit[0], [`MaxValue:${name}`]: () => limit[1] } : {}),
      },
    });
  }
  defineType({
    type: 'bool',
    bases: ['object'],
    statics: {
      'Parse(string):bool': (_s, [x]) => parseBool(x),
      'TryParse(string,out bool):bool': (_s, [x, out]) => {
        const ok = /^\s*(true|false)\s*$/i.test(x ?? '');
        out(ok && /true/i.test(x));
        return ok;
      },
    },
  });
  defineType({
    type: 'char',
    bases: ['object'],
    statics: {
      'IsDigit(char):bool': (_s, [c]) => /\p{Nd}/u.test(char(c)),
      'IsLetter(char):bool': (_s, [c]) => /\p{L}/u.test(char(c)),
      'IsLetterOrDigit(char):bool': (_s, [c]) => /[\p{L}\p{Nd}]/u.test(char(c)),
      'IsWhiteSpace(char):bool': (_s, [c]) => /\s/.test(char(c)),
      'ToUpper(char):char': (_s, [c]) => char(c).toUpperCase().charCodeAt(0),
      'ToLower(char):char': (_s, [c]) => char(c).toLowerCase().charCodeAt(0),
    },
  });
  for (const name of [
    'Exception',
    'ArgumentException',
    'ArgumentNullException',
    'InvalidOperationException',
    'FormatException',
    'KeyNotFoundException',
    'NullReferenceException',
    'InvalidCastException',
  ]) {
    const full = name === 'KeyNotFoundException' ? `System.Collections.Generic.${name}` : `System.${name}`;
    defineType({
      type: name,
      bases: [name === 'Exception' ? 'object' : 'Exception'],
      members: {
        'Message:string': (e) => e.message,
        'new()': () => new ExpressionError(full, `Exception of type '${full}' was thrown.`),
        ...(name.startsWith('Argument')
          ? {}
          : { 'new(string)': (_s: V, [m]: V[]) => new ExpressionError(full, m ?? '') }),
      },
    });
  }
  defineType({
    type: 'Convert',
    statics: {
      'ToBase64String(byte[]):string': (_s, [b]) => buffer(b).toString('base64'),
      'FromBase64String(string):byte[]': (_s, [x]) => {
        const clean = text(x).replace(/\s/g, '');
        return clean.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(clean)
          ? toBytes(Buffer.from(clean, 'base64'))
          : raise('FormatException', 'The input is not a valid Base-64 string.');
      },
      'ToInt32(string):int': (_s, [x]) => (x === null ? 0 : parseNumber(x, T.int)),
      'ToInt64(string):long': (_s, [x]) => (x === null ? 0n : parseNumber(x, T.long)),
      'ToDouble(string):double': (_s, [x]) => (x === null ? 0 : parseNumber(x, T.double)),
      'ToBoolean(string):bool': (_s, [x]) => (x === null ? false : parseBool(x)),
      'ToBoolean(bool):bool': (_s, [x]) => x,
      'ToInt32(int):int': (_s, [x]) => x,
      'ToInt32(object):int': (_s, [x]) =>
        x === null
          ? 0
          : typeof x === 'number'
            ? x
            : typeof x === 'string'
              ? parseNumber(x, T.int)
              : notSupported('Convert.ToInt32 of this value'),
      'ToBoolean(object):bool': (_s, [x]) =>
        x === null
          ? false
          : typeof x === 'boolean'
            ? x
            : typeof x === 'string'
              ? parseBool(x)
              : notSupported('Convert.ToBoolean of this value'),
      'ToString(object):string': (_s, [x]) => boxedText(x),
    },
  });
  defineType({
    type: 'Math',
    statics: {
      'Abs(int):int': (_s, [a]) =>
        a === -2147483648
          ? raise('OverflowException', 'Negating the minimum value of a twos complement number is invalid.')
          : Math.abs(a),
      'Abs(double):double': (_s, [a]) => Math.abs(a),
      'Max(int,int):int': (_s, [a, b]) => Math.max(a, b),
      'Min(int,int):int': (_s, [a, b]) => Math.min(a, b),
      'Max(long,long):long': (_s, pair) => pair.reduce((best, value) => (BigInt(value) > BigInt(best) ? value : best)),
      'Min(long,long):long': (_s, pair) => pair.reduce((best, value) => (BigInt(value) < BigInt(best) ? value : best)),
      'Max(double,double):double': (_s, [a, b]) => Math.max(a, b),
      'Min(double,double):double': (_s, [a, b]) => Math.min(a, b),
      'Floor(double):double': (_s, [a]) => Math.floor(a),
      'Ceiling(double):double': (_s, [a]) => Math.ceil(a),
      'Sqrt(double):double': (_s, [a]) => Math.sqrt(a),
      'Pow(double,double):double': (_s, [a, b]) => a ** b,
      'Round(double):double': (_s, [a]) => {
        const f = Math.floor(a);
        return a - f === 0.5 ? (f % 2 === 0 ? f : f + 1) : Math.round(a);
      },
    },
  });
  defineType({
    type: 'Guid',
    bases: ['object'],
    members: {
      'ToByteArray():byte[]': (g) => {
        const b = Buffer.from(g.text.replaceAll('-', ''), 'hex');
        return toBytes(
          Buffer.concat([
            b.subarray(0, 4).reverse(),
            b.subarray(4, 6).reverse(),
            b.subarray(6, 8).reverse(),
            b.subarray(8),
          ]),
        );
      },
    },
    statics: {
      'NewGuid():Guid': () => new Guid(randomUUID()),
      'Empty:Guid': () => new Guid('00000000-0000-0000-0000-000000000000'),
      'Parse(string):Guid': (_s, [x]) =>
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text(x).trim())
          ? new Guid(x.trim().toLowerCase())
          : raise(
              'FormatException',
              'Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx).',
            ),
    },
  });
  const spanGetters = Object.fromEntries(
    Object.entries(units).flatMap(([name, unit]): [string, Implementation][] => [
      [`Total${name}:double`, (t) => Number(t.ticks) / Number(unit)],
      [
        `${name}:int`,
        (t) =>
          Number(
            (BigInt(t.ticks) / unit) %
              ({ Milliseconds: 1000n, Seconds: 60n, Minutes: 60n, Hours: 24n, Days: 100_000_000n }[name] ?? 1n),
          ),
      ],
    ]),
  );
  defineType({
    type: 'TimeSpan',
    bases: ['object'],
    members: {
      ...spanGetters,
      'Ticks:long': (t) => t.ticks,
      'new(int,int,int)': (_s, [h, m, s]) =>
        new TimeSpan(BigInt(h) * units.Hours + BigInt(m) * units.Minutes + BigInt(s) * units.Seconds),
    },
    statics: {
      'Zero:TimeSpan': () => new TimeSpan(0n),
      ...Object.fromEntries(Object.entries(units).map(([name, unit]) => [`From${name}(double):TimeSpan`, span(unit)])),
    },
  });
  const dateMembers: Record<string, Implementation> = {
    'Ticks:long': (d) => d.ticks,
    'Year:int': (d) => dateOf(d).getUTCFullYear(),
    'Month:int': (d) => dateOf(d).getUTCMonth() + 1,
    'Day:int': (d) => dateOf(d).getUTCDate(),
    'Hour:int': (d) => dateOf(d).getUTCHours(),
    'Minute:int': (d) => dateOf(d).getUTCMinutes(),
    'Second:int': (d) => dateOf(d).getUTCSeconds(),
    'Millisecond:int': (d) => dateOf(d).getUTCMilliseconds(),
    'DayOfWeek:DayOfWeek': (d) => dateOf(d).getUTCDay(),
    'Date:DateTime': (d) => new DateTime((d.ticks - ((d.ticks % units.Days) as V)) as V, d.kind),
    'TimeOfDay:TimeSpan': (d) => new TimeSpan((d.ticks % units.Days) as V),
    'DayOfYear:int': (d) =>
      Number((d.ticks - ticksOfMilliseconds(Date.UTC(dateOf(d).getUTCFullYear(), 0, 1))) / units.Days) + 1,
    'AddMonths(int):DateTime': (d, [n]) => monthsLater(d, n),
    'AddYears(int):DateTime': (d, [n]) => monthsLater(d, n * 12),
    'Add(TimeSpan):DateTime': (d, [t]) => addTicks(d, t.ticks),
    'Subtract(DateTime):TimeSpan': (d, [o]) => new TimeSpan((d.ticks - o.ticks) as V),
    'Subtract(TimeSpan):DateTime': (d, [t]) => addTicks(d, -(t.ticks as bigint)),
    'AddTicks(long):DateTime': (d, [n]) => addTicks(d, n),
    ...Object.fromEntries(Object.entries(units).map(([name, unit]) => [`Add${name}(double):DateTime`, addUnit(unit)])),
    'new(int,int,int)': (_s, [y, m, d]) =>
      parseDateTime(`${String(y).padStart(4, '0')}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`) ??
      raise('ArgumentOutOfRangeException', 'Year, Month, and Day parameters describe an un-representable DateTime.'),
    'ToUniversalTime():DateTime': (d) => new DateTime(d.ticks, 1),
    'Kind:DateTimeKind': (d) => d.kind,
  };
  defineType({
    type: 'DateTime',
    bases: ['object'],
    members: dateMembers,
    statics: {
      'UtcNow:DateTime': () => fromDate(new Date()),
      'Now:DateTime': () => fromDate(new Date(), 2),
      'MinValue:DateTime': () => new DateTime(0n, 0),
      'MaxValue:DateTime': () => new DateTime(3_155_378_975_999_999_999n, 0),
      'Parse(string):DateTime': (_s, [x]) => {
        const d = parseDateTime(text(x));
        if (!d) return notSupported(`The date text '${x}'`);
        return d.kind === 1 ? new DateTime(d.ticks, 2) : d;
      },
    },
  });
  defineType({
    type: 'Encoding',
    bases: ['object'],
    members: {
      'GetBytes(string):byte[]': (e, [x], r) => {
        r.charge(text(x).length * 3);
        return toBytes(Buffer.from(x, e.state));
      },
      'GetString(byte[]):string': (e, [b]) => buffer(b).toString(e.state),
    },
    statics: { 'UTF8:Encoding': () => new Native(parseType('Encoding'), 'utf8') },
  });
  defineType({
    type: 'WebUtility',
    statics: {
      'UrlEncode(string):string': (_s, [x]) => (x === null ? null : urlEncode(x)),
      'UrlDecode(string):string': (_s, [x]) => {
        try {
          return x === null ? null : decodeURIComponent(x.replaceAll('+', ' '));
        } catch {
          return notSupported('This URL-encoded text');
        }
      },
    },
  });
  defineType({
    type: 'Uri',
    bases: ['object'],
    members: {
      'new(string)': (_s, [x]) =>
        URL.canParse(text(x))
          ? new Native(parseType('Uri'), { url: new URL(x), text: x })
          : raise('UriFormatException', 'Invalid URI: The format of the URI could not be determined.'),
      'Host:string': (u) => u.state.url.hostname,
      'AbsolutePath:string': (u) => u.state.url.pathname,
      'Scheme:string': (u) => u.state.url.protocol.slice(0, -1),
    },
    statics: {
      'EscapeDataString(string):string': (_s, [x]) =>
        encodeURIComponent(text(x)).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    },
  });
  defineType({
    type: 'Random',
    bases: ['object'],
    members: {
      'new()': () => new Native(parseType('Random'), {}),
      'Next():int': () => randomInt(2147483647),
      'Next(int):int': (_s, [n]) =>
        n < 0
          ? raise('ArgumentOutOfRangeException', "'maxValue' must be greater than zero.")
          : n === 0
            ? 0
            : randomInt(n),
      'Next(int,int):int': (_s, [a, b]) =>
        a > b
          ? raise('ArgumentOutOfRangeException', "'minValue' cannot be greater than maxValue.")
          : a === b
            ? a
            : randomInt(a, b),
      'NextDouble():double': () => Math.random(),
    },
  });
  for (const [name, algorithm] of [
    ['SHA256', 'sha256'],
    ['SHA1', 'sha1'],
    ['SHA512', 'sha512'],
    ['SHA384', 'sha384'],
    ['MD5', 'md5'],
  ] as const)
    hash(name, algorithm);
  for (const name of Object.keys(enumTypes)) defineType({ type: name, bases: ['object'] });
  const claim = (jwt: V, name: string): string | null =>
    jwt.state.claims[name] === undefined ? null : String(jwt.state.claims[name]);
  defineType({
    type: 'Jwt',
    bases: ['object'],
    members: {
      'Subject:string': (j) => claim(j, 'sub'),
      'Issuer:string': (j) => claim(j, 'iss'),
      'Id:string': (j) => claim(j, 'jti'),
      'Claims:JwtClaims': (j) => new Native(parseType('JwtClaims'), j.state.claims),
    },
  });
  const values = (all: V, name: string): string[] | undefined =>
    !Object.hasOwn(all, name)
      ? undefined
      : (Array.isArray(all[name]) ? all[name] : [all[name]]).map((v: V) =>
          typeof v === 'object' && v !== null ? JSON.stringify(v) : typeof v === 'boolean' ? String(v) : String(v),
        );
  defineType({
    type: 'JwtClaims',
    bases: ['object'],
    members: {
      'ContainsKey(string):bool': (c, [n]) => Object.hasOwn(c.state, text(n)),
      'GetValueOrDefault(string,string):string': (c, [n, d]) => values(c.state, text(n))?.join(',') ?? d,
      'this[string]:string[]': (c, [n]) =>
        strings(
          values(c.state, text(n)) ?? raise('KeyNotFoundException', 'The given key was not present in the dictionary.'),
        ),
    },
  });
  defineType({
    type: 'BasicAuthCredentials',
    bases: ['object'],
    members: { 'UserId:string': (b) => b.state.user, 'Password:string': (b) => b.state.password },
  });
  defineType({
    type: 'setter',
    statics: {
      'list(int,object)': (l, [i, v]) => {
        if (i < 0 || i >= l.items.length) raise('ArgumentOutOfRangeException', 'Index was out of range.');
        l.items[i] = v;
      },
      'array(int,object)': (l, [i, v]) => {
        if (i < 0 || i >= l.items.length)
          raise('IndexOutOfRangeException', 'Index was outside the bounds of the array.');
        l.items[i] = v;
      },
      'Dictionary(object,object)': (d, [k, v], r) => {
        if (k === null) raise('ArgumentNullException', 'Value cannot be null.');
        r.charge(1);
        const old = d.map.get(d.keyOf(k));
        if (old) old.value = v;
        else d.map.set(d.keyOf(k), { key: k, value: v });
      },
      'JObject(object,object)': (o, [k, v]) =>
        o.set(
          typeof k === 'string' ? k : raise('ArgumentException', 'A JObject is indexed by a name.'),
          toToken(T.object, v),
        ),
    },
  });
  void [formatDateTime, {} as Type];
}
