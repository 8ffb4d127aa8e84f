import { JValue } from '../json/tokens.ts';
import { parseDateTime } from '../text/date-parse.ts';
import { parseNumber } from '../text/parse-number.ts';
import { boxedText } from '../text/to-text.ts';
import { isEnum, isInteger, type Type } from '../type/types.ts';
import { decimalFromNumber, decimalToNumber, divideRounded } from '../value/decimal.ts';
import { Boxed, DateTime, Decimal, raise, runtimeType, type V, wrapInteger } from '../value/values.ts';
import { boxedValue } from './json-conversion.ts';

const invalid = (from: Type, to: string): never =>
  raise('InvalidCastException', `Invalid cast from '${from.key}' to '${to}'.`);
const overflow = (to: Type): never =>
  raise('OverflowException', `Value was either too large or too small for an ${to.key}.`);

/** What Convert sees of a value in a slot of type object. */
const plain = (value: V): V => (value instanceof JValue ? boxedValue(value) : value);

/** `Convert.ToInt32(object)` and its like: rounds half to even, never wraps. */
export function toNumber(given: V, to: Type): V {
  const value = plain(given);
  if (value === null || value === undefined)
    return isInteger(to) ? wrapInteger(0n, to.name, false) : to.name === 'decimal' ? new Decimal(0n, 0) : 0;
  if (typeof value === 'string') {
    if (to.name === 'char') return toChar(value);
    return parseNumber(value, to);
  }
  const from = runtimeType(value);
  const raw = value instanceof Boxed ? value.value : value;
  if (typeof raw === 'boolean') {
    if (to.name === 'char') invalid(from, to.key);
    return toNumber(raw ? 1 : 0, to);
  }
  if (to.name === 'char' && !(isInteger(from) || isEnum(from))) invalid(from, to.key);
  if (from.name === 'char' && !isInteger(to)) invalid(from, to.key);
  if (raw instanceof Decimal) {
    if (to.name === 'decimal') return raw;
    if (!isInteger(to)) return to.name === 'float' ? Math.fround(decimalToNumber(raw)) : decimalToNumber(raw);
    return bounded(divideRounded(raw.mantissa, 10n ** BigInt(raw.scale)), to);
  }
  if (typeof raw !== 'number' && typeof raw !== 'bigint') return invalid(from, to.key);
  const isReal = from.name === 'double' || from.name === 'float';
  if (to.name === 'decimal')
    return isReal ? decimalFromNumber(Number(raw), from.name === 'float' ? 7 : 15) : new Decimal(BigInt(raw), 0);
  if (to.name === 'double') return Number(raw);
  if (to.name === 'float') return Math.fround(Number(raw));
  if (!isReal) return bounded(BigInt(raw), to);
  const number = Number(raw);
  if (!Number.isFinite(number) || Math.abs(number) > 1e19) return overflow(to);
  const floor = Math.floor(number);
  const half = number - floor;
  return bounded(BigInt(half < 0.5 || (half === 0.5 && floor % 2 === 0) ? floor : floor + 1), to);
}
function bounded(value: bigint, to: Type): V {
  try {
    return wrapInteger(value, to.name, true);
  } catch {
    return overflow(to);
  }
}
const toChar = (text: string): number =>
  text.length === 1 ? text.charCodeAt(0) : raise('FormatException', 'String must be exactly one character long.');

export const parseBoolean = (text: string): boolean => {
  const word = text.replace(/^[\s\0]+|[\s\0]+$/g, '').toLowerCase();
  return word === 'true'
    ? true
    : word === 'false'
      ? false
      : raise('FormatException', 'String was not recognized as a valid Boolean.');
};
export function toBoolean(given: V): boolean {
  const value = plain(given);
  if (value === null || value === undefined) return false;
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') return parseBoolean(value);
  const from = runtimeType(value);
  const raw = value instanceof Boxed ? value.value : value;
  if (raw instanceof Decimal) return raw.mantissa !== 0n;
  if ((typeof raw === 'number' || typeof raw === 'bigint') && from.name !== 'char') return raw !== 0 && raw !== 0n;
  return invalid(from, 'Boolean');
}
export function toDateTime(given: V): DateTime {
  const value = plain(given);
  if (value === null || value === undefined) return new DateTime(0n, 0);
  if (value instanceof DateTime) return value;
  if (typeof value === 'string') return parseDateTime(value);
  return invalid(runtimeType(value), 'DateTime');
}
export const toText = (given: V): string => boxedText(given instanceof JValue ? boxedValue(given) : given);

/** `Convert.ChangeType`. */
export function changeType(value: V, to: Type): V {
  switch (to.name) {
    case 'string':
      return value === null ? null : toText(value);
    case 'bool':
      return toBoolean(value);
    case 'DateTime':
      return toDateTime(value);
    case 'object':
      return value;
    default:
      return toNumber(value, to);
  }
}
