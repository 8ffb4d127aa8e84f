import { enumTypes } from './enums.ts';

/**
 * A C# type: `List<int>` is { name: 'List', args: [int] }, `int[]` is '[]' of int, `int[,]` is '[,]' of int, `int?` is
 * '?' of int. Anonymous types and tuples name their members in `fields`.
 */
export interface Type {
  readonly key: string;
  readonly name: string;
  readonly args: readonly Type[];
  readonly fields: readonly string[];
}

const interned = new Map<string, Type>();
const noFields: readonly string[] = [];

export function typeOf(name: string, args: readonly Type[] = [], fields: readonly string[] = noFields): Type {
  const plain =
    name.startsWith('[') || name === '?'
      ? `${args[0]?.key}${name}`
      : args.length > 0
        ? `${name}<${args.map((arg) => arg.key).join(',')}>`
        : name;
  const key = fields.length > 0 ? `${plain}{${fields.join(',')}}` : plain;
  let type = interned.get(key);
  if (!type) {
    type = { key, name, args, fields };
    // Keys come from programs; a bounded table keeps a hostile program from growing it.
    if (interned.size < 10_000) interned.set(key, type);
  }
  return type;
}
export const arrayOf = (element: Type): Type => typeOf('[]', [element]);
export const nullableOf = (inner: Type): Type => (inner.name === '?' ? inner : typeOf('?', [inner]));

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
  byte: typeOf('byte'),
  int: typeOf('int'),
  uint: typeOf('uint'),
  long: typeOf('long'),
  ulong: typeOf('ulong'),
  float: typeOf('float'),
  double: typeOf('double'),
  char: typeOf('char'),
  decimal: typeOf('decimal'),
  void: typeOf('void'),
  /** The type of `null`. */
  null: typeOf('null'),
  token: typeOf('JToken'),
  exception: typeOf('Exception'),
  bytes: parseType('byte[]'),
  strings: parseType('string[]'),
} as const;

/** The names of a tuple's parts are no part of its identity. */
export const same = (a: Type, b: Type): boolean =>
  a === b ||
  (a.name === b.name &&
    (a.name === 'ValueTuple'
      ? a.args.length === b.args.length && a.args.every((arg, index) => same(arg, b.args[index] ?? T.void))
      : a.key === b.key));

/** Replaces the letters of a generic signature. */
export function substitute(type: Type, binding: ReadonlyMap<string, Type>): Type {
  if (type.args.length === 0) return binding.get(type.name) ?? type;
  return typeOf(
    type.name,
    type.args.map((arg) => substitute(arg, binding)),
    type.fields,
  );
}

interface IntegerType {
  readonly bits: number;
  readonly min: bigint;
  readonly max: bigint;
}
const integer = (bits: number, isSigned: boolean): IntegerType =>
  isSigned
    ? { bits, min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n }
    : { bits, min: 0n, max: (1n << BigInt(bits)) - 1n };

export const integers: Readonly<Record<string, IntegerType>> = {
  sbyte: integer(8, true),
  byte: integer(8, false),
  short: integer(16, true),
  ushort: integer(16, false),
  char: integer(16, false),
  int: integer(32, true),
  uint: integer(32, false),
  long: integer(64, true),
  ulong: integer(64, false),
};
export const isInteger = (type: Type): boolean => Object.hasOwn(integers, type.name);
export const isNumeric = (type: Type): boolean =>
  isInteger(type) || type.name === 'double' || type.name === 'float' || type.name === 'decimal';
/** Held as bigint. */
export const isBig = (type: Type): boolean => type.name === 'long' || type.name === 'ulong';
export const isEnum = (type: Type): boolean => Object.hasOwn(enumTypes, type.name);

const structs = new Set(
  'bool byte sbyte short ushort char int uint long ulong float double decimal DateTime DateTimeOffset TimeSpan Guid KeyValuePair ValueTuple HashAlgorithmName TransitionTime void'.split(
    ' ',
  ),
);
export const isValueType = (type: Type): boolean => structs.has(type.name) || type.name === '?' || isEnum(type);
export const innerOf = (type: Type): Type => (type.name === '?' ? (type.args[0] ?? type) : type);
export const elementOf = (type: Type): Type => type.args[0] ?? T.object;

/** Shape of a delegate type; undefined for any other type. */
export function delegateShape(type: Type): { readonly parameters: readonly Type[]; readonly result: Type } | undefined {
  switch (type.name) {
    case 'Func':
      return { parameters: type.args.slice(0, -1), result: type.args.at(-1) ?? T.object };
    case 'Action':
      return { parameters: type.args, result: T.void };
    case 'Predicate':
      return { parameters: type.args, result: T.bool };
    case 'Comparison':
      return { parameters: [elementOf(type), elementOf(type)], result: T.int };
    case 'Converter':
      return { parameters: type.args.slice(0, 1), result: type.args[1] ?? T.object };
    case 'MatchEvaluator':
      return { parameters: [typeOf('Match')], result: T.string };
    default:
      return undefined;
  }
}
export const isInterface = (type: Type): boolean => /^I[A-Z][a-z]/.test(type.name);
