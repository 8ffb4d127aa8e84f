import type { DuckDBAppender } from '@duckdb/node-api';
import { type Clock, type JsonObject, type JsonValue, type TableRow, TICKS_AT_UNIX_EPOCH } from '@vigia/contract';
import { storeColumns } from '@vigia/store';
import { columnWriters, type Kept, UNUSABLE } from './column-writer.ts';
import { hiddenColumns } from './json-facts.ts';
import { MINUTE, type PhysicalTable, TICKS_A_MINUTE } from './physical-table.ts';
import { workspaceKey } from './relation.ts';

/** A row in the engine's form, ready for the appender. */
export interface KeptRow {
  readonly workspaceKey: string;
  readonly timeGenerated: bigint;
  /** In the order of the table's kept columns; hidden ones are filled by `row-facts.ts`. */
  readonly values: Kept[];
}

export interface RowWriter {
  /** The row as it will be kept, or in words why it cannot be. */
  keep(row: TableRow): KeptRow | string;
  append(appender: DuckDBAppender, row: KeptRow): void;
}

const filledByStore = new Set(storeColumns.map(({ name }) => name));

/** Everything that can be known of a table before its rows come is worked out here, once. */
export function createRowWriter(
  { schema, columns }: PhysicalTable,
  options: {
    /** The table's columns as they stand in the file. */
    readonly layout: readonly string[];
    readonly clock: Clock;
  },
): RowWriter {
  const writers = columns.map(({ type }) => columnWriters[type]);
  const positions = new Map(columns.map(({ name }, position) => [name, position]));
  /** Position of each column of the file; -1: a column that the schema no longer has. */
  const order = options.layout.map((name) => positions.get(name) ?? -1);
  const positionOf = (name: string): number => positions.get(name) ?? -1;
  const tenantId = positionOf('TenantId');
  const timeGenerated = positionOf('TimeGenerated');
  const billedSize = positionOf('_BilledSize');
  const minute = positionOf(MINUTE.name);
  const overflow = schema.overflow === undefined ? -1 : positionOf(schema.overflow);
  const hidden = new Set([MINUTE, ...hiddenColumns(schema)].map(({ name }) => name));
  const missing = columns.map(({ type }): Kept => (type === 'string' ? '' : null));
  /** Columns that a writer may fill. */
  const writable = new Map(
    columns
      .map(({ name, type }, position) => [name, { position, type, writer: columnWriters[type] }] as const)
      .filter(([name]) => !filledByStore.has(name) && !hidden.has(name)),
  );

  return {
    keep(row) {
      const key = workspaceKey(row.workspaceId);
      if (key === undefined) return `a row of ${schema.name} names no workspace by its guid`;
      const values = missing.slice();
      const bag: Record<string, JsonValue | undefined> = {};
      let hasBag = false;
      const put = (name: string, value: JsonValue): string | undefined => {
        const column = writable.get(name);
        if (column === undefined) {
          if (overflow < 0 || filledByStore.has(name)) return `${schema.name} has no column ${name} for a writer`;
          bag[name] = value;
          hasBag = true;
          return undefined;
        }
        const kept = column.writer.keep(value);
        if (kept === UNUSABLE) return `${schema.name}.${name} takes ${column.type}, not ${kindOf(value)}`;
        values[column.position] = kept;
        return undefined;
      };
      for (const [name, value] of Object.entries(row.values)) {
        if (value === undefined) continue;
        if (name === schema.overflow && isBag(value)) {
          for (const [field, inner] of Object.entries(value)) {
            if (inner === undefined || field === schema.overflow) continue;
            // A field whose value does not fit the column of its name stays in the bag: Azure keeps it there, too.
            if (put(field, inner) !== undefined) {
              bag[field] = inner;
              hasBag = true;
            }
          }
          continue;
        }
        const fault = put(name, value);
        if (fault !== undefined) return fault;
      }
      if (hasBag) values[overflow] = JSON.stringify(bag);
      let size = 0;
      for (const [position, value] of values.entries()) size += writers[position]?.size(value) ?? 0;
      const given = values[timeGenerated];
      const time = typeof given === 'bigint' ? given : TICKS_AT_UNIX_EPOCH + BigInt(options.clock.now()) * 10_000n;
      values[timeGenerated] = time;
      values[tenantId] = key;
      values[billedSize] = size;
      if (minute >= 0) values[minute] = time - (time % TICKS_A_MINUTE);
      return { workspaceKey: key, timeGenerated: time, values };
    },
    append(appender, { values }) {
      for (const position of order) {
        const writer = writers[position];
        if (writer === undefined) appender.appendDefault();
        else writer.append(appender, values[position] ?? null);
      }
      appender.endRow();
    },
  };
}

const isBag = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a value is, without the value: it may be a secret. */
function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'string') return `a text of ${value.length} characters`;
  return typeof value === 'number' ? `the number ${value}` : `the value ${value}`;
}
