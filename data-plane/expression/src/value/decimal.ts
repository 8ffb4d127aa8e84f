import { Decimal, raise } from './values.ts';

const limit = (1n << 96n) - 1n;
const overflow = (): never => raise('OverflowException', 'Value was either too large or too small for a Decimal.');

/** Quotient rounded half to even. */
export function divideRounded(value: bigint, divisor: bigint, mode: 'even' | 'away' = 'even'): bigint {
  const quotient = value / divisor;
  const rest = value % divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  const size = divisor < 0n ? -divisor : divisor;
  if (twice < size || (twice === size && mode === 'even' && quotient % 2n === 0n)) return quotient;
  return quotient + (value < 0n === divisor < 0n ? 1n : -1n);
}
const power = (exponent: number): bigint => 10n ** BigInt(exponent);

/** Fits a value into 96 bits and 28 digits behind the point, as .NET rounds: half to even. */
export function boundDecimal(mantissa: bigint, scale: number): Decimal {
  let drop = Math.max(0, scale - 28);
  const size = mantissa < 0n ? -mantissa : mantissa;
  const excess = size.toString().length - 29;
  if (excess > drop) drop = excess;
  for (; drop <= scale; drop++) {
    const rounded = drop > 0 ? divideRounded(mantissa, power(drop)) : mantissa;
    if (rounded <= limit && rounded >= -limit) return new Decimal(rounded, scale - drop);
  }
  return overflow();
}
const aligned = (a: Decimal, b: Decimal): [bigint, bigint, number] => {
  const scale = Math.max(a.scale, b.scale);
  return [a.mantissa * power(scale - a.scale), b.mantissa * power(scale - b.scale), scale];
};
export const compareDecimals = (a: Decimal, b: Decimal): number => {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
};
export const decimalOperators: Readonly<Record<string, (a: Decimal, b: Decimal) => Decimal>> = {
  '+': (a, b) => {
    const [x, y, s] = aligned(a, b);
    return boundDecimal(x + y, s);
  },
  '-': (a, b) => {
    const [x, y, s] = aligned(a, b);
    return boundDecimal(x - y, s);
  },
  '*': (a, b) => boundDecimal(a.mantissa * b.mantissa, a.scale + b.scale),
  '%': (a, b) => {
    const [x, y, s] = aligned(a, b);
    return y === 0n ? raise('DivideByZeroException', 'Attempted to divide by zero.') : new Decimal(x % y, s);
  },
  '/': (a, b) => {
    if (b.mantissa === 0n) raise('DivideByZeroException', 'Attempted to divide by zero.');
    // The shortest exact quotient, else 28 or 29 digits.
    const natural = Math.max(0, a.scale - b.scale);
    const exact = a.mantissa * power(natural + b.scale - a.scale);
    if (exact % b.mantissa === 0n) return boundDecimal(exact / b.mantissa, natural);
    const digits = 60;
    const quotient = boundQuotient(a.mantissa * power(digits + b.scale), b.mantissa * power(a.scale), digits);
    let { mantissa, scale } = quotient;
    while (scale > natural && mantissa % 10n === 0n) {
      mantissa /= 10n;
      scale--;
    }
    return new Decimal(mantissa, scale);
  },
};
function boundQuotient(value: bigint, divisor: bigint, scale: number): Decimal {
  const whole = value / divisor;
  // A digit beyond the rest tells an exact half from more than a half.
  const sticky = whole * 10n + (value % divisor === 0n ? 0n : value < 0n === divisor < 0n ? 1n : -1n);
  return boundDecimal(sticky, scale + 1);
}

export function parseDecimal(text: string): Decimal {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match) return raise('FormatException', 'Input string was not in a correct format.');
  const [, sign, whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > 200) return exponent < 0 ? new Decimal(0n, 28) : overflow();
  let mantissa = BigInt(`${whole}${fraction}` || '0');
  let scale = fraction.length - exponent;
  if (scale < 0) {
    mantissa *= power(-scale);
    scale = 0;
  }
  return boundDecimal(sign === '-' ? -mantissa : mantissa, scale);
}
export function decimalText({ mantissa, scale }: Decimal): string {
  const sign = mantissa < 0n ? '-' : '';
  const digits = (mantissa < 0n ? -mantissa : mantissa).toString().padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
export const decimalToNumber = (value: Decimal): number => Number(decimalText(value));

/** A double has 15 digits that count, a float 7. */
export function decimalFromNumber(value: number, digits: 15 | 7): Decimal {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 96) return overflow();
  if (value === 0) return new Decimal(0n, 0);
  const { mantissa, scale } = parseDecimal(value.toExponential(digits - 1));
  let [m, s] = [mantissa, scale];
  while (s > 0 && m % 10n === 0n) {
    m /= 10n;
    s--;
  }
  return new Decimal(m, s);
}
/** To that many digits behind the point. */
export function roundDecimal(
  value: Decimal,
  digits: number,
  mode: 'even' | 'away' | 'zero' | 'floor' | 'ceiling',
): Decimal {
  if (value.scale <= digits) return value;
  const divisor = power(value.scale - digits);
  const quotient = value.mantissa / divisor;
  const isExact = value.mantissa % divisor === 0n;
  if (mode === 'even' || mode === 'away') return new Decimal(divideRounded(value.mantissa, divisor, mode), digits);
  const step =
    isExact || mode === 'zero'
      ? 0n
      : mode === 'floor'
        ? value.mantissa < 0n
          ? -1n
          : 0n
        : value.mantissa > 0n
          ? 1n
          : 0n;
  return new Decimal(quotient + step, digits);
}
export const decimalToInteger = (value: Decimal): bigint => value.mantissa / power(value.scale);
