import { implicit, isSubtype } from './convert/conversion.ts';
import { isWidening, numericConversion } from './convert/numeric-conversion.ts';
import {
  innerOf,
  integers,
  isBig,
  isEnum,
  isInteger,
  isNumeric,
  isValueType,
  nullableOf,
  same,
  T,
  type Type,
  typeOf,
} from './type/types.ts';
import { addTicks } from './value/date-parts.ts';
import { compareDecimals, decimalOperators } from './value/decimal.ts';
import { DateTimeOffset, equalityKey, raise, TimeSpan, type V, wrapInteger } from './value/values.ts';
import { XName, XNamespace } from './xml/tree.ts';

/** C#'s binary numeric promotion; undefined: the compiler refuses. */
export function promoted(a: Type, b: Type): Type | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  const has = (name: string) => a.name === name || b.name === name;
  if (has('decimal')) return has('double') || has('float') ? undefined : T.decimal;
  if (has('double')) return T.double;
  if (has('float')) return T.float;
  if (has('ulong'))
    return [a, b].some(({ name }) => ['sbyte', 'short', 'int', 'long'].includes(name)) ? undefined : T.ulong;
  if (has('long')) return T.long;
  if (has('uint')) return [a, b].some(({ name }) => ['sbyte', 'short', 'int'].includes(name)) ? T.long : T.uint;
  return T.int;
}

type Compute = (x: V, y: V) => V;
export interface Operation {
  readonly type: Type;
  readonly run: Compute;
}
const zero = (): never => raise('DivideByZeroException', 'Attempted to divide by zero.');
const overflow = (): never => raise('OverflowException', 'Arithmetic operation resulted in an overflow.');

const bigs: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? zero() : a / b),
  '%': (a, b) => (b === 0n ? zero() : a % b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};
const floats: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};
/** Of int, without a detour over bigint. */
const ints: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => (a + b) | 0,
  '-': (a, b) => (a - b) | 0,
  '*': Math.imul,
  '/': (a, b) => (b === 0 ? zero() : b === -1 && a === -2147483648 ? overflow() : (a / b) | 0),
  '%': (a, b) => (b === 0 ? zero() : b === -1 && a === -2147483648 ? overflow() : (a % b) | 0),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};
const checkedInts: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

/** + - * / % & | ^ << >>; undefined: the compiler refuses. */
export function arithmetic(operator: string, a: Type, b: Type, isChecked: boolean): Operation | undefined {
  return (
    logical(operator, a, b) ??
    timeArithmetic(operator, a, b) ??
    enumArithmetic(operator, a, b) ??
    (a.name === '?' || b.name === '?'
      ? lifted(operator, a, b, isChecked)
      : operator === '<<' || operator === '>>'
        ? shift(operator, a, b)
        : numeric(operator, a, b, isChecked))
  );
}

function logical(operator: string, a: Type, b: Type): Operation | undefined {
  if (innerOf(a).name !== 'bool' || innerOf(b).name !== 'bool' || !'&|^'.includes(operator)) return undefined;
  if (a.name !== '?' && b.name !== '?')
    return {
      type: T.bool,
      run: operator === '&' ? (x, y) => x && y : operator === '|' ? (x, y) => x || y : (x, y) => x !== y,
    };
  const type = nullableOf(T.bool);
  // Of three values: false & null is false, true | null is true.
  if (operator === '&')
    return { type, run: (x, y) => (x === false || y === false ? false : x === null || y === null ? null : true) };
  if (operator === '|')
    return { type, run: (x, y) => (x === true || y === true ? true : x === null || y === null ? null : false) };
  return { type, run: (x, y) => (x === null || y === null ? null : x !== y) };
}

function timeArithmetic(operator: string, a: Type, b: Type): Operation | undefined {
  const timeSpan = typeOf('TimeSpan');
  const sign = operator === '-' ? -1n : 1n;
  if (operator !== '+' && operator !== '-') return undefined;
  if (a.name === 'DateTime' && b.name === 'DateTime' && operator === '-')
    return { type: timeSpan, run: (x, y) => new TimeSpan(x.ticks - (y.ticks as bigint)) };
  if (
    operator === '-' &&
    [a, b].every(({ name }) => name === 'DateTime' || name === 'DateTimeOffset') &&
    (a.name !== 'DateTime' || b.name !== 'DateTime')
  )
    return { type: timeSpan, run: (x, y) => new TimeSpan(utcTicks(x) - utcTicks(y)) };
  if (b.name !== 'TimeSpan')
    return a.name === 'XNamespace' && b.name === 'string' && operator === '+' ? qualified : undefined;
  if (a.name === 'DateTime') return { type: a, run: (x, y) => addTicks(x, sign * y.ticks) };
  if (a.name === 'DateTimeOffset')
    return { type: a, run: (x, y) => new DateTimeOffset(x.ticks + sign * y.ticks, x.offset) };
  if (a.name === 'TimeSpan') return { type: a, run: (x, y) => new TimeSpan(x.ticks + sign * y.ticks) };
  return undefined;
}
const qualified: Operation = {
  type: typeOf('XName'),
  run: (namespace: XNamespace, local) => XName.get(local, namespace.name),
};
const utcTicks = (value: V): bigint => (value instanceof DateTimeOffset ? value.utcTicks : value.ticks);

function enumArithmetic(operator: string, a: Type, b: Type): Operation | undefined {
  if (isEnum(a) && same(a, b)) {
    if ('&|^'.includes(operator)) return { type: a, run: ints[operator] as Compute };
    return operator === '-' ? { type: T.int, run: ints['-'] as Compute } : undefined;
  }
  if (isEnum(a) && isInteger(b) && !isBig(b) && (operator === '+' || operator === '-'))
    return { type: a, run: ints[operator] as Compute };
  if (isInteger(a) && !isBig(a) && isEnum(b) && operator === '+') return { type: b, run: ints['+'] as Compute };
  return undefined;
}

function lifted(operator: string, a: Type, b: Type, isChecked: boolean): Operation | undefined {
  const inner = arithmetic(operator, innerOf(a), innerOf(b), isChecked);
  return (
    inner && {
      type: nullableOf(inner.type),
      run: (x, y) => (x === null || y === null ? null : inner.run(x, y)),
    }
  );
}

function shift(operator: string, a: Type, b: Type): Operation | undefined {
  if (!isInteger(a) || !isInteger(b) || !(same(b, T.int) || isWidening(b, T.int))) return undefined;
  const type = isBig(a) || a.name === 'uint' ? a : T.int;
  if (same(type, T.int)) return { type, run: operator === '<<' ? (x, y) => x << y : (x, y) => x >> y };
  const mask = isBig(type) ? 63 : 31;
  return {
    type,
    run: (x, y) => {
      const count = BigInt(y & mask);
      return wrapInteger(operator === '<<' ? BigInt(x) << count : BigInt(x) >> count, type.name, false);
    },
  };
}

function numeric(operator: string, a: Type, b: Type, isChecked: boolean): Operation | undefined {
  const type = promoted(a, b);
  if (!type) return undefined;
  const [left, right] = [numericConversion(a, type), numericConversion(b, type)];
  const isPlain = same(a, type) && same(b, type);
  const converted = (compute: Compute): Compute => (isPlain ? compute : (x, y) => compute(left(x), right(y)));
  if (type.name === 'decimal') {
    const compute = decimalOperators[operator];
    return compute && { type, run: converted(compute) };
  }
  if (!isInteger(type)) {
    const compute = floats[operator];
    if (!compute) return undefined;
    return { type, run: converted(type.name === 'float' ? (x, y) => Math.fround(compute(x, y)) : compute) };
  }
  if (same(type, T.int)) {
    const checked = isChecked ? checkedInts[operator] : undefined;
    if (checked)
      return {
        type,
        run: converted((x, y) => {
          const value = checked(x, y);
          return value > 2147483647 || value < -2147483648 ? overflow() : value;
        }),
      };
    const compute = ints[operator];
    return compute && { type, run: compute };
  }
  const compute = bigs[operator];
  if (!compute) return undefined;
  if (isBig(type)) {
    const range = integers[type.name];
    return {
      type,
      run: converted((x, y) => {
        const value = compute(x, y);
        return range && value >= range.min && value <= range.max
          ? value
          : wrapInteger(value, type.name, isChecked || operator === '/');
      }),
    };
  }
  return { type, run: (x, y) => wrapInteger(compute(BigInt(x), BigInt(y)), type.name, isChecked) };
}

const order: Readonly<Record<string, (sign: number) => boolean>> = {
  '<': (s) => s < 0,
  '>': (s) => s > 0,
  '<=': (s) => s <= 0,
  '>=': (s) => s >= 0,
};
const plainOrder: Readonly<Record<string, (x: V, y: V) => boolean>> = {
  '<': (x, y) => x < y,
  '>': (x, y) => x > y,
  '<=': (x, y) => x <= y,
  '>=': (x, y) => x >= y,
};
/** < > <= >=; undefined: the compiler refuses. */
export function compareOperator(operator: string, a: Type, b: Type): ((x: V, y: V) => boolean) | undefined {
  const test = order[operator];
  const plain = plainOrder[operator];
  if (!test || !plain) return undefined;
  if (a.name === '?' || b.name === '?' || a.name === 'null' || b.name === 'null') {
    if (a.name === 'null' || b.name === 'null') {
      const other = innerOf(a.name === 'null' ? b : a);
      return isNumeric(other) ? () => false : undefined;
    }
    const inner = compareOperator(operator, innerOf(a), innerOf(b));
    return inner && ((x, y) => x !== null && y !== null && inner(x, y));
  }
  const times = ['DateTime', 'DateTimeOffset'];
  if (times.includes(a.name) && times.includes(b.name)) return (x, y) => plain(utcTicks(x), utcTicks(y));
  if (a.name === 'TimeSpan' && b.name === 'TimeSpan') return (x, y) => plain(x.ticks, y.ticks);
  if (isEnum(a) && same(a, b)) return plain;
  const type = promoted(a, b);
  if (!type) return undefined;
  const [left, right] = [numericConversion(a, type), numericConversion(b, type)];
  if (type.name === 'decimal') return (x, y) => test(compareDecimals(left(x), right(y)));
  return same(type, T.int) ? plain : (x, y) => plain(left(x), right(y));
}

/** Types whose == compares values though they are references. */
const valueEquality = new Set(['string', 'Uri', 'XName', 'XNamespace']);

/** Types that a text becomes beside them. */
const xmlNames: Readonly<Record<string, (text: string) => V>> = { XName: XName.parse, XNamespace: XNamespace.get };

/** ==; undefined: the compiler refuses. */
export function equality(a: Type, b: Type): ((x: V, y: V) => boolean) | undefined {
  if (a.name === 'void' || b.name === 'void') return undefined;
  if (same(a, T.null) || same(b, T.null)) {
    const other = same(a, T.null) ? b : a;
    return isValueType(other) && other.name !== '?' ? undefined : (x, y) => x === y;
  }
  if (a.name === '?' || b.name === '?') {
    const inner = equality(innerOf(a), innerOf(b));
    return inner && ((x, y) => (x === null || y === null ? x === y : inner(x, y)));
  }
  const type = promoted(a, b);
  if (type) {
    const [left, right] = [numericConversion(a, type), numericConversion(b, type)];
    if (type.name === 'decimal') return (x, y) => compareDecimals(left(x), right(y)) === 0;
    return same(type, T.int) ? (x, y) => x === y : (x, y) => left(x) === right(y);
  }
  const times = ['DateTime', 'DateTimeOffset'];
  if (times.includes(a.name) && times.includes(b.name)) return (x, y) => utcTicks(x) === utcTicks(y);
  if (a.name === 'ValueTuple' && b.name === 'ValueTuple') return undefined;
  if (isValueType(a) || isValueType(b)) {
    if (!same(a, b) || a.name === 'KeyValuePair') return undefined;
    return (x, y) => x === y || equalityKey(x) === equalityKey(y);
  }
  if (valueEquality.has(a.name) && same(a, b)) return (x, y) => x === y || equalityKey(x) === equalityKey(y);
  const named = xmlNames[a.name] ?? xmlNames[b.name];
  if (named && (same(a, T.string) || same(b, T.string))) {
    const key = (value: V): V => equalityKey(typeof value === 'string' ? named(value) : value);
    return (x, y) => key(x) === key(y);
  }
  // References: equal texts and equal boxed numbers are different objects.
  if (isSubtype(a, b) || isSubtype(b, a)) return sameReference;
  // A text beside a token: the text becomes a token of its own, and references are compared.
  if (implicit(a, b) || implicit(b, a)) return () => false;
  return undefined;
}
const sameReference = (x: V, y: V): boolean =>
  x === null || y === null ? x === y : typeof x === 'object' || typeof x === 'function' ? x === y : false;
