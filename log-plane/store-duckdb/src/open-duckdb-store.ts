import { availableParallelism, totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Clock } from '@vigia/contract';
import { isProblem, Problem } from '@vigia/problem';
import { type LogStore, type TableSchema, tableSchemas } from '@vigia/store';
import { type BatchWriter, createBatchWriter } from './batch-writer.ts';
import { type Engine, fileOf, openEngine } from './engine.ts';
import { inUse, isFatal, queryCancelled } from './engine-problems.ts';
import { createGate } from './gate.ts';
import { tablePath } from './names.ts';
import { createNewestTimes } from './newest-times.ts';
import { physicalTables, TICKS_A_MINUTE } from './physical-table.ts';
import { relationSql, storedFacts, workspaceKey } from './relation.ts';
import { runQuery } from './run-query.ts';

/** What the store tells the operator. `facts` hold no rows. */
export interface StoreLogger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface DuckDbStoreOptions {
  /** Made where it is missing; holds the database and the engine's temporary files. One process at a time. */
  readonly folder: string;
  /**
   * What the engine may hold, in bytes or as `2GB`; more goes to temporary files or is refused. Default: a quarter of
   * the machine's.
   */
  readonly memoryLimit?: number | string;
  /** Of the engine. Default: the machine's. */
  readonly threads?: number;
  /**
   * Queries that run at once; more wait. Each holds a thread of Node's pool of four while the engine works, and
   * appends need one, too. Default 2.
   */
  readonly concurrentQueries?: number;
  /** Default: all tables of a workspace. */
  readonly schemas?: readonly TableSchema[];
  readonly logger: StoreLogger;
  readonly clock?: Clock;
}

/** The file, opened: replaced as a whole where the engine gave up. */
interface Session {
  readonly engine: Engine;
  readonly batches: BatchWriter;
  /** Connections of queries, for the next ones. */
  readonly idle: DuckDBConnection[];
  isGivenUp: boolean;
}

/** The engine keeps other processes off its file, but not a second opening by this one. */
const openFolders = new Set<string>();

/**
 * Opens the embedded store. Rejects with a Problem (`LogStoreInUse`, `LogStoreDamaged`, `LogStoreTooNew`,
 * `LogStoreIncompatible`, `LogStoreUnavailable`) where the file cannot be used.
 */
export async function openDuckDbStore(options: DuckDbStoreOptions): Promise<LogStore> {
  const { folder, logger } = options;
  const schemas = new Map((options.schemas ?? tableSchemas).map((schema) => [schema.name, schema]));
  const tables = physicalTables([...schemas.values()]);
  const appends = createGate(1);
  const queries = createGate(options.concurrentQueries ?? 2);
  let isClosed = false;
  const running = new Set<AbortController>();

  const newest = createNewestTimes((table, key) =>
    reading(async (connection) => {
      const sql = `select max("TimeGenerated") from ${tablePath(table)} where "TenantId" = $1`;
      const value = (await connection.runAndReadAll(sql, [key])).getRows()[0]?.[0];
      return typeof value === 'bigint' ? value : undefined;
    }),
  );

  const open = async (): Promise<Session> => {
    const engine = await openEngine(
      {
        folder,
        memoryLimit: memoryLimitOf(options.memoryLimit ?? totalmem() / 4),
        threads: options.threads ?? availableParallelism(),
      },
      tables,
    );
    const batches = await createBatchWriter(engine, {
      tables,
      clock: options.clock ?? Date,
      onWritten: newest.written,
    });
    return { engine, batches, idle: [], isGivenUp: false };
  };
  let opening: Promise<Session> | undefined;
  /** The open file. After a failure to open it again, the next caller tries once more. */
  const session = (): Promise<Session> => {
    opening ??= open().catch(forget);
    return opening;
  };
  const forget = (error: unknown): never => {
    opening = undefined;
    throw error;
  };
  const place = resolve(folder);
  if (openFolders.has(place)) throw inUse(fileOf(folder));
  openFolders.add(place);
  try {
    await session();
  } catch (error) {
    openFolders.delete(place);
    throw error;
  }

  /** Where the engine gave up, the next caller opens the file anew: what was committed is in it. */
  const noteFailure = (error: unknown, broken: Session): void => {
    const cause = isProblem(error) ? error.cause : error;
    if (!isFatal(cause) || broken.isGivenUp) return;
    logger.error('The engine of the log store gave up; its file is opened again', { file: fileOf(folder), cause });
    broken.isGivenUp = true;
    for (const connection of broken.idle) connection.closeSync();
    // An engine that gave up cannot fold anything: it fails, and lets go.
    const gone = broken.engine.close().catch(() => {});
    opening = gone.then(open).catch(forget);
    opening.then(
      () => logger.info('The log store is open again', { file: fileOf(folder) }),
      (reason: unknown) => logger.error('The log store cannot be opened again', { file: fileOf(folder), reason }),
    );
  };

  const readings = new Set<Promise<unknown>>();
  const reading = <T>(run: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const result = readOnce(run);
    readings.add(result);
    return result.finally(() => readings.delete(result));
  };
  const readOnce = async <T>(run: (connection: DuckDBConnection) => Promise<T>): Promise<T> => {
    const current = await session();
    const connection = current.idle.pop() ?? (await current.engine.connect());
    try {
      const result = await run(connection);
      current.idle.push(connection);
      return result;
    } catch (error) {
      // Not used again: nobody knows what the failure left in it.
      connection.closeSync();
      noteFailure(error, current);
      throw error;
    }
  };

  const refuseClosed = (): void => {
    if (isClosed) throw storeClosed();
  };

  return {
    dialect: 'duckdb',
    append: (batch) =>
      appends.run(async () => {
        refuseClosed();
        const current = await session();
        try {
          return await current.batches.append(batch);
        } catch (error) {
          noteFailure(error, current);
          throw error;
        }
      }),
    async deliveredUpTo(source) {
      refuseClosed();
      return (await session()).batches.deliveredUpTo(source);
    },
    async query(query) {
      refuseClosed();
      const stop = new AbortController();
      const cancel = (): void => stop.abort();
      if (query.signal?.aborted === true) cancel();
      query.signal?.addEventListener('abort', cancel, { once: true });
      running.add(stop);
      try {
        return await queries.run(
          () => reading((connection) => runQuery(connection, { ...query, signal: stop.signal })),
          stop.signal,
          queryCancelled,
        );
      } finally {
        running.delete(stop);
        query.signal?.removeEventListener('abort', cancel);
      }
    },
    relation: (table, workspaceId) => relationSql(schemaOf(table), keyOf(workspaceId)),
    facts: (table, workspaceId) => storedFacts(schemaOf(table), keyOf(workspaceId)),
    async newest(table, workspaceId) {
      refuseClosed();
      const { computed } = schemaOf(table);
      const time = await newest.of(computed?.from ?? table, keyOf(workspaceId));
      return computed === undefined || time === undefined ? time : time - (time % TICKS_A_MINUTE);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const query of running) query.abort();
      await appends.run(async () => {
        await Promise.allSettled(readings);
        const current = await opening?.catch(() => undefined);
        for (const connection of current?.idle ?? []) connection.closeSync();
        await current?.engine.close().catch((error: unknown) => {
          logger.warn('The write-ahead log of the log store is left for the next opening', { error });
        });
      });
      openFolders.delete(place);
    },
  };

  function schemaOf(table: string): TableSchema {
    const schema = schemas.get(table);
    if (schema === undefined) throw new RangeError(`The log store has no table ${table}.`);
    return schema;
  }
}

function memoryLimitOf(given: number | string): string {
  const text = typeof given === 'number' ? `${Math.round(given)}B` : given;
  if (!/^\d+(?:\.\d+)? ?(?:[KMGT]i?)?B$/i.test(text))
    throw new RangeError(`The memory limit of the log store is a size such as 2GB, not ${text}.`);
  return text;
}

function keyOf(workspaceId: string): string {
  const key = workspaceKey(workspaceId);
  if (key === undefined) throw new RangeError('A workspace is named by its guid.');
  return key;
}

const storeClosed = (): Problem =>
  new Problem({ code: 'LogStoreUnavailable', status: 503, message: 'The log store is closed.' });
