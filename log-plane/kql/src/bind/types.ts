import type { KqlType } from '@vigia/contract';

const TYPES: Readonly<Record<string, KqlType>> = {
  bool: 'bool',
  int: 'int',
  long: 'long',
  real: 'real',
  decimal: 'decimal',
  datetime: 'datetime',
  timespan: 'timespan',
  guid: 'guid',
  string: 'string',
  dynamic: 'dynamic',
};

/** By name: arrays and bags of the analyser are further types that are all called `dynamic`. */
export function kqlType(symbol: { readonly Name: string | null } | null | undefined): KqlType | undefined {
  return symbol === null || symbol === undefined ? undefined : TYPES[symbol.Name ?? ''];
}

const NUMERIC: readonly KqlType[] = ['int', 'long', 'decimal', 'real'];

export const isNumeric = (type: KqlType): boolean => NUMERIC.includes(type);
export const isWhole = (type: KqlType): boolean => type === 'int' || type === 'long';
/** Held as BIGINT. */
export const isTicks = (type: KqlType): boolean => type === 'datetime' || type === 'timespan';

/** The type in which values of both can be compared or put into one column; undefined: none. */
export function commonType(a: KqlType, b: KqlType): KqlType | undefined {
  if (a === b) return a;
  if (isNumeric(a) && isNumeric(b)) return NUMERIC[Math.max(NUMERIC.indexOf(a), NUMERIC.indexOf(b))];
  if (a === 'dynamic') return b;
  if (b === 'dynamic') return a;
  if (a === 'string' || b === 'string') return 'string';
  return undefined;
}
