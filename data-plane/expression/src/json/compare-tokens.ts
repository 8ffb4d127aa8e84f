import { compareCulture } from '../text/compare-text.ts';
import { compareDecimals, decimalFromNumber } from '../value/decimal.ts';
import { Decimal, Guid, raise, type V } from '../value/values.ts';
import type { JValue } from './tokens.ts';

/** `JValue.CompareTo`. */
export function compareTokens(a: JValue, b: JValue): number {
  const [x, y]: [V, V] = [a.value, b.value];
  if (x === null || y === null) return x === y ? 0 : x === null ? -1 : 1;
  if (a.kind === 'Integer' || a.kind === 'Float') {
    if (b.kind !== 'Integer' && b.kind !== 'Float')
      return raise('ArgumentException', 'Object must be of a numeric type.');
    if (x instanceof Decimal || y instanceof Decimal) return compareDecimals(exact(x), exact(y));
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (a.kind === 'Boolean') return x === y ? 0 : x ? 1 : -1;
  if (x?.ticks !== undefined && y?.ticks !== undefined) return x.ticks < y.ticks ? -1 : x.ticks > y.ticks ? 1 : 0;
  if (x instanceof Guid && y instanceof Guid) return x.text < y.text ? -1 : x.text > y.text ? 1 : 0;
  return compareCulture(a.displayText(), b.displayText());
}
const exact = (value: V): Decimal =>
  value instanceof Decimal ? value : typeof value === 'bigint' ? new Decimal(value, 0) : decimalFromNumber(value, 15);
