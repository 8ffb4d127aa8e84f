import { type Binding, defineType, type Implementation } from '../member-table.ts';
import { boxedText } from '../text/to-text.ts';
import { T, type Type, typeOf } from '../type/types.ts';
import { pairsOf, sourceOf } from '../value/enumerate.ts';
import {
  box,
  type Comparer,
  Dict,
  defaultComparer,
  defaultOf,
  given,
  HashItems,
  Pair,
  raise,
  Sequence,
  type V,
} from '../value/values.ts';

import { dictionaryExtensions } from './dictionary-text.ts';

const of = (types: Binding, letter: string): Type => types.get(letter) ?? T.object;
const missing = (): never => raise('KeyNotFoundException', 'The given key was not present in the dictionary.');
const comparerOf = (comparer: V): Comparer => comparer ?? defaultComparer;

export function addPair(d: Dict, key: V, value: V): void {
  const known = d.comparer.keyOf(given(key));
  if (d.map.has(known))
    raise(
      'ArgumentException',
      `An item with the same key has already been added. Key: ${boxedText(box(d.type.args[0] ?? T.object, key))}`,
    );
  d.map.set(known, { key, value });
  d.version++;
}
function setPair(d: Dict, key: V, value: V): void {
  const known = d.comparer.keyOf(given(key));
  const old = d.map.get(known);
  if (old) old.value = value;
  else d.map.set(known, { key, value });
  d.version++;
}
const readable: Record<string, Implementation> = {
  'this[K]:V': (d, [key]) => (d.get(given(key)) ?? missing()).value,
  'Count:int': (d) => d.map.size,
  'ContainsKey(K):bool': (d, [key]) => d.get(given(key)) !== undefined,
  'TryGetValue(K,out V):bool': (d, [key, out], _r, t) => {
    const pair = d.get(given(key));
    out(pair ? pair.value : defaultOf(t.get('V')));
    return pair !== undefined;
  },
  'Keys:IEnumerable<K>': (d, _a, _r, t) => new Sequence(of(t, 'K'), () => keys(d)),
  'Values:IEnumerable<V>': (d, _a, _r, t) => new Sequence(of(t, 'V'), () => values(d)),
};
function* keys(d: Dict): Iterable<V> {
  for (const pair of pairsOf(d)) yield pair.key;
}
function* values(d: Dict): Iterable<V> {
  for (const pair of pairsOf(d)) yield pair.value;
}
const writable: Record<string, Implementation> = {
  'Add(K,V)': (d, [key, value], r) => {
    r.charge(16);
    addPair(d, key, value);
  },
  'Remove(K):bool': (d, [key]) => {
    const had = d.map.delete(d.comparer.keyOf(given(key)));
    if (had) d.version++;
    return had;
  },
  'Clear()': (d) => {
    d.map.clear();
    d.version++;
  },
};
const setter: Implementation = (d, [key, value], r) => {
  r.charge(16);
  setPair(d, key, value);
};
/** The keys of a dictionary are a collection: they know their number. */
const collections: Record<string, Implementation> = {
  'Keys:ICollection<K>': (d, _a, _r, t) => new Sequence(of(t, 'K'), () => keys(d), 'ICollection'),
  'Values:ICollection<V>': (d, _a, _r, t) => new Sequence(of(t, 'V'), () => values(d), 'ICollection'),
};

export function defineDictionary(): void {
  const { 'Keys:IEnumerable<K>': _keys, 'Values:IEnumerable<V>': _values, ...common } = readable;
  defineType({
    type: 'IReadOnlyDictionary<K,V>',
    bases: ['IReadOnlyCollection<KeyValuePair<K,V>>'],
    members: readable,
  });
  defineType({
    type: 'IDictionary<K,V>',
    bases: ['ICollection<KeyValuePair<K,V>>'],
    members: { ...common, ...collections, ...writable },
    setters: { 'this[K]:V': setter },
    extensions: dictionaryExtensions,
  });
  const make = (t: Binding, comparer: V): Dict =>
    new Dict(typeOf('Dictionary', [of(t, 'K'), of(t, 'V')]), comparerOf(comparer));
  const copy = (t: Binding, from: Dict, comparer: V): Dict => {
    const d = make(t, comparer);
    for (const { key, value } of given(from).map.values()) addPair(d, key, value);
    return d;
  };
  defineType({
    type: 'Dictionary<K,V>',
    bases: ['IDictionary<K,V>', 'IReadOnlyDictionary<K,V>'],
    members: {
      ...common,
      ...collections,
      ...writable,
      'new()': (_s, _a, _r, t) => make(t, null),
      'new(int)': (_s, _a, _r, t) => make(t, null),
      'new(IEqualityComparer<K>)': (_s, [c], _r, t) => make(t, c),
      'new(int,IEqualityComparer<K>)': (_s, [, c], _r, t) => make(t, c),
      'new(IDictionary<K,V>)': (_s, [d], _r, t) => copy(t, d, null),
      'new(IDictionary<K,V>,IEqualityComparer<K>)': (_s, [d, c], _r, t) => copy(t, d, c),
      'ContainsValue(V):bool': (d, [x]) =>
        [...d.map.values()].some(({ value }: V) => defaultComparer.keyOf(value) === defaultComparer.keyOf(x)),
    },
    setters: { 'this[K]:V': setter },
  });
  defineType({
    type: 'KeyValuePair<K,V>',
    members: {
      'new(K,V)': (_s, [k, v], _r, t) => new Pair(typeOf('KeyValuePair', [of(t, 'K'), of(t, 'V')]), k, v),
      'Key:K': (p) => p.key,
      'Value:V': (p) => p.value,
    },
  });
  defineHashSet();
}

function defineHashSet(): void {
  const make = (t: Binding, comparer: V, items: Iterable<V>): HashItems => {
    const set = new HashItems(typeOf('HashSet', [of(t, 'T')]), comparerOf(comparer));
    for (const item of items) add(set, item);
    return set;
  };
  const add = (s: HashItems, x: V): boolean => {
    const key = s.comparer.keyOf(x);
    if (s.map.has(key)) return false;
    s.map.set(key, x);
    s.version++;
    return true;
  };
  const keysIn = (s: HashItems, other: V): Set<V> =>
    new Set(Array.from(sourceOf(other), (item) => s.comparer.keyOf(item)));
  const keep = (s: HashItems, test: (key: V) => boolean): void => {
    for (const key of [...s.map.keys()]) if (!test(key)) s.map.delete(key);
    s.version++;
  };
  defineType({
    type: 'ISet<T>',
    bases: ['ICollection<T>'],
    members: {},
  });
  defineType({
    type: 'HashSet<T>',
    bases: ['ISet<T>', 'IReadOnlyCollection<T>'],
    members: {
      'new()': (_s, _a, _r, t) => make(t, null, []),
      'new(IEnumerable<T>)': (_s, [items], _r, t) => make(t, null, sourceOf(items)),
      'new(IEqualityComparer<T>)': (_s, [c], _r, t) => make(t, c, []),
      'new(IEnumerable<T>,IEqualityComparer<T>)': (_s, [items, c], _r, t) => make(t, c, sourceOf(items)),
      'Count:int': (s) => s.map.size,
      'Add(T):bool': (s, [x], r) => {
        r.charge(8);
        return add(s, x);
      },
      'Remove(T):bool': (s, [x]) => {
        const had = s.map.delete(s.comparer.keyOf(x));
        if (had) s.version++;
        return had;
      },
      'Clear()': (s) => keep(s, () => false),
      'Contains(T):bool': (s, [x]) => s.map.has(s.comparer.keyOf(x)),
      'RemoveWhere(Predicate<T>):int': (s, [f]) => {
        const before = s.map.size;
        for (const [key, item] of [...s.map]) if (f(item)) s.map.delete(key);
        s.version++;
        return before - s.map.size;
      },
      'UnionWith(IEnumerable<T>)': (s, [o]) => {
        for (const item of sourceOf(o)) add(s, item);
      },
      'IntersectWith(IEnumerable<T>)': (s, [o]) => {
        const keys = keysIn(s, o);
        keep(s, (key) => keys.has(key));
      },
      'ExceptWith(IEnumerable<T>)': (s, [o]) => {
        const keys = keysIn(s, o);
        keep(s, (key) => !keys.has(key));
      },
      'SymmetricExceptWith(IEnumerable<T>)': (s, [o]) => {
        for (const item of new Map(Array.from(sourceOf(o), (value) => [s.comparer.keyOf(value), value])).values())
          if (!s.map.delete(s.comparer.keyOf(item))) add(s, item);
        s.version++;
      },
      'Overlaps(IEnumerable<T>):bool': (s, [o]) => [...keysIn(s, o)].some((key) => s.map.has(key)),
      'SetEquals(IEnumerable<T>):bool': (s, [o]) => {
        const keys = keysIn(s, o);
        return keys.size === s.map.size && [...keys].every((key) => s.map.has(key));
      },
      'IsSubsetOf(IEnumerable<T>):bool': (s, [o]) => {
        const keys = keysIn(s, o);
        return [...s.map.keys()].every((key) => keys.has(key));
      },
      'IsSupersetOf(IEnumerable<T>):bool': (s, [o]) => [...keysIn(s, o)].every((key) => s.map.has(key)),
      'IsProperSubsetOf(IEnumerable<T>):bool': (s, [o]) => {
        const keys = keysIn(s, o);
        return keys.size > s.map.size && [...s.map.keys()].every((key) => keys.has(key));
      },
      'IsProperSupersetOf(IEnumerable<T>):bool': (s, [o]) => {
        const keys = keysIn(s, o);
        return keys.size < s.map.size && [...keys].every((key) => s.map.has(key));
      },
    },
  });
}
