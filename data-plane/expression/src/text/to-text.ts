import { ExpressionError } from '../csharp.ts';
import { enumText } from '../type/enums.ts';
import { reflectedName } from '../type/full-name.ts';
import { isEnum, T, type Type } from '../type/types.ts';
import { decimalText } from '../value/decimal.ts';
import {
  Boxed,
  box,
  DateTime,
  DateTimeOffset,
  Decimal,
  Fields,
  Guid,
  Native,
  Pair,
  runtimeType,
  TimeSpan,
  type V,
} from '../value/values.ts';
import { formatDate } from './date-format.ts';
import { doubleText } from './number-digits.ts';
import { timeSpanText } from './timespan-format.ts';

/** `ToString()` of a value whose static type is known; '' of null. */
export function textOf(type: Type, value: V): string {
  if (value === null || value === undefined) return '';
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return String(value);
    case 'number':
      return numberText(type, value);
    case 'function':
      return reflectedName((value as { type?: Type }).type ?? type);
    default:
      return objectText(value);
  }
}
function numberText(type: Type, value: number): string {
  switch (type.name) {
    case 'int':
      return String(value);
    case 'char':
      return String.fromCharCode(value);
    case 'double':
      return doubleText(value);
    case 'float':
      return doubleText(value, 7);
    case '?':
      return numberText(type.args[0] ?? type, value);
    default:
      return isEnum(type) ? enumText(type.name, value) : String(value);
  }
}
function objectText(value: V): string {
  if (value instanceof Boxed) return textOf(value.type, value.value);
  const shown = (value as { displayText?: () => string }).displayText;
  if (shown) return shown.call(value);
  if (value instanceof DateTime || value instanceof DateTimeOffset) return formatDate(value, '');
  if (value instanceof TimeSpan) return timeSpanText(value);
  if (value instanceof Guid) return value.text;
  if (value instanceof Decimal) return decimalText(value);
  if (value instanceof Pair) {
    const [key = T.object, item = T.object] = value.type.args;
    return `[${textOf(key, value.key)}, ${textOf(item, value.value)}]`;
  }
  if (value instanceof Fields) return fieldsText(value);
  if (value instanceof ExpressionError) return `${value.type}: ${value.message}`;
  if (value instanceof Native && typeof value.state?.text === 'string') return value.state.text;
  return reflectedName(runtimeType(value));
}
function fieldsText({ type, values }: Fields): string {
  const texts = values.map((value, index) => textOf(type.args[index] ?? T.object, value));
  if (type.name !== 'anonymous') return `(${texts.join(', ')})`;
  return texts.length === 0 ? '{ }' : `{ ${texts.map((text, index) => `${type.fields[index]} = ${text}`).join(', ')} }`;
}
/** `ToString()` of a value in a slot of type object. */
export const boxedText = (value: V): string => textOf(runtimeType(value), value);
export const textOfItem = (type: Type, value: V): string => boxedText(box(type, value));
