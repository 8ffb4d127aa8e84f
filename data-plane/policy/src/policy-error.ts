import type { LastError, PolicyResponse } from './context.ts';

/** Thrown by a step. The pipeline adds where it happened. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly reason: string;
  /** Absent: the 500 of the service. */
  readonly response: PolicyResponse | undefined;
  constructor(reason: string, message: string, options: { response?: PolicyResponse; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.reason = reason;
    this.response = options.response;
  }
}

/** An error with its place: what `context.LastError` shows. */
export class LocatedError extends Error {
  override readonly name = 'LocatedError';
  readonly lastError: LastError;
  readonly response: PolicyResponse | undefined;
  constructor(lastError: LastError, response: PolicyResponse | undefined, cause: unknown) {
    super(lastError.message, { cause });
    this.lastError = lastError;
    this.response = response;
  }
}

/** Says where errors happened; the innermost place wins. */
export const locator =
  (place: Omit<LastError, 'reason' | 'message'>) =>
  (error: unknown): LocatedError => {
    if (error instanceof LocatedError) return error;
    const isOwn = error instanceof PolicyError;
    const reason = isOwn ? error.reason : 'InternalError';
    const message = isOwn ? error.message : 'The policy failed for an internal reason.';
    return new LocatedError({ ...place, reason, message }, isOwn ? error.response : undefined, error);
  };
