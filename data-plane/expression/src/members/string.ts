import { defineType, type Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import {
  compareBy,
  compareCulture,
  compareOrdinal,
  equalBy,
  foldCase,
  ignoresCase,
  lowerCase,
} from '../text/compare-text.ts';
import { formatComposite } from '../text/format.ts';
import { replaceText } from '../text/replace-text.ts';
import { boxedText } from '../text/to-text.ts';
import { parseType } from '../type/types.ts';
import { enumerate, sourceOf } from '../value/enumerate.ts';
import { box, elementType, given, Items, raise, stringItems, type V } from '../value/values.ts';
import { credentialExtensions } from './jwt.ts';

const char = (code: number): string => String.fromCharCode(code);
const chars = (v: V): string[] => (v === null ? [] : v.items.map(char));
const outOfRange = (message: string): never => raise('ArgumentOutOfRangeException', message);
const inside = (ok: boolean, message = 'Index and length must refer to a location within the string.'): void => {
  if (!ok) outOfRange(message);
};
const space = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isTrimmed = (set: readonly string[]): ((character: string) => boolean) =>
  set.length === 0 ? (character) => space.test(character) : (character) => set.includes(character);
function trim(s: string, set: readonly string[], atStart: boolean, atEnd: boolean): string {
  const goes = isTrimmed(set);
  let [from, to] = [0, s.length];
  while (atStart && from < to && goes(s[from] ?? '')) from++;
  while (atEnd && to > from && goes(s[to - 1] ?? '')) to--;
  return s.slice(from, to);
}
function split(
  s: string,
  given: readonly (string | null)[],
  options: number,
  r: Runtime,
  count = 2_147_483_647,
): Items {
  if (count < 0) outOfRange('Count cannot be less than zero.');
  const separators = given.filter((separator): separator is string => separator !== null && separator !== '');
  const removes = options === 1;
  if (count === 0 || (removes && s === '')) return stringItems([]);
  if (count === 1) return stringItems([s]);
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < s.length; ) {
    if (parts.length >= count - 1) break;
    const found =
      separators.length === 0
        ? space.test(s[i] ?? '')
          ? s[i]
          : undefined
        : separators.find((separator) => s.startsWith(separator, i));
    if (found === undefined) {
      i++;
      continue;
    }
    if (i > start || !removes) parts.push(s.slice(start, i));
    i += found.length;
    start = i;
  }
  // The last of a limited number of parts has no empty ones before it.
  if (removes && parts.length >= count - 1) {
    for (let moved = true; moved; ) {
      const next = separators.find((separator) => s.startsWith(separator, start));
      moved = next !== undefined;
      start += next?.length ?? 0;
    }
  }
  if (start < s.length || !removes) parts.push(s.slice(start));
  r.charge(s.length + parts.length);
  return stringItems(parts);
}
const fold = (s: string, comparison: number): string => (ignoresCase(comparison) ? foldCase(s) : s);
function indexOf(s: string, x: V, start: number, count: number, comparison: number): number {
  const text = given(x);
  inside(start >= 0 && start <= s.length && count >= 0 && start + count <= s.length);
  if (text === '') return start;
  const found = fold(s, comparison).indexOf(fold(text, comparison), start);
  return found >= 0 && found + text.length <= start + count ? found : -1;
}
function lastIndexOf(s: string, x: V, start: number, comparison: number): number {
  const text = given(x);
  if (s.length === 0) return text === '' ? 0 : -1;
  inside(start >= 0 && start <= s.length);
  return fold(s, comparison).lastIndexOf(fold(text, comparison), start - text.length + 1);
}
function indexOfAny(s: string, set: V, start = 0): number {
  const wanted = chars(given(set));
  inside(start >= 0 && start <= s.length);
  for (let i = start; i < s.length; i++) if (wanted.includes(s[i] ?? '')) return i;
  return -1;
}
function lastIndexOfAny(s: string, set: V): number {
  const wanted = chars(given(set));
  for (let i = s.length - 1; i >= 0; i--) if (wanted.includes(s[i] ?? '')) return i;
  return -1;
}
function pad(s: string, width: number, filler: string, r: Runtime, isLeft: boolean): string {
  if (width < 0) outOfRange('Non-negative number required.');
  r.charge(width);
  return isLeft ? s.padStart(width, filler) : s.padEnd(width, filler);
}
function replace(s: string, a: V, b: V, r: Runtime): string {
  const old = given(a);
  if (old === '') raise('ArgumentException', 'String cannot be of zero length.');
  const next = b ?? '';
  return replaceText(s, old, next, r);
}
function join(separator: V, items: Iterable<V>, r: Runtime): string {
  const between: string = separator ?? '';
  let text = '';
  let isFirst = true;
  for (const item of items) {
    const part = item === null ? '' : boxedText(item);
    r.charge(part.length + between.length);
    text += isFirst ? part : between + part;
    isFirst = false;
  }
  return text;
}
function* boxedItems(sequence: V): Iterable<V> {
  const type = elementType(sequence);
  for (const item of sourceOf(sequence)) yield box(type, item);
}
const slice: Implementation = (s, [start, count]) => {
  if (start < 0) outOfRange('StartIndex cannot be less than zero.');
  inside(start <= s.length, 'startIndex cannot be larger than length of string.');
  if (count === undefined) return s.slice(start);
  if (count < 0) outOfRange('Length cannot be less than zero.');
  inside(start + count <= s.length);
  return s.slice(start, start + count);
};

export function defineString(): void {
  defineType({
    type: 'string',
    bases: ['IEnumerable<char>', 'IComparable'],
    members: {
      'new(char,int)': (_s, [c, n], r) => {
        if (n < 0) outOfRange("'count' must be non-negative.");
        r.charge(n);
        return char(c).repeat(n);
      },
      'new(char[])': (_s, [c]) => chars(c).join(''),
      'new(char[],int,int)': (_s, [c, i, n]) => {
        inside(i >= 0 && n >= 0 && i + n <= given(c).items.length);
        return chars(c)
          .slice(i, i + n)
          .join('');
      },
      'Length:int': (s) => s.length,
      'this[int]:char': (s, [i]) =>
        i >= 0 && i < s.length
          ? s.charCodeAt(i)
          : raise('IndexOutOfRangeException', 'Index was outside the bounds of the array.'),
      'Substring(int):string': slice,
      'Substring(int,int):string': slice,
      'Contains(string):bool': (s, [x]) => s.includes(given(x)),
      'StartsWith(string):bool': (s, [x]) => s.startsWith(given(x)),
      'StartsWith(string,StringComparison):bool': (s, [x, c]) => fold(s, c).startsWith(fold(given(x), c)),
      'EndsWith(string):bool': (s, [x]) => s.endsWith(given(x)),
      'EndsWith(string,StringComparison):bool': (s, [x, c]) => fold(s, c).endsWith(fold(given(x), c)),
      'IndexOf(string):int': (s, [x]) => indexOf(s, x, 0, s.length, 4),
      'IndexOf(char):int': (s, [x]) => s.indexOf(char(x)),
      'IndexOf(string,int):int': (s, [x, i]) => indexOf(s, x, i, s.length - i, 4),
      'IndexOf(char,int):int': (s, [x, i]) => indexOf(s, char(x), i, s.length - i, 4),
      'IndexOf(string,int,int):int': (s, [x, i, n]) => indexOf(s, x, i, n, 4),
      'IndexOf(char,int,int):int': (s, [x, i, n]) => indexOf(s, char(x), i, n, 4),
      'IndexOf(string,StringComparison):int': (s, [x, c]) => indexOf(s, x, 0, s.length, c),
      'IndexOf(string,int,StringComparison):int': (s, [x, i, c]) => indexOf(s, x, i, s.length - i, c),
      'IndexOf(string,int,int,StringComparison):int': (s, [x, i, n, c]) => indexOf(s, x, i, n, c),
      'LastIndexOf(string):int': (s, [x]) => lastIndexOf(s, x, s.length - 1, 4),
      'LastIndexOf(char):int': (s, [x]) => s.lastIndexOf(char(x)),
      'LastIndexOf(string,int):int': (s, [x, i]) => lastIndexOf(s, x, i, 4),
      'LastIndexOf(char,int):int': (s, [x, i]) => lastIndexOf(s, char(x), i, 4),
      'LastIndexOf(string,StringComparison):int': (s, [x, c]) => lastIndexOf(s, x, s.length - 1, c),
      'LastIndexOf(string,int,StringComparison):int': (s, [x, i, c]) => lastIndexOf(s, x, i, c),
      'IndexOfAny(char[]):int': (s, [set]) => indexOfAny(s, set),
      'IndexOfAny(char[],int):int': (s, [set, i]) => indexOfAny(s, set, i),
      'LastIndexOfAny(char[]):int': (s, [set]) => lastIndexOfAny(s, set),
      'ToLower():string': (s) => lowerCase(s),
      'ToUpper():string': (s) => foldCase(s),
      'ToLowerInvariant():string': (s) => lowerCase(s),
      'ToUpperInvariant():string': (s) => foldCase(s),
      'Trim():string': (s) => trim(s, [], true, true),
      'TrimStart():string': (s) => trim(s, [], true, false),
      'TrimEnd():string': (s) => trim(s, [], false, true),
      'Trim(params char[]):string': (s, [c]) => trim(s, chars(c), true, true),
      'TrimStart(params char[]):string': (s, [c]) => trim(s, chars(c), true, false),
      'TrimEnd(params char[]):string': (s, [c]) => trim(s, chars(c), false, true),
      'Replace(string,string):string': (s, [a, b], r) => replace(s, a, b, r),
      'Replace(char,char):string': (s, [a, b]) => s.replaceAll(char(a), () => char(b)),
      'Split(params char[]):string[]': (s, [c], r) => split(s, chars(c), 0, r),
      'Split(char[],int):string[]': (s, [c, n], r) => split(s, chars(c), 0, r, n),
      'Split(char[],StringSplitOptions):string[]': (s, [c, o], r) => split(s, chars(c), o, r),
      'Split(char[],int,StringSplitOptions):string[]': (s, [c, n, o], r) => split(s, chars(c), o, r, n),
      'Split(string[],StringSplitOptions):string[]': (s, [c, o], r) => split(s, c?.items ?? [], o, r),
      'Split(string[],int,StringSplitOptions):string[]': (s, [c, n, o], r) => split(s, c?.items ?? [], o, r, n),
      'Remove(int):string': (s, [i]) => {
        inside(i >= 0 && i < s.length, 'startIndex must be less than length of string.');
        return s.slice(0, i);
      },
      'Remove(int,int):string': (s, [i, n]) => {
        inside(i >= 0 && n >= 0 && i + n <= s.length);
        return s.slice(0, i) + s.slice(i + n);
      },
      'Insert(int,string):string': (s, [i, x]) => {
        const text = given(x);
        inside(i >= 0 && i <= s.length, 'Specified argument was out of the range of valid values.');
        return s.slice(0, i) + text + s.slice(i);
      },
      'PadLeft(int):string': (s, [n], r) => pad(s, n, ' ', r, true),
      'PadRight(int):string': (s, [n], r) => pad(s, n, ' ', r, false),
      'PadLeft(int,char):string': (s, [n, c], r) => pad(s, n, char(c), r, true),
      'PadRight(int,char):string': (s, [n, c], r) => pad(s, n, char(c), r, false),
      'Equals(string):bool': (s, [x]) => s === x,
      'Equals(string,StringComparison):bool': (s, [x, c]) => equalBy(s, x, c),
      'ToCharArray():char[]': (s) => new Items(parseType('char[]'), [...enumerate(s)]),
      'ToCharArray(int,int):char[]': (s, [i, n]) => {
        inside(i >= 0 && n >= 0 && i + n <= s.length);
        return new Items(parseType('char[]'), [...enumerate(s.slice(i, i + n))]);
      },
      'CompareTo(string):int': (s, [x]) => (x === null ? 1 : compareCulture(s, x)),
      'Clone():object': (s) => s,
      'ToString():string': (s) => s,
      'ToString(IFormatProvider):string': (s) => s,
      'Normalize():string': (s) => s.normalize('NFC'),
      'IsNormalized():bool': (s) => s === s.normalize('NFC'),
    },
    extensions: credentialExtensions,
    statics: {
      'Empty:string': () => '',
      'IsNullOrEmpty(string):bool': (_s, [x]) => x === null || x === '',
      'IsNullOrWhiteSpace(string):bool': (_s, [x]) => x === null || trim(x, [], true, true) === '',
      'Concat(object):string': (_s, [x], r) => join('', [x], r),
      'Concat(params string[]):string': (_s, [x], r) => join('', given(x).items, r),
      'Concat(params object[]):string': (_s, [x], r) => join('', given(x).items, r),
      'Concat(IEnumerable<string>):string': (_s, [x], r) => join('', sourceOf(x), r),
      'Concat<T>(IEnumerable<T>):string': (_s, [x], r) => join('', boxedItems(x), r),
      'Join(string,params string[]):string': (_s, [sep, x], r) => join(sep, given(x).items, r),
      'Join(string,params object[]):string': (_s, [sep, x], r) => join(sep, given(x).items, r),
      'Join(string,IEnumerable<string>):string': (_s, [sep, x], r) => join(sep, sourceOf(x), r),
      'Join<T>(string,IEnumerable<T>):string': (_s, [sep, x], r) => join(sep, boxedItems(x), r),
      'Join(string,string[],int,int):string': (_s, [sep, x, i, n], r) => {
        inside(i >= 0 && n >= 0 && i + n <= given(x).items.length);
        return join(sep, x.items.slice(i, i + n), r);
      },
      'Format(string,params object[]):string': (_s, [f, x], r) => formatComposite(given(f), given(x).items, r),
      'Format(IFormatProvider,string,params object[]):string': (_s, [, f, x], r) =>
        formatComposite(given(f), given(x).items, r),
      'Equals(string,string):bool': (_s, [a, b]) => a === b,
      'Equals(string,string,StringComparison):bool': (_s, [a, b, c]) => equalBy(a, b, c),
      'Compare(string,string):int': (_s, [a, b]) => compareBy(a, b, 2),
      'Compare(string,string,bool):int': (_s, [a, b, ignore]) => compareBy(a, b, ignore ? 3 : 2),
      'Compare(string,string,StringComparison):int': (_s, [a, b, c]) => compareBy(a, b, c),
      'CompareOrdinal(string,string):int': (_s, [a, b]) =>
        a === null || b === null ? compareBy(a, b, 4) : compareOrdinal(a, b),
      'Copy(string):string': (_s, [x]) => given(x),
    },
  });
}
