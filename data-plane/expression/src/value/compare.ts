import { compareTokens } from '../json/compare-tokens.ts';
import { JValue } from '../json/tokens.ts';
import { compareCulture } from '../text/compare-text.ts';
import { compareDecimals } from './decimal.ts';
import { Boxed, DateTimeOffset, Decimal, Fields, Guid, raise, type V } from './values.ts';

/** `Comparer<T>.Default`: null is least, texts by the invariant culture. */
export function defaultCompare(a: V, b: V): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  switch (typeof a) {
    case 'string':
      return typeof b === 'string' ? compareCulture(a, b) : incomparable();
    case 'number':
      // NaN is less than any number.
      if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) ? (Number.isNaN(b) ? 0 : -1) : 1;
      return typeof b === 'number' ? (a < b ? -1 : a > b ? 1 : 0) : incomparable();
    case 'bigint':
      return typeof b === 'bigint' ? (a < b ? -1 : a > b ? 1 : 0) : incomparable();
    case 'boolean':
      return typeof b === 'boolean' ? Number(a) - Number(b) : incomparable();
  }
  if (a instanceof Boxed && b instanceof Boxed && a.type === b.type) return defaultCompare(a.value, b.value);
  if (a instanceof Decimal && b instanceof Decimal) return compareDecimals(a, b);
  if (a instanceof DateTimeOffset && b instanceof DateTimeOffset)
    return a.utcTicks < b.utcTicks ? -1 : a.utcTicks > b.utcTicks ? 1 : 0;
  if (a instanceof JValue && b instanceof JValue) return compareTokens(a, b);
  if (a instanceof Guid && b instanceof Guid) return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  if (typeof a.ticks === 'bigint' && typeof b.ticks === 'bigint')
    return a.ticks < b.ticks ? -1 : a.ticks > b.ticks ? 1 : 0;
  if (a instanceof Fields && b instanceof Fields && a.type.name !== 'anonymous') {
    for (const [index, value] of a.values.entries()) {
      const order = defaultCompare(value, b.values[index]);
      if (order !== 0) return order;
    }
    return 0;
  }
  return incomparable();
}
const incomparable = (): never => raise('ArgumentException', 'At least one object must implement IComparable.');
