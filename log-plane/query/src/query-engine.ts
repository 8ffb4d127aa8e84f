import type { Clock, Diagnostic, KqlColumn } from '@vigia/contract';
import {
  type CompiledQuery,
  type CompileOptions,
  createKqlCompiler,
  type KqlCompiler,
  type RefusedQuery,
  type RenderHint,
  warmUp,
} from '@vigia/kql';
import { isProblem } from '@vigia/problem';
import type { Cell, LogStore } from '@vigia/store';
import { compileByRows } from './compile-by-rows.ts';
import { type EmptyResult, explainEmptyResult, type TableAge } from './empty-result.ts';
import { azureQueryLimits, type QueryLimits } from './query-limits.ts';
import { clientClosedRequest, engineFailed, queryTimedOut } from './query-problems.ts';
import {
  databaseOf,
  hasColumn,
  type QueryScope,
  type QueryTable,
  type QueryTarget,
  type QueryWorkspace,
  relationOf,
  resolveScope,
  scopeKey,
} from './query-scope.ts';
import { createQuerySlots } from './query-slots.ts';
import { cutAtBytes } from './result-size.ts';
import { ticksAt } from './ticks-text.ts';
import { readTimespan, type Timespan } from './timespan.ts';

export interface QueryEngineOptions {
  readonly store: LogStore;
  readonly schemas: readonly QueryTable[];
  /** Asked anew for every query. */
  readonly workspaces: () => readonly QueryWorkspace[];
  readonly clock: Clock;
  /** What is not named is as on Azure. */
  readonly limits?: Partial<QueryLimits>;
}

export type QueryRequest = QueryTarget & {
  /** KQL. */
  readonly query: string;
  /** ISO 8601 duration or interval; absent: all that is kept. */
  readonly timespan?: string;
  /** Milliseconds, waiting for a turn included; never more than `limits.maxTimeoutMs`. */
  readonly timeoutMs?: number;
  /** Fewer than `limits` has. */
  readonly maxRows?: number;
  readonly maxBytes?: number;
  /** Aborted: the query is interrupted and `run` rejects. */
  readonly signal?: AbortSignal;
};

export interface QueryAnswer {
  readonly ok: true;
  readonly columns: readonly KqlColumn[];
  /** Cells as they leave a store. */
  readonly rows: readonly (readonly Cell[])[];
  readonly render?: RenderHint;
  readonly statistics: {
    /** Seconds from the request to the last row, waiting for a turn included. */
    readonly executionTime: number;
    /** Bytes of the values of `rows`. */
    readonly bytes: number;
  };
  /** The limit that cut `rows`. */
  readonly truncated?: { readonly by: 'rows' | 'bytes'; readonly limit: number };
  /** The SQL that ran. */
  readonly sql: string;
  /** Tables that the query read, and whose. */
  readonly tables: readonly string[];
  readonly workspaces: readonly QueryWorkspace[];
  /** Only where there is no row. */
  readonly emptyResult?: EmptyResult;
  readonly warnings: readonly Diagnostic[];
}

export interface QueryEngine {
  readonly limits: QueryLimits;
  readonly schemas: readonly QueryTable[];
  workspaces(): readonly QueryWorkspace[];
  /**
   * A text with mistakes gives the compiler's refusal; whatever else goes wrong is a Problem: 400 (timespan), 404
   * (workspace), 429 (too many), 499 (aborted), 500 (the engine failed), 504 (out of time).
   */
  run(request: QueryRequest): Promise<QueryAnswer | RefusedQuery>;
  /** Builds the parser's grammar and the known workspaces' schemas, a second or two: call it before saying "ready". */
  warmUp(): void;
}

/** Compilers that are kept: one for each set of workspaces that was asked. */
const MAX_COMPILERS = 32;
/** The store's own timeout comes after ours, so that the reason is always known. */
const STORE_GRACE_MS = 5_000;

export function createQueryEngine(options: QueryEngineOptions): QueryEngine {
  const { store, schemas, workspaces, clock } = options;
  const limits: QueryLimits = { ...azureQueryLimits, ...options.limits };
  const slots = createQuerySlots(limits);
  const compilers = new Map<string, KqlCompiler>();

  /**
   * Measured: a compiler of twelve tables takes 4 ms, a new text 5 ms, one that it compiled before some microseconds. So
   * compilers are kept, and with them the texts that they know.
   */
  function compilerFor(scope: QueryScope): KqlCompiler {
    const key = scopeKey(scope);
    const compiler = compilers.get(key) ?? createKqlCompiler(databaseOf(scope, schemas, store));
    compilers.delete(key);
    compilers.set(key, compiler);
    for (const oldest of compilers.keys()) {
      if (compilers.size <= MAX_COMPILERS) break;
      compilers.delete(oldest);
    }
    return compiler;
  }

  async function newestOf(name: string, scope: QueryScope, signal: AbortSignal): Promise<TableAge | undefined> {
    const table = schemas.find((each) => each.name === name);
    if (table === undefined || !hasColumn(table, 'TimeGenerated')) return undefined;
    const [only] = scope.workspaces;
    if (only !== undefined && scope.workspaces.length === 1 && scope.resourceId === undefined) {
      return { name, newest: await store.newest(name, only.customerId) };
    }
    const { rows } = await store.query({
      sql: `select max("TimeGenerated") from ${relationOf(table, scope, store)}`,
      parameters: [],
      types: ['datetime'],
      maxRows: 1,
      timeoutMs: limits.timeoutMs,
      signal,
    });
    const newest = rows[0]?.[0];
    return { name, newest: typeof newest === 'bigint' ? newest : undefined };
  }

  async function explainEmpty(
    compiled: CompiledQuery,
    place: { readonly scope: QueryScope; readonly timespan: Timespan | undefined; readonly signal: AbortSignal },
  ): Promise<EmptyResult> {
    const { scope, timespan, signal } = place;
    const ages = await Promise.all(compiled.tables.map((name) => newestOf(name, scope, signal)));
    return explainEmptyResult(
      ages.filter((age) => age !== undefined),
      timespan,
      scope.resourceId === undefined ? undefined : `of the resource ${scope.resourceId}`,
    );
  }

  async function run(request: QueryRequest): Promise<QueryAnswer | RefusedQuery> {
    const started = performance.now();
    const now = ticksAt(clock.now());
    const scope = resolveScope(request, workspaces());
    const timespan = request.timespan === undefined ? undefined : readTimespan(request.timespan, now);
    const compiler = compilerFor(scope);
    const options: CompileOptions = { now, ...(timespan === undefined ? {} : { timespan }) };
    const first = compiler.compile(request.query, options);
    if (!first.ok && first.discovery === undefined) return first;

    const timeoutMs = Math.min(request.timeoutMs ?? limits.timeoutMs, limits.maxTimeoutMs);
    const maxRows = Math.min(request.maxRows ?? limits.maxRows, limits.maxRows);
    const maxBytes = Math.min(request.maxBytes ?? limits.maxBytes, limits.maxBytes);
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const signal = request.signal === undefined ? timeout.signal : AbortSignal.any([request.signal, timeout.signal]);
    try {
      const release = await slots.take(signal);
      try {
        const compiled = first.ok
          ? first
          : await compileByRows(first, {
              again: (discovered) => compiler.compile(request.query, { ...options, discovered }),
              ask: async ({ sql, columns }) =>
                (
                  await store.query({
                    sql,
                    parameters: [],
                    types: columns.map(({ type }) => type),
                    maxRows: limits.maxRows,
                    timeoutMs: timeoutMs + STORE_GRACE_MS,
                    signal,
                  })
                ).rows,
            });
        if (!compiled.ok) return compiled;
        const result = await store.query({
          sql: compiled.sql,
          parameters: compiled.parameters,
          types: compiled.columns.map(({ type }) => type),
          maxRows,
          maxBytes,
          timeoutMs: timeoutMs + STORE_GRACE_MS,
          signal,
        });
        const { rows, bytes, isCut } = await cutAtBytes(result.rows, maxBytes);
        const emptyResult =
          result.rows.length === 0 ? await explainEmpty(compiled, { scope, timespan, signal }) : undefined;
        return {
          ok: true,
          columns: compiled.columns,
          rows,
          ...(compiled.render === undefined ? {} : { render: compiled.render }),
          statistics: { executionTime: (performance.now() - started) / 1_000, bytes },
          ...(isCut ? { truncated: { by: 'bytes', limit: maxBytes } } : {}),
          ...(!isCut && result.isTruncated ? { truncated: { by: 'rows', limit: maxRows } } : {}),
          sql: compiled.sql,
          tables: compiled.tables,
          workspaces: scope.workspaces,
          ...(emptyResult === undefined ? {} : { emptyResult }),
          warnings: compiled.warnings,
        };
      } finally {
        release();
      }
    } catch (error) {
      if (request.signal?.aborted) throw clientClosedRequest(error);
      if (timeout.signal.aborted) throw queryTimedOut(timeoutMs);
      throw isProblem(error) ? error : engineFailed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    limits,
    schemas,
    workspaces,
    run,
    warmUp() {
      warmUp();
      for (const workspace of workspaces()) {
        compilerFor({ workspaces: [workspace] }).compile('print ready = true', { now: ticksAt(clock.now()) });
      }
    },
  };
}
