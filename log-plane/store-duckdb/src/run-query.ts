import { type DuckDBConnection, type DuckDBResult, StatementType } from '@duckdb/node-api';
import { Problem } from '@vigia/problem';
import type { Cell, StoreQuery, StoreResult } from '@vigia/store';
import { queryCancelled, queryTimedOut, toQueryProblem } from './engine-problems.ts';
import { readColumns } from './read-cells.ts';

/** Characters of texts in an answer (other cells count for 8), where the query says nothing. */
const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** An interrupt is lost where the engine has not begun yet: it is repeated until the query ends. */
const INTERRUPT_AGAIN_MS = 20;

/**
 * Runs one SELECT on a connection of its own. The answer is streamed, so that an answer too long to hold is cut and
 * not held. The engine ends a stream that failed like one that is whole; a last row of our own tells them apart.
 */
export async function runQuery(connection: DuckDBConnection, query: StoreQuery): Promise<StoreResult> {
  if (query.signal?.aborted === true) throw queryCancelled();
  let stopped: Problem | undefined;
  let again: NodeJS.Timeout | undefined;
  const stop = (why: Problem): void => {
    stopped ??= why;
    connection.interrupt();
    again ??= setInterval(() => connection.interrupt(), INTERRUPT_AGAIN_MS);
  };
  const timer = setTimeout(() => stop(queryTimedOut(query.timeoutMs)), query.timeoutMs);
  const cancel = (): void => stop(queryCancelled());
  query.signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await readOnly(connection, () => read(connection, query, () => stopped));
  } catch (error) {
    throw stopped ?? toQueryProblem(error);
  } finally {
    clearTimeout(timer);
    clearInterval(again);
    query.signal?.removeEventListener('abort', cancel);
  }
}

async function readOnly<T>(connection: DuckDBConnection, run: () => Promise<T>): Promise<T> {
  await connection.run('begin transaction read only');
  try {
    return await run();
  } finally {
    await connection.run('rollback');
  }
}

async function read(
  connection: DuckDBConnection,
  query: StoreQuery,
  stopped: () => Problem | undefined,
): Promise<StoreResult> {
  const { types, maxRows } = query;
  const limited = `select * from (\n${query.sql}\n) limit ${maxRows + 1}`;
  const end = `select ${types.map(() => 'null, ').join('')}true`;
  const result = await start(connection, `select *, false from (${limited}) union all ${end}`, query);
  const rows: Cell[][] = [];
  const maxBytes = query.maxBytes ?? DEFAULT_MAX_BYTES;
  let bytes = 0;
  for (;;) {
    const why = stopped();
    if (why !== undefined) throw why;
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    const columns = readColumns(chunk, types);
    const isEnd = chunk.getColumnValues(types.length);
    for (let row = 0; row < chunk.rowCount; row += 1) {
      if (isEnd[row] === true) return { rows, isTruncated: false };
      if (rows.length === maxRows || bytes > maxBytes) return { rows, isTruncated: true };
      const cells = columns.map((column) => column[row] ?? null);
      for (const cell of cells) bytes += typeof cell === 'string' ? cell.length : 8;
      rows.push(cells);
    }
  }
  const why = stopped();
  if (why !== undefined) throw why;
  throw await reasonOf(connection, query, limited);
}

/** One SELECT and nothing else, by the engine's own reading of the text. */
async function start(connection: DuckDBConnection, sql: string, query: StoreQuery): Promise<DuckDBResult> {
  if ((await connection.extractStatements(query.sql)).count !== 1) throw notOneSelect();
  const prepared = await connection.extractStatements(sql).then(
    (statements) => (statements.count === 1 ? statements.prepare(0) : undefined),
    (error: unknown) => {
      // It was a statement, but it is none that stands where a SELECT may.
      throw notOneSelect(error);
    },
  );
  if (prepared?.statementType !== StatementType.SELECT) throw notOneSelect();
  for (const [index, value] of query.parameters.entries()) {
    const position = index + 1;
    if (value === null) prepared.bindNull(position);
    else if (typeof value === 'bigint') prepared.bindBigInt(position, value);
    else if (typeof value === 'boolean') prepared.bindBoolean(position, value);
    else if (typeof value === 'number') prepared.bindDouble(position, value);
    else prepared.bindVarchar(position, value);
  }
  return prepared.stream();
}

const notOneSelect = (cause?: unknown): Problem =>
  new Problem({ code: 'QueryNotReadOnly', status: 403, message: 'A query is one SELECT and nothing else.', cause });

/** Why a stream ended before its end: only a statement that is not streamed tells it. */
async function reasonOf(connection: DuckDBConnection, query: StoreQuery, sql: string): Promise<unknown> {
  try {
    const statements = await connection.extractStatements(sql);
    const prepared = await statements.prepare(0);
    prepared.bind([...query.parameters]);
    await prepared.run();
  } catch (error) {
    return toQueryProblem(error);
  }
  return new Error('The engine ended the answer of a query half-way and gave no reason.');
}
