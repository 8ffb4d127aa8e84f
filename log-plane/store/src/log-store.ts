import type { KqlType, LogRecord } from '@vigia/contract';

/** A place in a spool: the segment's number and the byte offset after the last whole record. */
export interface SpoolPosition {
  readonly segment: number;
  readonly offset: number;
}

/** A run of records of one spool, in order. `from`..`to` is the batch's id: the store takes each place once. */
export interface SpoolBatch {
  /** Name of the spool: stable over restarts of its writer. */
  readonly source: string;
  readonly from: SpoolPosition;
  readonly to: SpoolPosition;
  readonly records: readonly LogRecord[];
}

export interface AppendResult {
  /** True where the store had this batch already (a delivery repeated after a crash): nothing was written. */
  readonly isDuplicate: boolean;
  readonly rows: number;
  /** Rows of tables that the schema does not know, or with unusable values: never silently lost, counted and logged. */
  readonly rejected: readonly { readonly recordId: string; readonly reason: string }[];
}

export interface StoreQuery {
  readonly sql: string;
  /** Positional: `$1` is the first. bigint for ticks and long. */
  readonly parameters: readonly SqlParameter[];
  /** What each column of the answer is, in order; decides how a value is read back. */
  readonly types: readonly KqlType[];
  readonly maxRows: number;
  /**
   * Characters of texts, and 8 for any other cell, after which the answer is cut as after `maxRows`: half a million
   * rows with bodies are more than a process holds. Default 256 MiB.
   */
  readonly maxBytes?: number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export type SqlParameter = string | number | bigint | boolean | null;

/**
 * A cell as it leaves a store: null; bool as boolean; int as number; long, datetime (ticks), timespan (ticks) as
 * bigint; real as number (NaN and infinities included); decimal as decimal text; string, guid, dynamic (JSON text)
 * as string.
 */
export type Cell = null | boolean | number | bigint | string;

export interface StoreResult {
  readonly rows: readonly (readonly Cell[])[];
  /** More rows existed than `maxRows` or `maxBytes` let through. */
  readonly isTruncated: boolean;
}

/** Values at paths of JSON texts, in columns of their own. They say exactly what reading the text would say. */
export interface StoredFacts {
  /** As `LogStore.relation`, with the columns that are named here besides. */
  readonly relation: string;
  readonly texts: readonly {
    readonly column: string;
    /** A column, true where the text is JSON. */
    readonly validity: string;
    readonly paths: readonly {
      readonly path: readonly string[];
      readonly type: 'string' | 'long';
      /** A column of `type`; null where the value is of another one, or missing. */
      readonly value: string;
      /** A column with the JSON text of every other value; null where `value` is not, where there is none, or JSON null. */
      readonly rest: string;
    }[];
  }[];
}

/** Where rows are kept. One interface, one contract suite (`contract-suite.ts`), several engines. */
export interface LogStore {
  readonly dialect: 'duckdb' | 'clickhouse';
  /** Writes a batch and its place in one transaction. */
  append(batch: SpoolBatch): Promise<AppendResult>;
  /** The place up to which a spool was delivered; undefined: nothing yet. */
  deliveredUpTo(source: string): Promise<SpoolPosition | undefined>;
  /** One SELECT, read-only, without access to files, settings or the network. */
  query(query: StoreQuery): Promise<StoreResult>;
  /**
   * SQL text of a table's rows of one workspace, ready to stand after FROM, with the KQL names as quoted column
   * names. `workspaceId` is checked to be a guid, never pasted unchecked.
   */
  relation(table: string, workspaceId: string): string;
  /** What is kept beside the JSON texts of a table; undefined where nothing is. */
  facts(table: string, workspaceId: string): StoredFacts | undefined;
  /** Ticks of the newest TimeGenerated in a table of a workspace. */
  newest(table: string, workspaceId: string): Promise<bigint | undefined>;
  close(): Promise<void>;
}
