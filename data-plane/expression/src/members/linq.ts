import { downcast, instanceOf } from '../convert/conversion.ts';
import { type Binding, defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { T, type Type, typeOf } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { sourceOf } from '../value/enumerate.ts';
import {
  box,
  type Comparer,
  type Comparison,
  Dict,
  defaultComparer,
  defaultOf,
  Grouping,
  given,
  HashItems,
  Items,
  itemsOfType,
  OrderedSequence,
  raise,
  Sequence,
  type V,
} from '../value/values.ts';
import { addPair } from './dictionary.ts';
import { tokenSequences } from './json.ts';
import { aggregates } from './linq-aggregates.ts';
import { elementSequences } from './xml.ts';

const none = (): never => raise('InvalidOperationException', 'Sequence contains no elements');
const noMatch = (): never => raise('InvalidOperationException', 'Sequence contains no matching element');
const many = (): never => raise('InvalidOperationException', 'Sequence contains more than one element');
const manyMatch = (): never => raise('InvalidOperationException', 'Sequence contains more than one matching element');
const of = (types: Binding, letter: string): Type => types.get(letter) ?? T.object;
/** A lazy sequence; each element is a step. */
function lazy(r: Runtime, types: Binding, letter: string, iterate: () => Iterable<V>): Sequence {
  return new Sequence(of(types, letter), () => counted(r, iterate()));
}
function* counted(r: Runtime, items: Iterable<V>): Iterable<V> {
  for (const item of items) {
    r.step();
    yield item;
  }
}
/** A method whose sequence is made when someone goes over it; `needed`: how many arguments must not be null. */
const deferred =
  (letter: string, iterate: (s: V, args: V[], t: Binding, r: Runtime) => Iterable<V>, needed = 0): Implementation =>
  (s, args, r, t) => {
    given(s);
    for (let i = 0; i < needed; i++) given(args[i]);
    return lazy(r, t, letter, () => iterate(s, args, t, r));
  };
/** All elements; what is held is paid for. */
function all(source: V, r: Runtime): V[] {
  const list: V[] = [];
  for (const item of sourceOf(source)) {
    r.step();
    r.charge(8);
    list.push(item);
  }
  return list;
}
/** Whether a source knows its size, and has a place for each element. */
const listOf = (source: V): readonly V[] | undefined => (source instanceof Items ? source.items : undefined);

const first =
  (missing: (hasTest: boolean, type: Type | undefined) => V): Implementation =>
  (s, [test], r, t) => {
    for (const item of sourceOf(s)) {
      r.step();
      if (!test || test(item)) return item;
    }
    return missing(test !== undefined, t.get('T'));
  };
const last =
  (missing: (hasTest: boolean, type: Type | undefined) => V): Implementation =>
  (s, [test], r, t) => {
    const list = listOf(given(s)) ?? all(s, r);
    for (let i = list.length - 1; i >= 0; i--) if (!test || test(list[i])) return list[i];
    return missing(test !== undefined, t.get('T'));
  };
const single =
  (missing: (hasTest: boolean, type: Type | undefined) => V): Implementation =>
  (s, [test], r, t) => {
    let found: V;
    let count = 0;
    for (const item of sourceOf(s)) {
      r.step();
      if (test && !test(item)) continue;
      if (++count > 1) return test ? manyMatch() : many();
      found = item;
    }
    return count === 1 ? found : missing(test !== undefined, t.get('T'));
  };
const orFail = (hasTest: boolean): never => (hasTest ? noMatch() : none());
const orDefault = (_hasTest: boolean, type: Type | undefined): V => defaultOf(type);
const withAndWithout = (name: string, result: string, run: Implementation): Record<string, Implementation> => ({
  [`${name}():${result}`]: run,
  [`${name}(Func<T,bool>):${result}`]: run,
});

function* where(source: V, test: (item: V, index: number) => V): Iterable<V> {
  let index = 0;
  for (const item of sourceOf(source)) if (test(item, index++)) yield item;
}
function* select(source: V, map: (item: V, index: number) => V): Iterable<V> {
  let index = 0;
  for (const item of sourceOf(source)) yield map(item, index++);
}
function* selectMany(source: V, map: (item: V, index: number) => V, result?: (item: V, inner: V) => V): Iterable<V> {
  let index = 0;
  for (const item of sourceOf(source))
    for (const inner of sourceOf(map(item, index++))) yield result ? result(item, inner) : inner;
}
function* distinct(source: Iterable<V>, comparer: Comparer): Iterable<V> {
  const seen = new Set<V>();
  for (const item of source) {
    const key = comparer.keyOf(item);
    if (seen.has(key)) continue;
    seen.add(key);
    yield item;
  }
}
function* chain(...sources: Iterable<V>[]): Iterable<V> {
  for (const source of sources) yield* source;
}
const keysOf = (source: V, comparer: Comparer): Set<V> =>
  new Set(Array.from(sourceOf(source), (item) => comparer.keyOf(item)));
function* matching(source: V, other: V, comparer: Comparer, isIn: boolean): Iterable<V> {
  const keys = keysOf(other, comparer);
  const seen = new Set<V>();
  for (const item of sourceOf(source)) {
    const key = comparer.keyOf(item);
    if (seen.has(key) || keys.has(key) !== isIn) continue;
    seen.add(key);
    yield item;
  }
}
const comparerOf = (comparer: V): Comparer => comparer ?? defaultComparer;

function ordered(sign: 1 | -1): Implementation {
  return (s, [key, comparer], r, t) =>
    new OrderedSequence(of(t, 'T'), counted2(r, s), [comparison(key, comparer, sign)]);
}
function thenBy(sign: 1 | -1): Implementation {
  return (s, [key, comparer], _r, t) => {
    const sequence: OrderedSequence = given(s);
    return new OrderedSequence(of(t, 'T'), sequence.source, [...sequence.comparisons, comparison(key, comparer, sign)]);
  };
}
const counted2 = (r: Runtime, source: V): Iterable<V> => {
  given(source);
  return { [Symbol.iterator]: () => counted(r, sourceOf(source))[Symbol.iterator]() };
};
const comparison = (key: (item: V) => V, comparer: V, sign: 1 | -1): Comparison => {
  const compare = comparer ? (a: V, b: V) => comparer.compare(a, b) : defaultCompare;
  return { key, compare: sign === 1 ? compare : (a, b) => compare(b, a) };
};

function group(
  r: Runtime,
  source: V,
  key: (item: V) => V,
  element: ((item: V) => V) | undefined,
  comparer: Comparer,
  type: Type,
): Map<V, Grouping> {
  const groups = new Map<V, Grouping>();
  for (const item of sourceOf(source)) {
    r.step();
    r.charge(8);
    const value = key(item);
    const known = comparer.keyOf(value);
    let found = groups.get(known);
    if (!found) {
      found = new Grouping(type, value, []);
      groups.set(known, found);
    }
    found.items.push(element ? element(item) : item);
  }
  return groups;
}
const grouping = (t: Binding, element: string): Type => typeOf('IGrouping', [of(t, 'K'), of(t, element)]);
function groupBy(r: Runtime, s: V, t: Binding, element: string, key: V, map: V, comparer: V): Sequence {
  given(s);
  const type = grouping(t, element);
  return new Sequence(type, () => group(r, s, key, map, comparerOf(comparer), type).values());
}
/** ILookup: a look-up that finds nothing gives an empty sequence. */
export class Lookup {
  readonly type: Type;
  readonly groups: Map<V, Grouping>;
  readonly comparer: Comparer;
  constructor(type: Type, groups: Map<V, Grouping>, comparer: Comparer) {
    this.type = type;
    this.groups = groups;
    this.comparer = comparer;
  }
  elements(): Iterable<V> {
    return this.groups.values();
  }
}
const lookup = (r: Runtime, s: V, t: Binding, element: string, key: V, map: V, comparer: V): Lookup =>
  new Lookup(
    typeOf('ILookup', [of(t, 'K'), of(t, element)]),
    group(r, s, key, map, comparerOf(comparer), grouping(t, element)),
    comparerOf(comparer),
  );

function toDictionary(r: Runtime, s: V, t: Binding, element: string, key: V, map: V, comparer: V): Dict {
  const dictionary = new Dict(typeOf('Dictionary', [of(t, 'K'), of(t, element)]), comparerOf(comparer));
  for (const item of sourceOf(s)) {
    r.step();
    r.charge(16);
    addPair(dictionary, key(item), map ? map(item) : item);
  }
  return dictionary;
}
function* join(outer: V, inner: V, outerKey: V, innerKey: V, result: V): Iterable<V> {
  const found = new Map<V, V[]>();
  for (const item of sourceOf(inner)) {
    const key = innerKey(item);
    if (key === null) continue;
    const known = defaultComparer.keyOf(key);
    const list = found.get(known) ?? [];
    list.push(item);
    found.set(known, list);
  }
  for (const item of sourceOf(outer))
    yield* (found.get(defaultComparer.keyOf(outerKey(item))) ?? []).map((match) => result(item, match));
}
function* groupJoin(outer: V, inner: V, outerKey: V, innerKey: V, result: V, element: Type): Iterable<V> {
  const found = new Map<V, V[]>();
  for (const item of sourceOf(inner)) {
    const known = defaultComparer.keyOf(innerKey(item));
    const list = found.get(known) ?? [];
    list.push(item);
    found.set(known, list);
  }
  for (const item of sourceOf(outer)) {
    const items = found.get(defaultComparer.keyOf(outerKey(item))) ?? [];
    yield result(item, new Sequence(element, () => items));
  }
}
function* zip(a: V, b: V, map: V): Iterable<V> {
  const other = sourceOf(b)[Symbol.iterator]();
  for (const item of sourceOf(a)) {
    const next = other.next();
    if (next.done) return;
    yield map(item, next.value);
  }
}
function* take(source: V, count: number): Iterable<V> {
  if (count <= 0) return;
  let left = count;
  for (const item of sourceOf(source)) {
    yield item;
    if (--left <= 0) return;
  }
}
function* skip(source: V, count: number): Iterable<V> {
  let index = 0;
  for (const item of sourceOf(source)) if (index++ >= count) yield item;
}
function* takeWhile(source: V, test: (item: V, index: number) => V): Iterable<V> {
  let index = 0;
  for (const item of sourceOf(source)) {
    if (!test(item, index++)) return;
    yield item;
  }
}
function* skipWhile(source: V, test: (item: V, index: number) => V): Iterable<V> {
  let index = 0;
  let isSkipping = true;
  for (const item of sourceOf(source)) {
    isSkipping = isSkipping && test(item, index++);
    if (!isSkipping) yield item;
  }
}
function* orElse(source: V, fallback: V): Iterable<V> {
  let isEmpty = true;
  for (const item of sourceOf(source)) {
    isEmpty = false;
    yield item;
  }
  if (isEmpty) yield fallback;
}
function* castItems(source: V, from: Type, to: Type): Iterable<V> {
  for (const item of sourceOf(source)) yield downcast(box(from, item), to);
}
function* ofType(source: V, from: Type, to: Type): Iterable<V> {
  for (const item of sourceOf(source)) {
    const boxed = box(from, item);
    if (instanceOf(boxed, to)) yield downcast(boxed, to);
  }
}
function elementAt(s: V, index: number, r: Runtime): { readonly found: boolean; readonly value: V } {
  const list = listOf(given(s));
  if (list) return { found: index >= 0 && index < list.length, value: list[index] };
  let at = 0;
  if (index >= 0)
    for (const item of sourceOf(s)) {
      r.step();
      if (at++ === index) return { found: true, value: item };
    }
  return { found: false, value: null };
}
function sequenceEqual(a: V, b: V, comparer: Comparer): boolean {
  const other = sourceOf(b)[Symbol.iterator]();
  for (const item of sourceOf(a)) {
    const next = other.next();
    if (next.done || comparer.keyOf(item) !== comparer.keyOf(next.value)) return false;
  }
  return other.next().done === true;
}
function aggregate(s: V, map: V, r: Runtime, seed?: { readonly value: V }): V {
  let result = seed?.value;
  let isFirst = seed === undefined;
  for (const item of sourceOf(s)) {
    r.step();
    result = isFirst ? item : map(result, item);
    isFirst = false;
  }
  return isFirst ? none() : result;
}
function count(s: V, test: V, r: Runtime): number {
  if (!test && s instanceof Items) return s.items.length;
  if (!test && (s instanceof Dict || s instanceof HashItems)) return s.map.size;
  let total = 0;
  for (const item of sourceOf(s)) {
    r.step();
    if (!test || test(item)) total++;
  }
  return total;
}

const linq: Record<string, Implementation> = {
  'Select<R>(Func<T,R>):IEnumerable<R>': deferred('R', (s, [f]) => select(s, f), 1),
  'Select<R>(Func<T,int,R>):IEnumerable<R>': deferred('R', (s, [f]) => select(s, f), 1),
  'SelectMany<R>(Func<T,IEnumerable<R>>):IEnumerable<R>': deferred('R', (s, [f]) => selectMany(s, f)),
  'SelectMany<R>(Func<T,int,IEnumerable<R>>):IEnumerable<R>': deferred('R', (s, [f]) => selectMany(s, f)),
  'SelectMany<C,R>(Func<T,IEnumerable<C>>,Func<T,C,R>):IEnumerable<R>': deferred('R', (s, [f, g]) =>
    selectMany(s, f, g),
  ),
  'Where(Func<T,bool>):IEnumerable<T>': deferred('T', (s, [f]) => where(s, f), 1),
  'Where(Func<T,int,bool>):IEnumerable<T>': deferred('T', (s, [f]) => where(s, f), 1),
  ...withAndWithout('First', 'T', first(orFail)),
  ...withAndWithout('FirstOrDefault', 'T', first(orDefault)),
  ...withAndWithout('Last', 'T', last(orFail)),
  ...withAndWithout('LastOrDefault', 'T', last(orDefault)),
  ...withAndWithout('Single', 'T', single(orFail)),
  ...withAndWithout('SingleOrDefault', 'T', single(orDefault)),
  ...withAndWithout('Count', 'int', (s, [test], r) => count(s, test, r)),
  ...withAndWithout('LongCount', 'long', (s, [test], r) => BigInt(count(s, test, r))),
  ...withAndWithout('Any', 'bool', (s, [test], r) => {
    for (const item of sourceOf(s)) {
      r.step();
      if (!test || test(item)) return true;
    }
    return false;
  }),
  'All(Func<T,bool>):bool': (s, [f], r) => {
    for (const item of sourceOf(s)) {
      r.step();
      if (!f(item)) return false;
    }
    return true;
  },
  'Contains(T):bool': (s, [x], r) => contains(s, x, defaultComparer, r),
  'Contains(T,IEqualityComparer<T>):bool': (s, [x, c], r) => contains(s, x, comparerOf(c), r),
  'ElementAt(int):T': (s, [i], r) => {
    const { found, value } = elementAt(s, i, r);
    return found
      ? value
      : raise(
          'ArgumentOutOfRangeException',
          'Index was out of range. Must be non-negative and less than the size of the collection.',
        );
  },
  'ElementAtOrDefault(int):T': (s, [i], r, t) => {
    const { found, value } = elementAt(s, i, r);
    return found ? value : defaultOf(t.get('T'));
  },
  'Skip(int):IEnumerable<T>': deferred('T', (s, [n]) => skip(s, n)),
  'Take(int):IEnumerable<T>': deferred('T', (s, [n]) => take(s, n)),
  'SkipWhile(Func<T,bool>):IEnumerable<T>': deferred('T', (s, [f]) => skipWhile(s, f)),
  'SkipWhile(Func<T,int,bool>):IEnumerable<T>': deferred('T', (s, [f]) => skipWhile(s, f)),
  'TakeWhile(Func<T,bool>):IEnumerable<T>': deferred('T', (s, [f]) => takeWhile(s, f)),
  'TakeWhile(Func<T,int,bool>):IEnumerable<T>': deferred('T', (s, [f]) => takeWhile(s, f)),
  'Distinct():IEnumerable<T>': deferred('T', (s) => distinct(sourceOf(s), defaultComparer)),
  'Distinct(IEqualityComparer<T>):IEnumerable<T>': deferred('T', (s, [c]) => distinct(sourceOf(s), comparerOf(c))),
  'Concat(IEnumerable<T>):IEnumerable<T>': deferred('T', (s, [o]) => chain(sourceOf(s), sourceOf(o)), 1),
  'Union(IEnumerable<T>):IEnumerable<T>': deferred(
    'T',
    (s, [o]) => distinct(chain(sourceOf(s), sourceOf(o)), defaultComparer),
    1,
  ),
  'Union(IEnumerable<T>,IEqualityComparer<T>):IEnumerable<T>': deferred(
    'T',
    (s, [o, c]) => distinct(chain(sourceOf(s), sourceOf(o)), comparerOf(c)),
    1,
  ),
  'Intersect(IEnumerable<T>):IEnumerable<T>': deferred('T', (s, [o]) => matching(s, o, defaultComparer, true), 1),
  'Intersect(IEnumerable<T>,IEqualityComparer<T>):IEnumerable<T>': deferred(
    'T',
    (s, [o, c]) => matching(s, o, comparerOf(c), true),
    1,
  ),
  'Except(IEnumerable<T>):IEnumerable<T>': deferred('T', (s, [o]) => matching(s, o, defaultComparer, false), 1),
  'Except(IEnumerable<T>,IEqualityComparer<T>):IEnumerable<T>': deferred(
    'T',
    (s, [o, c]) => matching(s, o, comparerOf(c), false),
    1,
  ),
  'Append(T):IEnumerable<T>': deferred('T', (s, [x]) => chain(sourceOf(s), [x])),
  'Prepend(T):IEnumerable<T>': deferred('T', (s, [x]) => chain([x], sourceOf(s))),
  'Reverse():IEnumerable<T>': deferred('T', (s, _a, _t, r) => all(s, r).reverse()),
  'DefaultIfEmpty():IEnumerable<T>': deferred('T', (s, _a, t) => orElse(s, defaultOf(t.get('T')))),
  'DefaultIfEmpty(T):IEnumerable<T>': deferred('T', (s, [x]) => orElse(s, x)),
  'OrderBy<K>(Func<T,K>):IOrderedEnumerable<T>': ordered(1),
  'OrderBy<K>(Func<T,K>,IComparer<K>):IOrderedEnumerable<T>': ordered(1),
  'OrderByDescending<K>(Func<T,K>):IOrderedEnumerable<T>': ordered(-1),
  'OrderByDescending<K>(Func<T,K>,IComparer<K>):IOrderedEnumerable<T>': ordered(-1),
  'GroupBy<K>(Func<T,K>):IEnumerable<IGrouping<K,T>>': (s, [k], r, t) => groupBy(r, s, t, 'T', k, undefined, null),
  'GroupBy<K>(Func<T,K>,IEqualityComparer<K>):IEnumerable<IGrouping<K,T>>': (s, [k, c], r, t) =>
    groupBy(r, s, t, 'T', k, undefined, c),
  'GroupBy<K,E>(Func<T,K>,Func<T,E>):IEnumerable<IGrouping<K,E>>': (s, [k, e], r, t) =>
    groupBy(r, s, t, 'E', k, e, null),
  'GroupBy<K,R>(Func<T,K>,Func<K,IEnumerable<T>,R>):IEnumerable<R>': (s, [k, f], r, t) =>
    lazy(r, t, 'R', () => select(groupBy(r, s, t, 'T', k, undefined, null), (g: Grouping) => f(g.key, g))),
  'GroupBy<K,E,R>(Func<T,K>,Func<T,E>,Func<K,IEnumerable<E>,R>):IEnumerable<R>': (s, [k, e, f], r, t) =>
    lazy(r, t, 'R', () => select(groupBy(r, s, t, 'E', k, e, null), (g: Grouping) => f(g.key, g))),
  'ToLookup<K>(Func<T,K>):ILookup<K,T>': (s, [k], r, t) => lookup(r, s, t, 'T', k, undefined, null),
  'ToLookup<K>(Func<T,K>,IEqualityComparer<K>):ILookup<K,T>': (s, [k, c], r, t) =>
    lookup(r, s, t, 'T', k, undefined, c),
  'ToLookup<K,E>(Func<T,K>,Func<T,E>):ILookup<K,E>': (s, [k, e], r, t) => lookup(r, s, t, 'E', k, e, null),
  'Join<I,K,R>(IEnumerable<I>,Func<T,K>,Func<I,K>,Func<T,I,R>):IEnumerable<R>': (s, [i, a, b, f], r, t) =>
    lazy(r, t, 'R', () => join(s, i, a, b, f)),
  'GroupJoin<I,K,R>(IEnumerable<I>,Func<T,K>,Func<I,K>,Func<T,IEnumerable<I>,R>):IEnumerable<R>': (
    s,
    [i, a, b, f],
    r,
    t,
  ) => lazy(r, t, 'R', () => groupJoin(s, i, a, b, f, of(t, 'I'))),
  'Zip<I,R>(IEnumerable<I>,Func<T,I,R>):IEnumerable<R>': deferred('R', (s, [o, f]) => zip(s, o, f), 1),
  'Aggregate(Func<T,T,T>):T': (s, [f], r) => aggregate(s, f, r),
  'Aggregate<A>(A,Func<A,T,A>):A': (s, [seed, f], r) => aggregate(s, f, r, { value: seed }),
  'Aggregate<A,R>(A,Func<A,T,A>,Func<A,R>):R': (s, [seed, f, g], r) => g(aggregate(s, f, r, { value: seed })),
  'SequenceEqual(IEnumerable<T>):bool': (s, [o]) => sequenceEqual(s, o, defaultComparer),
  'SequenceEqual(IEnumerable<T>,IEqualityComparer<T>):bool': (s, [o, c]) => sequenceEqual(s, o, comparerOf(c)),
  'ToList():List<T>': (s, _a, r, t) => new Items(typeOf('List', [of(t, 'T')]), all(s, r)),
  'ToArray():T[]': (s, _a, r, t) => itemsOfType(of(t, 'T'), all(s, r)),
  'ToHashSet():HashSet<T>': (s, _a, r, t) => {
    const set = new HashItems(typeOf('HashSet', [of(t, 'T')]));
    for (const item of all(s, r))
      if (!set.map.has(set.comparer.keyOf(item))) set.map.set(set.comparer.keyOf(item), item);
    return set;
  },
  'AsEnumerable():IEnumerable<T>': (s) => s,
  'Cast<X>():IEnumerable<X>': deferred('X', (s, _a, t) => castItems(s, of(t, 'T'), of(t, 'X'))),
  'OfType<X>():IEnumerable<X>': deferred('X', (s, _a, t) => ofType(s, of(t, 'T'), of(t, 'X'))),
  'ToDictionary<K>(Func<T,K>):Dictionary<K,T>': (s, [k], r, t) => toDictionary(r, s, t, 'T', k, undefined, null),
  'ToDictionary<K>(Func<T,K>,IEqualityComparer<K>):Dictionary<K,T>': (s, [k, c], r, t) =>
    toDictionary(r, s, t, 'T', k, undefined, c),
  'ToDictionary<K,E>(Func<T,K>,Func<T,E>):Dictionary<K,E>': (s, [k, e], r, t) => toDictionary(r, s, t, 'E', k, e, null),
  'ToDictionary<K,E>(Func<T,K>,Func<T,E>,IEqualityComparer<K>):Dictionary<K,E>': (s, [k, e, c], r, t) =>
    toDictionary(r, s, t, 'E', k, e, c),
  ...aggregates,
};
function contains(s: V, x: V, comparer: Comparer, r: Runtime): boolean {
  const key = comparer.keyOf(x);
  for (const item of sourceOf(s)) {
    r.step();
    if (comparer.keyOf(item) === key) return true;
  }
  return false;
}

export function defineLinq(): void {
  defineType({ type: 'IEnumerable<T>', extensions: { ...linq, ...tokenSequences, ...elementSequences } });
  defineType({
    type: 'IOrderedEnumerable<T>',
    bases: ['IEnumerable<T>'],
    extensions: {
      'ThenBy<K>(Func<T,K>):IOrderedEnumerable<T>': thenBy(1),
      'ThenBy<K>(Func<T,K>,IComparer<K>):IOrderedEnumerable<T>': thenBy(1),
      'ThenByDescending<K>(Func<T,K>):IOrderedEnumerable<T>': thenBy(-1),
      'ThenByDescending<K>(Func<T,K>,IComparer<K>):IOrderedEnumerable<T>': thenBy(-1),
    },
  });
  defineType({ type: 'IGrouping<K,T>', bases: ['IEnumerable<T>'], members: { 'Key:K': (g) => g.key } });
  defineType({
    type: 'ILookup<K,T>',
    bases: ['IEnumerable<IGrouping<K,T>>'],
    members: {
      'Count:int': (l) => l.groups.size,
      'Contains(K):bool': (l, [k]) => l.groups.has(l.comparer.keyOf(k)),
      'this[K]:IEnumerable<T>': (l, [k], _r, t) =>
        l.groups.get(l.comparer.keyOf(k)) ?? new Sequence(of(t, 'T'), () => []),
    },
  });
  defineType({
    type: 'Enumerable',
    statics: {
      'Empty<X>():IEnumerable<X>': (_s, _a, _r, t) => itemsOfType(of(t, 'X'), []),
      'Range(int,int):IEnumerable<int>': (_s, [start, n], r) => {
        if (n < 0 || start + n - 1 > 2147483647)
          raise('ArgumentOutOfRangeException', 'Specified argument was out of the range of valid values.');
        return new Sequence(T.int, () => counted(r, range(start, n)));
      },
      'Repeat<X>(X,int):IEnumerable<X>': (_s, [x, n], r, t) => {
        if (n < 0) raise('ArgumentOutOfRangeException', 'Specified argument was out of the range of valid values.');
        return new Sequence(of(t, 'X'), () => counted(r, repeat(x, n)));
      },
      ...asStatics(),
    },
  });
}
/** `Enumerable.Select(source, …)`: the extension methods called as what they are. */
function asStatics(): Record<string, Implementation> {
  const statics: Record<string, Implementation> = {};
  for (const [key, run] of Object.entries(linq)) {
    const match = /^(\w+)(?:<([\w,]+)>)?\((.*)\)(:.*)$/.exec(key);
    if (!match) continue;
    const [, name, generics, parameters, result] = match;
    const letters = ['T', ...(generics?.split(',') ?? [])].join(',');
    const own = /^this (\S+)$/.exec(parameters ?? '')?.[1];
    const signature = own
      ? `${name}(${own})`
      : `${name}<${letters}>(IEnumerable<T>${parameters ? `,${parameters}` : ''})`;
    statics[signature + result] = (_s, [source, ...args], r, t) => run(source, args, r, t);
  }
  return statics;
}
function* range(start: number, count: number): Iterable<number> {
  for (let i = 0; i < count; i++) yield start + i;
}
function* repeat(value: V, count: number): Iterable<V> {
  for (let i = 0; i < count; i++) yield value;
}
