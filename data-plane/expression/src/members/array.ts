import { defineType } from '../member-table.ts';
import { compareBy, foldCase } from '../text/compare-text.ts';
import { arrayOf, elementOf, T, type Type, typeOf } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { hashOf } from '../value/hash-code.ts';
import { type Comparer, defaultOf, equalityKey, Fields, given, Items, raise, type V } from '../value/values.ts';
import { cipherMembers } from './hash.ts';
import { binarySearch, compareOf, copyTo } from './list.ts';

const outOfBounds = (): never => raise('IndexOutOfRangeException', 'Index was outside the bounds of the array.');
const inRange = (a: Items, index: number): number => (index >= 0 && index < a.items.length ? index : outOfBounds());
function span(a: V, index: number, count: number): void {
  if (index < 0 || count < 0) raise('ArgumentOutOfRangeException', 'Non-negative number required.');
  if (index + count > given(a).items.length)
    raise('ArgumentException', 'Offset and length were out of bounds for the array.');
}
function copy(from: V, fromIndex: number, to: V, toIndex: number, count: number): void {
  span(from, fromIndex, count);
  if (toIndex < 0)
    raise('ArgumentOutOfRangeException', "Number was less than the array's lower bound in the first dimension.");
  if (toIndex + count > given(to).items.length) raise('ArgumentException', 'Destination array was not long enough.');
  const part = Array.from(from.items.slice(fromIndex, fromIndex + count));
  for (const [index, item] of part.entries()) to.items[toIndex + index] = item;
}
const find = (a: V, test: (item: V) => V): number => given(a).items.findIndex((item: V) => test(item));
const indexOf = (a: V, x: V): number => given(a).items.findIndex((item: V) => equalityKey(item) === equalityKey(x));

export function defineArray(): void {
  defineType({
    type: 'Array',
    members: {
      'Length:int': (a) => a.items.length,
      'LongLength:long': (a) => BigInt(a.items.length),
      'Rank:int': (a) => a.lengths?.length ?? 1,
      'GetLength(int):int': (a, [d]) => (a.lengths ?? [a.items.length])[d] ?? outOfBounds(),
      'GetLowerBound(int):int': () => 0,
      'GetUpperBound(int):int': (a, [d]) => ((a.lengths ?? [a.items.length])[d] ?? outOfBounds()) - 1,
      'Clone():object': (a) => new Items(a.type, a.items.slice(), a.lengths),
      'CopyTo(Array,int)': (a, [to, at]) => copyTo(a, to, at),
    },
    statics: {
      'IndexOf<X>(X[],X):int': (_s, [a, x]) => indexOf(a, x),
      'LastIndexOf<X>(X[],X):int': (_s, [a, x]) =>
        given(a).items.findLastIndex((item: V) => equalityKey(item) === equalityKey(x)),
      'Exists<X>(X[],Predicate<X>):bool': (_s, [a, f]) => find(a, given(f)) >= 0,
      'TrueForAll<X>(X[],Predicate<X>):bool': (_s, [a, f]) => given(a).items.every((item: V) => f(item)),
      'Find<X>(X[],Predicate<X>):X': (_s, [a, f], _r, t) => {
        const index = find(a, given(f));
        return index < 0 ? defaultOf(t.get('X')) : a.items[index];
      },
      'FindLast<X>(X[],Predicate<X>):X': (_s, [a, f], _r, t) => {
        const index = given(a).items.findLastIndex((item: V) => f(item));
        return index < 0 ? defaultOf(t.get('X')) : a.items[index];
      },
      'FindIndex<X>(X[],Predicate<X>):int': (_s, [a, f]) => find(a, given(f)),
      'FindLastIndex<X>(X[],Predicate<X>):int': (_s, [a, f]) => given(a).items.findLastIndex((item: V) => f(item)),
      'FindAll<X>(X[],Predicate<X>):X[]': (_s, [a, f]) =>
        new Items(
          given(a).type,
          a.items.filter((item: V) => f(item)),
        ),
      'ConvertAll<X,Y>(X[],Converter<X,Y>):Y[]': (_s, [a, f], _r, t) =>
        new Items(
          arrayOf(t.get('Y') ?? T.object),
          Array.from(given(a).items, (item) => f(item)),
        ),
      'ForEach<X>(X[],Action<X>)': (_s, [a, f]) => {
        for (const item of given(a).items) f(item);
      },
      'Empty<X>():X[]': (_s, _a, _r, t) => new Items(arrayOf(t.get('X') ?? T.object), []),
      'Reverse(Array)': (_s, [a]) => void given(a).items.reverse(),
      'Reverse(Array,int,int)': (_s, [a, i, n]) => {
        span(a, i, n);
        const part = Array.from(a.items.slice(i, i + n)).reverse();
        for (const [index, item] of part.entries()) a.items[i + index] = item;
      },
      'Sort<X>(X[])': (_s, [a]) => void given(a).items.sort(defaultCompare),
      'Sort<X>(X[],Comparison<X>)': (_s, [a, f]) => void given(a).items.sort(given(f)),
      'Sort<X>(X[],IComparer<X>)': (_s, [a, c]) => void given(a).items.sort(compareOf(c)),
      'Sort<X,Y>(X[],Y[])': (_s, [keys, items]) => {
        const rows = Array.from(given(keys).items, (key: V, index) => ({ key, item: given(items).items[index] }));
        rows.sort((x, y) => defaultCompare(x.key, y.key));
        for (const [index, { key, item }] of rows.entries()) {
          keys.items[index] = key;
          items.items[index] = item;
        }
      },
      'BinarySearch<X>(X[],X):int': (_s, [a, x]) => binarySearch(given(a).items, x, defaultCompare),
      'Copy(Array,Array,int)': (_s, [a, b, n]) => copy(a, 0, b, 0, n),
      'Copy(Array,int,Array,int,int)': (_s, [a, i, b, j, n]) => copy(a, i, b, j, n),
      'Clear(Array,int,int)': (_s, [a, i, n]) => {
        if (i < 0 || n < 0 || i + n > given(a).items.length) outOfBounds();
        for (let k = i; k < i + n; k++) a.items[k] = defaultOf(elementOf(a.type));
      },
    },
  });
  defineType({
    type: '[]<T>',
    bases: ['Array', 'IList<T>', 'IReadOnlyList<T>'],
    members: {
      'this[int]:T': (a, [i]) => a.items[inRange(a, i)],
      'Length:int': (a) => a.items.length,
    },
    setters: {
      'this[int]:T': (a, [i, x]) => {
        a.items[inRange(a, i)] = x;
      },
    },
    extensions: cipherMembers,
  });
  for (const rank of ['[,]', '[,,]', '[,,,]']) defineType({ type: `${rank}<T>`, bases: ['Array'] });
  defineTuples();
  defineComparers();
}

function defineTuples(): void {
  const letters = ['A', 'B', 'C', 'D', 'E', 'F', 'G'];
  const create = (name: 'Tuple' | 'ValueTuple') =>
    Object.fromEntries(
      letters.map((_, index) => {
        const used = letters.slice(0, index + 1).join(',');
        return [
          `Create<${used}>(${used}):${name}<${used}>`,
          (_s: V, args: V[], _r: unknown, t: ReadonlyMap<string, Type>) =>
            new Fields(
              typeOf(
                name,
                letters.slice(0, index + 1).map((letter) => t.get(letter) ?? T.object),
              ),
              args,
            ),
        ];
      }),
    );
  for (const name of ['Tuple', 'ValueTuple'] as const) defineType({ type: name, statics: create(name) });
  defineType({ type: 'anonymous' });
}

/** A comparer of texts: tells keys apart, and orders. */
export interface TextComparer extends Comparer {
  readonly type: Type;
  compare(a: V, b: V): number;
}
const textComparer = (comparison: number): TextComparer => ({
  type: typeOf('StringComparer'),
  keyOf: (value) => (typeof value === 'string' && comparison % 2 === 1 ? foldCase(value) : equalityKey(value)),
  compare: (a, b) => compareBy(a, b, comparison),
});
function defineComparers(): void {
  defineType({
    type: 'IEqualityComparer<T>',
    members: {
      'Equals(T,T):bool': (c, [a, b]) => c.keyOf(a) === c.keyOf(b),
      'GetHashCode(T):int': (c, [a]) => hashOf(c.keyOf(a)),
    },
  });
  defineType({ type: 'IComparer<T>', members: { 'Compare(T,T):int': (c, [a, b]) => c.compare(a, b) } });
  const names = [
    'CurrentCulture',
    'CurrentCultureIgnoreCase',
    'InvariantCulture',
    'InvariantCultureIgnoreCase',
    'Ordinal',
    'OrdinalIgnoreCase',
  ];
  defineType({
    type: 'StringComparer',
    bases: ['IEqualityComparer<string>', 'IComparer<string>'],
    members: {
      'Compare(string,string):int': (c, [a, b]) => c.compare(a, b),
      'Equals(string,string):bool': (c, [a, b]) => c.keyOf(a) === c.keyOf(b),
      'GetHashCode(string):int': (c, [a]) => hashOf(c.keyOf(given(a))),
    },
    statics: Object.fromEntries(
      names.map((name, index) => {
        const comparer = textComparer(index);
        return [`${name}:StringComparer`, () => comparer];
      }),
    ),
  });
}
