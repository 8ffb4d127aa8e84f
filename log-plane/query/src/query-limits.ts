/** What one query, and all of them together, may take. */
export interface QueryLimits {
  /** More rows are cut, with a PartialError. */
  readonly maxRows: number;
  /** Bytes of the values (text as UTF-8, 8 for any other value); more are cut at a row, with a PartialError. */
  readonly maxBytes: number;
  /** Milliseconds where the request names none. */
  readonly timeoutMs: number;
  /** Milliseconds that a request may ask for at most. */
  readonly maxTimeoutMs: number;
  /** Queries that run at the same time; further ones wait. */
  readonly maxConcurrent: number;
  /** Queries that wait; further ones are refused with 429. */
  readonly maxQueued: number;
  /** Milliseconds that a query waits for its turn before it is refused with 429. */
  readonly maxQueuedMs: number;
}

/** Azure's own numbers. */
export const azureQueryLimits: QueryLimits = {
  maxRows: 500_000,
  maxBytes: 64 * 1024 * 1024,
  timeoutMs: 180_000,
  maxTimeoutMs: 600_000,
  maxConcurrent: 5,
  maxQueued: 200,
  maxQueuedMs: 180_000,
};
