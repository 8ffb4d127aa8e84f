import { downcast, isSubtype } from '../convert/conversion.ts';
import { toNumber } from '../convert/convert-value.ts';
import { boxedValue, fromToken, isTokenTarget } from '../convert/json-conversion.ts';
import { ExpressionError } from '../csharp.ts';
import { enumTypes } from '../type/enums.ts';
import { elementOf, isEnum, isInteger, isNumeric, isValueType, T, type Type, typeOf } from '../type/types.ts';
import {
  bytesItems,
  Dict,
  defaultOf,
  Fields,
  HashItems,
  Items,
  itemsOfType,
  notSupported,
  Pair,
  raise,
  type V,
  wrapInteger,
} from '../value/values.ts';
import { printJson } from './print-json.ts';
import { JArray, JObject, type JToken, JValue } from './tokens.ts';

const bad = (message: string): never => raise('JsonSerializationException', message);
const cannot = (token: JToken, type: Type): never =>
  bad(
    `Cannot deserialize the current JSON ${token instanceof JArray ? 'array' : 'object'} into type '${type.key}' because the type requires another JSON.`,
  );

/**
 * `ToObject<T>()`, `DeserializeObject<T>`: a token as a value of that type. `fromText`: as the reader of a text does it, to which
 * texts that look like dates are texts.
 */
export function deserialise(token: JToken, type: Type, fromText: boolean): V {
  if (type.name === 'object') return token instanceof JValue ? boxedValue(token) : token;
  if (isSubtype(type, T.token)) return downcast(token, type);
  const isNull = token instanceof JValue && (token.kind === 'Null' || token.kind === 'Undefined');
  if (type.name === '?')
    return isNull || (token instanceof JValue && token.value === '')
      ? null
      : deserialise(token, elementOf(type), fromText);
  if (isNull) return isValueType(type) ? bad(`Error converting value {null} to type '${type.key}'.`) : null;
  if (type.key === 'byte[]' && token instanceof JValue)
    return token.kind === 'Bytes' ? token.value : bytesItems(Buffer.from(String(token.value), 'base64'));
  if (type.name === 'anonymous') return anonymous(token, type, fromText);
  if (isEnum(type)) return enumOf(token, type);
  if (isTokenTarget(type) || type.name === 'char') return plain(token, type, fromText);
  switch (type.name) {
    case '[]':
      return itemsOfType(elementOf(type), items(token, type, fromText));
    case 'List':
    case 'IList':
    case 'ICollection':
    case 'IEnumerable':
    case 'IReadOnlyList':
    case 'IReadOnlyCollection':
      return new Items(typeOf('List', type.args), items(token, type, fromText));
    case 'HashSet':
    case 'ISet': {
      const set = new HashItems(typeOf('HashSet', type.args));
      for (const item of items(token, type, fromText))
        if (!set.map.has(set.comparer.keyOf(item))) set.map.set(set.comparer.keyOf(item), item);
      return set;
    }
    case 'Dictionary':
    case 'IDictionary':
    case 'IReadOnlyDictionary': {
      if (!(token instanceof JObject)) return cannot(token, type);
      const [keyType = T.string, valueType = T.object] = type.args;
      const dictionary = new Dict(typeOf('Dictionary', type.args));
      for (const { name, value } of token.properties.values()) {
        const key = keyType.name === 'string' ? name : plain(new JValue('String', name), keyType, fromText);
        dictionary.map.set(dictionary.comparer.keyOf(key), { key, value: deserialise(value, valueType, fromText) });
      }
      return dictionary;
    }
    case 'KeyValuePair': {
      if (!(token instanceof JObject)) return cannot(token, type);
      const part = (name: string, index: number): V => {
        const inner = token.get(name);
        return inner ? deserialise(inner, type.args[index] ?? T.object, fromText) : defaultOf(type.args[index]);
      };
      return new Pair(type, part('Key', 0), part('Value', 1));
    }
    case 'Tuple':
    case 'ValueTuple': {
      if (!(token instanceof JObject)) return cannot(token, type);
      return new Fields(
        type,
        type.args.map((arg, index) => {
          const inner = token.get(`Item${index + 1}`);
          return inner ? deserialise(inner, arg, fromText) : defaultOf(arg);
        }),
      );
    }
    default:
      return notSupported(`JSON as a ${type.key}`);
  }
}
function items(token: JToken, type: Type, fromText: boolean): V[] {
  return token instanceof JArray
    ? token.items.map((item) => deserialise(item, elementOf(type), fromText))
    : cannot(token, type);
}
function plain(token: JToken, type: Type, fromText: boolean): V {
  if (!(token instanceof JValue))
    return type.name === 'string'
      ? raise(
          'JsonReaderException',
          `Unexpected character encountered while parsing value: ${printJson(token, false)[0]}.`,
        )
      : cannot(token, type);
  if (type.name === 'string' && fromText) {
    if (typeof token.value === 'boolean') return token.value ? 'true' : 'false';
    if (token.raw !== undefined) return token.raw;
  }
  if (isInteger(type) && type.name !== 'char' && token.kind === 'Float')
    return raise(
      'JsonReaderException',
      `Input string '${token.raw ?? printJson(token, false)}' is not a valid integer.`,
    );
  try {
    return type.name === 'char' ? toNumber(boxedValue(token), type) : fromToken(token, type);
  } catch (error) {
    if (!(error instanceof ExpressionError) || error.type.startsWith('Vigia.')) throw error;
    const isText =
      token.kind === 'String' && (isNumeric(type) || type.name === 'bool' || type.name.startsWith('DateTime'));
    throw new ExpressionError(
      isText ? 'Newtonsoft.Json.JsonReaderException' : 'Newtonsoft.Json.JsonSerializationException',
      `${isText ? `Could not convert string to ${type.key}: ${token.value}` : `Error converting value ${printJson(token, false)} to type '${type.key}'`}.`,
      error,
    );
  }
}
function enumOf(token: JToken, type: Type): V {
  if (!(token instanceof JValue)) return cannot(token, type);
  if (token.kind === 'Integer') return wrapInteger(token.value, 'int', false);
  const found = Object.entries(enumTypes[type.name] ?? {}).find(
    ([name]) => name.toLowerCase() === String(token.value).toLowerCase(),
  );
  return found ? found[1] : bad(`Error converting value ${printJson(token, false)} to type '${type.key}'.`);
}
function anonymous(token: JToken, type: Type, fromText: boolean): V {
  if (!(token instanceof JObject)) return cannot(token, type);
  return new Fields(
    type,
    type.fields.map((name, index) => {
      const inner = token.get(name);
      return inner ? deserialise(inner, type.args[index] ?? T.object, fromText) : defaultOf(type.args[index]);
    }),
  );
}
