import { JObject, JToken } from '../json/tokens.ts';
import { T, type Type, typeOf } from '../type/types.ts';
import { Dict, Grouping, given, HashItems, Items, Native, Pair, raise, Sequence, type V } from './values.ts';

/** Whatever `foreach` takes, as its elements; lists and dictionaries notice that they are changed meanwhile. */
export function enumerate(value: V): Iterable<V> {
  if (value === null || value === undefined)
    return raise('NullReferenceException', 'Object reference not set to an instance of an object.');
  if (value instanceof Items)
    return value.type.name === '[]' || value.type.name === '[,]' ? value.items : watched(value, value.items);
  if (value instanceof Sequence) return value.iterate();
  if (typeof value === 'string') return characters(value);
  if (value instanceof Dict) return watched(value, pairsOf(value));
  if (value instanceof HashItems) return watched(value, value.map.values());
  if (value instanceof Grouping) return value.items;
  if (value instanceof JToken) return value.children();
  if (value instanceof Native && value.type.name === 'VariableDictionary') return variablePairs(value.state.variables);
  const own = (value as { elements?: () => Iterable<V> }).elements;
  return own ? own.call(value) : raise('InvalidCastException', 'The value is not a sequence.');
}
/** The source of a LINQ method. */
export const sourceOf = (value: V): Iterable<V> => enumerate(given(value));

export function* pairsOf(dictionary: Dict): Iterable<Pair> {
  const type = typeOf(
    'KeyValuePair',
    dictionary.type.args.length === 2 ? dictionary.type.args : contextPair(dictionary),
  );
  for (const { key, value } of dictionary.map.values()) yield new Pair(type, key, value);
}
const contextPair = (dictionary: Dict) =>
  dictionary.type.name === 'HeaderDictionary' || dictionary.type.name === 'JwtClaims'
    ? [typeOf('string'), typeOf('[]', [typeOf('string')])]
    : [typeOf('string'), typeOf(dictionary.type.name === 'ParameterDictionary' ? 'string' : 'object')];

function* watched(owner: { readonly version: number }, items: Iterable<V>): Iterable<V> {
  const { version } = owner;
  for (const item of items) {
    if (owner.version !== version) changed();
    yield item;
  }
  if (owner.version !== version) changed();
}
const changed = (): never =>
  raise('InvalidOperationException', 'Collection was modified; enumeration operation may not execute.');

function* characters(text: string): Iterable<number> {
  for (let i = 0; i < text.length; i++) yield text.charCodeAt(i);
}

/** What `foreach` goes over for a static type: a JObject as pairs, any other token as its children. */
export const enumerateAs = (type: Type, value: V): Iterable<V> =>
  type.name === 'JObject' && value instanceof JObject ? watched(value, objectPairs(value)) : enumerate(value);
const objectPair = typeOf('KeyValuePair', [T.string, T.token]);
function* objectPairs(object: JObject): Iterable<Pair> {
  for (const { name, value } of object.properties.values()) yield new Pair(objectPair, name, value);
}

const variablePair = typeOf('KeyValuePair', [T.string, T.object]);
function* variablePairs(variables: ReadonlyMap<string, unknown>): Iterable<Pair> {
  for (const [name, value] of variables) yield new Pair(variablePair, name, value ?? null);
}
