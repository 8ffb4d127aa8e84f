import { parseDateTime, parseDateTimeOffset } from '../text/date-parse.ts';
import { parseNumber, styles } from '../text/parse-number.ts';
import { parseTimeSpan } from '../text/timespan-format.ts';
import { isNumeric, isValueType, type Type } from '../type/types.ts';
import { raise, type V } from '../value/values.ts';
import { XAttribute, XElement, XName, XNamespace } from '../xml/tree.ts';
import { parseGuid } from './parse-guid.ts';

const plain = new Set(['string', 'bool', 'DateTime', 'DateTimeOffset', 'Guid', 'TimeSpan']);
/** Types with an explicit operator from XElement and XAttribute. */
export const isXmlTarget = (type: Type): boolean => plain.has(type.name) || (isNumeric(type) && type.name !== 'char');

export const xmlName = (text: string): XName => XName.parse(text);
export const xmlNamespace = (text: string): XNamespace => XNamespace.get(text);

/** `(int)element`: read as XML Schema writes values. */
export function fromXml(value: V, to: Type): V {
  if (value === null || value === undefined)
    return to.name === '?' || !isValueType(to) ? null : raise('ArgumentNullException', 'Value cannot be null.');
  const text = value instanceof XElement || value instanceof XAttribute ? value.value : String(value);
  const target = to.name === '?' ? (to.args[0] ?? to) : to;
  switch (target.name) {
    case 'string':
      return text;
    case 'bool': {
      const word = text.trim().toLowerCase();
      return word === 'true' || word === '1'
        ? true
        : word === 'false' || word === '0'
          ? false
          : raise('FormatException', `The string '${word}' is not a valid Boolean value.`);
    }
    case 'DateTime':
      return parseDateTime(text, 128);
    case 'DateTimeOffset':
      return parseDateTimeOffset(text);
    case 'Guid':
      return parseGuid(text);
    case 'TimeSpan':
      return xmlDuration(text);
    default: {
      const word = text.trim();
      if (word === 'INF') return Number.POSITIVE_INFINITY;
      if (word === '-INF') return Number.NEGATIVE_INFINITY;
      return parseNumber(
        word,
        target,
        target.name === 'double' || target.name === 'float'
          ? styles.float & ~64
          : target.name === 'decimal'
            ? 39
            : undefined,
      );
    }
  }
}
function xmlDuration(text: string): V {
  const match = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$/.exec(text.trim());
  if (!match) return raise('FormatException', `The string '${text}' is not a valid TimeSpan value.`);
  const [, sign = '', d = '0', h = '0', m = '0', s = '0', f = ''] = match;
  const seconds = BigInt(h) * 3600n + BigInt(m) * 60n + BigInt(s) + BigInt(d) * 86400n;
  const two = (value: bigint) => value.toString().padStart(2, '0');
  const clock = `${seconds / 86400n}.${two((seconds / 3600n) % 24n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return parseTimeSpan(`${sign}${clock}${f ? `.${f.slice(0, 7)}` : ''}`);
}
