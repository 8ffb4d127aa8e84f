import type { DuckDBAppender, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { Clock } from '@vigia/contract';
import type { AppendResult, SpoolBatch, SpoolPosition } from '@vigia/store';
import { checkBatch, standingOf, textOf } from './batch-place.ts';
import { type Engine, rowsOf } from './engine.ts';
import { DATABASE, PLACES } from './names.ts';
import type { PhysicalTable } from './physical-table.ts';
import { createRowFacts, type RowFacts } from './row-facts.ts';
import { createRowWriter, type KeptRow, type RowWriter } from './row-writer.ts';

/** Writes batches, one at a time: the caller sees to that. */
export interface BatchWriter {
  /** As `LogStore.append`. After a throw nothing of the batch is kept. */
  append(batch: SpoolBatch): Promise<AppendResult>;
  deliveredUpTo(source: string): SpoolPosition | undefined;
}

interface Rows {
  readonly writer: RowWriter;
  readonly rows: KeptRow[];
}

interface Statements {
  readonly begin: DuckDBPreparedStatement;
  readonly commit: DuckDBPreparedStatement;
  readonly movePlace: DuckDBPreparedStatement;
  readonly firstPlace: DuckDBPreparedStatement;
}

export interface BatchWriterOptions {
  readonly tables: readonly PhysicalTable[];
  readonly clock: Clock;
  /** Rows of a table that are now visible to every query. */
  readonly onWritten: (table: string, rows: readonly KeptRow[]) => void;
}

/** Reads the places and prepares what each append runs. */
export async function createBatchWriter(engine: Engine, options: BatchWriterOptions): Promise<BatchWriter> {
  const { writer: connection } = engine;
  const writers = new Map(
    options.tables.map((table) => [
      table.schema.name,
      createRowWriter(table, { layout: engine.layout.get(table.schema.name) ?? [], clock: options.clock }),
    ]),
  );
  const factsOf = new Map<string, RowFacts>();
  for (const table of options.tables)
    if (table.schema.facts.length > 0) factsOf.set(table.schema.name, await createRowFacts(connection, table));
  const statements: Statements = {
    begin: await connection.prepare('begin'),
    commit: await connection.prepare('commit'),
    movePlace: await connection.prepare(`update ${PLACES} set segment = $2, "offset" = $3 where source = $1`),
    firstPlace: await connection.prepare(`insert into ${PLACES} values ($1, $2, $3)`),
  };
  const places = new Map<string, SpoolPosition>();
  for (const [source, segment, offset] of await rowsOf(connection, `select source, segment, "offset" from ${PLACES}`))
    places.set(String(source), { segment: Number(segment), offset: Number(offset) });
  const appenders = new Map<string, DuckDBAppender>();

  /** Kept open: making one costs as much as writing a row. */
  const appenderOf = async (table: string): Promise<DuckDBAppender> => {
    const kept = appenders.get(table);
    if (kept !== undefined) return kept;
    const made = await connection.createAppender(table, 'main', DATABASE);
    appenders.set(table, made);
    return made;
  };

  const write = async (batch: SpoolBatch, rowsByTable: ReadonlyMap<string, Rows>): Promise<void> => {
    await statements.begin.run();
    for (const [table, { writer, rows }] of rowsByTable) {
      const appender = await appenderOf(table);
      for (const row of rows) writer.append(appender, row);
      appender.flushSync();
    }
    const place = places.has(batch.source) ? statements.movePlace : statements.firstPlace;
    place.bindVarchar(1, batch.source);
    place.bindBigInt(2, BigInt(batch.to.segment));
    place.bindBigInt(3, BigInt(batch.to.offset));
    await place.run();
    await statements.commit.run();
  };

  const undo = async (): Promise<void> => {
    // Whatever an appender still holds belongs to the batch that failed.
    for (const appender of appenders.values()) appender.clear();
    appenders.clear();
    await connection.run('rollback').catch(() => {
      // The engine has rolled back by itself, or is beyond it: both leave nothing of the batch.
    });
  };

  return {
    deliveredUpTo: (source) => places.get(source),
    async append(batch) {
      checkBatch(batch);
      const place = places.get(batch.source);
      const standing = standingOf(batch, place);
      if (standing === 'delivered') return { isDuplicate: true, rows: 0, rejected: [] };
      if (standing !== 'new')
        throw new Error(
          `A batch of the spool ${batch.source} from ${textOf(batch.from)} to ${textOf(batch.to)} does not continue ` +
            `${place === undefined ? 'an empty store' : textOf(place)} (${standing}). Read again from there.`,
        );
      const { rowsByTable, rejected, count } = sort(batch, writers);
      for (const [table, { rows }] of rowsByTable) await factsOf.get(table)?.fill(rows);
      try {
        await write(batch, rowsByTable);
      } catch (error) {
        await undo();
        throw error;
      }
      places.set(batch.source, batch.to);
      for (const [table, { rows }] of rowsByTable) options.onWritten(table, rows);
      return { isDuplicate: false, rows: count, rejected };
    },
  };
}

/** The batch's rows by table, and those that no table takes. */
function sort(batch: SpoolBatch, writers: ReadonlyMap<string, RowWriter>) {
  const rowsByTable = new Map<string, Rows>();
  const rejected: { readonly recordId: string; readonly reason: string }[] = [];
  let count = 0;
  for (const record of batch.records)
    for (const row of record.rows) {
      const writer = writers.get(row.table);
      const kept = writer === undefined ? `no table ${row.table} takes rows` : writer.keep(row);
      if (typeof kept === 'string' || writer === undefined) {
        rejected.push({ recordId: record.id, reason: String(kept) });
        continue;
      }
      const rows = rowsByTable.get(row.table) ?? { writer, rows: [] };
      rowsByTable.set(row.table, rows);
      rows.rows.push(kept);
      count += 1;
    }
  return { rowsByTable, rejected, count };
}
