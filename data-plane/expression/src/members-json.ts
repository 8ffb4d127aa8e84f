import { fromToken, instanceOf, toToken } from './conversion.ts';
import {
  childrenOf,
  cloneToken,
  JArray,
  JObject,
  JProperty,
  type JToken,
  JValue,
  kindOf,
  parseJson,
  printJson,
} from './json.ts';
import { defineType, type Implementation } from './member-table.ts';
import { itemsOf } from './members-collections.ts';
import { enumTypes, isSubtypeName, parseType, T, type Type } from './types.ts';
import { DateTime, Items, notSupported, raise, runtimeType, type V } from './values.ts';

const text = (value: V): string => (value === null ? raise('ArgumentNullException', 'Value cannot be null.') : value);
const expect = (token: JToken, kind: typeof JObject | typeof JArray): V =>
  token instanceof kind
    ? token
    : raise(
        'JsonReaderException',
        `Error reading ${kind === JObject ? 'JObject' : 'JArray'} from JsonReader. Current JsonReader item is not ${kind === JObject ? 'an object' : 'an array'}.`,
      );
const to = (value: V, type: Type | undefined): V => {
  const wanted = type ?? T.object;
  if (value === null) return fromToken(null, wanted);
  if (isSubtypeName(wanted.name))
    return instanceOf(value, wanted)
      ? value
      : raise('InvalidCastException', `Cannot cast ${runtimeType(value).key} to ${wanted.key}.`);
  return fromToken(value, wanted);
};
/** Simple paths: names, indices, quoted names. */
function select(root: JToken, path: string): JToken | null {
  let current: JToken | null = root;
  const pattern = /\.?([A-Za-z_$][\w$-]*)|\[(\d+)\]|\['([^']*)'\]/y;
  const clean = path.replace(/^\$\.?/, '');
  while (pattern.lastIndex < clean.length) {
    const match: RegExpExecArray | null = pattern.exec(clean);
    if (!match) return notSupported(`The JSON path '${path}'`);
    const name = match[1] ?? match[3];
    if (name !== undefined) current = current instanceof JObject ? (current.properties.get(name)?.value ?? null) : null;
    else current = current instanceof JArray ? (current.items[Number(match[2])] ?? null) : null;
    if (!current) return null;
  }
  return current;
}
const index: Implementation = (token, [key]) => {
  if (token instanceof JObject && typeof key === 'string') return token.properties.get(key)?.value ?? null;
  if (token instanceof JArray && typeof key === 'number')
    return key >= 0 && key < token.items.length
      ? token.items[key]
      : raise('ArgumentOutOfRangeException', 'Index was out of range.');
  if (token instanceof JObject || token instanceof JArray)
    return raise('ArgumentException', 'Accessed JSON values with invalid key value.');
  return raise('InvalidOperationException', `Cannot access child value on ${runtimeType(token).key}.`);
};
function addContent(target: V, content: V): void {
  if (target instanceof JArray) {
    if (content instanceof JProperty) raise('ArgumentException', 'Can not add JProperty to JArray.');
    target.add(toToken(T.object, content));
  } else if (content instanceof JProperty) target.add(content);
  else raise('ArgumentException', 'Can not add this value to JObject.');
}
/** A plain value's JSON. */
function serialise(value: V): JToken {
  if (value instanceof Items && value.type.args[0]?.name !== 'byte') {
    const array = new JArray();
    for (const item of value.items)
      array.add(value.element.name === 'object' ? serialise(item) : toToken(value.element, item));
    return array;
  }
  return toToken(T.object, value);
}

export function defineJson(): void {
  defineType({
    type: 'JToken',
    bases: ['IEnumerable<JToken>'],
    members: {
      'this[object]:JToken': index,
      'Value<X>(object):X': (t, [key], r, types) => to(index(t, [key], r, types), types.get('X')),
      'Value<X>():X': (t, _a, _r, types) => to(t, types.get('X')),
      'ToObject<X>():X': (t, _a, _r, types) => to(t, types.get('X')),
      'SelectToken(string):JToken': (t, [path]) => select(t, text(path)),
      'ToString(Formatting):string': (t, [f]) => printJson(t, f === 1),
      'Type:JTokenType': (t) => enumTypes['JTokenType']?.[kindOf(t)] ?? 0,
      'HasValues:bool': (t) => childrenOf(t).length > 0,
      'Children():IEnumerable<JToken>': (t) => new Items(parseType('IEnumerable<JToken>'), childrenOf(t)),
      'First:JToken': (t) => childrenOf(t)[0] ?? null,
      'Last:JToken': (t) => childrenOf(t).at(-1) ?? null,
      'Parent:JToken': (t) => t.parent,
      'DeepClone():JToken': (t) => cloneToken(t),
    },
    statics: {
      'Parse(string):JToken': (_s, [x]) => parseJson(text(x)),
      'FromObject(object):JToken': (_s, [x]) => serialise(x),
    },
  });
  defineType({
    type: 'JValue',
    bases: ['JToken'],
    members: {
      'new(object)': (_s, [x]) => {
        const v = toToken(T.object, x);
        return v instanceof JValue ? v : notSupported('This JValue');
      },
      'Value:object': (t) =>
        typeof t.value === 'bigint' || t.value === null || t.value instanceof DateTime || typeof t.value !== 'number'
          ? t.value
          : notSupported('The value of this JValue'),
    },
  });
  defineType({
    type: 'JProperty',
    bases: ['JToken'],
    members: {
      'Name:string': (p) => p.name,
      'Value:JToken': (p) => p.value,
      'new(string,object)': (_s, [n, v]) => new JProperty(text(n), serialise(v)),
    },
  });
  defineType({
    type: 'JObject',
    bases: ['JToken'],
    members: {
      'new()': () => new JObject(),
      'new(params object[])': (_s, [content]) => {
        const o = new JObject();
        for (const item of content.items) addContent(o, item);
        return o;
      },
      'this[string]:JToken': (o, [name]) => o.properties.get(text(name))?.value ?? null,
      'Add(string,JToken)': (o, [name, value]) => o.add(new JProperty(text(name), value ?? new JValue('Null', null))),
      'Add(object)': (o, [content]) => addContent(o, content),
      'ContainsKey(string):bool': (o, [name]) => o.properties.has(text(name)),
      'Remove(string):bool': (o, [name]) => o.properties.delete(text(name)),
      'GetValue(string):JToken': (o, [name]) => o.properties.get(name)?.value ?? null,
      'Property(string):JProperty': (o, [name]) => o.properties.get(name) ?? null,
      'Properties():IEnumerable<JProperty>': (o) => new Items(parseType('IEnumerable<JProperty>'), childrenOf(o)),
      'Count:int': (o) => o.properties.size,
      'TryGetValue(string,out JToken):bool': (o, [name, out]) => {
        out(o.properties.get(name)?.value ?? null);
        return o.properties.has(name);
      },
    },
    statics: { 'Parse(string):JObject': (_s, [x]) => expect(parseJson(text(x)), JObject) },
  });
  defineType({
    type: 'JArray',
    bases: ['JToken'],
    members: {
      'new()': () => new JArray(),
      'new(params object[])': (_s, [content]) => {
        const a = new JArray();
        for (const item of content.items) addContent(a, item);
        return a;
      },
      'this[int]:JToken': index,
      'Count:int': (a) => a.items.length,
      'Add(JToken)': (a, [x]) => a.add(x ?? new JValue('Null', null)),
      'Add(object)': (a, [x]) => addContent(a, x),
      'Clear()': (a) => void a.items.splice(0),
    },
    statics: {
      'Parse(string):JArray': (_s, [x]) => expect(parseJson(text(x)), JArray),
      'FromObject(object):JArray': (_s, [x]) => {
        const a = serialise(x);
        return a instanceof JArray
          ? a
          : raise('ArgumentException', 'Object serialized to something else. JArray instance expected.');
      },
    },
  });
  defineType({
    type: 'JsonConvert',
    statics: {
      'SerializeObject(object):string': (_s, [x]) =>
        printJson(x === null ? new JValue('Null', null) : serialise(x), false),
      'SerializeObject(object,Formatting):string': (_s, [x, f]) =>
        printJson(x === null ? new JValue('Null', null) : serialise(x), f === 1),
    },
  });
  void itemsOf;
}
