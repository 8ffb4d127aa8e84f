import { integers, isBig, isInteger, same, type Type } from '../type/types.ts';
import { decimalFromNumber, decimalToInteger, decimalToNumber } from '../value/decimal.ts';
import { Decimal, raise, type V, wrapInteger } from '../value/values.ts';

const widening: Readonly<Record<string, readonly string[]>> = {
  sbyte: ['short', 'int', 'long', 'float', 'double', 'decimal'],
  byte: ['short', 'ushort', 'int', 'uint', 'long', 'ulong', 'float', 'double', 'decimal'],
  short: ['int', 'long', 'float', 'double', 'decimal'],
  ushort: ['int', 'uint', 'long', 'ulong', 'float', 'double', 'decimal'],
  char: ['ushort', 'int', 'uint', 'long', 'ulong', 'float', 'double', 'decimal'],
  int: ['long', 'float', 'double', 'decimal'],
  uint: ['long', 'ulong', 'float', 'double', 'decimal'],
  long: ['float', 'double', 'decimal'],
  ulong: ['float', 'double', 'decimal'],
  float: ['double'],
};
export const isWidening = (from: Type, to: Type): boolean => widening[from.name]?.includes(to.name) === true;
const overflow = (): never => raise('OverflowException', 'Arithmetic operation resulted in an overflow.');

/** Of any number to any other; unchecked conversions wrap. */
export function numericConversion(from: Type, to: Type, isChecked = false): (value: V) => V {
  if (same(from, to)) return (value) => value;
  if (isInteger(to)) return toInteger(from, to, isChecked);
  if (to.name === 'decimal') {
    if (isInteger(from)) return (value) => new Decimal(BigInt(value), 0);
    return (value) => decimalFromNumber(value, from.name === 'float' ? 7 : 15);
  }
  const narrow = to.name === 'float' ? Math.fround : (value: number) => value;
  if (from.name === 'decimal') return (value) => narrow(decimalToNumber(value));
  return (value) => narrow(Number(value));
}

function toInteger(from: Type, to: Type, isChecked: boolean): (value: V) => V {
  if (from.name === 'decimal')
    return (value: Decimal) => {
      const whole = decimalToInteger(value);
      const range = integers[to.name];
      if (range && (whole < range.min || whole > range.max))
        raise('OverflowException', `Value was either too large or too small for an ${to.key}.`);
      return wrapInteger(whole, to.name, true);
    };
  if (isInteger(from)) {
    if (!isBig(from) && isWidening(from, to)) return isBig(to) ? (value) => BigInt(value) : (value) => value;
    return (value) => wrapInteger(BigInt(value), to.name, isChecked);
  }
  return (value: number) => {
    const whole = Math.trunc(value);
    const range = integers[to.name];
    const isInside =
      range !== undefined && Number.isFinite(whole) && BigInt(whole) >= range.min && BigInt(whole) <= range.max;
    if (isInside) return wrapInteger(BigInt(whole), to.name, false);
    return isChecked ? overflow() : outOfRange(whole, to.name);
  };
}
/** What the processor gives for a double that no integer of the type holds. */
function outOfRange(whole: number, name: string): V {
  const wide = Number.isFinite(whole) && Math.abs(whole) < 2 ** 63 ? BigInt(whole) : -(1n << 63n);
  if (name === 'long') return wide;
  if (name === 'ulong')
    return Number.isFinite(whole) && whole > 0 && whole < 2 ** 64 ? BigInt(whole) : BigInt.asUintN(64, wide);
  if (name === 'uint') return wrapInteger(wide, name, false);
  const narrow = wide >= -2147483648n && wide <= 2147483647n ? wide : -2147483648n;
  return wrapInteger(narrow, name, false);
}
