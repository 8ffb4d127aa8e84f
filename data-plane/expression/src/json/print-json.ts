import { formatDate, jsonDate } from '../text/date-format.ts';
import { doubleText, roundTripText } from '../text/number-digits.ts';
import { timeSpanText } from '../text/timespan-format.ts';
import { decimalText } from '../value/decimal.ts';
import { bytesIn, DateTime, DateTimeOffset, Decimal, Guid, TimeSpan } from '../value/values.ts';
import { JArray, JObject, JProperty, type JToken, JValue } from './tokens.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that JSON escapes
const special = /["\\\u0000-\u001f\u0085\u2028\u2029]/g;
const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};
export const quoteJson = (text: string): string =>
  `"${text.replace(special, (character) => escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

const withPoint = (text: string): string => (/[.E]/.test(text) ? text : `${text}.0`);
/** A floating-point number always shows that it is one. */
export const jsonFloat = (value: number | Decimal, isFloat = false): string => {
  if (value instanceof Decimal) return withPoint(decimalText(value));
  return Number.isFinite(value) ? withPoint(roundTripText(value, isFloat)) : `"${doubleText(value)}"`;
};

export function printJson(token: JToken, isIndented: boolean, level = 0): string {
  if (token instanceof JValue) return printValue(token);
  if (token instanceof JProperty)
    return `${quoteJson(token.name)}:${isIndented ? ' ' : ''}${printJson(token.value, isIndented, level)}`;
  const parts = token.children().map((child) => printJson(child, isIndented, level + 1));
  const [open, close] = token instanceof JArray ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0) return open + close;
  if (!isIndented) return `${open}${parts.join(',')}${close}`;
  const line = `\n${'  '.repeat(level + 1)}`;
  return `${open}${line}${parts.join(`,${line}`)}\n${'  '.repeat(level)}${close}`;
}

function printValue({ kind, value }: JValue): string {
  if (kind === 'Undefined') return 'undefined';
  if (value === null || value === undefined) return kind === 'Raw' ? '' : 'null';
  switch (kind) {
    case 'String':
      return quoteJson(value);
    case 'Date':
      return `"${jsonDate(value)}"`;
    case 'Float':
      return jsonFloat(value);
    case 'Bytes':
      return `"${Buffer.from(bytesIn(value)).toString('base64')}"`;
    case 'Guid':
      return `"${(value as Guid).text}"`;
    case 'TimeSpan':
      return `"${timeSpanText(value)}"`;
    case 'Uri':
      return quoteJson(value.state.text);
    case 'Comment':
      return `/*${value}*/`;
    default:
      return String(value);
  }
}

/** `JValue.ToString()`. */
export function valueText({ kind, value }: JValue): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value instanceof DateTime || value instanceof DateTimeOffset) return formatDate(value, '');
  if (value instanceof Decimal) return decimalText(value);
  if (value instanceof TimeSpan) return timeSpanText(value);
  if (value instanceof Guid) return value.text;
  if (typeof value === 'number') return doubleText(value);
  if (kind === 'Uri') return value.state.text;
  if (kind === 'Bytes') return 'System.Byte[]';
  return String(value);
}
export const isContainer = (token: JToken): boolean => token instanceof JObject || token instanceof JArray;
