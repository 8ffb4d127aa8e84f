import { integers, type Type } from '../type/types.ts';
import { boundDecimal } from '../value/decimal.ts';
import { given, raise, type V, wrapInteger } from '../value/values.ts';

/** NumberStyles' bits. */
export const styles = { integer: 7, float: 231, number: 111, hex: 515 } as const;
const bad = (): never => raise('FormatException', 'Input string was not in a correct format.');

/** `int.Parse`, `double.Parse`, …, invariant culture. Throws what .NET throws. */
export function parseNumber(text: V, type: Type, style?: number): V {
  const source: string = given(text);
  const range = integers[type.name];
  const allowed = style ?? (range ? styles.integer : type.name === 'decimal' ? styles.number : styles.float);
  if (allowed & 512) return parseHex(source, type, allowed);
  if (!range && type.name !== 'decimal') {
    const word = source.trim();
    if (word === 'NaN') return Number.NaN;
    if (word === 'Infinity' || word === '+Infinity') return Number.POSITIVE_INFINITY;
    if (word === '-Infinity') return Number.NEGATIVE_INFINITY;
  }
  const { sign, whole, fraction, exponent } = read(source, allowed);
  if (range) {
    if (/[1-9]/.test(fraction))
      raise('OverflowException', `Value was either too large or too small for an ${type.key}.`);
    const scaled = exponent === 0 ? BigInt(whole || '0') : integral(whole, fraction, exponent);
    return wrapInteger(sign === '-' ? -scaled : scaled, type.name, true);
  }
  if (type.name === 'decimal') {
    const shift = fraction.length - exponent;
    if (shift < -40) return raise('OverflowException', 'Value was either too large or too small for a Decimal.');
    const mantissa = BigInt(`${whole}${fraction}` || '0') * 10n ** BigInt(Math.max(0, -shift));
    return boundDecimal(sign === '-' ? -mantissa : mantissa, Math.max(0, shift));
  }
  const value = Number(`${sign}${whole || '0'}.${fraction || '0'}e${exponent}`);
  if (!Number.isFinite(value) || (type.name === 'float' && !Number.isFinite(Math.fround(value))))
    raise('OverflowException', 'Value was either too large or too small for a floating-point number.');
  return type.name === 'float' ? Math.fround(value) : value;
}

function integral(whole: string, fraction: string, exponent: number): bigint {
  if (Math.abs(exponent) > 40) raise('OverflowException', 'Value was either too large or too small.');
  const all = BigInt(`${whole}${fraction}` || '0');
  const shift = exponent - fraction.length;
  if (shift >= 0) return all * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return all % divisor === 0n ? all / divisor : raise('OverflowException', 'Value was either too large or too small.');
}

interface Parts {
  readonly sign: '-' | '';
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
}
function read(source: string, allowed: number): Parts {
  let text = source.replace(/\0+$/, '');
  const space = /^[\t-\r ]+/;
  if (allowed & 1) text = text.replace(space, '');
  if (allowed & 2) text = text.replace(/[\t-\r ]+$/, '');
  let sign: '-' | '' = '';
  if (allowed & 16 && text.startsWith('(') && text.endsWith(')')) {
    sign = '-';
    text = text.slice(1, -1);
  }
  if (allowed & 256) text = text.replace('¤', '');
  if (allowed & 4 && /^[+-]/.test(text)) {
    sign = text.startsWith('-') ? '-' : '';
    text = text.slice(1);
  } else if (allowed & 8 && /[+-]$/.test(text)) {
    sign = text.endsWith('-') ? '-' : '';
    text = text.slice(0, -1);
  }
  const match = /^([\d,]*)(\.\d*)?([eE][+-]?\d+)?$/.exec(text) ?? bad();
  const [, wholeText = '', point, power] = match;
  if (wholeText.includes(',') && (!(allowed & 64) || wholeText.startsWith(','))) bad();
  if (point !== undefined && !(allowed & 32)) bad();
  if (power !== undefined && !(allowed & 128)) bad();
  const whole = wholeText.replaceAll(',', '');
  const fraction = (point ?? '').slice(1);
  if (whole === '' && fraction === '') bad();
  return {
    sign,
    whole,
    fraction,
    exponent: power === undefined ? 0 : Math.max(-9999, Math.min(9999, Number(power.slice(1)))),
  };
}

function parseHex(source: string, type: Type, allowed: number): V {
  let text = source;
  if (allowed & 1) text = text.trimStart();
  if (allowed & 2) text = text.trimEnd();
  if (!/^[0-9a-fA-F]+$/.test(text)) bad();
  const value = BigInt(`0x${text}`);
  const bits = integers[type.name]?.bits ?? 64;
  if (value >= 1n << BigInt(bits))
    raise('OverflowException', `Value was either too large or too small for an ${type.key}.`);
  return wrapInteger(value, type.name, false);
}

/** `TryParse`: undefined where `Parse` throws. */
export function tryParse<R>(parse: () => R, isFailure: (error: unknown) => boolean): R | undefined {
  try {
    return parse();
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}
