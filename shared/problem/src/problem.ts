import type { Diagnostic } from '@vigia/contract';

/** What a wire form needs to know of a mistake: Azure's code, the HTTP status, and one sentence. */
export interface ProblemInit {
  /** Azure's own spelling where Azure has one: `ResourceNotFound`, `ValidationError`, `DeploymentNotFound`. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;
  readonly message: string;
  /** ARM `details`: one entry a mistake. */
  readonly details?: readonly ProblemDetail[];
  /** Log Analytics and Kusto nest the real reason. */
  readonly inner?: { readonly code: string; readonly message: string };
  /** Extra response headers (`Retry-After`, `WWW-Authenticate`). */
  readonly headers?: Readonly<Record<string, string>>;
  readonly diagnostics?: readonly Diagnostic[];
  readonly cause?: unknown;
}

export interface ProblemDetail {
  readonly code: string;
  readonly target?: string;
  readonly message: string;
}

/** An error that a client may see. Anything else that is thrown is our own bug and reaches a client only as a 500. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly status: number;
  readonly details: readonly ProblemDetail[];
  readonly inner: { readonly code: string; readonly message: string } | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];

  constructor(init: ProblemInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.code = init.code;
    this.status = init.status;
    this.details = init.details ?? [];
    this.inner = init.inner;
    this.headers = init.headers ?? {};
    this.diagnostics = init.diagnostics ?? [];
  }
}

export const isProblem = (error: unknown): error is Problem => error instanceof Problem;
