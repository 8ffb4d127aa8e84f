import { downcast, isSubtype } from '../convert/conversion.ts';
import { boxedValue, fromToken, isTokenTarget, toToken } from '../convert/json-conversion.ts';
import { compareTokens } from '../json/compare-tokens.ts';
import { deserialise } from '../json/deserialise.ts';
import { selectTokens } from '../json/json-path.ts';
import { mergeTokens } from '../json/merge.ts';
import { parseJson } from '../json/parse-json.ts';
import { printJson, quoteJson } from '../json/print-json.ts';
import { addProperties, badContent, contentTokens, serialise } from '../json/serialise.ts';
import {
  cloneToken,
  deepEquals,
  JArray,
  JObject,
  JProperty,
  JRaw,
  type JToken,
  JValue,
  kindOf,
  nullToken,
  pathOf,
} from '../json/tokens.ts';
import { type Binding, defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { equalBy } from '../text/compare-text.ts';
import { formatted } from '../text/format.ts';
import { enumTypes } from '../type/enums.ts';
import { innerOf, T, type Type, typeOf } from '../type/types.ts';
import { sourceOf } from '../value/enumerate.ts';
import { equalValues, given, Items, Native, raise, runtimeType, Sequence, type V } from '../value/values.ts';

const readerError = (wanted: string, found: JToken): never =>
  raise(
    'JsonReaderException',
    `Error reading ${wanted} from JsonReader. Current JsonReader item is not ${wanted === 'JObject' ? 'an object' : 'an array'}: ${kindOf(found)}. Path '', line 1, position 1.`,
  );
/** `JObject.Parse` and its like; what parsing makes is paid for. */
export function parseAs(text: V, wanted: string, r: Runtime): JToken {
  r.charge(given(text).length);
  r.steps(Math.ceil(text.length / 64));
  const token = parseJson(text);
  if (wanted === 'JObject' && !(token instanceof JObject)) return readerError('JObject', token);
  if (wanted === 'JArray' && !(token instanceof JArray)) return readerError('JArray', token);
  return token;
}
function print(token: JToken, isIndented: boolean, r: Runtime): string {
  const text = printJson(token, isIndented);
  r.charge(text.length);
  r.steps(Math.ceil(text.length / 64));
  return text;
}
/** `Value<T>()`: a cast where there is an operator, else by reference. */
function valueAs(token: V, type: Type): V {
  if (token === null)
    return innerOf(type) !== type || !isTokenTarget(type) ? null : type.name === 'string' ? null : defaultValue(type);
  if (isSubtype(type, T.token)) return downcast(token, type);
  const target = innerOf(type);
  if (isTokenTarget(target)) {
    if (!(token instanceof JValue)) {
      if (token instanceof JProperty) return valueAs(token.value, type);
      return raise('InvalidCastException', `Cannot cast ${runtimeType(token).key} to Newtonsoft.Json.Linq.JToken.`);
    }
    if (token.kind === 'Null' && type.name !== '?' && type.name !== 'string')
      return token.value === null ? nullValue(type) : null;
    return fromToken(token, type);
  }
  if (type.name === 'object') return token instanceof JValue ? boxedValue(token) : token;
  return raise('InvalidCastException', `Cannot cast ${runtimeType(token).key} to ${type.key}.`);
}
const defaultValue = (type: Type): V => fromToken(null, typeOf('?', [type])) ?? zero(type);
const zero = (type: Type): V =>
  type.name === 'bool'
    ? false
    : type.name === 'long' || type.name === 'ulong'
      ? 0n
      : ['int', 'double', 'float'].includes(type.name)
        ? 0
        : null;
const nullValue = (type: Type): V =>
  raise('InvalidCastException', `Null object cannot be converted to a value type (${type.key}).`);
const typeX = (types: Binding): Type => types.get('X') ?? T.object;

/** Plain types by the token's own operators, others as the serialiser reads them. */
const toObject = (token: JToken, type: Type): V =>
  isTokenTarget(innerOf(type)) && innerOf(type).name !== '[]'
    ? fromToken(token, type)
    : deserialise(token, type, false);

/** `token[key]`. */
function index(token: V, key: V): V {
  if (token instanceof JObject)
    return typeof key === 'string'
      ? token.get(key)
      : raise(
          'ArgumentException',
          `Accessed JObject values with invalid key value: ${key}. Object property name expected.`,
        );
  if (token instanceof JArray) {
    if (typeof key !== 'number')
      return raise(
        'ArgumentException',
        `Accessed JArray values with invalid key value: "${key}". Int32 array index expected.`,
      );
    return (
      token.items[key] ??
      raise(
        'ArgumentOutOfRangeException',
        'Index was out of range. Must be non-negative and less than the size of the collection.',
      )
    );
  }
  return raise('InvalidOperationException', `Cannot access child value on Newtonsoft.Json.Linq.${token.type.name}.`);
}
const setIndex: Implementation = (token, [key, value]) => {
  const next: JToken = value ?? nullToken();
  if (token instanceof JObject && typeof key === 'string') token.set(key, next);
  else if (token instanceof JArray && typeof key === 'number') {
    const old = token.items[key] ?? raise('ArgumentOutOfRangeException', 'Index was out of range.');
    token.replaceChild(old, next);
  } else raise('InvalidOperationException', `Cannot set child value on Newtonsoft.Json.Linq.${token.type.name}.`);
};
const sibling = (token: JToken, step: number): JToken | null => {
  const all = token.parent?.children() ?? [];
  return token.parent instanceof JProperty ? null : (all[all.indexOf(token) + step] ?? null);
};
const tokens = (items: () => Iterable<JToken>, name = 'JToken'): Sequence => new Sequence(typeOf(name), items);
function* descendants(token: JToken): Iterable<JToken> {
  for (const child of token.children()) {
    yield child;
    yield* descendants(child);
  }
}
function* ancestors(token: JToken): Iterable<JToken> {
  for (let current = token.parent; current; current = current.parent) yield current;
}
const rootOf = (token: JToken): JToken => [...ancestors(token)].at(-1) ?? token;
const selectOne = (token: JToken, path: V, isRequired: boolean, r: Runtime): JToken | null => {
  const [first, second] = selectTokens(token, given(path), r);
  if (second) return raise('Newtonsoft.Json.JsonException', 'Path returned multiple tokens.');
  return (
    first ??
    (isRequired ? raise('Newtonsoft.Json.JsonException', `Property '${path}' does not exist on JObject.`) : null)
  );
};
const remove = (token: JToken): void => {
  if (!token.parent) raise('InvalidOperationException', 'The parent is missing.');
  token.parent?.removeChild(token);
};
const replace = (token: JToken, next: V): void => {
  if (!token.parent) raise('InvalidOperationException', 'The parent is missing.');
  token.parent?.replaceChild(token, next ?? nullToken());
};
function addSibling(token: JToken, content: V, step: number): void {
  const parent =
    token.parent instanceof JArray ? token.parent : raise('InvalidOperationException', 'The parent is missing.');
  for (const [offset, item] of contentTokens(content).entries())
    parent.insert(parent.items.indexOf(token) + step + (step > 0 ? offset : 0), item);
}
function addTo(container: JToken, content: V, isFirst = false): void {
  if (container instanceof JObject) {
    if (!isFirst) addProperties(container, content);
    else
      for (const token of contentTokens(content).toReversed())
        container.addFirst(token instanceof JProperty ? token : badContent(token, 'JObject'));
    return;
  }
  if (!(container instanceof JArray))
    raise('Newtonsoft.Json.JsonException', `${container.type.name} cannot have multiple values.`);
  contentTokens(content).forEach((item, offset) => {
    if (item instanceof JProperty) badContent(item, 'JArray');
    if (isFirst) container.insert(offset, item);
    else container.add(item);
  });
}
const settingsOf = (settings: V) => ({ arrays: settings?.state.arrays ?? 0, nulls: settings?.state.nulls ?? 0 });
/** One value is the property's, several are an array. */
function propertyValue(content: V): JToken {
  const isSequence = content instanceof Items && content.type.key !== 'byte[]';
  if (!isSequence && !(content instanceof Sequence)) return contentTokens(content)[0] ?? nullToken();
  const array = new JArray();
  for (const item of contentTokens(content)) array.add(item);
  return array;
}
function fromObject<K extends JToken>(value: V, kind: abstract new (...args: never[]) => K, name: string): K {
  const token = serialise(given(value), false);
  if (token instanceof kind) return token.parent ? (cloneToken(token) as K) : token;
  return raise('ArgumentException', `Object serialized to ${kindOf(token)}. ${name} instance expected.`);
}

export function defineJson(): void {
  defineToken();
  defineValue();
  defineObjectAndArray();
  defineConvertJson();
}

function defineToken(): void {
  defineType({
    type: 'JToken',
    bases: ['IEnumerable<JToken>'],
    members: {
      'this[object]:JToken': (t, [key]) => index(t, key),
      'Value<X>(object):X': (t, [key], _r, types) => valueAs(index(t, key), typeX(types)),
      'ToObject<X>():X': (t, _a, _r, types) => toObject(t, typeX(types)),
      'SelectToken(string):JToken': (t, [path], r) => selectOne(t, path, false, r),
      'SelectToken(string,bool errorWhenNoMatch):JToken': (t, [path, isRequired], r) =>
        selectOne(t, path, isRequired, r),
      'SelectTokens(string):IEnumerable<JToken>': (t, [path], r) => {
        const found = selectTokens(t, given(path), r);
        return tokens(() => found);
      },
      'SelectTokens(string,bool errorWhenNoMatch):IEnumerable<JToken>': (t, [path], r) => {
        const found = selectTokens(t, given(path), r);
        return tokens(() => found);
      },
      'ToString():string': (t, _a, r) => {
        const text = t.displayText();
        r.charge(text.length);
        return text;
      },
      'ToString(Formatting):string': (t, [f], r) => print(t, f === 1, r),
      'Type:JTokenType': (t) => enumTypes['JTokenType']?.[kindOf(t)] ?? 0,
      'HasValues:bool': (t) => t.children().length > 0,
      'Path:string': (t) => pathOf(t),
      'Root:JToken': rootOf,
      'First:JToken': (t) => t.children()[0] ?? null,
      'Last:JToken': (t) => t.children().at(-1) ?? null,
      'Next:JToken': (t) => sibling(t, 1),
      'Previous:JToken': (t) => sibling(t, -1),
      'Parent:JContainer': (t) => t.parent,
      'Children():IEnumerable<JToken>': (t) => tokens(() => [...t.children()]),
      'Children<X>():IEnumerable<X>': (t, _a, _r, types) =>
        new Sequence(typeX(types), () => t.children().filter((child: JToken) => isSubtype(child.type, typeX(types)))),
      'Ancestors():IEnumerable<JToken>': (t) => tokens(() => ancestors(t)),
      'AncestorsAndSelf():IEnumerable<JToken>': (t) => tokens(() => [t, ...ancestors(t)]),
      'AfterSelf():IEnumerable<JToken>': (t) =>
        tokens(() => (t.parent?.children() ?? []).slice((t.parent?.children().indexOf(t) ?? 0) + 1)),
      'BeforeSelf():IEnumerable<JToken>': (t) =>
        tokens(() => (t.parent?.children() ?? []).slice(0, t.parent?.children().indexOf(t))),
      'Values<X>():IEnumerable<X>': (t, _a, _r, types) => valuesOf(t, typeX(types)),
      'DeepClone():JToken': (t) => cloneToken(t),
      'Remove()': remove,
      'Replace(JToken)': (t, [next]) => replace(t, next),
      'AddAfterSelf(object)': (t, [content]) => addSibling(t, content, 1),
      'AddBeforeSelf(object)': (t, [content]) => addSibling(t, content, 0),
    },
    setters: { 'this[object]:JToken': setIndex },
    extensions: { 'Value<X>():X': (t, _a, _r, types) => valueAs(given(t), typeX(types)) },
    statics: {
      'Parse(string):JToken': (_s, [x], r) => parseAs(x, 'JToken', r),
      'FromObject(object):JToken': (_s, [x]) => {
        const token = serialise(given(x), false);
        return token === x ? cloneToken(token) : token;
      },
      'DeepEquals(JToken,JToken):bool': (_s, [a, b]) => deepEquals(a, b),
    },
  });
  defineType({
    type: 'JContainer',
    bases: ['JToken'],
    members: {
      'Count:int': (t) => t.children().length,
      'Add(object)': (t, [content]) => addTo(t, content),
      'AddFirst(object)': (t, [content]) => addTo(t, content, true),
      'RemoveAll()': (t) => {
        for (const child of [...t.children()]) t.removeChild(child);
      },
      'ReplaceAll(object)': (t, [content]) => {
        for (const child of [...t.children()]) t.removeChild(child);
        addTo(t, content);
      },
      'Merge(object)': (t, [content]) => mergeTokens(t, given(content), settingsOf(null)),
      'Merge(object,JsonMergeSettings)': (t, [content, settings]) =>
        mergeTokens(t, given(content), settingsOf(settings)),
      'Descendants():IEnumerable<JToken>': (t) => tokens(() => descendants(t)),
      'DescendantsAndSelf():IEnumerable<JToken>': (t) => tokens(() => [t, ...descendants(t)]),
    },
  });
  defineType({
    type: 'JsonMergeSettings',
    members: {
      'new()': () => new Native(typeOf('JsonMergeSettings'), { arrays: 0, nulls: 0 }),
      'MergeArrayHandling:MergeArrayHandling': (s) => s.state.arrays,
      'MergeNullValueHandling:MergeNullValueHandling': (s) => s.state.nulls,
    },
    setters: {
      'MergeArrayHandling:MergeArrayHandling': (s, [v]) => {
        s.state.arrays = v;
      },
      'MergeNullValueHandling:MergeNullValueHandling': (s, [v]) => {
        s.state.nulls = v;
      },
    },
  });
}
const valuesOf = (t: JToken, type: Type): Sequence =>
  new Sequence(type, () =>
    (t instanceof JObject ? [...t.properties.values()].map(({ value }) => value) : t.children()).map((child) =>
      valueAs(child, type),
    ),
  );
const eachOf = (sequence: V, children: (token: JToken) => readonly JToken[]): Sequence =>
  new Sequence(T.token, () => [...sourceOf(sequence)].flatMap((token: JToken) => children(token)));

/** Methods of sequences of tokens; LINQ's table adds them. */
export const tokenSequences: Record<string, Implementation> = {
  'Values<X>(this IEnumerable<JToken>):IEnumerable<X>': (s, _a, _r, types) =>
    new Sequence(typeX(types), () => [...sourceOf(s)].map((token) => valueAs(token, typeX(types)))),
  'Values(this IEnumerable<JToken>,object):IEnumerable<JToken>': (s, [key]) =>
    eachOf(s, (token) => [index(token, key)].filter((found) => found !== null)),
  'Values<X>(this IEnumerable<JToken>,object):IEnumerable<X>': (s, [key], _r, types) =>
    new Sequence(typeX(types), () =>
      [...sourceOf(s)]
        .map((token) => index(token, key))
        .filter((found) => found !== null)
        .map((found) => valueAs(found, typeX(types))),
    ),
  'Children(this IEnumerable<JToken>):IEnumerable<JToken>': (s) => eachOf(s, (token) => token.children()),
  'Descendants(this IEnumerable<JToken>):IEnumerable<JToken>': (s) => eachOf(s, (token) => [...descendants(token)]),
  'Properties(this IEnumerable<JObject>):IEnumerable<JProperty>': (s) =>
    new Sequence(typeOf('JProperty'), () =>
      [...sourceOf(s)].flatMap((token: JObject) => [...token.properties.values()]),
    ),
};

function defineValue(): void {
  const constructors: Record<string, Implementation> = {};
  for (const name of [
    'object',
    'bool',
    'char',
    'int',
    'long',
    'ulong',
    'float',
    'double',
    'decimal',
    'DateTime',
    'DateTimeOffset',
    'string',
    'Guid',
    'TimeSpan',
    'Uri',
  ]) {
    const type = typeOf(name);
    constructors[`new(${name})`] = (_s, [x]) => toToken(name === 'object' ? runtimeType(x) : type, x);
  }
  defineType({
    type: 'JValue',
    bases: ['JToken'],
    members: {
      ...constructors,
      'new(JValue)': (_s, [x]) => cloneToken(given(x)),
      'Value:object': (t) => boxedValue(t),
      'ToString(string):string': (t, [f]) => formatted(t.type, t, f),
      'ToString(IFormatProvider):string': (t) => t.displayText(),
      'ToString(string,IFormatProvider):string': (t, [f]) => formatted(t.type, t, f),
      'CompareTo(JValue):int': (t, [o]) => (o === null ? 1 : compareTokens(t, o)),
      'Equals(JValue):bool': (t, [o]) => equalValues(t, o),
    },
    setters: {
      'Value:object': (t, [x]) => {
        const next = toToken(runtimeType(x), x);
        if (next instanceof JValue) {
          t.kind = next.kind;
          t.value = next.value;
        }
      },
    },
    statics: {
      'CreateNull():JValue': () => nullToken(),
      'CreateUndefined():JValue': () => new JValue('Undefined', null),
      'CreateString(string):JValue': (_s, [x]) => new JValue(x === null ? 'Null' : 'String', x),
      'CreateComment(string):JValue': (_s, [x]) => new JValue('Comment', x),
      'Parse(string):JToken': (_s, [x], r) => parseAs(x, 'JToken', r),
    },
  });
  defineType({
    type: 'JRaw',
    bases: ['JValue'],
    members: { 'new(object)': (_s, [x]) => new JRaw(x === null ? null : String(x)) },
  });
  defineType({
    type: 'JProperty',
    bases: ['JContainer'],
    members: {
      'new(string,object)': (_s, [n, v]) => new JProperty(given(n), propertyValue(v)),
      'new(string,params object[])': (_s, [n, v]) =>
        new JProperty(given(n), v?.items.length === 1 ? propertyValue(v.items[0]) : propertyValue(v)),
      'Name:string': (p) => p.name,
      'Value:JToken': (p) => p.value,
      'ToString():string': (p, _a, r) => print(p, true, r),
    },
    setters: { 'Value:JToken': (p, [v]) => p.setValue(v ?? nullToken()) },
    statics: {},
  });
}

function findProperty(o: JObject, name: V, comparison: number): JProperty | undefined {
  if (name === null) return undefined;
  return (
    o.properties.get(name) ?? [...o.properties.values()].find((property) => equalBy(property.name, name, comparison))
  );
}
function defineObjectAndArray(): void {
  defineType({
    type: 'JObject',
    // Two ways of being a sequence, so that C# finds no LINQ method on it.
    bases: ['JContainer', 'IEnumerable<KeyValuePair<string,JToken>>'],
    members: {
      'new()': () => new JObject(),
      'new(JObject)': (_s, [other]) => cloneToken(given(other)),
      'new(object)': (_s, [content]) => {
        const o = new JObject();
        addProperties(o, content);
        return o;
      },
      'new(params object[])': (_s, [content]) => {
        const o = new JObject();
        for (const item of content?.items ?? []) addProperties(o, item);
        return o;
      },
      'this[string]:JToken': (o, [name]) => o.get(given(name)),
      'this[object]:JToken': (o, [key]) => index(o, key),
      'Count:int': (o) => o.properties.size,
      'Add(string,JToken)': (o, [name, value]) => o.add(new JProperty(given(name), value ?? nullToken())),
      'Add(object)': (o, [content]) => addProperties(o, content),
      'ContainsKey(string):bool': (o, [name]) => o.properties.has(given(name)),
      'Remove(string):bool': (o, [name]) => {
        const property = o.properties.get(given(name));
        if (property) o.removeChild(property);
        return property !== undefined;
      },
      'Remove()': remove,
      'GetValue(string):JToken': (o, [name]) => (name === null ? null : o.get(name)),
      'GetValue(string,StringComparison):JToken': (o, [name, c]) => findProperty(o, name, c)?.value ?? null,
      'Property(string):JProperty': (o, [name]) => o.properties.get(name) ?? null,
      'Properties():IEnumerable<JProperty>': (o) => new Sequence(typeOf('JProperty'), () => watchedProperties(o)),
      'PropertyValues():IEnumerable<JToken>': (o) =>
        tokens(() => [...o.properties.values()].map(({ value }: JProperty) => value)),
      'TryGetValue(string,out JToken):bool': (o, [name, out]) => {
        out(o.get(given(name)));
        return o.properties.has(name);
      },
      'TryGetValue(string,StringComparison,out JToken):bool': (o, [name, c, out]) => {
        const property = findProperty(o, name, c);
        out(property?.value ?? null);
        return property !== undefined;
      },
    },
    setters: {
      'this[string]:JToken': (o, [name, value]) => o.set(given(name), value ?? nullToken()),
      'this[object]:JToken': setIndex,
    },
    statics: {
      'Parse(string):JObject': (_s, [x], r) => parseAs(x, 'JObject', r),
      'FromObject(object):JObject': (_s, [x]) => fromObject(x, JObject, 'JObject'),
    },
  });
  defineType({
    type: 'JArray',
    bases: ['JContainer'],
    members: {
      'new()': () => new JArray(),
      'new(JArray)': (_s, [other]) => cloneToken(given(other)),
      'new(object)': (_s, [content]) => {
        const a = new JArray();
        addTo(a, content);
        return a;
      },
      'new(params object[])': (_s, [content]) => {
        const a = new JArray();
        for (const item of content?.items ?? []) for (const token of contentTokens(item)) a.add(token);
        return a;
      },
      'this[int]:JToken': (a, [i]) => index(a, i),
      'this[object]:JToken': (a, [key]) => index(a, key),
      'Count:int': (a) => a.items.length,
      'Add(JToken)': (a, [x], r) => {
        r.charge(16);
        a.add(x ?? nullToken());
      },
      'Add(object)': (a, [x], r) => {
        r.charge(16);
        addTo(a, x);
      },
      'Insert(int,JToken)': (a, [i, x]) => a.insert(i, x ?? nullToken()),
      'RemoveAt(int)': (a, [i]) =>
        a.removeChild(a.items[i] ?? raise('ArgumentOutOfRangeException', 'Index is equal to or greater than Count.')),
      'Remove(JToken):bool': (a, [x]) => {
        const had = a.items.includes(x);
        if (had) a.removeChild(x);
        return had;
      },
      'Remove()': remove,
      'Clear()': (a) => {
        for (const child of [...a.items]) a.removeChild(child);
      },
      'Contains(JToken):bool': (a, [x]) => a.items.includes(x),
      'IndexOf(JToken):int': (a, [x]) => a.items.indexOf(x),
    },
    setters: { 'this[int]:JToken': setIndex, 'this[object]:JToken': setIndex },
    statics: {
      'Parse(string):JArray': (_s, [x], r) => parseAs(x, 'JArray', r),
      'FromObject(object):JArray': (_s, [x]) => fromObject(x, JArray, 'JArray'),
    },
  });
}
function* watchedProperties(o: JObject): Iterable<JProperty> {
  const { version } = o;
  for (const property of [...o.properties.values()]) {
    if (o.version !== version)
      raise('InvalidOperationException', 'Collection was modified; enumeration operation may not execute.');
    yield property;
  }
}

function defineConvertJson(): void {
  const write = (value: V, isIndented: boolean, r: Runtime): string => print(serialise(value, true), isIndented, r);
  const read = (text: V, type: Type, r: Runtime): V => {
    r.charge(given(text).length);
    if (text.trim() === '')
      return type.name === 'object' ||
        type.name === '?' ||
        !['int', 'long', 'bool', 'double', 'decimal'].includes(type.name)
        ? null
        : raise('JsonSerializationException', `No JSON content found and type '${type.key}' is not nullable.`);
    return deserialise(parseJson(text), type, true);
  };
  defineType({
    type: 'JsonConvert',
    statics: {
      'True:string': () => 'true',
      'False:string': () => 'false',
      'Null:string': () => 'null',
      'SerializeObject(object):string': (_s, [x], r) => write(x, false, r),
      'SerializeObject(object,Formatting):string': (_s, [x, f], r) => write(x, f === 1, r),
      'DeserializeObject(string):object': (_s, [x], r) => read(x, T.object, r),
      'DeserializeObject<X>(string):X': (_s, [x], r, types) => read(x, typeX(types), r),
      'DeserializeAnonymousType<X>(string,X):X': (_s, [x], r, types) => read(x, typeX(types), r),
      'ToString(string):string': (_s, [x]) => (x === null ? 'null' : quoteJson(x)),
      'ToString(object):string': (_s, [x], r) => write(x, false, r),
    },
  });
}
