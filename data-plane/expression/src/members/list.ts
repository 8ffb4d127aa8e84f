import { type Binding, defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { T, type Type, typeOf } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { sourceOf } from '../value/enumerate.ts';
import { defaultOf, equalityKey, given, Items, itemsOfType, raise, type V } from '../value/values.ts';

const of = (types: Binding, letter: string): Type => types.get(letter) ?? T.object;
const outOfRange = (): never =>
  raise(
    'ArgumentOutOfRangeException',
    'Index was out of range. Must be non-negative and less than the size of the collection.',
  );
const inRange = (list: Items, index: number): number =>
  index >= 0 && index < list.items.length ? index : outOfRange();
const inSpan = (list: Items, index: number, count: number): void => {
  if (index < 0 || count < 0) outOfRange();
  if (index + count > list.items.length)
    raise(
      'ArgumentException',
      'Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.',
    );
};
function grow(r: Runtime, list: Items, items: readonly V[]): void {
  r.charge(items.length * 8);
  for (const item of items) list.items.push(item);
  list.version++;
}
const changed = (list: Items): void => {
  list.version++;
};
const indexOf = (list: Items, x: V, from = 0): number => {
  const key = equalityKey(x);
  for (let i = from; i < list.items.length; i++) if (equalityKey(list.items[i]) === key) return i;
  return -1;
};
const lastIndexOf = (list: Items, x: V): number => {
  const key = equalityKey(x);
  for (let i = list.items.length - 1; i >= 0; i--) if (equalityKey(list.items[i]) === key) return i;
  return -1;
};
function removeWhere(list: Items, test: (item: V) => V): number {
  const before = list.items.length;
  list.items = list.items.filter((item) => !test(item));
  changed(list);
  return before - list.items.length;
}
/** .NET's sort is not stable; equal elements keep their order here. */
const sort = (list: Items, compare: (a: V, b: V) => number): void => {
  list.items.sort(compare);
  changed(list);
};
export function binarySearch(items: readonly V[], x: V, compare: (a: V, b: V) => number): number {
  let [low, high] = [0, items.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const order = compare(items[middle], x);
    if (order === 0) return middle;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}
export const compareOf = (comparer: V): ((a: V, b: V) => number) =>
  comparer ? (a, b) => comparer.compare(a, b) : defaultCompare;
const readOnly = (): never => raise('NotSupportedException', 'Collection was of a fixed size.');

const readable: Record<string, Implementation> = {
  'Count:int': (l) => (l instanceof Items ? l.items.length : [...sourceOf(l)].length),
};

export function defineList(): void {
  defineType({ type: 'IReadOnlyCollection<T>', bases: ['IEnumerable<T>'], members: readable });
  defineType({
    type: 'ICollection<T>',
    bases: ['IEnumerable<T>'],
    members: {
      ...readable,
      'Add(T)': (l, [x], r) => (l.type.name === 'List' ? grow(r, l, [x]) : readOnly()),
      'Contains(T):bool': (l, [x]) => [...sourceOf(l)].some((item) => equalityKey(item) === equalityKey(x)),
    },
  });
  defineType({
    type: 'IList<T>',
    bases: ['ICollection<T>'],
    members: {
      'this[int]:T': (l, [i]) => l.items[inRange(l, i)],
      'IndexOf(T):int': (l, [x]) => indexOf(l, x),
    },
    setters: {
      'this[int]:T': (l, [i, x]) => {
        l.items[inRange(l, i)] = x;
      },
    },
  });
  defineType({
    type: 'IReadOnlyList<T>',
    bases: ['IReadOnlyCollection<T>'],
    members: { 'this[int]:T': (l, [i]) => l.items[inRange(l, i)] },
  });
  const isMatch = (l: Items, f: (item: V) => V): number => l.items.findIndex((item) => f(item));
  defineType({
    type: 'List<T>',
    bases: ['IList<T>', 'IReadOnlyList<T>'],
    members: {
      'new()': (_s, _a, _r, t) => new Items(typeOf('List', [of(t, 'T')]), []),
      'new(int)': (_s, [n], _r, t) => (n < 0 ? outOfRange() : new Items(typeOf('List', [of(t, 'T')]), [])),
      'new(IEnumerable<T>)': (_s, [items], r, t) => {
        const list = new Items(typeOf('List', [of(t, 'T')]), []);
        grow(r, list, [...sourceOf(items)]);
        return list;
      },
      'Count:int': (l) => l.items.length,
      'Capacity:int': (l) => Math.max(4, l.items.length),
      'this[int]:T': (l, [i]) => l.items[inRange(l, i)],
      'Add(T)': (l, [item], r) => grow(r, l, [item]),
      'AddRange(IEnumerable<T>)': (l, [items], r) => grow(r, l, [...sourceOf(items)]),
      'Clear()': (l) => {
        l.items = [];
        changed(l);
      },
      'Contains(T):bool': (l, [x]) => indexOf(l, x) >= 0,
      'CopyTo(T[])': (l, [array]) => copyTo(l, array, 0),
      'CopyTo(T[],int)': (l, [array, at]) => copyTo(l, array, at),
      'IndexOf(T):int': (l, [x]) => indexOf(l, x),
      'IndexOf(T,int):int': (l, [x, from]) => indexOf(l, x, from),
      'LastIndexOf(T):int': (l, [x]) => lastIndexOf(l, x),
      'Insert(int,T)': (l, [i, x], r) => {
        if (i < 0 || i > l.items.length) outOfRange();
        r.charge(8);
        l.items.splice(i, 0, x);
        changed(l);
      },
      'InsertRange(int,IEnumerable<T>)': (l, [i, items], r) => {
        if (i < 0 || i > l.items.length) outOfRange();
        const added = [...sourceOf(items)];
        r.charge(added.length * 8);
        l.items.splice(i, 0, ...added);
        changed(l);
      },
      'Remove(T):bool': (l, [x]) => {
        const index = indexOf(l, x);
        if (index >= 0) {
          l.items.splice(index, 1);
          changed(l);
        }
        return index >= 0;
      },
      'RemoveAt(int)': (l, [i]) => {
        l.items.splice(inRange(l, i), 1);
        changed(l);
      },
      'RemoveRange(int,int)': (l, [i, n]) => {
        inSpan(l, i, n);
        l.items.splice(i, n);
        changed(l);
      },
      'RemoveAll(Predicate<T>):int': (l, [f]) => removeWhere(l, given(f)),
      'Exists(Predicate<T>):bool': (l, [f]) => isMatch(l, given(f)) >= 0,
      'TrueForAll(Predicate<T>):bool': (l, [f]) => l.items.every((item: V) => f(item)),
      'Find(Predicate<T>):T': (l, [f], _r, t) =>
        isMatch(l, given(f)) < 0 ? defaultOf(t.get('T')) : l.items[isMatch(l, f)],
      'FindLast(Predicate<T>):T': (l, [f], _r, t) => {
        const index = l.items.findLastIndex((item: V) => f(item));
        return index < 0 ? defaultOf(t.get('T')) : l.items[index];
      },
      'FindAll(Predicate<T>):List<T>': (l, [f]) =>
        new Items(
          l.type,
          l.items.filter((item: V) => f(item)),
        ),
      'FindIndex(Predicate<T>):int': (l, [f]) => isMatch(l, given(f)),
      'FindLastIndex(Predicate<T>):int': (l, [f]) => l.items.findLastIndex((item: V) => f(item)),
      'ForEach(Action<T>)': (l, [f], r) => {
        const { version } = l;
        for (const item of l.items) {
          r.step();
          f(item);
          if (l.version !== version)
            raise('InvalidOperationException', 'Collection was modified; enumeration operation may not execute.');
        }
      },
      'ConvertAll<R>(Converter<T,R>):List<R>': (l, [f], _r, t) =>
        new Items(
          typeOf('List', [of(t, 'R')]),
          l.items.map((item: V) => f(item)),
        ),
      'GetRange(int,int):List<T>': (l, [i, n]) => {
        inSpan(l, i, n);
        return new Items(l.type, l.items.slice(i, i + n));
      },
      'Reverse()': (l) => {
        l.items.reverse();
        changed(l);
      },
      'Reverse(int,int)': (l, [i, n]) => {
        inSpan(l, i, n);
        l.items.splice(i, n, ...l.items.slice(i, i + n).reverse());
        changed(l);
      },
      'Sort()': (l) => sort(l, defaultCompare),
      'Sort(Comparison<T>)': (l, [f]) => sort(l, given(f)),
      'Sort(IComparer<T>)': (l, [c]) => sort(l, compareOf(c)),
      'BinarySearch(T):int': (l, [x]) => binarySearch(l.items, x, defaultCompare),
      'BinarySearch(T,IComparer<T>):int': (l, [x, c]) => binarySearch(l.items, x, compareOf(c)),
      'ToArray():T[]': (l, _a, r, t) => {
        r.charge(l.items.length);
        return itemsOfType(of(t, 'T'), [...l.items]);
      },
      'AsReadOnly():IReadOnlyList<T>': (l) => l,
      'TrimExcess()': () => null,
    },
    setters: {
      'this[int]:T': (l, [i, x]) => {
        l.items[inRange(l, i)] = x;
        changed(l);
      },
      'Capacity:int': () => {},
    },
  });
  defineQueue();
  defineStack();
}
export function copyTo(from: Items, to: V, at: number): void {
  const target: Items = given(to);
  if (at < 0) outOfRange();
  if (at + from.items.length > target.items.length)
    raise(
      'ArgumentException',
      "Destination array was not long enough. Check destIndex and length, and the array's lower bounds.",
    );
  for (const [index, item] of from.items.entries()) target.items[at + index] = item;
}

function defineQueue(): void {
  const empty = (): never => raise('InvalidOperationException', 'Queue empty.');
  const make = (t: Binding, items: V[]): Items => new Items(typeOf('Queue', [of(t, 'T')]), items);
  defineType({
    type: 'Queue<T>',
    bases: ['IReadOnlyCollection<T>'],
    members: {
      'new()': (_s, _a, _r, t) => make(t, []),
      'new(int)': (_s, _a, _r, t) => make(t, []),
      'new(IEnumerable<T>)': (_s, [items], _r, t) => make(t, [...sourceOf(items)]),
      'Count:int': (q) => q.items.length,
      'Enqueue(T)': (q, [x], r) => grow(r, q, [x]),
      'Dequeue():T': (q) => {
        if (q.items.length === 0) empty();
        changed(q);
        return q.items.shift();
      },
      'Peek():T': (q) => (q.items.length === 0 ? empty() : q.items[0]),
      'Contains(T):bool': (q, [x]) => indexOf(q, x) >= 0,
      'Clear()': (q) => {
        q.items = [];
        changed(q);
      },
      'ToArray():T[]': (q, _a, _r, t) => itemsOfType(of(t, 'T'), [...q.items]),
    },
  });
}
/** Held with its top first, as going over it shows it. */
function defineStack(): void {
  const empty = (): never => raise('InvalidOperationException', 'Stack empty.');
  const make = (t: Binding, items: V[]): Items => new Items(typeOf('Stack', [of(t, 'T')]), items);
  defineType({
    type: 'Stack<T>',
    bases: ['IReadOnlyCollection<T>'],
    members: {
      'new()': (_s, _a, _r, t) => make(t, []),
      'new(int)': (_s, _a, _r, t) => make(t, []),
      'new(IEnumerable<T>)': (_s, [items], _r, t) => make(t, [...sourceOf(items)].reverse()),
      'Count:int': (s) => s.items.length,
      'Push(T)': (s, [x], r) => {
        r.charge(8);
        s.items.unshift(x);
        changed(s);
      },
      'Pop():T': (s) => {
        if (s.items.length === 0) empty();
        changed(s);
        return s.items.shift();
      },
      'Peek():T': (s) => (s.items.length === 0 ? empty() : s.items[0]),
      'Contains(T):bool': (s, [x]) => indexOf(s, x) >= 0,
      'Clear()': (s) => {
        s.items = [];
        changed(s);
      },
      'ToArray():T[]': (s, _a, _r, t) => itemsOfType(of(t, 'T'), [...s.items]),
    },
  });
}
