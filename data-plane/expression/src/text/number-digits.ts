import { decimalText } from '../value/decimal.ts';
import { Decimal } from '../value/values.ts';

/** A number as .NET's formatter sees it: 0.d1d2d3… · 10^scale. */
export interface Digits {
  digits: string;
  scale: number;
  isNegative: boolean;
}

/** `precision`: how many digits of a double count (15; 7 of a float). Other numbers have all of theirs. */
export function digitsOf(value: number | bigint | Decimal, precision: number, isFloating: boolean): Digits {
  if (value instanceof Decimal) {
    const [whole = '', fraction = ''] = decimalText(value).replace('-', '').split('.');
    const significant = `${whole}${fraction}`.replace(/^0+/, '');
    return { digits: significant, scale: significant.length - fraction.length, isNegative: value.mantissa < 0n };
  }
  if (!isFloating) {
    const text = String(value).replace('-', '');
    const digits = text === '0' ? '' : text;
    return { digits, scale: digits.length, isNegative: value < 0 };
  }
  const number = Number(value);
  if (number === 0) return { digits: '', scale: 0, isNegative: false };
  const [mantissa = '', exponent = '0'] = Math.abs(number)
    .toExponential(Math.min(precision, 17) - 1)
    .split('e');
  return { digits: mantissa.replace('.', '').replace(/0+$/, ''), scale: Number(exponent) + 1, isNegative: number < 0 };
}

/** Rounds half away from zero to that many digits; trailing zeros go. */
export function roundDigits(number: Digits, count: number): void {
  if (count < 0) {
    number.digits = '';
  } else if (count < number.digits.length) {
    const isUp = (number.digits[count] ?? '0') >= '5';
    let kept = number.digits.slice(0, count);
    if (isUp) {
      const stripped = kept.replace(/9+$/, '');
      if (stripped === '') {
        kept = '1';
        number.scale++;
      } else kept = stripped.slice(0, -1) + String(Number(stripped.at(-1)) + 1);
    }
    number.digits = kept;
  }
  number.digits = number.digits.replace(/0+$/, '');
  if (number.digits === '') {
    number.scale = 0;
    number.isNegative = false;
  }
}

/** As .NET Framework prints: 15 digits (7 of a float), exponent from 1E+15 and below 1E-04. */
export function doubleText(value: number, precision = 15): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  return generalText(digitsOf(value, precision, true), precision, 'E', false);
}

export function generalText(number: Digits, precision: number, letter: string, noExponent: boolean): string {
  if (!noExponent) roundDigits(number, precision);
  const sign = number.isNegative ? '-' : '';
  const isScientific = !noExponent && (number.scale > precision || number.scale < -3);
  const { digits } = number;
  if (isScientific) {
    const rest = digits.slice(1);
    return `${sign}${digits[0] ?? '0'}${rest ? `.${rest}` : ''}${exponentText(number.scale - 1, letter, 2, true)}`;
  }
  const whole = number.scale > 0 ? digits.slice(0, number.scale).padEnd(number.scale, '0') : '0';
  const fraction =
    number.scale > 0 ? digits.slice(number.scale) : digits === '' ? '' : '0'.repeat(-number.scale) + digits;
  return `${sign}${whole}${fraction ? `.${fraction}` : ''}`;
}
export function exponentText(exponent: number, letter: string, minimum: number, hasPlus: boolean): string {
  const sign = exponent < 0 ? '-' : hasPlus ? '+' : '';
  return `${letter}${sign}${String(Math.abs(exponent)).padStart(minimum, '0')}`;
}

/** 'R': 15 digits where they read back as the same double, else 17. */
export function roundTripText(value: number, isFloat = false): string {
  const [short, long] = isFloat ? [7, 9] : [15, 17];
  const text = doubleText(value, short);
  if (!Number.isFinite(value)) return text;
  const back = isFloat ? Math.fround(Number(text)) : Number(text);
  if (back === value) return text;
  return generalText(digitsOf(value, long, true), long, 'E', false);
}
