import type { KqlType } from '@vigia/contract';
import type { LiteralValue } from '../plan/expression.ts';

export const SQL_TYPES: Readonly<Record<KqlType, string>> = {
  bool: 'boolean',
  int: 'integer',
  long: 'bigint',
  real: 'double',
  decimal: 'decimal(38,18)',
  datetime: 'bigint',
  timespan: 'bigint',
  guid: 'varchar',
  string: 'varchar',
  dynamic: 'varchar',
};

/** The one printer of values: nothing of a user's text reaches SQL by another way. */
export function printLiteral(type: KqlType, value: LiteralValue): string {
  if (value === null) return `cast(null as ${SQL_TYPES[type]})`;
  switch (typeof value) {
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return type === 'int' ? printWhole(value, 'integer') : printWhole(value, 'bigint');
    case 'number':
      return printReal(value);
    case 'string':
      return type === 'decimal' ? `cast(${printText(value)} as decimal(38,18))` : printText(value);
  }
}

/** The smallest long has no positive twin, so it cannot be written as minus a number. */
function printWhole(value: bigint, type: string): string {
  return value < 0n ? `('${value}'::${type})` : `${value}::${type}`;
}

function printReal(value: number): string {
  if (Number.isNaN(value)) return "'nan'::double";
  if (!Number.isFinite(value)) return value > 0 ? "'inf'::double" : "'-inf'::double";
  if (Object.is(value, -0)) return "('-0.0'::double)";
  return value < 0 ? `('${value}'::double)` : `'${value}'::double`;
}

/** Half a surrogate pair is no text for the engine. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Quotes doubled; DuckDB knows no other escape in '…'. NUL ends a text in the engine, so it goes through chr. */
export function printText(text: string): string {
  const parts = text
    .replace(LONE_SURROGATE, '\ufffd')
    .split('\0')
    .map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? (parts[0] ?? "''") : `(${parts.join(' || chr(0) || ')})`;
}
