import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { KqlType } from '@vigia/contract';
import type { Cell, LogStore } from '@vigia/store';
import type { QueryTable } from '../src/query-scope.ts';

const columnTypes: Readonly<Record<KqlType, string>> = {
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

/** A store for this room's tests: the real engine in memory, one table a KQL table, read-only through `LogStore`. */
export interface TestStore extends LogStore {
  insert(table: string, workspaceId: string, row: Readonly<Record<string, DuckDBValue>>): Promise<void>;
  /** Queries that run at this moment. */
  readonly running: number;
}

export async function openTestStore(tables: readonly QueryTable[]): Promise<TestStore> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '1GB' });
  const writer = await instance.connect();
  for (const { name, columns } of tables) {
    const list = columns.map((column) => `"${column.name}" ${columnTypes[column.type]}`).join(', ');
    await writer.run(`create table "${name}" (workspace varchar, ${list})`);
  }
  let running = 0;

  async function read(connection: DuckDBConnection, sql: string, parameters: readonly DuckDBValue[]) {
    const reader = await connection.runAndReadAll(sql, [...parameters]);
    return reader.getRows();
  }

  return {
    dialect: 'duckdb',
    get running() {
      return running;
    },
    async insert(table, workspaceId, row) {
      const names = Object.keys(row);
      await writer.run(
        `insert into "${table}" (workspace, ${names.map((name) => `"${name}"`).join(', ')}) values ($1, ${names.map((_, index) => `$${index + 2}`).join(', ')})`,
        [workspaceId, ...Object.values(row)],
      );
    },
    async query({ sql, parameters, maxRows, signal }) {
      signal?.throwIfAborted();
      const connection = await instance.connect();
      // An interrupt before the engine has begun is lost, so it is said again until the query has ended.
      let again: NodeJS.Timeout | undefined;
      const interrupt = () => {
        connection.interrupt();
        again ??= setInterval(() => connection.interrupt(), 5);
      };
      signal?.addEventListener('abort', interrupt, { once: true });
      running += 1;
      try {
        signal?.throwIfAborted();
        const rows = await read(connection, `select * from (${sql}) limit ${maxRows + 1}`, parameters);
        return { rows: rows.slice(0, maxRows).map((row) => row.map(cellOf)), isTruncated: rows.length > maxRows };
      } finally {
        running -= 1;
        clearInterval(again);
        signal?.removeEventListener('abort', interrupt);
        connection.closeSync();
      }
    },
    relation: (table, workspaceId) =>
      `(select * exclude (workspace) from "${table}" where workspace = '${workspaceId}')`,
    facts: () => undefined,
    async newest(table, workspaceId) {
      const sql = `select max("TimeGenerated") from "${table}" where workspace = $1`;
      const newest = (await read(writer, sql, [workspaceId]))[0]?.[0];
      return typeof newest === 'bigint' ? newest : undefined;
    },
    append: () => Promise.reject(new Error('The test store is filled by insert.')),
    deliveredUpTo: () => Promise.resolve(undefined),
    async close() {
      writer.closeSync();
      instance.closeSync();
    },
  };
}

function cellOf(value: DuckDBValue): Cell {
  if (value === null || ['boolean', 'number', 'bigint', 'string'].includes(typeof value)) return value as Cell;
  return String(value);
}
