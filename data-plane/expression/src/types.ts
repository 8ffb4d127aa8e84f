/** A C# type: `List<int>` is { name: 'List', args: [int] }, `int[]` is '[]' of int, `int?` is '?' of int. */
export interface Type {
  readonly key: string;
  readonly name: string;
  readonly args: readonly Type[];
}

const interned = new Map<string, Type>();

export function typeOf(name: string, args: readonly Type[] = []): Type {
  const key =
    name === '[]' || name === '?'
      ? `${args[0]?.key}${name}`
      : args.length > 0
        ? `${name}<${args.map((arg) => arg.key).join(',')}>`
        : name;
  let type = interned.get(key);
  if (!type) {
    type = { key, name, args };
    // Keys come from programs; a bounded table keeps a hostile program from growing it.
    if (interned.size < 10_000) interned.set(key, type);
  }
  return type;
}

/** Reads a type as the member tables write it. */
export function parseType(text: string): Type {
  const source = text.trim();
  if (source.endsWith('[]')) return typeOf('[]', [parseType(source.slice(0, -2))]);
  if (source.endsWith('?')) return typeOf('?', [parseType(source.slice(0, -1))]);
  const open = source.indexOf('<');
  if (open < 0) return typeOf(source);
  return typeOf(source.slice(0, open), splitTop(source.slice(open + 1, -1)).map(parseType));
}

export function splitTop(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '<' || character === '[') depth++;
    if (character === '>' || character === ']') depth--;
    if (character === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += character;
  }
  if (current.trim() !== '') parts.push(current);
  return parts;
}

export const T = {
  object: typeOf('object'),
  string: typeOf('string'),
  bool: typeOf('bool'),
  int: typeOf('int'),
  long: typeOf('long'),
  double: typeOf('double'),
  char: typeOf('char'),
  decimal: typeOf('decimal'),
  void: typeOf('void'),
  null: typeOf('null'),
  token: typeOf('JToken'),
  exception: typeOf('Exception'),
} as const;

export const same = (a: Type, b: Type): boolean => a === b || a.key === b.key;

/** Replaces the letters of a generic signature. */
export function substitute(type: Type, binding: ReadonlyMap<string, Type>): Type {
  const bound = binding.get(type.name);
  if (bound && type.args.length === 0) return bound;
  return type.args.length === 0
    ? type
    : typeOf(
        type.name,
        type.args.map((arg) => substitute(arg, binding)),
      );
}

interface NumericType {
  readonly rank: number;
  readonly min: bigint;
  readonly max: bigint;
}
const integer = (bits: number, signed: boolean, rank: number): NumericType =>
  signed
    ? { rank, min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n }
    : { rank, min: 0n, max: (1n << BigInt(bits)) - 1n };

export const integers: Readonly<Record<string, NumericType>> = {
  sbyte: integer(8, true, 1),
  byte: integer(8, false, 1),
  short: integer(16, true, 2),
  ushort: integer(16, false, 2),
  char: integer(16, false, 2),
  int: integer(32, true, 3),
  uint: integer(32, false, 4),
  long: integer(64, true, 5),
  ulong: integer(64, false, 6),
};
export const isInteger = (type: Type): boolean => Object.hasOwn(integers, type.name);
export const isNumeric = (type: Type): boolean =>
  isInteger(type) || type.name === 'double' || type.name === 'float' || type.name === 'decimal';
export const isBig = (type: Type): boolean => type.name === 'long' || type.name === 'ulong';

const valueTypes = new Set(
  'bool byte sbyte short ushort char int uint long ulong float double decimal DateTime DateTimeOffset TimeSpan Guid KeyValuePair void'.split(
    ' ',
  ),
);
export const enumTypes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  StringComparison: {
    CurrentCulture: 0,
    CurrentCultureIgnoreCase: 1,
    InvariantCulture: 2,
    InvariantCultureIgnoreCase: 3,
    Ordinal: 4,
    OrdinalIgnoreCase: 5,
  },
  StringSplitOptions: { None: 0, RemoveEmptyEntries: 1 },
  DateTimeKind: { Unspecified: 0, Utc: 1, Local: 2 },
  Formatting: { None: 0, Indented: 1 },
  RegexOptions: { None: 0, IgnoreCase: 1, Multiline: 2, Compiled: 8, Singleline: 16, CultureInvariant: 512 },
  JTokenType: {
    None: 0,
    Object: 1,
    Array: 2,
    Constructor: 3,
    Property: 4,
    Comment: 5,
    Integer: 6,
    Float: 7,
    String: 8,
    Boolean: 9,
    Null: 10,
    Undefined: 11,
    Date: 12,
    Raw: 13,
    Bytes: 14,
    Guid: 15,
    Uri: 16,
    TimeSpan: 17,
  },
  DayOfWeek: { Sunday: 0, Monday: 1, Tuesday: 2, Wednesday: 3, Thursday: 4, Friday: 5, Saturday: 6 },
};
export const isValueType = (type: Type): boolean =>
  valueTypes.has(type.name) || type.name === '?' || Object.hasOwn(enumTypes, type.name);

/** The names of Newtonsoft's tree. */
export const isSubtypeName = (name: string): boolean =>
  ['JToken', 'JValue', 'JObject', 'JArray', 'JProperty'].includes(name);
