import { type DuckDBAppender, DuckDBDecimalValue } from '@duckdb/node-api';
import type { JsonValue, KqlType } from '@vigia/contract';
import { datetimeTicks, timespanTicks } from './text-to-ticks.ts';

/** A value in the engine's form; null: missing. */
export type Kept = string | number | bigint | boolean | DuckDBDecimalValue | null;

/** The value cannot be kept in a column of its type. */
export const UNUSABLE = Symbol('unusable');

/** How values of one type come into the store. */
export interface ColumnWriter {
  /** A record's value in the engine's form. Total: what cannot be is UNUSABLE, never another value. */
  keep(value: JsonValue): Kept | typeof UNUSABLE;
  append(appender: DuckDBAppender, value: Kept): void;
  /** Bytes that the value counts for in `_BilledSize`. */
  size(value: Kept): number;
}

const orNull =
  <T extends Kept>(append: (appender: DuckDBAppender, value: T) => void) =>
  (appender: DuckDBAppender, value: Kept): void => {
    if (value === null) appender.appendNull();
    else append(appender, value as T);
  };

const appendText = orNull<string>((appender, value) => appender.appendVarchar(value));
const appendBigInt = orNull<bigint>((appender, value) => appender.appendBigInt(value));
const textSize = (value: Kept): number => (typeof value === 'string' ? Buffer.byteLength(value) : 0);
const numberSize = (value: Kept): number => (value === null ? 0 : 8);

/** By type. A JSON null is missing everywhere; a missing string is `''`. */
export const columnWriters: Readonly<Record<KqlType, ColumnWriter>> = {
  string: {
    keep: (value) => (typeof value === 'string' ? value : value === null ? '' : jsonText(value)),
    append: appendText,
    size: textSize,
  },
  dynamic: { keep: (value) => (value === null ? null : jsonText(value)), append: appendText, size: textSize },
  guid: {
    keep: (value) => {
      if (value === null || value === '') return null;
      const text = typeof value === 'string' ? value.toLowerCase() : '';
      return GUID.test(text) ? text : UNUSABLE;
    },
    append: appendText,
    size: (value) => (value === null ? 0 : 16),
  },
  bool: {
    keep: (value) => {
      if (typeof value === 'boolean' || value === null) return value;
      const text = typeof value === 'string' ? value.toLowerCase() : '';
      return text === 'true' ? true : text === 'false' ? false : UNUSABLE;
    },
    append: orNull<boolean>((appender, value) => appender.appendBoolean(value)),
    size: (value) => (value === null ? 0 : 1),
  },
  int: {
    keep: (value) => {
      const number = wholeNumber(value);
      if (typeof number !== 'bigint') return number;
      return number >= -(2n ** 31n) && number < 2n ** 31n ? Number(number) : UNUSABLE;
    },
    append: orNull<number>((appender, value) => appender.appendInteger(value)),
    size: (value) => (value === null ? 0 : 4),
  },
  long: {
    keep: (value) => {
      const number = wholeNumber(value);
      if (typeof number !== 'bigint') return number;
      return number >= -(2n ** 63n) && number < 2n ** 63n ? number : UNUSABLE;
    },
    append: appendBigInt,
    size: numberSize,
  },
  real: {
    keep: (value) => {
      if (typeof value === 'number' || value === null) return value;
      if (typeof value !== 'string' || !REAL.test(value)) return UNUSABLE;
      return Number(value);
    },
    append: orNull<number>((appender, value) => appender.appendDouble(value)),
    size: numberSize,
  },
  decimal: {
    keep: decimalOf,
    append: orNull<DuckDBDecimalValue>((appender, value) => appender.appendDecimal(value)),
    size: (value) => (value === null ? 0 : 16),
  },
  datetime: {
    keep: (value) => {
      if (value === null) return null;
      const ticks = typeof value === 'string' ? datetimeTicks(value) : undefined;
      return ticks ?? UNUSABLE;
    },
    append: appendBigInt,
    size: numberSize,
  },
  timespan: {
    keep: (value) => {
      if (value === null) return null;
      const ticks = typeof value === 'string' ? timespanTicks(value) : undefined;
      return ticks ?? UNUSABLE;
    },
    append: appendBigInt,
    size: numberSize,
  },
};

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const REAL = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/;
const DECIMAL = /^([+-])?(\d{0,20})(?:\.(\d{0,18}))?$/;

/** Half of a surrogate pair has no UTF-8: it becomes U+FFFD, as in every answer that would show it. */
const jsonText = (value: JsonValue): string => JSON.stringify(value);

function wholeNumber(value: JsonValue): bigint | null | typeof UNUSABLE {
  if (value === null) return null;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : UNUSABLE;
  return typeof value === 'string' && /^[+-]?\d{1,20}$/.test(value) ? BigInt(value) : UNUSABLE;
}

function decimalOf(value: JsonValue): DuckDBDecimalValue | null | typeof UNUSABLE {
  if (value === null) return null;
  const text = typeof value === 'number' ? String(value) : value;
  const match = typeof text === 'string' ? DECIMAL.exec(text) : null;
  if (match === null || (match[2] === '' && (match[3] ?? '') === '')) return UNUSABLE;
  const digits = BigInt(`${match[2]}${(match[3] ?? '').padEnd(18, '0')}`);
  return new DuckDBDecimalValue(match[1] === '-' ? -digits : digits, 38, 18);
}
