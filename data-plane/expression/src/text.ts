import { ExpressionError } from './csharp.ts';
import { formatDateTime, timeSpanText } from './date-time.ts';
import { JToken, JValue, printJson } from './json.ts';
import { enumTypes, type Type } from './types.ts';
import {
  Boxed,
  DateTime,
  Decimal,
  decimalText,
  doubleText,
  enumName,
  Guid,
  Items,
  Native,
  notSupported,
  Pair,
  raise,
  runtimeType,
  TimeSpan,
  type V,
} from './values.ts';

/** `ToString()` of a value whose static type is known. */
export function textOf(type: Type, value: V): string {
  if (value === null || value === undefined) return '';
  switch (type.name) {
    case 'string':
      return value;
    case 'bool':
      return value ? 'True' : 'False';
    case 'char':
      return String.fromCharCode(value);
    case 'double':
      return doubleText(value);
    case 'float':
      return doubleText(value, 7);
    case 'decimal':
      return decimalText(value);
    case '?':
      return textOf(type.args[0] ?? type, value);
  }
  if (typeof value === 'number' && Object.hasOwn(enumTypes, type.name)) return enumName(type, value);
  if (value instanceof Boxed) return textOf(value.type, value.value);
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof JValue) {
    if (value.kind === 'Null') return '';
    if (value.kind === 'Boolean') return value.value ? 'True' : 'False';
    if (value.kind === 'Float') return doubleText(value.value as number);
    if (value.kind === 'Date') return formatDateTime(value.value as DateTime, '');
    return String(value.value);
  }
  if (value instanceof JToken) return printJson(value, true);
  if (value instanceof DateTime) return formatDateTime(value, '');
  if (value instanceof TimeSpan) return timeSpanText(value);
  if (value instanceof Guid) return value.text;
  if (value instanceof Decimal) return decimalText(value);
  if (value instanceof Pair) return `[${boxedText(value.key)}, ${boxedText(value.value)}]`;
  if (value instanceof ExpressionError) return `${value.type}: ${value.message}`;
  if (value instanceof Native && typeof value.state?.text === 'string') return value.state.text;
  if (value instanceof Items) return arrayName(value.type);
  return notSupported(`The text of a ${runtimeType(value).key}`);
}

export const boxedText = (value: V): string =>
  value instanceof Boxed ? textOf(value.type, value.value) : textOf(runtimeType(value), value);

const full: Readonly<Record<string, string>> = {
  string: 'System.String',
  int: 'System.Int32',
  byte: 'System.Byte',
  object: 'System.Object',
  char: 'System.Char',
  long: 'System.Int64',
  bool: 'System.Boolean',
  double: 'System.Double',
};
const fullName = (type: Type): string => full[type.name] ?? type.name;
function arrayName(type: Type): string {
  const element = fullName(type.args[0] ?? type);
  if (type.name === '[]') return `${element}[]`;
  if (type.name === 'List') return `System.Collections.Generic.List\`1[${element}]`;
  return notSupported(`The text of a ${type.key}`);
}

/** `ToString(format)`, invariant culture. */
export function formatted(type: Type, value: V, format: string): string {
  if (value === null || value === undefined) return '';
  if (format === '') return textOf(type, value);
  if (type.name === 'object' || type.name === '?')
    return formatted(
      runtimeType(type.name === '?' && typeof value === 'number' ? new Boxed(type.args[0] ?? type, value) : value),
      value instanceof Boxed ? value.value : value,
      format,
    );
  if (value instanceof DateTime) return formatDateTime(value, format);
  if (value instanceof TimeSpan)
    return /^[cgt]$/i.test(format) && format !== 'g' && format !== 'G'
      ? timeSpanText(value)
      : timeSpanCustom(value, format);
  if (value instanceof Guid) {
    const bare = value.text.replaceAll('-', '');
    const forms: Readonly<Record<string, string>> = {
      D: value.text,
      N: bare,
      B: `{${value.text}}`,
      P: `(${value.text})`,
    };
    return (
      forms[format.toUpperCase()] ??
      raise('FormatException', 'Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')
    );
  }
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal)
    return formatNumber(type, value, format);
  return textOf(type, value);
}

function timeSpanCustom(value: TimeSpan, format: string): string {
  if (!/^((hh|mm|ss|d|f{1,7}|dd|h|m|s)|\\.|'[^']*')+$/.test(format)) notSupported(`The time format '${format}'`);
  const absolute = value.ticks < 0n ? -value.ticks : value.ticks;
  const numbers: Readonly<Record<string, bigint>> = {
    d: absolute / 864_000_000_000n,
    h: (absolute / 36_000_000_000n) % 24n,
    m: (absolute / 600_000_000n) % 60n,
    s: (absolute / 10_000_000n) % 60n,
  };
  return format.replace(
    /\\(.)|'([^']*)'|([dhmsf])\3*/g,
    (whole, escaped, quoted, letter) =>
      escaped ??
      quoted ??
      (letter === 'f'
        ? (absolute % 10_000_000n).toString().padStart(7, '0').slice(0, whole.length)
        : (numbers[letter] ?? 0n).toString().padStart(whole.length, '0')),
  );
}

function formatNumber(type: Type, value: number | bigint | Decimal, format: string): string {
  const match = /^([a-zA-Z])(\d{0,2})$/.exec(format);
  const isWhole = type.name !== 'double' && type.name !== 'float' && type.name !== 'decimal';
  if (!match) return customNumber(type, value, format);
  const [, letter = 'G', digitsText = ''] = match;
  const digits = digitsText === '' ? undefined : Number(digitsText);
  if (typeof value === 'number' && !Number.isFinite(value)) return doubleText(value);
  switch (letter.toUpperCase()) {
    case 'D': {
      if (!isWhole) raise('FormatException', 'Format specifier was invalid.');
      const negative = String(value).startsWith('-');
      return (
        (negative ? '-' : '') +
        String(value)
          .replace('-', '')
          .padStart(digits ?? 0, '0')
      );
    }
    case 'X': {
      if (!isWhole) raise('FormatException', 'Format specifier was invalid.');
      const bits = { sbyte: 8, byte: 8, short: 16, ushort: 16, int: 32, uint: 32 }[type.name] ?? 64;
      const hex = BigInt.asUintN(bits, BigInt(value as number | bigint))
        .toString(16)
        .padStart(digits ?? 0, '0');
      return letter === 'X' ? hex.toUpperCase() : hex;
    }
    case 'F':
      return fixed(value, digits ?? 2);
    case 'N': {
      const [whole = '', fraction] = fixed(value, digits ?? 2).split('.');
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
      return fraction === undefined ? grouped : `${grouped}.${fraction}`;
    }
    case 'G':
      if (digits === undefined || digits === 0) return textOf(type, value);
      return notSupported(`The number format '${format}'`);
    default:
      return notSupported(`The number format '${format}'`);
  }
}

/** Rounds half away from zero over the 15 digits that .NET Framework formats from. */
function fixed(value: number | bigint | Decimal, digits: number): string {
  const text = value instanceof Decimal ? decimalText(value) : typeof value === 'number' ? plain(value) : String(value);
  const negative = text.startsWith('-');
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  let scaled = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if ((fraction[digits] ?? '0') >= '5') scaled += 1n;
  const all = scaled.toString().padStart(digits + 1, '0');
  const result = digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`;
  return negative && scaled !== 0n ? `-${result}` : result;
}
function plain(value: number): string {
  const text = doubleText(value);
  const match = /^(-?)(\d)(?:\.(\d+))?E([+-]\d+)$/.exec(text);
  if (!match) return text;
  const [, sign = '', first = '', rest = '', power] = match;
  const exponent = Number(power);
  const all = first + rest;
  return exponent < 0 ? `${sign}0.${'0'.repeat(-exponent - 1)}${all}` : sign + all.padEnd(exponent + 1, '0');
}

function customNumber(type: Type, value: number | bigint | Decimal, format: string): string {
  const match = /^(#,##)?(0+|#)(?:\.(0*)(#*))?$/.exec(format);
  if (!match || (typeof value === 'number' && !Number.isFinite(value)))
    return notSupported(`The number format '${format}'`);
  const [, group, whole = '', zeros = '', optional = ''] = match;
  void type;
  let [integer = '0', fraction = ''] = fixed(value, zeros.length + optional.length).split('.');
  const negative = integer.startsWith('-');
  integer = integer.replace('-', '');
  if (whole === '#' && integer === '0') integer = '';
  integer = integer.padStart(whole === '#' ? 0 : whole.length, '0');
  if (group) integer = integer.replace(/\B(?=(\d{3})+$)/g, ',');
  while (fraction.length > zeros.length && fraction.endsWith('0')) fraction = fraction.slice(0, -1);
  return `${negative ? '-' : ''}${integer}${fraction ? `.${fraction}` : ''}`;
}

/** `string.Format` and interpolation holes. */
export function formatComposite(format: string, args: readonly V[]): string {
  return format.replace(/\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^{}]*))?\}|[{}]/g, (whole, index, width, spec) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    if (index === undefined) return raise('FormatException', 'Input string was not in a correct format.');
    if (Number(index) >= args.length)
      return raise(
        'FormatException',
        'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
      );
    const value = args[Number(index)];
    return align(
      value === null ? '' : formatted(runtimeType(value), value instanceof Boxed ? value.value : value, spec ?? ''),
      width === undefined ? 0 : Number(width),
    );
  });
}
export function align(text: string, width: number): string {
  if (Math.abs(width) > 100_000) raise('FormatException', 'Input string was not in a correct format.');
  return width >= 0 ? text.padStart(width) : text.padEnd(-width);
}
