import type { Diagnostic, KqlColumn } from '@vigia/contract';
import type { TextEdit } from './service/advice/edits.ts';

/** A table that queries may name. */
export interface KqlTable {
  readonly name: string;
  readonly columns: readonly KqlColumn[];
  /** SQL text that stands after FROM; its columns are quoted by their KQL names. Trusted: made by a store, never by a user. */
  readonly relation: string;
  /** What `timespan` restricts; TimeGenerated (datetime) where the table has it and nothing else is said. */
  readonly timeColumn?: string;
  /** What a store keeps beside the table's JSON texts; queries read it instead of the texts where that is exact. */
  readonly facts?: KqlFacts;
}

/** Hidden columns with values at paths of JSON texts. No query sees them by name. */
export interface KqlFacts {
  /** As the table's `relation`, with the hidden columns besides; used only by queries that read one of them. */
  readonly relation: string;
  readonly texts: readonly KqlTextFacts[];
}

export interface KqlTextFacts {
  /** A string column of the table. */
  readonly column: string;
  /** Hidden, bool: whether the text is JSON. */
  readonly validity: string;
  readonly paths: readonly {
    /** Keys from the root. */
    readonly path: readonly string[];
    readonly type: 'string' | 'long';
    /** Hidden, of `type`: the value where it is of this type and its JSON is as the engine writes it; else null. */
    readonly value: string;
    /** Hidden, dynamic: JSON text of the value where `value` is null; null for what is missing and JSON null. */
    readonly rest: string;
  }[];
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
  /**
   * SQL text that stands after FROM with the rows of an `externaldata`, its columns quoted by their KQL names; undefined
   * where its addresses are not allowed. Without this function every externaldata is refused.
   */
  readonly externalData?: (source: ExternalSource) => string | undefined;
  /** UTF-16 units; a longer text is refused before it is parsed. Default 200,000. */
  readonly maxTextLength?: number;
}

/** What an `externaldata` of a query names. */
export interface ExternalSource {
  readonly uris: readonly string[];
  readonly columns: readonly KqlColumn[];
  /** `format`, `ignoreFirstRecord` … as written. */
  readonly properties: Readonly<Record<string, string>>;
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
  /** The corrected text, where one is known that has fewer errors; `edits` is what differs from the query's. */
  readonly fix?: { readonly text: string; readonly description: string; readonly edits: readonly TextEdit[] };
  /** What would set single diagnostics right. Not tried, other than `fix`. */
  readonly fixes?: readonly QueryFix[];
}

export interface QueryFix {
  /** Index into `diagnostics`. */
  readonly diagnostic: number;
  readonly description: string;
  readonly edits: readonly TextEdit[];
}

export interface KqlCompiler {
  compile(text: string, options: CompileOptions): CompiledQuery | RefusedQuery;
}
