import type { Diagnostic, KqlColumn } from '@vigia/contract';

/** A table that queries may name. */
export interface KqlTable {
  readonly name: string;
  readonly columns: readonly KqlColumn[];
  /** SQL text that stands after FROM; its columns are quoted by their KQL names. Trusted: made by a store, never by a user. */
  readonly relation: string;
  /** What `timespan` restricts; TimeGenerated (datetime) where the table has it and nothing else is said. */
  readonly timeColumn?: string;
}

/** A function that is stored beside the tables. */
export interface KqlFunction {
  readonly name: string;
  /** As KQL declares them: `limit: long = 10, name: string`. */
  readonly parameters: string;
  /** KQL text of the body, without its braces. */
  readonly body: string;
}

export interface KqlDatabase {
  /** What `workspace('…')` calls this database. */
  readonly name: string;
  readonly tables: readonly KqlTable[];
  readonly functions?: readonly KqlFunction[];
}

export interface CompileOptions {
  /** Ticks (100 ns since 0001-01-01): one value a query for now() and ago(). */
  readonly now: bigint;
  /** Ticks, start inclusive, end exclusive: restricts the time column of every table. */
  readonly timespan?: { readonly start: bigint; readonly end: bigint };
  /** Answers of the `discovery` queries that earlier compilations of the same text asked for: key → rows. */
  readonly discovered?: ReadonlyMap<string, readonly (readonly unknown[])[]>;
  /** UTF-16 units; a longer text is refused before it is parsed. Default 200,000. */
  readonly maxTextLength?: number;
}

/** A chart's hint: rows are unaffected by it. */
export interface RenderHint {
  readonly visualization: string;
  readonly properties: Record<string, string>;
}

export interface CompiledQuery {
  readonly ok: true;
  /** One SELECT for DuckDB; its columns stand in the order of `columns` and hold values as `log-plane/store` says. */
  readonly sql: string;
  /** Positional, `$1` first. Empty while every literal is printed by the one literal printer. */
  readonly parameters: readonly (string | number | bigint | boolean | null)[];
  readonly columns: readonly KqlColumn[];
  /** Tables that are read. */
  readonly tables: readonly string[];
  readonly render?: RenderHint;
  readonly warnings: readonly Diagnostic[];
}

/**
 * The columns of some operators (evaluate pivot, bag_unpack) are in the rows. Run `sql`, then compile the same text
 * with its rows in `discovered` under `key`, until no discovery is asked for.
 */
export interface Discovery {
  readonly key: string;
  readonly sql: string;
  readonly columns: readonly KqlColumn[];
  readonly tables: readonly string[];
}

export interface RefusedQuery {
  readonly ok: false;
  readonly diagnostics: readonly Diagnostic[];
  /** Present where the query is refused only until its columns are known. */
  readonly discovery?: Discovery;
  /** The corrected text, where one is known. */
  readonly fix?: { readonly text: string; readonly description: string };
}

export interface KqlCompiler {
  compile(text: string, options: CompileOptions): CompiledQuery | RefusedQuery;
}
