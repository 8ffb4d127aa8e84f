import { parseBoolean } from '../convert/convert-value.ts';
import { ExpressionError } from '../csharp.ts';
import { defineType, type Implementation } from '../member-table.ts';
import { formatNumber } from '../text/number-format.ts';
import { parseNumber } from '../text/parse-number.ts';
import { textOf } from '../text/to-text.ts';
import { integers, isBig, T, typeOf } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { compareDecimals, decimalOperators, decimalToNumber, roundDecimal } from '../value/decimal.ts';
import { Boxed, Decimal, defaultOf, given, raise, type V } from '../value/values.ts';

/** What Parse throws; TryParse answers false for it. */
const isFailure = (error: unknown): boolean =>
  error instanceof ExpressionError && ['System.FormatException', 'System.OverflowException'].includes(error.type);

function parsers(name: string): Record<string, Implementation> {
  const type = typeOf(name);
  const attempt = (text: V, style: number | undefined, out: (value: V) => void): boolean => {
    try {
      if (text === null) throw new ExpressionError('System.FormatException', '');
      out(parseNumber(text, type, style));
      return true;
    } catch (error) {
      if (!isFailure(error)) throw error;
      out(defaultOf(type));
      return false;
    }
  };
  return {
    [`Parse(string):${name}`]: (_s, [x]) => parseNumber(x, type),
    [`Parse(string,NumberStyles):${name}`]: (_s, [x, style]) => parseNumber(x, type, style),
    [`Parse(string,IFormatProvider):${name}`]: (_s, [x]) => parseNumber(x, type),
    [`Parse(string,NumberStyles,IFormatProvider):${name}`]: (_s, [x, style]) => parseNumber(x, type, style),
    [`TryParse(string,out ${name}):bool`]: (_s, [x, out]) => attempt(x, undefined, out),
    [`TryParse(string,NumberStyles,IFormatProvider,out ${name}):bool`]: (_s, [x, style, , out]) =>
      attempt(x, style, out),
  };
}
function instance(name: string): Record<string, Implementation> {
  const type = typeOf(name);
  const compare: Implementation = (n, [x]) => {
    const order = defaultCompare(n, x);
    // Small types give the difference.
    return ['byte', 'sbyte', 'short', 'ushort'].includes(name) ? n - x : order;
  };
  return {
    'ToString():string': (n) => textOf(type, n),
    'ToString(string):string': (n, [f]) => formatNumber(name, n, f ?? ''),
    'ToString(IFormatProvider):string': (n) => textOf(type, n),
    'ToString(string,IFormatProvider):string': (n, [f]) => formatNumber(name, n, f ?? ''),
    [`CompareTo(${name}):int`]: compare,
    'CompareTo(object):int': (n, [x]) =>
      x === null
        ? 1
        : x instanceof Boxed && x.type.name === name
          ? defaultCompare(n, x.value)
          : !(x instanceof Boxed) && typeof x === typeof n
            ? defaultCompare(n, x)
            : raise('ArgumentException', `Object must be of type ${name}.`),
    [`Equals(${name}):bool`]: (n, [x]) => n === x || (Number.isNaN(n) && Number.isNaN(x)),
  };
}
const floatLimits: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  double: { MaxValue: Number.MAX_VALUE, MinValue: -Number.MAX_VALUE, Epsilon: Number.MIN_VALUE },
  float: { MaxValue: 3.4028234663852886e38, MinValue: -3.4028234663852886e38, Epsilon: 1.401298464324817e-45 },
};

export function defineNumbers(): void {
  for (const [name, { min, max }] of Object.entries(integers)) {
    if (name === 'char') continue;
    const value = (limit: bigint): V => (isBig(typeOf(name)) ? limit : Number(limit));
    defineType({
      type: name,
      bases: ['object', 'IComparable'],
      members: instance(name),
      statics: { ...parsers(name), [`MinValue:${name}`]: () => value(min), [`MaxValue:${name}`]: () => value(max) },
    });
  }
  for (const [name, limits] of Object.entries(floatLimits)) {
    defineType({
      type: name,
      bases: ['object', 'IComparable'],
      members: instance(name),
      statics: {
        ...parsers(name),
        ...Object.fromEntries(Object.entries(limits).map(([member, value]) => [`${member}:${name}`, () => value])),
        [`NaN:${name}`]: () => Number.NaN,
        [`PositiveInfinity:${name}`]: () => Number.POSITIVE_INFINITY,
        [`NegativeInfinity:${name}`]: () => Number.NEGATIVE_INFINITY,
        [`IsNaN(${name}):bool`]: (_s, [n]) => Number.isNaN(n),
        [`IsInfinity(${name}):bool`]: (_s, [n]) => n === Number.POSITIVE_INFINITY || n === Number.NEGATIVE_INFINITY,
        [`IsPositiveInfinity(${name}):bool`]: (_s, [n]) => n === Number.POSITIVE_INFINITY,
        [`IsNegativeInfinity(${name}):bool`]: (_s, [n]) => n === Number.NEGATIVE_INFINITY,
      },
    });
  }
  defineDecimal();
  defineType({
    type: 'bool',
    bases: ['object', 'IComparable'],
    members: {
      'ToString():string': (x) => (x ? 'True' : 'False'),
      'ToString(IFormatProvider):string': (x) => (x ? 'True' : 'False'),
      'CompareTo(bool):int': (x, [y]) => Number(x) - Number(y),
      'Equals(bool):bool': (x, [y]) => x === y,
    },
    statics: {
      'TrueString:string': () => 'True',
      'FalseString:string': () => 'False',
      'Parse(string):bool': (_s, [x]) => parseBoolean(given(x)),
      'TryParse(string,out bool):bool': (_s, [x, out]) => {
        const word = /^[\s\0]*(true|false)[\s\0]*$/i.exec(x ?? '')?.[1]?.toLowerCase();
        out(word === 'true');
        return word !== undefined;
      },
    },
  });
}

export const decimalRounding = (digits: number): number =>
  digits < 0 || digits > 28
    ? raise('ArgumentOutOfRangeException', 'Decimal can only round to between 0 and 28 digits of precision.')
    : digits;

function defineDecimal(): void {
  const operation =
    (operator: string): Implementation =>
    (_s, [a, b]) =>
      decimalOperators[operator]?.(a, b) ?? null;
  const max = new Decimal((1n << 96n) - 1n, 0);
  defineType({
    type: 'decimal',
    bases: ['object', 'IComparable'],
    members: {
      ...instance('decimal'),
      'Equals(decimal):bool': (d, [x]) => compareDecimals(d, x) === 0,
      'new(int)': (_s, [n]) => new Decimal(BigInt(n), 0),
      'new(long)': (_s, [n]) => new Decimal(n, 0),
    },
    statics: {
      ...parsers('decimal'),
      'MaxValue:decimal': () => max,
      'MinValue:decimal': () => new Decimal(-max.mantissa, 0),
      'Zero:decimal': () => new Decimal(0n, 0),
      'One:decimal': () => new Decimal(1n, 0),
      'MinusOne:decimal': () => new Decimal(-1n, 0),
      'Round(decimal):decimal': (_s, [d]) => roundDecimal(d, 0, 'even'),
      'Round(decimal,int):decimal': (_s, [d, n]) => roundDecimal(d, decimalRounding(n), 'even'),
      'Round(decimal,MidpointRounding):decimal': (_s, [d, mode]) => roundDecimal(d, 0, mode === 1 ? 'away' : 'even'),
      'Round(decimal,int,MidpointRounding):decimal': (_s, [d, n, mode]) =>
        roundDecimal(d, decimalRounding(n), mode === 1 ? 'away' : 'even'),
      'Truncate(decimal):decimal': (_s, [d]) => roundDecimal(d, 0, 'zero'),
      'Floor(decimal):decimal': (_s, [d]) => roundDecimal(d, 0, 'floor'),
      'Ceiling(decimal):decimal': (_s, [d]) => roundDecimal(d, 0, 'ceiling'),
      'Negate(decimal):decimal': (_s, [d]) => new Decimal(0n - d.mantissa, d.scale),
      'Add(decimal,decimal):decimal': operation('+'),
      'Subtract(decimal,decimal):decimal': operation('-'),
      'Multiply(decimal,decimal):decimal': operation('*'),
      'Divide(decimal,decimal):decimal': operation('/'),
      'Remainder(decimal,decimal):decimal': operation('%'),
      'Compare(decimal,decimal):int': (_s, [a, b]) => compareDecimals(a, b),
      'Equals(decimal,decimal):bool': (_s, [a, b]) => compareDecimals(a, b) === 0,
      'ToDouble(decimal):double': (_s, [d]) => decimalToNumber(d),
      'ToInt32(decimal):int': (_s, [d]) => Number(toWhole(d, 'int')),
      'ToInt64(decimal):long': (_s, [d]) => toWhole(d, 'long'),
    },
  });
}
function toWhole(d: Decimal, name: 'int' | 'long'): bigint {
  const { mantissa } = roundDecimal(d, 0, 'zero');
  const range = integers[name];
  return range && mantissa >= range.min && mantissa <= range.max
    ? mantissa
    : raise('OverflowException', `Value was either too large or too small for an ${T[name].key}.`);
}
