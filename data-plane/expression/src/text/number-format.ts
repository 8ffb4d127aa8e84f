import { integers } from '../type/types.ts';
import { decimalText } from '../value/decimal.ts';
import { Decimal, notSupported, raise } from '../value/values.ts';
import { customNumber } from './number-custom.ts';
import {
  type Digits,
  digitsOf,
  doubleText,
  exponentText,
  generalText,
  roundDigits,
  roundTripText,
} from './number-digits.ts';

const badFormat = (): never => raise('FormatException', 'Format specifier was invalid.');
/** Digits that a G without number shows. */
const generalPrecision: Readonly<Record<string, number>> = {
  sbyte: 3,
  byte: 3,
  short: 5,
  ushort: 5,
  int: 10,
  uint: 10,
  long: 19,
  ulong: 20,
  float: 7,
  double: 15,
  decimal: 29,
};

/** `ToString(format)` of a number, invariant culture; `name` is C#'s name of its type. */
export function formatNumber(name: string, value: number | bigint | Decimal, format: string): string {
  const isFloating = name === 'double' || name === 'float';
  if (isFloating && !Number.isFinite(value)) return doubleText(Number(value));
  const standard = /^([a-zA-Z])(\d{0,2})$/.exec(format);
  const precision = name === 'float' ? 7 : 15;
  if (!standard) {
    if (format === '') return formatNumber(name, value, 'G');
    if (/^[a-zA-Z]\d{3,}$/.test(format)) notSupported(`The number format '${format}'`);
    return customNumber(digitsOf(value, precision, isFloating), format, isFloating);
  }
  const [, letter = 'G', digitsText = ''] = standard;
  const digits = digitsText === '' ? undefined : Number(digitsText);
  const isWhole = Object.hasOwn(integers, name);
  const number = (count = precision) => digitsOf(value, count, isFloating);
  switch (letter.toUpperCase()) {
    case 'D':
    case 'X': {
      if (!isWhole) badFormat();
      if (letter.toUpperCase() === 'D') {
        const text = String(value)
          .replace('-', '')
          .padStart(digits ?? 0, '0');
        return String(value).startsWith('-') ? `-${text}` : text;
      }
      const hex = BigInt.asUintN(integers[name]?.bits ?? 64, BigInt(value as number | bigint))
        .toString(16)
        .padStart(digits ?? 0, '0');
      return letter === 'X' ? hex.toUpperCase() : hex;
    }
    case 'E': {
      const count = digits ?? 6;
      const n = number(count > 14 ? 17 : precision);
      roundDigits(n, count + 1);
      const all = n.digits.padEnd(count + 1, '0');
      const exponent = n.digits === '' ? 0 : n.scale - 1;
      return `${n.isNegative ? '-' : ''}${all[0]}${count > 0 ? `.${all.slice(1)}` : ''}${exponentText(exponent, letter, 3, true)}`;
    }
    case 'F':
    case 'N': {
      const n = number();
      const text = fixedText(n, digits ?? 2, letter.toUpperCase() === 'N');
      return n.isNegative ? `-${text}` : text;
    }
    case 'C': {
      const n = number();
      const text = `¤${fixedText(n, digits ?? 2, true)}`;
      return n.isNegative ? `(${text})` : text;
    }
    case 'P': {
      const n = number();
      n.scale += n.digits === '' ? 0 : 2;
      const text = `${fixedText(n, digits ?? 2, true)} %`;
      return n.isNegative ? `-${text}` : text;
    }
    case 'G': {
      const exponentLetter = letter === 'G' ? 'E' : 'e';
      if (digits === undefined || digits === 0) {
        if (isWhole) return String(value);
        if (value instanceof Decimal && digits === undefined) return decimalText(value);
        return generalText(number(), generalPrecision[name] ?? 15, exponentLetter, false);
      }
      const wide = isFloating && digits > precision ? (name === 'float' ? 9 : 17) : precision;
      return generalText(number(wide), digits, exponentLetter, false);
    }
    case 'R':
      return isFloating ? roundTripText(Number(value), name === 'float') : badFormat();
    default:
      return badFormat();
  }
}

function fixedText(number: Digits, count: number, isGrouped: boolean): string {
  roundDigits(number, number.scale + count);
  const { digits, scale } = number;
  const whole = scale > 0 ? digits.slice(0, scale).padEnd(scale, '0') : '0';
  const fraction = (scale > 0 ? digits.slice(scale) : '0'.repeat(-scale) + digits).padEnd(count, '0').slice(0, count);
  const grouped = isGrouped ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  return count > 0 ? `${grouped}.${fraction}` : grouped;
}
