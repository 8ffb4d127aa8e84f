import { defineType } from '../member-table.ts';
import { formatted } from '../text/format.ts';
import { boxedText } from '../text/to-text.ts';
import { enumText, enumTypes } from '../type/enums.ts';
import { typeOf } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { hashOf } from '../value/hash-code.ts';
import { defaultOf, equalValues, given, raise, unbox, type V } from '../value/values.ts';

/** What every value has, and `object`'s statics. */
export function defineObject(): void {
  defineType({
    type: 'object',
    members: {
      'new()': () => ({ type: typeOf('object') }),
      'ToString():string': (o) => boxedText(o),
      'Equals(object):bool': (o, [x]) => equalValues(o, x),
      'GetHashCode():int': (o) => hashOf(o),
    },
    statics: {
      'Equals(object,object):bool': (_s, [a, b]) => equalValues(a, b),
      'ReferenceEquals(object,object):bool': (_s, [a, b]) => a === b && typeof a !== 'number' && typeof a !== 'bigint',
    },
  });
  defineType({ type: 'IFormatProvider' });
  defineType({ type: 'IComparable', members: { 'CompareTo(object):int': (o, [x]) => defaultCompare(o, x) } });
  defineType({
    type: '?<T>',
    extensions: {
      'GetValueOrDefault():T': (o, _a, _r, t) => (o === null ? defaultOf(t.get('T')) : unbox(o)),
      'GetValueOrDefault(T):T': (o, [other]) => (o === null ? other : unbox(o)),
      'ToString():string': (o) => (o === null ? '' : boxedText(o)),
      'Equals(object):bool': (o, [x]) => equalValues(o, x),
      'GetHashCode():int': (o) => (o === null ? 0 : hashOf(o)),
    },
  });
  for (const name of Object.keys(enumTypes)) defineEnum(name);
  defineType({
    type: 'Enum',
    statics: {
      'TryParse<E>(string,out E):bool': (_s, [text, out], _r, t) => tryParse(text, false, out, t.get('E')?.name),
      'TryParse<E>(string,bool,out E):bool': (_s, [text, fold, out], _r, t) =>
        tryParse(text, fold, out, t.get('E')?.name),
    },
  });
}

function defineEnum(name: string): void {
  const type = typeOf(name);
  defineType({
    type: name,
    bases: ['Enum'],
    members: {
      'ToString():string': (e) => enumText(name, e),
      'ToString(string):string': (e, [format]) => formatted(type, e, format),
      [`CompareTo(${name}):int`]: (e, [x]) => Math.sign(e - x),
      [`HasFlag(${name}):bool`]: (e, [x]) => (e & x) === x,
      [`Equals(${name}):bool`]: (e, [x]) => e === x,
    },
  });
}
function tryParse(text: V, ignoresCase: boolean, out: (value: number) => void, name = ''): boolean {
  const value = text === null ? undefined : enumValue(name, text, ignoresCase);
  out(value ?? 0);
  return value !== undefined;
}
export function enumValue(name: string, text: string, ignoresCase: boolean): number | undefined {
  const members = enumTypes[name] ?? {};
  let sum = 0;
  for (const part of given(text).split(',')) {
    const word = part.trim();
    const found = Object.entries(members).find(([member]) =>
      ignoresCase ? member.toLowerCase() === word.toLowerCase() : member === word,
    );
    if (found) sum |= found[1];
    else if (/^[+-]?\d+$/.test(word)) sum |= Number(word);
    else return undefined;
  }
  return sum;
}
export const parseEnum = (name: string, text: V, ignoresCase: boolean): number =>
  enumValue(name, text, ignoresCase) ?? raise('ArgumentException', `Requested value '${text}' was not found.`);
