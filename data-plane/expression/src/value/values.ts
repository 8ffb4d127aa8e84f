import { ExpressionError } from '../csharp.ts';
import { bareName } from '../type/full-name.ts';
import { arrayOf, elementOf, integers, isEnum, T, type Type, typeOf } from '../type/types.ts';

/**
 * A C# value at run time. Its static type says how it is held: bool, string as they are; int and smaller, float, double, char
 * (code unit), enums as number; long, ulong as bigint; the rest as the classes below, delegates as functions. In a slot of type
 * object, values that would be mistaken for another type are `Boxed`: a bare number there is an int, a bare bigint a long.
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
/** Arrays, List, Queue, Stack. A byte[] holds a Uint8Array. */
export class Items {
  readonly type: Type;
  items: V[];
  /** Changes while someone goes over the list end that. */
  version = 0;
  /** Of an array of several dimensions. */
  readonly lengths: readonly number[] | undefined;
  constructor(type: Type, items: V[], lengths?: readonly number[]) {
    this.type = type;
    this.items = items;
    this.lengths = lengths;
  }
}
/** Evaluated each time that someone goes over it. */
export class Sequence {
  readonly type: Type;
  readonly iterate: () => Iterable<V>;
  constructor(element: Type, iterate: () => Iterable<V>, name = 'IEnumerable') {
    this.type = typeOf(name, [element]);
    this.iterate = iterate;
  }
}
/** What OrderBy gives: ThenBy adds to its keys. */
export class OrderedSequence extends Sequence {
  readonly source: Iterable<V>;
  readonly comparisons: readonly Comparison[];
  constructor(element: Type, source: Iterable<V>, comparisons: readonly Comparison[]) {
    super(element, () => sorted(source, comparisons), 'IOrderedEnumerable');
    this.source = source;
    this.comparisons = comparisons;
  }
}
export interface Comparison {
  readonly key: (item: V) => V;
  readonly compare: (a: V, b: V) => number;
}
function sorted(source: Iterable<V>, comparisons: readonly Comparison[]): V[] {
  const rows = [...source].map((item) => ({ item, keys: comparisons.map(({ key }) => key(item)) }));
  rows.sort((a, b) => {
    for (const [index, { compare }] of comparisons.entries()) {
      const order = compare(a.keys[index], b.keys[index]);
      if (order !== 0) return order;
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}
export class Grouping {
  readonly type: Type;
  readonly key: V;
  readonly items: V[];
  constructor(type: Type, key: V, items: V[]) {
    this.type = type;
    this.key = key;
    this.items = items;
  }
}
/** How a collection tells its keys apart. */
export interface Comparer {
  keyOf(value: V): V;
}
/** Dictionary, and the read-only ones of the context. */
export class Dict {
  readonly type: Type;
  readonly map = new Map<V, { readonly key: V; value: V }>();
  readonly comparer: Comparer;
  version = 0;
  constructor(type: Type, comparer: Comparer = defaultComparer) {
    this.type = type;
    this.comparer = comparer;
  }
  get(key: V): { readonly key: V; value: V } | undefined {
    return this.map.get(this.comparer.keyOf(key));
  }
}
export class HashItems {
  readonly type: Type;
  readonly map = new Map<V, V>();
  readonly comparer: Comparer;
  version = 0;
  constructor(type: Type, comparer: Comparer = defaultComparer) {
    this.type = type;
    this.comparer = comparer;
  }
}
export class Pair {
  readonly key: V;
  readonly value: V;
  readonly type: Type;
  constructor(type: Type, key: V, value: V) {
    this.key = key;
    this.value = value;
    this.type = type;
  }
}
/** Tuple, ValueTuple, anonymous objects. */
export class Fields {
  readonly type: Type;
  readonly values: V[];
  constructor(type: Type, values: V[]) {
    this.type = type;
    this.values = values;
  }
}
/** Ticks of 100 ns since 0001-01-01. kind: 0 unspecified, 1 UTC, 2 local (the gateway's zone is UTC). */
export class DateTime {
  readonly ticks: bigint;
  readonly kind: number;
  constructor(ticks: bigint, kind: number) {
    if (ticks < 0n || ticks > maxTicks)
      raise('ArgumentOutOfRangeException', 'The added or subtracted value results in an un-representable DateTime.');
    this.ticks = ticks;
    this.kind = kind;
  }
}
export const maxTicks = 3_155_378_975_999_999_999n;
/** `ticks` of the clock at the place, `offset` in minutes. */
export class DateTimeOffset {
  readonly ticks: bigint;
  readonly offset: number;
  constructor(ticks: bigint, offset: number) {
    const utc = ticks - BigInt(offset) * 600_000_000n;
    if (Math.abs(offset) > 840) raise('ArgumentOutOfRangeException', 'Offset must be within plus or minus 14 hours.');
    if (utc < 0n || utc > maxTicks || ticks < 0n || ticks > maxTicks)
      raise(
        'ArgumentOutOfRangeException',
        'The UTC time represented when the offset is applied must be between year 0 and 10,000.',
      );
    this.ticks = ticks;
    this.offset = offset;
  }
  get utcTicks(): bigint {
    return this.ticks - BigInt(this.offset) * 600_000_000n;
  }
}
export class TimeSpan {
  readonly ticks: bigint;
  constructor(ticks: bigint) {
    if (ticks > 9_223_372_036_854_775_807n || ticks < -9_223_372_036_854_775_808n)
      raise('OverflowException', 'TimeSpan overflowed because the duration is too long.');
    this.ticks = ticks;
  }
}
/** Lower case, with dashes. */
export class Guid {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
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
/** Objects of one class with state of their own: Regex, Uri, messages, … `text`: their ToString where it is fixed. */
export class Native {
  readonly type: Type;
  readonly state: V;
  constructor(type: Type, state: V) {
    this.type = type;
    this.state = state;
  }
  /** Addresses and names are equal by what they say. */
  get equalityKey(): string | undefined {
    return comparedByText.has(this.type.name) ? `${this.type.name}:${this.state.text}` : undefined;
  }
}
const comparedByText = new Set(['Uri', 'IPAddress', 'HashAlgorithmName']);
/** An XML or JSON tree's node, a match, … : whatever names its own type. */
interface Typed {
  readonly type: Type;
}

export function raise(type: string, message: string, inner?: ExpressionError): never {
  throw new ExpressionError(type.includes('.') ? type : bareName(type), message, inner);
}
/** Where a value would be a guess: an error that names what is missing. */
export function notSupported(what: string): never {
  throw new ExpressionError('Vigia.NotSupported', `${what} is not supported.`);
}
/** A reference that must not be null. */
export function notNull(value: V): V {
  return value === null || value === undefined
    ? raise('NullReferenceException', 'Object reference not set to an instance of an object.')
    : value;
}
/** An argument that must not be null. */
export function given(value: V): V {
  return value === null || value === undefined ? raise('ArgumentNullException', 'Value cannot be null.') : value;
}

const selfDescribing = new Set(['int', 'long', 'object']);
/** A value of a static type as a slot of type object holds it. */
export function box(type: Type, value: V): V {
  if (value === null || value === undefined) return null;
  if (typeof value !== 'number' && typeof value !== 'bigint') return value;
  if (type.name === '?') return box(type.args[0] ?? type, value);
  return selfDescribing.has(type.name) ? value : new Boxed(type, value);
}
export const unbox = (value: V): V => (value instanceof Boxed ? value.value : value);

/** The dynamic type of a value in a slot of type object. */
export function runtimeType(value: V): Type {
  switch (typeof value) {
    case 'string':
      return T.string;
    case 'boolean':
      return T.bool;
    case 'number':
      return T.int;
    case 'bigint':
      return T.long;
  }
  if (value instanceof DateTime) return typeOf('DateTime');
  if (value instanceof TimeSpan) return typeOf('TimeSpan');
  if (value instanceof DateTimeOffset) return typeOf('DateTimeOffset');
  if (value instanceof Guid) return typeOf('Guid');
  if (value instanceof Decimal) return T.decimal;
  if (value instanceof ExpressionError) return typeOf(value.type.slice(value.type.lastIndexOf('.') + 1));
  return (value as Typed | null)?.type ?? T.object;
}

let identities = new WeakMap<object, number>();
let lastIdentity = 0;
function identityOf(value: object): number {
  const known = identities.get(value);
  if (known !== undefined) return known;
  if (lastIdentity > 2 ** 40) identities = new WeakMap();
  identities.set(value, ++lastIdentity);
  return lastIdentity;
}
/** Classes whose equality is by value say so by a key. */
export interface EquatableValue {
  readonly equalityKey: string | undefined;
}

/** What two equal values have in common, as a key of a Map. */
export function equalityKey(value: V): V {
  switch (typeof value) {
    case 'string':
      return value.startsWith('\0') ? `\0s${value}` : value;
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (value instanceof Boxed) return `\0b${value.type.key}:${String(value.value)}`;
  if (value instanceof Guid) return `\0g${value.text}`;
  if (value instanceof DateTime) return `\0d${value.ticks}`;
  if (value instanceof TimeSpan) return `\0t${value.ticks}`;
  if (value instanceof DateTimeOffset) return `\0o${value.utcTicks}`;
  if (value instanceof Decimal) {
    const { mantissa, scale } = trimDecimal(value);
    return `\0m${mantissa}:${scale}`;
  }
  if (value instanceof Fields) return `\0f${value.type.name}${value.values.map(partKey).join('')}`;
  if (value instanceof Pair) return `\0p${partKey(value.key)}${partKey(value.value)}`;
  const own = (value as Partial<EquatableValue>).equalityKey;
  return own === undefined ? value : `\0e${own}`;
}
const partKey = (value: V): string => {
  const key = equalityKey(value);
  const text = typeof key === 'object' && key !== null ? `#${identityOf(key)}` : `${typeof key}:${String(key)}`;
  return `${text.length}|${text}`;
};
export const defaultComparer: Comparer = { keyOf: equalityKey };
/** `object.Equals(a, b)`. */
export const equalValues = (a: V, b: V): boolean =>
  a === b ||
  (typeof a === 'object' && typeof b === 'object' && equalityKey(a) === equalityKey(b)) ||
  (Number.isNaN(a) && Number.isNaN(b));

export function trimDecimal({ mantissa, scale }: Decimal): Decimal {
  let m = mantissa;
  let s = scale;
  while (s > 0 && m % 10n === 0n) {
    m /= 10n;
    s--;
  }
  return new Decimal(m, s);
}

/** An integer of that type; outside its range it wraps, or overflows where checked. */
export function wrapInteger(value: bigint, name: string, isChecked: boolean): V {
  const range = integers[name];
  if (!range) return value;
  let result = value;
  if (value < range.min || value > range.max) {
    if (isChecked) raise('OverflowException', 'Arithmetic operation resulted in an overflow.');
    result = range.min < 0n ? BigInt.asIntN(range.bits, value) : BigInt.asUintN(range.bits, value);
  }
  return name === 'long' || name === 'ulong' ? result : Number(result);
}

export function defaultOf(type: Type | undefined): V {
  if (!type) return null;
  switch (type.name) {
    case 'bool':
      return false;
    case 'long':
    case 'ulong':
      return 0n;
    case 'decimal':
      return new Decimal(0n, 0);
    case 'DateTime':
      return new DateTime(0n, 0);
    case 'DateTimeOffset':
      return new DateTimeOffset(0n, 0);
    case 'TimeSpan':
      return new TimeSpan(0n);
    case 'Guid':
      return new Guid('00000000-0000-0000-0000-000000000000');
    case 'KeyValuePair':
      return new Pair(type, defaultOf(type.args[0]), defaultOf(type.args[1]));
    case 'ValueTuple':
      return new Fields(type, type.args.map(defaultOf));
  }
  return Object.hasOwn(integers, type.name) || type.name === 'double' || type.name === 'float' || isEnum(type)
    ? 0
    : null;
}

export const bytesItems = (bytes: Uint8Array): Items => new Items(T.bytes, bytes as unknown as V[]);
export const bytesIn = (value: V): Uint8Array => given(value).items as Uint8Array;
export const stringItems = (items: string[]): Items => new Items(T.strings, items);
export const itemsOfType = (element: Type, items: V[]): Items =>
  new Items(arrayOf(element), element.name === 'byte' ? (Uint8Array.from(items) as unknown as V[]) : items);
export const elementType = (value: V): Type => elementOf((value as Typed).type);
