import { JProperty, JToken, JValue, nullToken } from '../json/tokens.ts';
import { parseTimeSpan } from '../text/timespan-format.ts';
import { isInteger, isNumeric, isValueType, T, type Type } from '../type/types.ts';
import {
  Boxed,
  bytesItems,
  DateTime,
  DateTimeOffset,
  Decimal,
  Guid,
  Items,
  raise,
  TimeSpan,
  type V,
} from '../value/values.ts';
import { toBoolean, toDateTime, toNumber, toText } from './convert-value.ts';
import { parseGuid } from './parse-guid.ts';
import { parseUri } from './parse-uri.ts';

const plain = new Set(['string', 'bool', 'DateTime', 'DateTimeOffset', 'Guid', 'TimeSpan', 'Uri']);
const isBytes = (type: Type): boolean => type.key === 'byte[]';

/** Types with an implicit operator to JToken. */
export const isTokenSource = (type: Type): boolean => {
  const inner = type.name === '?' ? (type.args[0] ?? type) : type;
  return plain.has(inner.name) || (isNumeric(inner) && inner.name !== 'char') || isBytes(type);
};
/** Types with an explicit operator from JToken. */
export const isTokenTarget = (type: Type): boolean => plain.has(type.name) || isNumeric(type) || isBytes(type);

/** A plain value as a JValue. */
export function toToken(type: Type, value: V): JToken {
  if (value === null || value === undefined) return nullToken();
  if (value instanceof JToken) return value;
  if (type.name === '?') return toToken(type.args[0] ?? type, value);
  if (value instanceof Boxed) return toToken(value.type, value.value);
  switch (typeof value) {
    case 'string':
      return new JValue('String', value);
    case 'boolean':
      return new JValue('Boolean', value);
    case 'bigint':
      return new JValue('Integer', value);
    case 'number':
      if (type.name === 'double' || type.name === 'float')
        return new JValue('Float', type.name === 'float' ? floatDigits(value) : value);
      if (type.name === 'char') return new JValue('String', String.fromCharCode(value));
      return new JValue('Integer', BigInt(value));
  }
  if (value instanceof Decimal) return new JValue('Float', value);
  if (value instanceof DateTime || value instanceof DateTimeOffset) return new JValue('Date', value);
  if (value instanceof Guid) return new JValue('Guid', value);
  if (value instanceof TimeSpan) return new JValue('TimeSpan', value);
  if (value?.type?.name === 'Uri') return new JValue('Uri', value);
  if (value instanceof Items && value.type.key === 'byte[]') return new JValue('Bytes', value);
  return raise(
    'ArgumentException',
    `Could not determine JSON object type for type ${String(value?.type?.key ?? 'object')}.`,
  );
}
/** A float widens to the double that prints alike. */
const floatDigits = (value: number): number => (Number.isFinite(value) ? Number(value.toPrecision(9)) : value);

const sources: Readonly<Record<string, readonly string[]>> = {
  bool: ['Integer', 'Float', 'String', 'Raw', 'Boolean'],
  number: ['Integer', 'Float', 'String', 'Raw', 'Boolean'],
  char: ['Integer', 'Float', 'String', 'Raw'],
  string: ['Date', 'Integer', 'Float', 'String', 'Raw', 'Boolean', 'Bytes', 'Guid', 'TimeSpan', 'Uri'],
  DateTime: ['Date', 'String', 'Raw'],
  DateTimeOffset: ['Date', 'String', 'Raw'],
  Guid: ['String', 'Raw', 'Guid', 'Bytes'],
  TimeSpan: ['String', 'Raw', 'TimeSpan'],
  Uri: ['String', 'Raw', 'Uri'],
  bytes: ['Bytes', 'String', 'Raw', 'Integer'],
};

/** The explicit operators of JToken: `(int)token["a"]`. */
export function fromToken(value: V, to: Type): V {
  const isNullable = to.name === '?' || !isValueType(to);
  const target = to.name === '?' ? (to.args[0] ?? to) : to;
  if (value === null || value === undefined)
    return isNullable ? null : raise('ArgumentNullException', 'Value cannot be null.');
  const token = value instanceof JProperty ? value.value : value;
  const kind = token instanceof JValue ? token.kind : undefined;
  const key = isBytes(to) ? 'bytes' : target.name === 'char' ? 'char' : isNumeric(target) ? 'number' : target.name;
  const isNull = kind === 'Null' || kind === 'Undefined';
  if (!(token instanceof JValue) || !(isNull ? isNullable : sources[key]?.includes(kind ?? '')))
    return raise('ArgumentException', `Can not convert ${kind ?? token.type.name.slice(1)} to ${target.key}.`);
  if (isNull || token.value === null) return null;
  return plainValue(token, target);
}

/** The value of a JValue as that type; throws what Convert throws. */
function plainValue(token: JValue, target: Type): V {
  const { value } = token;
  const boxed = boxedValue(token);
  switch (target.name) {
    case 'string':
      return token.kind === 'Bytes' ? Buffer.from(value.items).toString('base64') : toText(boxed);
    case 'bool':
      return toBoolean(boxed);
    case 'DateTime':
      return value instanceof DateTimeOffset ? new DateTime(value.utcTicks, 2) : toDateTime(boxed);
    case 'DateTimeOffset': {
      if (value instanceof DateTimeOffset) return value;
      return new DateTimeOffset(toDateTime(boxed).ticks, 0);
    }
    case 'Guid':
      return value instanceof Guid ? value : parseGuid(toText(boxed));
    case 'TimeSpan':
      return value instanceof TimeSpan ? value : parseTimeSpan(toText(boxed));
    case 'Uri':
      return token.kind === 'Uri' ? value : parseUri(toText(boxed));
    case '[]':
      return token.kind === 'Bytes' ? value : bytesItems(Buffer.from(toText(boxed), 'base64'));
    default:
      return isNumeric(target) || isInteger(target) ? toNumber(boxed, target) : boxed;
  }
}
/** What `JValue.Value` holds, as a slot of type object holds it. */
export const boxedValue = ({ kind, value }: JValue): V =>
  kind === 'Float' && typeof value === 'number' ? new Boxed(T.double, value) : value;
