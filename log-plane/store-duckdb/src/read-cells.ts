import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { KqlType } from '@vigia/contract';
import type { Cell } from '@vigia/store';

type EngineValue = ReturnType<DuckDBDataChunk['getColumnValues']>[number];

/** By type: the engine's value as a cell. The compiler has cast; what still differs in width is made fit. */
const cellOf: Readonly<Record<KqlType, (value: NonNullable<EngineValue>) => Cell>> = {
  bool: (value) => (typeof value === 'boolean' ? value : refuse(value, 'bool')),
  int: toNumber,
  real: toNumber,
  long: toBigInt,
  datetime: toBigInt,
  timespan: toBigInt,
  decimal: toText,
  guid: toText,
  string: toText,
  dynamic: toText,
};

/** A chunk's columns as cells; only the first `types.length` of them. */
export function readColumns(chunk: DuckDBDataChunk, types: readonly KqlType[]): readonly (readonly Cell[])[] {
  return types.map((type, column) => {
    const read = cellOf[type];
    const missing = type === 'string' ? '' : null;
    return chunk.getColumnValues(column).map((value) => (value === null ? missing : read(value)));
  });
}

function toNumber(value: NonNullable<EngineValue>): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  // DECIMAL, of a literal with a fraction.
  if (typeof value === 'object' && 'toDouble' in value) return value.toDouble();
  return refuse(value, 'a number');
}

function toBigInt(value: NonNullable<EngineValue>): bigint {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : refuse(value, 'a whole number');
}

function toText(value: NonNullable<EngineValue>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && ('toDouble' in value || 'hugeint' in value)) return value.toString();
  return refuse(value, 'a text');
}

function refuse(value: NonNullable<EngineValue>, expected: string): never {
  throw new TypeError(`The engine gave ${typeof value} for ${expected}: the query's types do not say what it selects.`);
}
