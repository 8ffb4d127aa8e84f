import { nullToken } from '../json/tokens.ts';
import { lineage } from '../member-table.ts';
import { elementOf, innerOf, isEnum, isInterface, isNumeric, isValueType, same, T, type Type } from '../type/types.ts';
import { Boxed, box, DateTimeOffset, Fields, Items, raise, runtimeType, type V } from '../value/values.ts';
import { fromToken, isTokenSource, isTokenTarget, toToken } from './json-conversion.ts';
import { isWidening, numericConversion } from './numeric-conversion.ts';
import { fromXml, isXmlTarget, xmlName, xmlNamespace } from './xml-conversion.ts';

export type Convert = (value: V) => V;
export const identity: Convert = (value) => value;
/** `user`: an implicit operator of .NET's types, which an overload takes only where nothing better fits. */
export interface Conversion {
  readonly kind: 'identity' | 'standard' | 'user';
  readonly convert: Convert;
}
const standard = (convert: Convert): Conversion => ({ kind: 'standard', convert });
const same0: Conversion = { kind: 'identity', convert: identity };

const covariant = new Set([
  'IEnumerable',
  'IReadOnlyCollection',
  'IEnumerator',
  'IReadOnlyList',
  'IGrouping',
  'IOrderedEnumerable',
  'Func',
]);

/** Reference conversions: to a base, an interface, by covariance. */
export function isSubtype(from: Type, to: Type): boolean {
  if (same(from, to)) return true;
  for (const base of lineage(from)) {
    if (same(base, to)) return true;
    if (base.name === to.name && base.args.length === to.args.length && base.args.length > 0) {
      const isCovariantArray = base.name === '[]';
      if (
        (covariant.has(base.name) || isCovariantArray) &&
        base.args.every((arg, index) => {
          const wanted = to.args[index] ?? arg;
          return same(arg, wanted) || (!isValueType(arg) && !isValueType(wanted) && isSubtype(arg, wanted));
        })
      )
        return true;
    }
  }
  return false;
}
/** The one way in which a type is an instance of a generic one: what `List<int>` is as an IEnumerable. */
export function instanceOfGeneric(type: Type, name: string): Type | undefined {
  const found = lineage(type).filter((base) => base.name === name);
  return found.length === 1 ? found[0] : undefined;
}

/** Implicit conversions between types; undefined: there is none. Constants and lambdas: `bind/convert-bound.ts`. */
export function implicit(from: Type, to: Type): Conversion | undefined {
  if (same(from, to)) return same0;
  if (from.name === 'void' || to.name === 'void') return undefined;
  if (from.name === 'null') return isValueType(to) && to.name !== '?' ? undefined : standard(identity);
  if (to.name === '?') {
    const inner = implicit(innerOf(from), elementOf(to));
    return inner && standard((value) => (value === null ? null : inner.convert(value)));
  }
  if (isNumeric(from) && isNumeric(to)) return isWidening(from, to) ? standard(numericConversion(from, to)) : undefined;
  if (from.name === 'ValueTuple' && to.name === 'ValueTuple') return tupleConversion(from, to);
  if (same(to, T.object)) return standard(isValueType(from) ? (value) => box(from, value) : identity);
  if (isSubtype(from, to)) return standard(isValueType(from) ? (value) => box(from, value) : identity);
  return userDefined(from, to);
}
function tupleConversion(from: Type, to: Type): Conversion | undefined {
  if (from.args.length !== to.args.length) return undefined;
  const parts = from.args.map((arg, index) => implicit(arg, to.args[index] ?? arg)?.convert);
  if (parts.some((part) => part === undefined)) return undefined;
  return standard(
    (value: Fields) =>
      new Fields(
        to,
        value.values.map((item, index) => parts[index]?.(item)),
      ),
  );
}
function userDefined(from: Type, to: Type): Conversion | undefined {
  const user = (convert: Convert): Conversion => ({ kind: 'user', convert });
  if (same(to, T.token) && isTokenSource(from))
    return user((value) => (value === null ? nullToken() : toToken(from, value)));
  if (to.name === 'DateTimeOffset' && from.name === 'DateTime')
    return user((value) => new DateTimeOffset(value.ticks, 0));
  if (to.name === 'XName' && from.name === 'string') return user((value) => (value === null ? null : xmlName(value)));
  if (to.name === 'XNamespace' && from.name === 'string')
    return user((value) => (value === null ? null : xmlNamespace(value)));
  if (from.name === '?' && same(to, T.token)) return undefined;
  return undefined;
}

/** Casts; undefined: the compiler refuses. */
export function explicit(from: Type, to: Type, isChecked: boolean): Convert | undefined {
  const simple = implicit(from, to);
  if (simple) return simple.convert;
  if (from.name === 'void' || from.name === 'null') return undefined;
  if (to.name === '?' && !isReference(from)) {
    const inner = explicit(innerOf(from), elementOf(to), isChecked);
    return inner && ((value) => (value === null ? null : inner(value)));
  }
  if (from.name === '?') {
    const inner = explicit(innerOf(from), to, isChecked);
    return (
      inner &&
      ((value) =>
        value === null ? raise('InvalidOperationException', 'Nullable object must have a value.') : inner(value))
    );
  }
  const [a, b] = [enumNumber(from), enumNumber(to)];
  if (isNumeric(a) && isNumeric(b)) return numericConversion(a, b, isChecked);
  if (isSubtype(from, T.token) && isTokenTarget(innerOf(to))) return (value) => fromToken(value, to);
  if ((from.name === 'XElement' || from.name === 'XAttribute') && isXmlTarget(innerOf(to)))
    return (value) => fromXml(value, to);
  if (
    same(from, T.object) ||
    isSubtype(to, from) ||
    (isInterface(from) && !isSealed(to)) ||
    (isInterface(to) && !isValueType(from) && !isSealed(from))
  )
    return (value) => downcast(value, to);
  return undefined;
}
const isReference = (type: Type): boolean => !isValueType(type);
const sealed = new Set(['string', 'Uri', 'JObject', 'JArray', 'JProperty', '[]', 'Regex', 'StringBuilder']);
const isSealed = (type: Type): boolean => sealed.has(type.name);
const enumNumber = (type: Type): Type => (isEnum(type) ? T.int : type);

/** From a reference, which may hold null or another type. */
export function downcast(value: V, to: Type): V {
  if (value === null || value === undefined)
    return isValueType(to) && to.name !== '?'
      ? raise('NullReferenceException', 'Object reference not set to an instance of an object.')
      : null;
  const target = innerOf(to);
  if (!instanceOf(value, target))
    raise(
      'InvalidCastException',
      isValueType(target)
        ? 'Specified cast is not valid.'
        : `Unable to cast object of type '${runtimeType(value).key}' to type '${to.key}'.`,
    );
  return value instanceof Boxed && isValueType(target) ? value.value : value;
}

/** `is`: of a value in a slot of type object. */
export function instanceOf(value: V, type: Type): boolean {
  if (value === null || value === undefined) return false;
  const actual = runtimeType(value);
  if (same(type, T.object) || same(actual, type)) return true;
  if (actual.name === '[]' && type.name === '[]') return value instanceof Items && isSubtype(actual, type);
  return isSubtype(actual, type);
}
