import { toToken } from '../convert/json-conversion.ts';
import { timeSpanText } from '../text/timespan-format.ts';
import { boxedText } from '../text/to-text.ts';
import { arrayOf, isEnum, T, type Type } from '../type/types.ts';
import { enumerate } from '../value/enumerate.ts';
import {
  Boxed,
  box,
  Dict,
  Fields,
  Grouping,
  Guid,
  HashItems,
  Items,
  Native,
  notSupported,
  Pair,
  raise,
  runtimeType,
  Sequence,
  TimeSpan,
  type V,
} from '../value/values.ts';
import { JArray, JObject, JProperty, JToken, JValue, nullToken } from './tokens.ts';

/**
 * A value in a slot of type object as JSON. `asText`: JsonConvert writes texts for GUIDs and time spans, JToken.FromObject keeps
 * them as what they are.
 */
export function serialise(value: V, asText: boolean, depth = 0): JToken {
  if (depth > 200) return notSupported('An object nested this deeply, as JSON');
  if (value === null || value === undefined) return nullToken();
  if (value instanceof JToken) return value;
  const item = (type: Type, inner: V): JToken => serialise(box(type, inner), asText, depth + 1);
  if (value instanceof Boxed) {
    if (isEnum(value.type)) return new JValue('Integer', BigInt(value.value));
    if (value.type.name === 'float')
      return new JValue(
        'Float',
        Number(value.value.toPrecision(9)) === value.value ? value.value : shortFloat(value.value),
      );
    return toToken(value.type, value.value);
  }
  if (asText && value instanceof Guid) return new JValue('String', value.text);
  if (asText && value instanceof TimeSpan) return new JValue('String', timeSpanText(value));
  if (asText && value instanceof Native && value.type.name === 'Uri') return new JValue('String', value.state.original);
  if (value instanceof Dict) {
    const object = new JObject();
    const [keyType = T.string, valueType = T.object] =
      value.type.args.length === 2 ? value.type.args : [T.string, T.strings];
    for (const { key, value: inner } of value.map.values())
      object.set(boxedText(box(keyType, key)), item(valueType, inner));
    return object;
  }
  if (value instanceof Items && value.type.key === 'byte[]') return toToken(value.type, value);
  if (value instanceof Items || value instanceof Sequence || value instanceof HashItems || value instanceof Grouping) {
    const array = new JArray();
    const { args } = value.type;
    const element = (value instanceof Grouping ? args[1] : args[0]) ?? T.object;
    for (const inner of enumerate(value)) array.add(item(element, inner));
    return array;
  }
  if (value instanceof Fields) {
    const object = new JObject();
    value.values.forEach((inner, index) => {
      const name = value.type.name === 'anonymous' ? value.type.fields[index] : `Item${index + 1}`;
      object.set(name ?? '', item(value.type.args[index] ?? T.object, inner));
    });
    return object;
  }
  if (value instanceof Pair) {
    const object = new JObject();
    object.set('Key', item(value.type.args[0] ?? T.object, value.key));
    object.set('Value', item(value.type.args[1] ?? T.object, value.value));
    return object;
  }
  const type = runtimeType(value);
  if (type === T.object) return new JObject();
  if (type.name === 'IPAddress' || type.name === 'XElement' || type.name === 'XDocument')
    return notSupported(`A ${type.key} as JSON`);
  if (value instanceof Native && type.name !== 'Uri') return notSupported(`A ${type.key} as JSON`);
  return toToken(type, value);
}
/** The double that prints as the float does. */
const shortFloat = (value: number): number => {
  for (let digits = 7; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
};

/** `new JArray(content)`, `Add(object)`: tokens as they are, sequences taken apart, plain values. */
export function contentTokens(content: V): readonly JToken[] {
  if (content === null || content === undefined) return [nullToken()];
  if (content instanceof JToken) return [content];
  const isSequence =
    content instanceof Items ||
    content instanceof Sequence ||
    content instanceof HashItems ||
    content instanceof Grouping;
  if (!isSequence || (content as Items).type.key === 'byte[]') return [plainToken(content)];
  const element = content.type.args.at(-1) ?? T.object;
  return [...enumerate(content)].flatMap((inner) => contentTokens(box(element, inner)));
}
const plainToken = (content: V): JToken =>
  content instanceof Boxed ? toToken(content.type, content.value) : toToken(runtimeType(content), content);

/** Adds to an object what `new JObject(content)` takes: properties. */
export function addProperties(object: JObject, content: V): void {
  for (const token of contentTokens(content)) {
    if (token instanceof JProperty) object.add(token);
    else if (token instanceof JObject && token !== content)
      addProperties(object, new Items(arrayOf(T.token), token.children()));
    else badContent(token, 'JObject');
  }
}
export const badContent = (token: JToken, owner: string): never => {
  const kind = token instanceof JValue ? 'JValue' : token.type.name;
  return raise('ArgumentException', `Can not add Newtonsoft.Json.Linq.${kind} to Newtonsoft.Json.Linq.${owner}.`);
};
