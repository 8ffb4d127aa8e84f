import { ExpressionError } from './csharp.ts';
import { enumTypes, integers, type Type, typeOf } from './types.ts';

/**
 * A C# value at run time. Its static type says how it is held: bool, string as they are; int and smaller, float, double, char
 * (code unit), enums as number; long, ulong as bigint; the rest as the classes below. In a slot of type object, values that
 * would be mistaken for another type are `Boxed`: a bare number there is an int, a bare bigint a long.
 */
// biome-ignore lint/suspicious/noExplicitAny: holds values of every C# type; the binder has checked which
export type V = any;

export class Boxed {
  readonly type: Type;
  readonly value: V;
  constructor(type: Type, value: V) {
    this.type = type;
    this.value = value;
  }
}
/** Arrays, List, HashSet, lazy sequences. */
export class Items {
  readonly type: Type;
  items: V[];
  constructor(type: Type, items: V[]) {
    this.type = type;
    this.items = items;
  }
  get element(): Type {
    return this.type.args[0] ?? typeOf('object');
  }
}
export class Dict {
  readonly type: Type;
  readonly map = new Map<V, { key: V; value: V }>();
  readonly keyOf: (key: V) => V;
  constructor(type: Type, keyOf: (key: V) => V = equalityKey) {
    this.type = type;
    this.keyOf = keyOf;
  }
}
export class Pair {
  readonly key: V;
  readonly value: V;
  readonly type: Type;
  constructor(key: V, value: V, type: Type) {
    this.key = key;
    this.value = value;
    this.type = type;
  }
}
/** Ticks of 100 ns since 0001-01-01. kind: 0 unspecified, 1 UTC, 2 local (the gateway's zone is UTC). */
export class DateTime {
  readonly ticks: bigint;
  readonly kind: number;
  constructor(ticks: bigint, kind: number) {
    if (ticks < 0n || ticks > 3_155_378_975_999_999_999n)
      raise('ArgumentOutOfRangeException', 'The date is out of range.');
    this.ticks = ticks;
    this.kind = kind;
  }
}
export class TimeSpan {
  readonly ticks: bigint;
  constructor(ticks: bigint) {
    this.ticks = ticks;
  }
}
export class Guid {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
/** Objects of one class with hidden state: Regex matches, messages, URLs, … */
export class Native {
  readonly type: Type;
  readonly state: V;
  constructor(type: Type, state: V) {
    this.type = type;
    this.state = state;
  }
}
/** Exact decimal: mantissa · 10^-scale. */
export class Decimal {
  readonly mantissa: bigint;
  readonly scale: number;
  constructor(mantissa: bigint, scale: number) {
    this.mantissa = mantissa;
    this.scale = scale;
  }
}

export const namespaces: Readonly<Record<string, string>> = {
  KeyNotFoundException: 'System.Collections.Generic.',
  JsonReaderException: 'Newtonsoft.Json.',
};

export function raise(type: string, message: string): never {
  throw new ExpressionError(`${namespaces[type] ?? 'System.'}${type}`, message);
}
/** Where a value would be a guess: an error that names what is missing. */
export function notSupported(what: string): never {
  throw new ExpressionError('Vigia.NotSupported', `${what} is not supported.`);
}

export function box(type: Type, value: V): V {
  if (value === null || value === undefined) return null;
  if (type.name === '?') return box(type.args[0] ?? type, value);
  return selfDescribing.has(type.name) || (typeof value !== 'number' && typeof value !== 'bigint')
    ? value
    : new Boxed(type, value);
}
const selfDescribing = new Set(['int', 'long', 'object']);

/** The dynamic type of a value in a slot of type object. */
export function runtimeType(value: V): Type {
  if (typeof value === 'string') return typeOf('string');
  if (typeof value === 'boolean') return typeOf('bool');
  if (typeof value === 'number') return typeOf('int');
  if (typeof value === 'bigint') return typeOf('long');
  if (value instanceof DateTime) return typeOf('DateTime');
  if (value instanceof TimeSpan) return typeOf('TimeSpan');
  if (value instanceof Guid) return typeOf('Guid');
  if (value instanceof Decimal) return typeOf('decimal');
  if (value instanceof ExpressionError) return typeOf('Exception');
  return value?.type ?? typeOf('object');
}

/** What two equal keys have in common. */
export function equalityKey(value: V): V {
  if (value instanceof Boxed) return `${value.type.key}:${String(value.value)}`;
  if (value instanceof Guid) return `guid:${value.text}`;
  if (value instanceof DateTime || value instanceof TimeSpan) return `ticks:${value.ticks}`;
  if (value instanceof Decimal) return `decimal:${decimalText(normalise(value))}`;
  return typeof value === 'string' ? `s:${value}` : value;
}

const normalise = ({ mantissa, scale }: Decimal): Decimal => {
  let m = mantissa;
  let s = scale;
  while (s > 0 && m % 10n === 0n) {
    m /= 10n;
    s--;
  }
  return new Decimal(m, s);
};

export function decimalText({ mantissa, scale }: Decimal): string {
  const sign = mantissa < 0n ? '-' : '';
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

export function parseDecimal(text: string): Decimal {
  const [whole = '0', fraction = ''] = text.split('.');
  return new Decimal(BigInt((whole === '-' ? '-0' : whole) + fraction), fraction.length);
}

/** As .NET Framework prints: 15 digits, exponent from 1E+15 and below 1E-05. */
export function doubleText(value: number, digits = 15): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return '0';
  const [mantissa = '0', exponentText = '0'] = value.toExponential(digits - 1).split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const all = mantissa.replace('-', '').replace('.', '').replace(/0+$/, '') || '0';
  if (exponent >= digits || exponent < -5) {
    const rest = all.slice(1);
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${all[0]}${rest ? `.${rest}` : ''}E${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${all}`;
  const whole = all.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = all.slice(exponent + 1);
  return sign + whole + (fraction ? `.${fraction}` : '');
}

export function wrapInteger(value: bigint, name: string, isChecked: boolean): V {
  const range = integers[name];
  if (!range) return value;
  let result = value;
  if (value < range.min || value > range.max) {
    if (isChecked) raise('OverflowException', 'Arithmetic operation resulted in an overflow.');
    const bits =
      { sbyte: 8, byte: 8, short: 16, ushort: 16, char: 16, int: 32, uint: 32, long: 64, ulong: 64 }[name] ?? 64;
    result = range.min < 0n ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  }
  return name === 'long' || name === 'ulong' ? result : Number(result);
}

export const enumName = (type: Type, value: number): string =>
  Object.entries(enumTypes[type.name] ?? {}).find(([, number]) => number === value)?.[0] ?? String(value);
