import type { JsonValue } from './json.ts';

/**
 * One row of one table of one Log Analytics workspace.
 * `values` hold only what the writer knows: datetime as ISO 8601 text (up to 7 fractional digits, `Z`), dynamic as
 * any JSON value, long as number or decimal text. Absent is null (for string: `''`). The store fills the standard
 * columns `Type`, `TenantId` (= workspaceId), `SourceSystem`, `_SubscriptionId`, `_BilledSize`, `_IsBillable`.
 */
export interface TableRow {
  readonly table: string;
  /** The workspace's customerId, a lower-case guid. */
  readonly workspaceId: string;
  readonly values: Readonly<Record<string, JsonValue | undefined>>;
}

/** Everything that one call leaves behind; written whole or not at all. */
export interface LogRecord {
  /** Unique: the CorrelationId of the call with the name of the writer. */
  readonly id: string;
  readonly rows: readonly TableRow[];
}
