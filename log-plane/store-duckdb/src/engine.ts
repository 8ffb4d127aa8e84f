import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { newerFormat, otherType, toOpenProblem } from './engine-problems.ts';
import { DATABASE, FORMAT, PLACES, quoteText } from './names.ts';
import { addColumnSql, createTableSql, type PhysicalTable, sqlTypes } from './physical-table.ts';

/** Grows when older versions could no longer read or write the file rightly. New tables and columns do not. */
export const FORMAT_VERSION = 1;

/**
 * Rows a block that is compressed and skipped as one. A checkpoint writes the last, half-filled block again, so blocks
 * are as small as the engine allows. The price is memory: some 500 bytes a column and block.
 */
const ROW_GROUP_ROWS = 2_048;

/**
 * The write-ahead log is folded into the file when it is this long. A fold holds up appends (queries go on) for about
 * a second of compressing, and after a kill an opening reads at most this much again.
 */
const CHECKPOINT_BYTES = '64MB';

export interface EngineOptions {
  /** Exists afterwards, with the database and the engine's temporary files in it. */
  readonly folder: string;
  /** `2GB`, `500000000B`. */
  readonly memoryLimit: string;
  readonly threads: number;
}

export interface Engine {
  /** The one connection that writes. */
  readonly writer: DuckDBConnection;
  /** Columns of each table as they stand in the file: a column that was added later stands last. */
  readonly layout: ReadonlyMap<string, readonly string[]>;
  connect(): Promise<DuckDBConnection>;
  /** Folds the write-ahead log into the file and lets go of it; what cannot be folded is read at the next opening. */
  close(): Promise<void>;
}

export const fileOf = (folder: string): string => join(folder, 'logs.duckdb');

/**
 * Opens the file, makes what it lacks, and locks the engine down: from then on no statement reaches another file, an
 * extension, or a setting. The first database of the instance is an empty one in memory, because only ATTACH takes a
 * row group's size.
 */
export async function openEngine(options: EngineOptions, tables: readonly PhysicalTable[]): Promise<Engine> {
  const file = fileOf(options.folder);
  const temporary = join(options.folder, 'temporary');
  let instance: DuckDBInstance | undefined;
  try {
    await mkdir(temporary, { recursive: true });
    instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit,
      threads: String(options.threads),
      temp_directory: temporary,
      checkpoint_threshold: CHECKPOINT_BYTES,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      default_block_size: '262144',
    });
    const writer = await instance.connect();
    await writer.run(
      `attach ${quoteText(file)} as ${DATABASE} (storage_version 'latest', row_group_size ${ROW_GROUP_ROWS})`,
    );
    const layout = await completeSchema(writer, tables, file);
    for (const setting of ["timezone = 'UTC'", 'enable_external_access = false', 'lock_configuration = true'])
      await writer.run(`set ${setting}`);
    const opened = instance;
    return { writer, layout, connect: () => opened.connect(), close: () => closeEngine(opened, writer) };
  } catch (error) {
    instance?.closeSync();
    throw toOpenProblem(error, file);
  }
}

async function closeEngine(instance: DuckDBInstance, writer: DuckDBConnection): Promise<void> {
  try {
    await writer.run(`checkpoint ${DATABASE}`);
    // The file is free now, and not when the last object of a query is collected.
    await writer.run(`detach ${DATABASE}`);
  } finally {
    writer.closeSync();
    instance.closeSync();
  }
}

/** In one transaction: a kill leaves the file as it was or as it has to be. */
async function completeSchema(
  writer: DuckDBConnection,
  tables: readonly PhysicalTable[],
  file: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  await writer.run('begin');
  await writer.run(`create schema if not exists ${DATABASE}.internal`);
  await writer.run(`create table if not exists ${FORMAT} (version INTEGER)`);
  await writer.run(`create table if not exists ${PLACES} (source VARCHAR, segment BIGINT, "offset" BIGINT)`);
  const version = (await rowsOf(writer, `select max(version) from ${FORMAT}`))[0]?.[0];
  if (typeof version !== 'number') await writer.run(`insert into ${FORMAT} values (${FORMAT_VERSION})`);
  else if (version > FORMAT_VERSION) throw newerFormat(file);
  const there = await layoutOf(writer);
  for (const table of tables) {
    const columns = there.get(table.schema.name);
    if (columns === undefined) await writer.run(createTableSql(table));
    for (const column of columns === undefined ? [] : table.columns) {
      const type = columns?.get(column.name);
      if (type === undefined) await writer.run(addColumnSql(table.schema, column));
      else if (type !== sqlTypes[column.type]) throw otherType(file, `${table.schema.name}.${column.name}`);
    }
  }
  await writer.run('commit');
  return new Map([...(await layoutOf(writer))].map(([table, columns]) => [table, [...columns.keys()]]));
}

/** Table → column → type, columns in the order of the file. */
async function layoutOf(writer: DuckDBConnection): Promise<ReadonlyMap<string, ReadonlyMap<string, string>>> {
  const layout = new Map<string, Map<string, string>>();
  for (const [table, column, type] of await rowsOf(
    writer,
    `select table_name, column_name, data_type from duckdb_columns()
     where database_name = '${DATABASE}' and schema_name = 'main' order by table_name, column_index`,
  )) {
    const columns = layout.get(String(table)) ?? new Map<string, string>();
    layout.set(String(table), columns.set(String(column), String(type)));
  }
  return layout;
}

export const rowsOf = async (connection: DuckDBConnection, sql: string) =>
  (await connection.runAndReadAll(sql)).getRows();
