import { printJson } from '../src/json/print-json.ts';
import { JProperty, JToken, JValue } from '../src/json/tokens.ts';
import { Match } from '../src/members/regex.ts';
import { formatDate } from '../src/text/date-format.ts';
import { digitsOf, doubleText, generalText } from '../src/text/number-digits.ts';
import { timeSpanText } from '../src/text/timespan-format.ts';
import { boxedText } from '../src/text/to-text.ts';
import { enumText } from '../src/type/enums.ts';
import { fullName } from '../src/type/full-name.ts';
import { isEnum, T, type Type, typeOf } from '../src/type/types.ts';
import { decimalText } from '../src/value/decimal.ts';
import { enumerate } from '../src/value/enumerate.ts';
import {
  Boxed,
  box,
  DateTime,
  DateTimeOffset,
  Decimal,
  Dict,
  Fields,
  Grouping,
  Guid,
  HashItems,
  Items,
  Native,
  Pair,
  runtimeType,
  Sequence,
  TimeSpan,
  type V,
} from '../src/value/values.ts';
import { printNode } from '../src/xml/print-xml.ts';
import { XObject } from '../src/xml/tree.ts';

export interface Described {
  readonly type: string;
  readonly value: V;
  readonly toString?: V;
  readonly jtype?: string;
}

/** A value in the corpus' typed form. */
export function describeValue(value: V): Described {
  if (value === null || value === undefined) return { type: 'null', value: null };
  if (value instanceof JProperty) return tokenOf(value, `{${printJson(value, false)}}`);
  if (value instanceof JToken) return tokenOf(value, printJson(value, false));
  if (value instanceof XObject)
    return { type: fullName(value.type), value: printNode(value, false), toString: boxedText(value) };
  if (value instanceof Match)
    return {
      type: 'System.Text.RegularExpressions.Match',
      value: {
        success: value.found !== undefined,
        index: value.index,
        length: value.value.length,
        value: value.value,
        groups: value.groups().map(({ success, value: text }) => (success ? text : null)),
      },
      toString: boxedText(value),
    };
  const type = runtimeType(value);
  const items = itemsOf(value, type);
  if (items) return items;
  return { type: fullName(type), value: plainValue(value, type), toString: boxedText(value) };
}
function tokenOf(token: JToken, value: string): Described {
  return {
    type: fullName(token.type),
    value,
    toString: boxedText(token),
    ...(token instanceof JValue ? { jtype: token.kind } : {}),
  };
}
const described = (type: Type, value: V): Described => describeValue(box(type, value));
function itemsOf(value: V, type: Type): Described | undefined {
  if (value instanceof Items && type.key === 'byte[]')
    return { type: 'System.Byte[]', value: Buffer.from(value.items).toString('base64'), toString: boxedText(value) };
  const args = type.args.length > 0 ? type.args : [T.object];
  if (value instanceof Dict) {
    const [keyType = T.string, valueType = T.object] = type.args.length === 2 ? type.args : [T.string, T.strings];
    const pairs = [...value.map.values()].map((pair) => ({
      key: described(keyType, pair.key),
      value: described(valueType, pair.value),
    }));
    return { type: fullName(type), value: pairs, toString: boxedText(value) };
  }
  if (value instanceof Pair)
    return {
      type: fullName(type),
      value: { key: described(args[0] ?? T.object, value.key), value: described(args[1] ?? T.object, value.value) },
      toString: boxedText(value),
    };
  if (value instanceof Fields) {
    const parts = value.values.map((part, index) => described(type.args[index] ?? T.object, part));
    const shown =
      type.name === 'anonymous'
        ? Object.fromEntries(parts.map((part, index) => [type.fields[index] ?? '', part]))
        : parts;
    return { type: fullName(typeOf(type.name, type.args)), value: shown, toString: boxedText(value) };
  }
  if (value instanceof Grouping)
    return {
      type: fullName(type),
      value: {
        key: described(type.args[0] ?? T.object, value.key),
        items: value.items.map((item) => described(type.args[1] ?? T.object, item)),
      },
    };
  if (value instanceof Sequence)
    return {
      type: `System.Collections.Generic.IEnumerable<${fullName(args.at(-1) ?? T.object)}>`,
      value: Array.from(enumerate(value), (item) => described(args.at(-1) ?? T.object, item)),
    };
  if (value instanceof Items || value instanceof HashItems)
    return {
      type: fullName(type),
      value: Array.from(enumerate(value), (item) => described(args[0] ?? T.object, item)),
      toString: boxedText(value),
    };
  return undefined;
}
function plainValue(value: V, type: Type): V {
  const raw = value instanceof Boxed ? value.value : value;
  if (raw instanceof Decimal) return decimalText(raw);
  if (raw instanceof DateTime) return formatDate(raw, 'o');
  if (raw instanceof DateTimeOffset) return formatDate(raw, 'o');
  if (raw instanceof TimeSpan) return timeSpanText(raw);
  if (raw instanceof Guid) return raw.text;
  if (typeof raw === 'bigint') return String(raw);
  if (type.name === 'char') return String.fromCharCode(raw);
  if (isEnum(type)) return enumText(type.name, raw);
  if (type.name === 'double' || type.name === 'float')
    return Object.is(raw, -0) ? '-0' : roundTripShortest(raw, type.name === 'float');
  if (raw instanceof Native && type.name === 'Uri') return raw.state.original;
  if (raw instanceof Native && type.name === 'IUrl') return raw.state.text;
  if (raw instanceof Native && type.name === 'IResponse')
    return {
      StatusCode: raw.state.status,
      StatusReason: raw.state.reason,
      Headers: Object.fromEntries(raw.state.headers.entries()),
    };
  if (raw instanceof Native && type.name === 'BasicAuthCredentials')
    return { UserId: raw.state.user, Password: raw.state.password };
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'boolean') return raw;
  return boxedText(value);
}
/** The digits that read back, in .NET's form. */
function roundTripShortest(value: number, isFloat: boolean): string {
  if (!Number.isFinite(value)) return doubleText(value);
  const isBack = (text: string) => (isFloat ? Math.fround(Number(text)) : Number(text)) === value;
  const precision =
    Array.from({ length: 17 }, (_, index) => index + 1).find((digits) => isBack(value.toPrecision(digits))) ?? 17;
  return generalText(digitsOf(value, precision, true), Math.max(precision, isFloat ? 7 : 15), 'E', false);
}
