import { childrenOf, JToken } from './json.ts';
import { defineType, type Implementation } from './member-table.ts';
import type { Runtime } from './runtime.ts';
import { boxedText, textOf } from './text.ts';
import { T, type Type, typeOf } from './types.ts';
import { Dict, equalityKey, Items, Pair, raise, type V } from './values.ts';

/** Anything that `foreach` takes, as its items. */
export function itemsOf(value: V): readonly V[] {
  if (value === null) raise('NullReferenceException', 'Object reference not set to an instance of an object.');
  if (value instanceof Items) return value.items;
  if (typeof value === 'string') return Array.from({ length: value.length }, (_, index) => value.charCodeAt(index));
  if (value instanceof Dict)
    return [...value.map.values()].map(
      (pair) => new Pair(pair.key, pair.value, typeOf('KeyValuePair', value.type.args)),
    );
  if (value instanceof JToken) return childrenOf(value);
  return raise('InvalidCastException', 'The value is not a sequence.');
}
const source = (value: V): readonly V[] =>
  value === null ? raise('ArgumentNullException', 'Value cannot be null.') : itemsOf(value);
const sequence = (types: ReadonlyMap<string, Type>, letter: string, items: V[], name = 'IEnumerable'): Items =>
  new Items(typeOf(name, [types.get(letter) ?? T.object]), items);
const none = (): never => raise('InvalidOperationException', 'Sequence contains no elements');
export const defaultOf = (type: Type | undefined): V => {
  if (!type) return null;
  if (type.name === 'bool') return false;
  if (type.name === 'long' || type.name === 'ulong') return 0n;
  if (['int', 'double', 'float', 'char', 'byte', 'sbyte', 'short', 'ushort', 'uint'].includes(type.name)) return 0;
  return null;
};
const compare = (a: V, b: V): number => {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (a?.ticks !== undefined) return a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0;
  return a === b ? 0 : a === null ? -1 : b === null ? 1 : a < b ? -1 : 1;
};
const collator = new Intl.Collator('en', { ignorePunctuation: false });
/** Culture order (invariant). */
export const compareText = (a: string, b: string): number => collator.compare(a, b);

const filtered = (value: V, test: ((item: V) => V) | undefined): readonly V[] =>
  test ? source(value).filter((item) => test(item)) : source(value);
const pick =
  (choose: (items: readonly V[], types: ReadonlyMap<string, Type>) => V): Implementation =>
  (self, [test], _runtime, types) =>
    choose(filtered(self, test), types);
const withAndWithout = (name: string, result: string, run: Implementation): Record<string, Implementation> => ({
  [`${name}():${result}`]: run,
  [`${name}(Func<T,bool>):${result}`]: run,
});

const linq: Record<string, Implementation> = {
  'Select<R>(Func<T,R>):IEnumerable<R>': (s, [f], _r, t) =>
    sequence(
      t,
      'R',
      source(s).map((item) => f(item)),
    ),
  'Select<R>(Func<T,int,R>):IEnumerable<R>': (s, [f], _r, t) =>
    sequence(
      t,
      'R',
      source(s).map((item, index) => f(item, index)),
    ),
  'SelectMany<R>(Func<T,IEnumerable<R>>):IEnumerable<R>': (s, [f], _r, t) =>
    sequence(
      t,
      'R',
      source(s).flatMap((item) => [...itemsOf(f(item))]),
    ),
  'Where(Func<T,bool>):IEnumerable<T>': (s, [f], _r, t) =>
    sequence(
      t,
      'T',
      source(s).filter((item) => f(item)),
    ),
  ...withAndWithout(
    'First',
    'T',
    pick((items) => (items.length > 0 ? items[0] : none())),
  ),
  ...withAndWithout(
    'FirstOrDefault',
    'T',
    pick((items, t) => (items.length > 0 ? items[0] : defaultOf(t.get('T')))),
  ),
  ...withAndWithout(
    'Last',
    'T',
    pick((items) => (items.length > 0 ? items.at(-1) : none())),
  ),
  ...withAndWithout(
    'LastOrDefault',
    'T',
    pick((items, t) => (items.length > 0 ? items.at(-1) : defaultOf(t.get('T')))),
  ),
  ...withAndWithout(
    'Single',
    'T',
    pick((items) =>
      items.length === 1
        ? items[0]
        : raise(
            'InvalidOperationException',
            items.length === 0 ? 'Sequence contains no elements' : 'Sequence contains more than one element',
          ),
    ),
  ),
  ...withAndWithout(
    'SingleOrDefault',
    'T',
    pick((items, t) =>
      items.length > 1
        ? raise('InvalidOperationException', 'Sequence contains more than one element')
        : items.length === 1
          ? items[0]
          : defaultOf(t.get('T')),
    ),
  ),
  ...withAndWithout(
    'Count',
    'int',
    pick((items) => items.length),
  ),
  ...withAndWithout(
    'Any',
    'bool',
    pick((items) => items.length > 0),
  ),
  'All(Func<T,bool>):bool': (s, [f]) => source(s).every((item) => f(item)),
  'Contains(T):bool': (s, [x]) => source(s).some((item) => equalityKey(item) === equalityKey(x)),
  'ElementAt(int):T': (s, [i]) =>
    i >= 0 && i < source(s).length ? source(s)[i] : raise('ArgumentOutOfRangeException', 'Index was out of range.'),
  'ElementAtOrDefault(int):T': (s, [i], _r, t) =>
    i >= 0 && i < source(s).length ? source(s)[i] : defaultOf(t.get('T')),
  'Skip(int):IEnumerable<T>': (s, [n], _r, t) => sequence(t, 'T', source(s).slice(Math.max(0, n))),
  'Take(int):IEnumerable<T>': (s, [n], _r, t) => sequence(t, 'T', source(s).slice(0, Math.max(0, n))),
  'Distinct():IEnumerable<T>': (s, _a, _r, t) =>
    sequence(
      t,
      'T',
      [
        ...new Map(
          source(s)
            .map((item) => [equalityKey(item), item] as const)
            .toReversed(),
        ).values(),
      ].toReversed(),
    ),
  'Concat(IEnumerable<T>):IEnumerable<T>': (s, [o], _r, t) => sequence(t, 'T', [...source(s), ...source(o)]),
  'Union(IEnumerable<T>):IEnumerable<T>': (s, [o], _r, t) => {
    const seen = new Map<V, V>();
    for (const item of [...source(s), ...source(o)])
      if (!seen.has(equalityKey(item))) seen.set(equalityKey(item), item);
    return sequence(t, 'T', [...seen.values()]);
  },
  'Reverse():IEnumerable<T>': (s, _a, _r, t) => sequence(t, 'T', source(s).toReversed()),
  'OrderBy<R>(Func<T,R>):IEnumerable<T>': (s, [f], _r, t) =>
    sequence(
      t,
      'T',
      source(s)
        .map((item) => [f(item), item] as const)
        .sort((a, b) => compare(a[0], b[0]))
        .map(([, item]) => item),
    ),
  'OrderByDescending<R>(Func<T,R>):IEnumerable<T>': (s, [f], _r, t) =>
    sequence(
      t,
      'T',
      source(s)
        .map((item) => [f(item), item] as const)
        .sort((a, b) => compare(b[0], a[0]))
        .map(([, item]) => item),
    ),
  'ToList():List<T>': (s, _a, _r, t) => sequence(t, 'T', [...source(s)], 'List'),
  'ToArray():T[]': (s, _a, _r, t) => sequence(t, 'T', [...source(s)], '[]'),
  'ToDictionary<K>(Func<T,K>):Dictionary<K,T>': (s, [f], _r, t) =>
    toDictionary(source(s), f, (item) => item, typeOf('Dictionary', [t.get('K') ?? T.object, t.get('T') ?? T.object])),
  'ToDictionary<K,R>(Func<T,K>,Func<T,R>):Dictionary<K,R>': (s, [f, g], _r, t) =>
    toDictionary(source(s), f, g, typeOf('Dictionary', [t.get('K') ?? T.object, t.get('R') ?? T.object])),
  'Max<R>(Func<T,R>):R': (s, [f]) =>
    extreme(
      source(s).map((item) => f(item)),
      1,
    ),
  'Min<R>(Func<T,R>):R': (s, [f]) =>
    extreme(
      source(s).map((item) => f(item)),
      -1,
    ),
  'Max():T': (s) => extreme(source(s), 1),
  'Min():T': (s) => extreme(source(s), -1),
  'Sum(Func<T,int>):int': (s, [f]) => sumInt(source(s).map((item) => f(item))),
  'Sum(Func<T,double>):double': (s, [f]) => source(s).reduce((total, item) => total + f(item), 0),
};
const extreme = (items: readonly V[], sign: number): V => {
  if (items.length === 0) none();
  return items.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best));
};
const sumInt = (items: readonly V[]): number => {
  const total = items.reduce((sum, item) => sum + item, 0);
  return Math.abs(total) > 2_147_483_647
    ? raise('OverflowException', 'Arithmetic operation resulted in an overflow.')
    : total;
};
function toDictionary(items: readonly V[], key: (item: V) => V, value: (item: V) => V, type: Type): Dict {
  const dictionary = new Dict(type);
  for (const item of items) addPair(dictionary, key(item), value(item));
  return dictionary;
}
function addPair(dictionary: Dict, key: V, value: V): void {
  if (key === null) raise('ArgumentNullException', 'Value cannot be null.');
  if (dictionary.map.has(dictionary.keyOf(key)))
    raise('ArgumentException', `An item with the same key has already been added. Key: ${boxedText(key)}`);
  dictionary.map.set(dictionary.keyOf(key), { key, value });
}
const inRange = (list: Items, index: number, type = 'ArgumentOutOfRangeException'): number =>
  index >= 0 && index < list.items.length
    ? index
    : raise(type, 'Index was out of range. Must be non-negative and less than the size of the collection.');
const grow = (r: Runtime, list: Items, items: readonly V[]): void => {
  r.charge(items.length);
  list.items.push(...items);
};

const dictionaryMembers: Record<string, Implementation> = {
  'this[K]:V': (d, [key]) => {
    if (key === null) raise('ArgumentNullException', 'Value cannot be null.');
    const pair = d.map.get(d.keyOf(key));
    return pair ? pair.value : raise('KeyNotFoundException', 'The given key was not present in the dictionary.');
  },
  'Count:int': (d) => d.map.size,
  'Keys:IEnumerable<K>': (d, _a, _r, t) =>
    sequence(
      t,
      'K',
      [...d.map.values()].map((pair: V) => pair.key),
    ),
  'Values:IEnumerable<V>': (d, _a, _r, t) =>
    sequence(
      t,
      'V',
      [...d.map.values()].map((pair: V) => pair.value),
    ),
  'ContainsKey(K):bool': (d, [key]) =>
    key === null ? raise('ArgumentNullException', 'Value cannot be null.') : d.map.has(d.keyOf(key)),
  'TryGetValue(K,out V):bool': (d, [key, out], _r, t) => {
    const pair = d.map.get(d.keyOf(key));
    out(pair ? pair.value : defaultOf(t.get('V')));
    return pair !== undefined;
  },
};

export function defineCollections(): void {
  defineType({ type: 'IEnumerable<T>', bases: ['object'], members: linq });
  defineType({ type: 'IReadOnlyCollection<T>', bases: ['IEnumerable<T>'] });
  defineType({ type: 'ICollection<T>', bases: ['IEnumerable<T>'], members: { 'Count:int': (s) => itemsOf(s).length } });
  defineType({
    type: 'IList<T>',
    bases: ['ICollection<T>'],
    members: { 'this[int]:T': (l, [i]) => itemsOf(l)[inRange(l, i)] },
  });
  defineType({
    type: '[]<T>',
    bases: ['IList<T>'],
    members: {
      'this[int]:T': (l, [i]) => l.items[inRange(l, i, 'IndexOutOfRangeException')],
      'Length:int': (l) => l.items.length,
    },
  });
  defineType({
    type: 'List<T>',
    bases: ['IList<T>'],
    members: {
      'new()': (_s, _a, _r, t) => sequence(t, 'T', [], 'List'),
      'new(IEnumerable<T>)': (_s, [items], _r, t) => sequence(t, 'T', [...source(items)], 'List'),
      'Add(T)': (l, [item], r) => grow(r, l, [item]),
      'AddRange(IEnumerable<T>)': (l, [items], r) => grow(r, l, [...source(items)]),
      'Clear()': (l) => void l.items.splice(0),
      'IndexOf(T):int': (l, [x]) => l.items.findIndex((item: V) => equalityKey(item) === equalityKey(x)),
      'Remove(T):bool': (l, [x]) => {
        const index = l.items.findIndex((item: V) => equalityKey(item) === equalityKey(x));
        if (index >= 0) l.items.splice(index, 1);
        return index >= 0;
      },
      'RemoveAt(int)': (l, [i]) => void l.items.splice(inRange(l, i), 1),
      'Exists(Func<T,bool>):bool': (l, [f]) => l.items.some((item: V) => f(item)),
      'Find(Func<T,bool>):T': (l, [f], _r, t) => l.items.find((item: V) => f(item)) ?? defaultOf(t.get('T')),
    },
  });
  defineType({
    type: 'HashSet<T>',
    bases: ['ICollection<T>'],
    members: {
      'new()': (_s, _a, _r, t) => sequence(t, 'T', [], 'HashSet'),
      'Add(T):bool': (s, [x], r) => {
        if (s.items.some((item: V) => equalityKey(item) === equalityKey(x))) return false;
        grow(r, s, [x]);
        return true;
      },
    },
  });
  defineType({
    type: 'IReadOnlyDictionary<K,V>',
    bases: ['IEnumerable<KeyValuePair<K,V>>'],
    members: dictionaryMembers,
  });
  defineType({ type: 'IDictionary<K,V>', bases: ['IEnumerable<KeyValuePair<K,V>>'], members: dictionaryMembers });
  defineType({
    type: 'Dictionary<K,V>',
    bases: ['IReadOnlyDictionary<K,V>', 'IDictionary<K,V>'],
    members: {
      'new()': (_s, _a, _r, t) => new Dict(typeOf('Dictionary', [t.get('K') ?? T.object, t.get('V') ?? T.object])),
      'Add(K,V)': (d, [key, value], r) => {
        r.charge(1);
        addPair(d, key, value);
      },
      'Remove(K):bool': (d, [key]) => d.map.delete(d.keyOf(key)),
    },
  });
  defineType({
    type: 'KeyValuePair<K,V>',
    bases: ['object'],
    members: { 'Key:K': (p) => p.key, 'Value:V': (p) => p.value },
  });
  void textOf;
}
