import { JValue } from '../json/tokens.ts';
import type { Runtime } from '../runtime.ts';
import { enumText } from '../type/enums.ts';
import { isEnum, isNumeric, type Type } from '../type/types.ts';
import {
  Boxed,
  DateTime,
  DateTimeOffset,
  Decimal,
  Guid,
  raise,
  runtimeType,
  TimeSpan,
  type V,
} from '../value/values.ts';
import { formatDate } from './date-format.ts';
import { formatNumber } from './number-format.ts';
import { formatTimeSpan } from './timespan-format.ts';
import { textOf } from './to-text.ts';

/** `ToString(format)` of a value whose static type is known, invariant culture; '' of null. */
export function formatted(type: Type, value: V, format: string | null): string {
  if (value === null || value === undefined) return '';
  if (format === null || format === '') return textOf(type, value);
  if (type.name === '?') return formatted(type.args[0] ?? type, value, format);
  if (value instanceof Boxed) return formatted(value.type, value.value, format);
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (isEnum(type)) return formatEnum(type, Number(value), format);
    if (type.name === 'char') return String.fromCharCode(Number(value));
    return formatNumber(isNumeric(type) ? type.name : typeof value === 'number' ? 'int' : 'long', value, format);
  }
  if (value instanceof Decimal) return formatNumber('decimal', value, format);
  if (value instanceof DateTime || value instanceof DateTimeOffset) return formatDate(value, format);
  if (value instanceof TimeSpan) return formatTimeSpan(value, format);
  if (value instanceof Guid) return formatGuid(value, format);
  if (value instanceof JValue) return formatJson(value, format);
  return textOf(type, value);
}
const formatJson = ({ kind, value }: JValue, format: string): string =>
  formatted(
    kind === 'Float' && typeof value === 'number' ? runtimeType(new Boxed(doubleType, value)) : runtimeType(value),
    value,
    format,
  );
const doubleType: Type = { key: 'double', name: 'double', args: [], fields: [] };

function formatEnum(type: Type, value: number, format: string): string {
  switch (format.toUpperCase()) {
    case 'G':
    case 'F':
      return enumText(type.name, value);
    case 'D':
      return String(value);
    case 'X':
      return (value >>> 0).toString(16).toUpperCase().padStart(8, '0');
    default:
      return raise('FormatException', 'Format String can be only "G", "g", "X", "x", "F", "f", "D" or "d".');
  }
}

export function formatGuid({ text }: Guid, format: string): string {
  const bare = text.replaceAll('-', '');
  switch (format.toUpperCase()) {
    case '':
    case 'D':
      return text;
    case 'N':
      return bare;
    case 'B':
      return `{${text}}`;
    case 'P':
      return `(${text})`;
    case 'X': {
      const hex = (from: number, length: number) => `0x${bare.slice(from, from + length)}`;
      const bytes = Array.from({ length: 8 }, (_, index) => hex(16 + index * 2, 2)).join(',');
      return `{${hex(0, 8)},${hex(8, 4)},${hex(12, 4)},{${bytes}}}`;
    }
    default:
      return raise('FormatException', 'Format String can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".');
  }
}

const badFormat = (): never => raise('FormatException', 'Input string was not in a correct format.');

/** `string.Format`. */
export function formatComposite(format: string, args: readonly V[], r: Runtime): string {
  let result = '';
  let at = 0;
  while (at < format.length) {
    const brace = /[{}]/g;
    brace.lastIndex = at;
    const found = brace.exec(format);
    if (!found) {
      result += format.slice(at);
      break;
    }
    result += format.slice(at, found.index);
    at = found.index;
    const character = format[at] ?? '';
    if (format[at + 1] === character) {
      result += character;
      at += 2;
      continue;
    }
    const hole = /\{(\d+)\s*(?:,\s*(-?\d+)\s*)?(?::((?:[^{}]|\{\{|\}\})*))?\}/y;
    hole.lastIndex = at;
    const match = hole.exec(format) ?? badFormat();
    const [whole, index, width, spec = ''] = match;
    if (Number(index) >= args.length)
      raise(
        'FormatException',
        'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
      );
    const value = args[Number(index)];
    const text = formatted(runtimeType(value), value, spec.replaceAll('{{', '{').replaceAll('}}', '}'));
    result += width === undefined ? text : align(text, Number(width), r);
    r.charge(text.length);
    at += whole.length;
  }
  return result;
}
export function align(text: string, width: number, r: Runtime): string {
  if (Math.abs(width) >= 1_000_000) badFormat();
  r.charge(Math.abs(width));
  return width >= 0 ? text.padStart(width) : text.padEnd(-width);
}
