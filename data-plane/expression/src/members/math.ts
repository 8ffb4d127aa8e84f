import { defineType, type Implementation } from '../member-table.ts';
import { compareDecimals, roundDecimal } from '../value/decimal.ts';
import { Decimal, raise, type V } from '../value/values.ts';
import { decimalRounding } from './numbers.ts';

const negated = (): never =>
  raise('OverflowException', 'Negating the minimum value of a twos complement number is invalid.');
const order = ['int', 'long', 'double', 'decimal', 'float', 'short', 'byte', 'sbyte', 'ushort', 'uint', 'ulong'];
const least: Readonly<Record<string, V>> = {
  sbyte: -128,
  short: -32768,
  int: -2147483648,
  long: -9223372036854775808n,
};

function absolute(name: string): Implementation {
  if (name === 'decimal') return (_s, [a]) => (a.mantissa < 0n ? new Decimal(-(a.mantissa as bigint), a.scale) : a);
  if (name === 'long') return (_s, [a]) => (a === least['long'] ? negated() : a < 0n ? -(a as bigint) : a);
  return (_s, [a]) => (a === least[name] ? negated() : Math.abs(a));
}
function extreme(name: string, sign: number): Implementation {
  if (name === 'decimal') return (_s, [a, b]) => (compareDecimals(a, b) * sign >= 0 ? a : b);
  if (name === 'double' || name === 'float') return (_s, [a, b]) => (sign > 0 ? Math.max(a, b) : Math.min(a, b));
  // Also of bigint, which Math.max does not take.
  return (_s, [a, b]) => (a < b === sign > 0 ? b : a);
}
function signOf(name: string): Implementation {
  if (name === 'decimal') return (_s, [a]) => (a.mantissa > 0n ? 1 : a.mantissa < 0n ? -1 : 0);
  return (_s, [a]) => {
    if (Number.isNaN(a)) raise('ArithmeticException', 'Function does not accept floating point Not-a-Number values.');
    return a > 0 ? 1 : a < 0 ? -1 : 0;
  };
}
const halfEven = (a: number): number => {
  const floor = Math.floor(a);
  const rest = a - floor;
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
};
const halfAway = (a: number): number => {
  const whole = Math.trunc(a);
  return Math.abs(a - whole) >= 0.5 ? whole + Math.sign(a) : whole;
};
/** As .NET does it: scaled by a power of ten, rounded, scaled back. */
function roundTo(a: number, digits: number, mode: number): number {
  if (digits < 0 || digits > 15)
    raise('ArgumentOutOfRangeException', 'Rounding digits must be between 0 and 15, inclusive.');
  if (!(Math.abs(a) < 1e16)) return a;
  const power = 10 ** digits;
  return (mode === 1 ? halfAway(a * power) : halfEven(a * power)) / power;
}
const overflow = (): never => raise('OverflowException', 'Arithmetic operation resulted in an overflow.');

export function defineMath(): void {
  const one =
    (compute: (a: number) => number): Implementation =>
    (_s, [a]) =>
      compute(a);
  const each = (
    member: string,
    result: (name: string) => string,
    make: (name: string) => Implementation,
    names = order,
  ) => Object.fromEntries(names.map((name) => [member.replaceAll('T', name) + result(name), make(name)]));
  const signed = ['int', 'long', 'double', 'decimal', 'float', 'short', 'sbyte'];
  defineType({
    type: 'Math',
    statics: {
      'PI:double': () => Math.PI,
      'E:double': () => Math.E,
      ...each('Abs(T):', (name) => name, absolute, signed),
      ...each('Sign(T):', () => 'int', signOf, signed),
      ...each(
        'Max(T,T):',
        (name) => name,
        (name) => extreme(name, 1),
      ),
      ...each(
        'Min(T,T):',
        (name) => name,
        (name) => extreme(name, -1),
      ),
      'Round(double):double': one(halfEven),
      'Round(double,int):double': (_s, [a, n]) => roundTo(a, n, 0),
      'Round(double,MidpointRounding):double': (_s, [a, mode]) => roundTo(a, 0, mode),
      'Round(double,int,MidpointRounding):double': (_s, [a, n, mode]) => roundTo(a, n, mode),
      'Round(decimal):decimal': (_s, [a]) => roundDecimal(a, 0, 'even'),
      'Round(decimal,int):decimal': (_s, [a, n]) => roundDecimal(a, decimalRounding(n), 'even'),
      'Round(decimal,MidpointRounding):decimal': (_s, [a, mode]) => roundDecimal(a, 0, mode === 1 ? 'away' : 'even'),
      'Round(decimal,int,MidpointRounding):decimal': (_s, [a, n, mode]) =>
        roundDecimal(a, decimalRounding(n), mode === 1 ? 'away' : 'even'),
      'Floor(double):double': one(Math.floor),
      'Ceiling(double):double': one(Math.ceil),
      'Truncate(double):double': one(Math.trunc),
      'Floor(decimal):decimal': (_s, [a]) => roundDecimal(a, 0, 'floor'),
      'Ceiling(decimal):decimal': (_s, [a]) => roundDecimal(a, 0, 'ceiling'),
      'Truncate(decimal):decimal': (_s, [a]) => roundDecimal(a, 0, 'zero'),
      'Sqrt(double):double': one(Math.sqrt),
      'Pow(double,double):double': (_s, [a, b]) =>
        Math.abs(a) === 1 && !Number.isFinite(b) && !Number.isNaN(b) ? (a === 1 ? 1 : Number.NaN) : a ** b,
      'Exp(double):double': one(Math.exp),
      'Log(double):double': one(Math.log),
      'Log(double,double):double': (_s, [a, b]) => logarithm(a, b),
      'Log10(double):double': one(Math.log10),
      'Sin(double):double': one(Math.sin),
      'Cos(double):double': one(Math.cos),
      'Tan(double):double': one(Math.tan),
      'Asin(double):double': one(Math.asin),
      'Acos(double):double': one(Math.acos),
      'Atan(double):double': one(Math.atan),
      'Atan2(double,double):double': (_s, [a, b]) => Math.atan2(a, b),
      'Sinh(double):double': one(Math.sinh),
      'Cosh(double):double': one(Math.cosh),
      'Tanh(double):double': one(Math.tanh),
      'IEEERemainder(double,double):double': (_s, [a, b]) => a - b * halfEven(a / b),
      'BigMul(int,int):long': (_s, [a, b]) => BigInt(a) * BigInt(b),
      'DivRem(int,int,out int):int': (_s, [a, b, out]) => {
        if (b === 0) raise('DivideByZeroException', 'Attempted to divide by zero.');
        if (a === -2147483648 && b === -1) overflow();
        out((a % b) | 0);
        return (a / b) | 0;
      },
      'DivRem(long,long,out long):long': (_s, [a, b, out]) => {
        if (b === 0n) raise('DivideByZeroException', 'Attempted to divide by zero.');
        out(a % b);
        return a / b;
      },
    },
  });
}
/** A quotient of logarithms. */
function logarithm(a: number, base: number): number {
  if (base === 1 || Number.isNaN(a) || Number.isNaN(base)) return Number.NaN;
  if (a !== 1 && (base === 0 || base === Number.POSITIVE_INFINITY)) return Number.NaN;
  return Math.log(a) / Math.log(base);
}
