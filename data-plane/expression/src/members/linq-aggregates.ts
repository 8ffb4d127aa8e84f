import type { Implementation } from '../member-table.ts';
import type { Runtime } from '../runtime.ts';
import { integers } from '../type/types.ts';
import { defaultCompare } from '../value/compare.ts';
import { decimalOperators } from '../value/decimal.ts';
import { sourceOf } from '../value/enumerate.ts';
import { Decimal, raise, type V, wrapInteger } from '../value/values.ts';

const none = (): never => raise('InvalidOperationException', 'Sequence contains no elements');
const add = (a: Decimal, b: Decimal): Decimal => decimalOperators['+']?.(a, b) ?? a;

/** The values that count: of nullable ones those that are not null. */
function* values(source: V, map: V, r: Runtime): Iterable<V> {
  for (const item of sourceOf(source)) {
    r.step();
    const value = map ? map(item) : item;
    if (value !== null) yield value;
  }
}
function sum(name: string, items: Iterable<V>): V {
  if (name === 'decimal') {
    let total = new Decimal(0n, 0);
    for (const item of items) total = add(total, item);
    return total;
  }
  if (!integers[name]) {
    let total = 0;
    for (const item of items) total += item;
    return name === 'float' ? Math.fround(total) : total;
  }
  let total = 0n;
  for (const item of items) total = BigInt(wrapInteger(total + BigInt(item), name, true));
  return name === 'long' ? total : Number(total);
}
function average(name: string, items: Iterable<V>, isNullable: boolean): V {
  let count = 0;
  let total: V = name === 'decimal' ? new Decimal(0n, 0) : integers[name] ? 0n : 0;
  for (const item of items) {
    count++;
    total = name === 'decimal' ? add(total, item) : integers[name] ? total + BigInt(item) : total + item;
  }
  if (count === 0) return isNullable ? null : none();
  if (name === 'decimal') return decimalOperators['/']?.(total, new Decimal(BigInt(count), 0)) ?? null;
  const mean = Number(total) / count;
  return name === 'float' ? Math.fround(mean) : mean;
}
function extreme(items: Iterable<V>, sign: number, mayBeEmpty: boolean): V {
  let best: V;
  let isFirst = true;
  for (const item of items) {
    if (isFirst || better(item, best, sign)) best = item;
    isFirst = false;
  }
  return isFirst ? (mayBeEmpty ? null : none()) : best;
}
/** NaN is the least. */
const better = (item: V, best: V, sign: number): boolean => defaultCompare(item, best) * sign > 0;
const numbers = ['int', 'long', 'float', 'double', 'decimal'];
const averageOf = (name: string): string => (name === 'int' || name === 'long' ? 'double' : name);

/** Sum, Average, Min, Max: of the elements, or of what a function makes of them. */
export const aggregates: Record<string, Implementation> = {};
for (const name of numbers) {
  for (const suffix of ['', '?']) {
    const isNullable = suffix === '?';
    aggregates[`Sum(Func<T,${name}${suffix}>):${name}${suffix}`] = (s, [f], r) => sum(name, values(s, f, r));
    aggregates[`Average(Func<T,${name}${suffix}>):${averageOf(name)}${suffix}`] = (s, [f], r) =>
      average(name, values(s, f, r), isNullable);
    aggregates[`Sum(this IEnumerable<${name}${suffix}>):${name}${suffix}`] = (s, _a, r) =>
      sum(name, values(s, undefined, r));
    aggregates[`Average(this IEnumerable<${name}${suffix}>):${averageOf(name)}${suffix}`] = (s, _a, r) =>
      average(name, values(s, undefined, r), isNullable);
    for (const [method, sign] of [
      ['Max', 1],
      ['Min', -1],
    ] as const)
      aggregates[`${method}(Func<T,${name}${suffix}>):${name}${suffix}`] = (s, [f], r) =>
        extreme(values(s, f, r), sign, isNullable);
  }
}
for (const [method, sign] of [
  ['Max', 1],
  ['Min', -1],
] as const) {
  aggregates[`${method}<R>(Func<T,R>):R`] = (s, [f], r, t) =>
    extreme(values(s, f, r), sign, isReference(t.get('R')?.name));
  aggregates[`${method}():T`] = (s, _a, r, t) => extreme(values(s, undefined, r), sign, isReference(t.get('T')?.name));
}
const references = new Set(['string', '?', 'object', 'JToken', 'JValue', 'Uri']);
const isReference = (name: string | undefined): boolean => name !== undefined && references.has(name);
