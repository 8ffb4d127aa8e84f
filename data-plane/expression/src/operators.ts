import { implicit, isSubtype, numeric } from './conversion.ts';
import { boxedText } from './text.ts';
import { isBig, isInteger, isNumeric, isValueType, same, T, type Type, typeOf } from './types.ts';
import { DateTime, Decimal, equalityKey, raise, TimeSpan, type V, wrapInteger } from './values.ts';

/** C#'s binary numeric promotion; undefined: the compiler refuses. */
function promoted(a: Type, b: Type): Type | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return undefined;
  const has = (name: string) => a.name === name || b.name === name;
  if (has('decimal')) return has('double') || has('float') ? undefined : T.decimal;
  if (has('double')) return T.double;
  if (has('float')) return typeOf('float');
  if (has('ulong'))
    return [a, b].some(({ name }) => ['sbyte', 'short', 'int', 'long'].includes(name)) ? undefined : typeOf('ulong');
  if (has('long')) return T.long;
  if (has('uint')) return [a, b].some(({ name }) => ['sbyte', 'short', 'int'].includes(name)) ? T.long : typeOf('uint');
  return T.int;
}
const zero = (): never => raise('DivideByZeroException', 'Attempted to divide by zero.');
const aligned = (a: Decimal, b: Decimal): [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.mantissa * 10n ** BigInt(scale - a.scale), b.mantissa * 10n ** BigInt(scale - b.scale), scale];
};
const bounded = (value: Decimal): Decimal => {
  let { mantissa, scale } = value;
  const limit = (1n << 96n) - 1n;
  while ((mantissa > limit || mantissa < -limit || scale > 28) && scale > 0) {
    const half = mantissa < 0n ? -5n : 5n;
    mantissa = (mantissa + half) / 10n;
    scale--;
  }
  if (mantissa > limit || mantissa < -limit)
    raise('OverflowException', 'Value was either too large or too small for a Decimal.');
  return new Decimal(mantissa, scale);
};
const decimals: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal>> = {
  '+': (a, b) => {
    const [x, y, s] = aligned(a, b);
    return bounded(new Decimal(x + y, s));
  },
  '-': (a, b) => {
    const [x, y, s] = aligned(a, b);
    return bounded(new Decimal(x - y, s));
  },
  '*': (a, b) => bounded(new Decimal(a.mantissa * b.mantissa, a.scale + b.scale)),
  '%': (a, b) => {
    const [x, y, s] = aligned(a, b);
    return y === 0n ? zero() : new Decimal(x % y, s);
  },
  '/': (a, b) => {
    if (b.mantissa === 0n) zero();
    let result = bounded(new Decimal((a.mantissa * 10n ** 40n) / b.mantissa, 40 + a.scale - b.scale));
    while (result.scale > 0 && result.mantissa % 10n === 0n)
      result = new Decimal(result.mantissa / 10n, result.scale - 1);
    return result;
  },
};
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

/** + - * / % & | ^ << >>; undefined: the compiler refuses. */
export function arithmetic(
  operator: string,
  a: Type,
  b: Type,
  isChecked: boolean,
): { type: Type; run: (x: V, y: V) => V } | undefined {
  if (same(a, T.bool) && same(b, T.bool) && '&|^'.includes(operator))
    return { type: T.bool, run: (x, y) => (operator === '&' ? x && y : operator === '|' ? x || y : x !== y) };
  if (a.name === 'DateTime' && b.name === 'DateTime' && operator === '-')
    return { type: typeOf('TimeSpan'), run: (x, y) => new TimeSpan((x.ticks - y.ticks) as V) };
  if (a.name === 'DateTime' && b.name === 'TimeSpan' && '+-'.includes(operator))
    return { type: a, run: (x, y) => new DateTime(operator === '+' ? x.ticks + y.ticks : x.ticks - y.ticks, x.kind) };
  if (a.name === 'TimeSpan' && b.name === 'TimeSpan' && '+-'.includes(operator))
    return { type: a, run: (x, y) => new TimeSpan(operator === '+' ? x.ticks + y.ticks : x.ticks - y.ticks) };
  if (operator === '<<' || operator === '>>') {
    if (!isInteger(a) || !implicit(b, T.int)) return undefined;
    const type = promoted(a, T.int) && isBig(a) ? a : a.name === 'uint' ? a : T.int;
    const mask = isBig(type) ? 63 : 31;
    return {
      type,
      run: (x, y): V => {
        const shift = BigInt(y & mask);
        return wrapInteger(operator === '<<' ? BigInt(x) << shift : BigInt(x) >> shift, type.name, false);
      },
    };
  }
  const lifted = a.name === '?' || b.name === '?';
  if (lifted) {
    const inner = arithmetic(
      operator,
      a.name === '?' ? (a.args[0] ?? a) : a,
      b.name === '?' ? (b.args[0] ?? b) : b,
      isChecked,
    );
    return (
      inner && { type: typeOf('?', [inner.type]), run: (x, y) => (x === null || y === null ? null : inner.run(x, y)) }
    );
  }
  const type = promoted(a, b);
  if (!type) return undefined;
  const [left, right] = [numeric(a, type), numeric(b, type)];
  if (type.name === 'decimal') {
    const compute = decimals[operator];
    return compute && { type, run: (x, y) => compute(left(x), right(y)) };
  }
  if (!isInteger(type)) {
    const compute = floats[operator];
    const narrow = type.name === 'float' ? Math.fround : (value: number) => value;
    return compute && { type, run: (x, y) => narrow(compute(left(x), right(y))) };
  }
  const compute = bigs[operator];
  if (!compute) return undefined;
  if (type.name === 'int' && (operator === '+' || operator === '-')) {
    const sign = operator === '+' ? 1 : -1;
    return {
      type,
      run: (x, y) => {
        const sum = x + sign * y;
        return sum === (sum | 0)
          ? sum
          : isChecked
            ? raise('OverflowException', 'Arithmetic operation resulted in an overflow.')
            : sum | 0;
      },
    };
  }
  return {
    type,
    run: (x, y) => {
      const value = compute(BigInt(left(x)), BigInt(right(y)));
      return wrapInteger(value, type.name, isChecked || operator === '/');
    },
  };
}

const order: Readonly<Record<string, (sign: number) => boolean>> = {
  '<': (s) => s < 0,
  '>': (s) => s > 0,
  '<=': (s) => s <= 0,
  '>=': (s) => s >= 0,
};
export function compareOperator(operator: string, a: Type, b: Type): ((x: V, y: V) => boolean) | undefined {
  const test = order[operator];
  if (!test) return undefined;
  if (a.name === '?' || b.name === '?') {
    const inner = compareOperator(
      operator,
      a.name === '?' ? (a.args[0] ?? a) : a,
      b.name === '?' ? (b.args[0] ?? b) : b,
    );
    return inner && ((x, y) => x !== null && y !== null && inner(x, y));
  }
  if (same(a, b) && (a.name === 'DateTime' || a.name === 'TimeSpan'))
    return (x, y) => test(x.ticks < y.ticks ? -1 : x.ticks > y.ticks ? 1 : 0);
  const type = promoted(a, b);
  if (!type) return undefined;
  const [left, right] = [numeric(a, type), numeric(b, type)];
  return (x, y) => {
    let [l, r] = [left(x), right(y)];
    if (type.name === 'decimal') [l, r] = aligned(l, r);
    return l < r ? test(-1) : l > r ? test(1) : l === r ? test(0) : false;
  };
}
/** ==; undefined: the compiler refuses. */
export function equality(a: Type, b: Type): { run: (x: V, y: V) => boolean } | undefined {
  if (same(a, T.null) || same(b, T.null)) {
    const other = same(a, T.null) ? b : a;
    return isValueType(other) && other.name !== '?' ? undefined : { run: (x, y) => x === y };
  }
  if (a.name === '?' || b.name === '?') {
    const inner = equality(a.name === '?' ? (a.args[0] ?? a) : a, b.name === '?' ? (b.args[0] ?? b) : b);
    return inner && { run: (x, y) => (x === null || y === null ? x === y : inner.run(x, y)) };
  }
  const type = promoted(a, b);
  if (type) {
    const [left, right] = [numeric(a, type), numeric(b, type)];
    return {
      run: (x, y) => {
        const [l, r] = [left(x), right(y)];
        if (type.name !== 'decimal') return l === r;
        const [m, n] = aligned(l, r);
        return m === n;
      },
    };
  }
  if (same(a, b) && (same(a, T.string) || same(a, T.bool) || isValueType(a)))
    return { run: (x, y) => x === y || (x !== null && y !== null && equalityKey(x) === equalityKey(y)) };
  if (isValueType(a) || isValueType(b)) return undefined;
  // Two references: object and text compare the references; equal texts are told apart like other objects only for literals.
  if (same(a, T.object) || same(b, T.object))
    return { run: (x, y) => typeof x !== 'string' && typeof x !== 'number' && typeof x !== 'boolean' && x === y };
  if (isSubtype(a, b) || isSubtype(b, a)) return { run: (x, y) => x === y };
  // A text beside a token: the text becomes a token, and references are compared.
  if ((same(a, T.string) && implicit(a, b)) || (same(b, T.string) && implicit(b, a))) return { run: () => false };
  void boxedText;
  return undefined;
}
