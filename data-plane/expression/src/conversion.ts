import { parseDateTime } from './date-time.ts';
import { JArray, JObject, JProperty, JToken, JValue } from './json.ts';
import { tableOf } from './member-table.ts';
import { textOf } from './text.ts';
import { isBig, isInteger, isNumeric, isValueType, same, substitute, T, type Type, typeOf } from './types.ts';
import {
  Boxed,
  box,
  DateTime,
  Decimal,
  decimalText,
  doubleText,
  Guid,
  Items,
  Native,
  notSupported,
  parseDecimal,
  raise,
  runtimeType,
  TimeSpan,
  type V,
  wrapInteger,
} from './values.ts';

export type Convert = (value: V) => V;
export interface Conversion {
  /** 0 identity … the binder takes the candidate with the least. */
  readonly cost: number;
  readonly convert: Convert;
}
const identity: Convert = (value) => value;
const widening: Readonly<Record<string, string>> = {
  sbyte: 'short int long float double decimal',
  byte: 'short ushort int uint long ulong float double decimal',
  short: 'int long float double decimal',
  ushort: 'int uint long ulong float double decimal',
  char: 'ushort int uint long ulong float double decimal',
  int: 'long float double decimal',
  uint: 'long ulong float double decimal',
  long: 'float double decimal',
  ulong: 'float double decimal',
  float: 'double',
};

export function numeric(from: Type, to: Type, isChecked = false): Convert {
  if (same(from, to)) return identity;
  if (isInteger(to)) {
    if (isInteger(from)) {
      if (isBig(from) || isBig(to) || widening[from.name]?.split(' ').includes(to.name) !== true)
        return (value) => wrapInteger(BigInt(value), to.name, isChecked);
      return identity;
    }
    if (from.name === 'decimal')
      return (value: Decimal) => wrapInteger(value.mantissa / 10n ** BigInt(value.scale), to.name, true);
    return (value) => {
      if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63)
        return isChecked
          ? raise('OverflowException', 'Arithmetic operation resulted in an overflow.')
          : notSupported('A number out of range of the cast');
      return wrapInteger(BigInt(Math.trunc(value)), to.name, isChecked);
    };
  }
  if (to.name === 'decimal') {
    if (isInteger(from)) return (value) => new Decimal(BigInt(value), 0);
    return (value) => {
      if (!Number.isFinite(value) || Math.abs(value) >= 7.9e28)
        return raise('OverflowException', 'Value was either too large or too small for a Decimal.');
      const text = doubleText(value);
      return text.includes('E') ? notSupported('This cast to decimal') : parseDecimal(text);
    };
  }
  const narrow: Convert = to.name === 'float' ? Math.fround : identity;
  return (value) => narrow(value instanceof Decimal ? Number(decimalText(value)) : Number(value));
}

const tokenSources: Readonly<Record<string, (value: V) => JToken>> = {
  string: (value) => new JValue(value === null ? 'Null' : 'String', value),
  bool: (value) => new JValue('Boolean', value),
  DateTime: (value) => new JValue('Date', value),
  double: (value) => new JValue('Float', value),
  float: (value) => new JValue('Float', value),
};
/** A plain value as a token. */
export function toToken(type: Type, value: V): JToken {
  if (value === null) return new JValue('Null', null);
  if (value instanceof JToken) return value;
  if (type.name === '?') return toToken(type.args[0] ?? type, value);
  if (value instanceof Boxed) return toToken(value.type, value.value);
  const make = tokenSources[type.name];
  if (make) return make(value);
  if (isInteger(type) && type.name !== 'char') return new JValue('Integer', BigInt(value));
  if (type.name === 'object') return toToken(runtimeType(value), value);
  if (value instanceof Guid) return new JValue('String', value.text);
  return notSupported(`A JSON value of a ${type.key}`);
}
const nullOrThrow = (to: Type): V =>
  isValueType(to) && to.name !== '?' ? raise('ArgumentException', `Can not convert Null to ${to.key}.`) : null;

/** Newtonsoft's explicit conversions of a token. */
export function fromToken(value: V, to: Type): V {
  if (value === null)
    return isValueType(to) && to.name !== '?' ? raise('ArgumentNullException', 'Value cannot be null.') : null;
  const target = to.name === '?' ? (to.args[0] ?? to) : to;
  const token: V = value instanceof JProperty ? value.value : value;
  if (!(token instanceof JValue))
    return raise(
      'ArgumentException',
      `Can not convert ${token.constructor === JObject ? 'Object' : 'Array'} to ${target.key}.`,
    );
  if (token.kind === 'Null') return to.name === 'string' ? null : nullOrThrow(to);
  const { kind } = token;
  const raw: V = token.value;
  if (target.name === 'string') {
    if (kind === 'Float') return doubleText(raw);
    return textOf(token.type, token);
  }
  if (target.name === 'bool') {
    if (kind === 'Boolean') return raw;
    if (kind === 'Integer' || kind === 'Float') return Number(raw) !== 0;
    if (kind === 'String' && /^\s*(true|false)\s*$/i.test(raw)) return raw.trim().toLowerCase() === 'true';
    return raise(
      kind === 'String' ? 'FormatException' : 'ArgumentException',
      'String was not recognized as a valid Boolean.',
    );
  }
  if (isNumeric(target) && target.name !== 'char') {
    if (kind === 'Integer')
      return isInteger(target) ? wrapInteger(raw, target.name, true) : numeric(T.long, target)(raw);
    if (kind === 'Float') {
      if (!isInteger(target)) return numeric(T.double, target)(raw);
      const floor = Math.floor(raw);
      const rounded = raw - floor === 0.5 ? (floor % 2 === 0 ? floor : floor + 1) : Math.round(raw);
      return wrapInteger(BigInt(rounded), target.name, true);
    }
    if (kind === 'Boolean') return numeric(T.int, target)(raw ? 1 : 0);
    if (kind === 'String') return parseNumber(raw, target);
    return raise('ArgumentException', `Can not convert ${kind} to ${target.key}.`);
  }
  if (target.name === 'DateTime') {
    if (kind === 'Date') return raw;
    if (kind === 'String') return parseDateTime(raw) ?? notSupported('This date text');
    return raise('ArgumentException', `Can not convert ${kind} to DateTime.`);
  }
  if (target.name === 'Guid' && kind === 'String') return new Guid(String(raw).toLowerCase());
  return notSupported(`The conversion of JSON to ${to.key}`);
}

export function parseNumber(text: V, type: Type): V {
  if (text === null) return raise('ArgumentNullException', 'Value cannot be null.');
  const trimmed = text.trim();
  const bad = (): never => raise('FormatException', 'Input string was not in a correct format.');
  if (isInteger(type))
    return /^[+-]?\d+$/.test(trimmed) ? wrapInteger(BigInt(trimmed.replace('+', '')), type.name, true) : bad();
  if (!/^[+-]?(\d{1,3}(,\d{3})*|\d+)?(\.\d*)?([eE][+-]?\d+)?$/.test(trimmed) || !/\d/.test(trimmed)) return bad();
  const clean = trimmed.replaceAll(',', '').replace('+', '');
  if (!Number.isFinite(Number(clean))) return raise('OverflowException', 'Value was either too large or too small.');
  if (type.name === 'decimal') return /e/i.test(clean) ? bad() : parseDecimal(clean.replace(/^(-?)\./, '$10.'));
  return type.name === 'float' ? Math.fround(Number(clean)) : Number(clean);
}

/** All types that a type is, by table. */
export function baseTypes(type: Type): Type[] {
  const table = tableOf(type.name);
  if (!table) return same(type, T.object) ? [] : [T.object];
  const binding = new Map(table.generics.map((letter, index) => [letter, type.args[index] ?? T.object]));
  return table.bases.map((base) => substitute(base, binding));
}
export function isSubtype(from: Type, to: Type): boolean {
  if (same(from, to)) return true;
  // IEnumerable<string> is an IEnumerable<object>; value types do not vary.
  if (
    from.name === to.name &&
    from.name.startsWith('I') &&
    from.args.length === 1 &&
    !isValueType(from.args[0] ?? from) &&
    from.args[0] &&
    to.args[0]
  )
    return isSubtype(from.args[0], to.args[0]);
  return baseTypes(from).some((base) => isSubtype(base, to));
}

/** Implicit conversions; undefined: there is none. */
export function implicit(from: Type, to: Type): Conversion | undefined {
  if (same(from, to)) return { cost: 0, convert: identity };
  if (from.name === 'void' || to.name === 'void') return undefined;
  if (from.name === 'null')
    return isValueType(to) && to.name !== '?' ? undefined : { cost: same(to, T.object) ? 2 : 1, convert: identity };
  if (to.name === '?') {
    const inner = implicit(from.name === '?' ? (from.args[0] ?? from) : from, to.args[0] ?? to);
    return inner && { cost: inner.cost + 1, convert: (value) => (value === null ? null : inner.convert(value)) };
  }
  if (isNumeric(from) && widening[from.name]?.split(' ').includes(to.name))
    return {
      cost: 1 + Math.max(0, widening[from.name]?.split(' ').indexOf(to.name) ?? 0) / 10,
      convert: numeric(from, to),
    };
  if (same(to, T.object))
    return { cost: isValueType(from) ? 3 : 2.5, convert: isValueType(from) ? (value) => box(from, value) : identity };
  if (isSubtype(from, to)) return { cost: 2, convert: identity };
  if (
    same(to, T.token) &&
    (tokenSources[from.name] || (isInteger(from) && from.name !== 'char') || from.name === 'Guid')
  )
    return { cost: 3, convert: (value) => toToken(from, value) };
  if (to.name === 'DateTimeOffset' && from.name === 'DateTime') return { cost: 3, convert: identity };
  return undefined;
}

const isInterface = (type: Type): boolean => /^I[A-Z]/.test(type.name);
/** Casts; undefined: the compiler refuses. */
export function explicit(from: Type, to: Type, isChecked: boolean): Convert | undefined {
  const simple = implicit(from, to);
  if (simple) return simple.convert;
  if (from.name === '?' && to.name !== '?') {
    const inner = explicit(from.args[0] ?? from, to, isChecked);
    return (
      inner &&
      ((value) =>
        value === null ? raise('InvalidOperationException', 'Nullable object must have a value.') : inner(value))
    );
  }
  if (to.name === '?' && from.name !== 'object' && !isSubtype(from, T.token)) {
    const inner = explicit(from, to.args[0] ?? to, isChecked);
    return inner && ((value) => (value === null ? null : inner(value)));
  }
  if (isNumeric(from) && isNumeric(to)) return numeric(from, to, isChecked);
  if (
    same(from, T.object) ||
    isSubtype(to, from) ||
    isInterface(from) ||
    (isInterface(to) && !isValueType(from) && from.name !== 'string')
  ) {
    return (value) => {
      if (value === null)
        return isValueType(to) && to.name !== '?'
          ? raise('NullReferenceException', 'Object reference not set to an instance of an object.')
          : null;
      const target = to.name === '?' ? (to.args[0] ?? to) : to;
      if (!instanceOf(value, target))
        raise('InvalidCastException', `Unable to cast object of type '${runtimeType(value).key}' to type '${to.key}'.`);
      return value instanceof Boxed ? value.value : value;
    };
  }
  if (
    isSubtype(from, T.token) &&
    (to.name === 'string' || isNumeric(to) || ['bool', 'DateTime', 'Guid', '?'].includes(to.name))
  )
    return (value) => fromToken(value, to);
  return undefined;
}
/** `is`: of a value in a slot of type object. */
export function instanceOf(value: V, type: Type): boolean {
  if (value === null) return false;
  const actual = runtimeType(value);
  if (actual.name === 'DateTime' && type.name === 'DateTimeOffset') return false;
  return same(type, T.object) || isSubtype(actual, type);
}
void [DateTime, Items, Native, TimeSpan, JArray, typeOf];
