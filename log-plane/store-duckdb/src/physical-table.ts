import type { KqlColumn, KqlType } from '@vigia/contract';
import type { TableSchema } from '@vigia/store';
import { hiddenColumns } from './json-facts.ts';
import { quoteName, tablePath } from './names.ts';

/** How the engine holds a column. */
export const sqlTypes: Readonly<Record<KqlType, string>> = {
  bool: 'BOOLEAN',
  int: 'INTEGER',
  long: 'BIGINT',
  real: 'DOUBLE',
  decimal: 'DECIMAL(38,18)',
  datetime: 'BIGINT',
  timespan: 'BIGINT',
  guid: 'VARCHAR',
  string: 'VARCHAR',
  dynamic: 'VARCHAR',
};

/** The same for all rows of a table, or part of another column: computed when asked for, not kept. */
const notKept = new Set(['Type', 'SourceSystem', '_IsBillable', '_SubscriptionId']);

/** Start of the minute of TimeGenerated, kept so that a time filter on sums by minute skips whole blocks of samples. */
export const MINUTE: KqlColumn = { name: 'vigia_minute', type: 'datetime' };
export const TICKS_A_MINUTE = 600_000_000n;

export interface PhysicalTable {
  readonly schema: TableSchema;
  /** Kept columns, in the order of the appender. */
  readonly columns: readonly KqlColumn[];
}

/** The tables that rows are written to. */
export function physicalTables(schemas: readonly TableSchema[]): readonly PhysicalTable[] {
  const summed = new Set(schemas.flatMap(({ computed }) => (computed === undefined ? [] : [computed.from])));
  return schemas
    .filter(({ computed }) => computed === undefined)
    .map((schema) => ({
      schema,
      columns: [
        ...schema.columns.filter(({ name }) => !notKept.has(name)),
        ...(summed.has(schema.name) ? [MINUTE] : []),
        ...hiddenColumns(schema),
      ],
    }));
}

export const createTableSql = ({ schema, columns }: PhysicalTable): string =>
  `create table ${tablePath(schema.name)} (${columns.map((column) => columnSql(schema, column)).join(', ')})`;

/** Rows that are there already get the value of a missing one. */
export const addColumnSql = (schema: TableSchema, column: KqlColumn): string =>
  `alter table ${tablePath(schema.name)} add column ${columnSql(schema, column)}`;

function columnSql(schema: TableSchema, { name, type }: KqlColumn): string {
  const missing = type === 'string' ? " default ''" : '';
  const compression = schema.longTexts.includes(name) ? ' using compression zstd' : '';
  return `${quoteName(name)} ${sqlTypes[type]}${compression}${missing}`;
}
