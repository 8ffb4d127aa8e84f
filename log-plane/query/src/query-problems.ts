import { Problem } from '@vigia/problem';

/** 400 with Azure's own outer sentence; the reason is inside. */
export const badArgument = (message: string, { code = 'BadArgumentError' } = {}): Problem =>
  new Problem({
    code: 'BadArgumentError',
    status: 400,
    message: 'The request had some invalid properties',
    inner: { code, message },
  });

/** 404 as Azure answers for a workspace that it does not know. */
export const pathNotFound = (reason: string): Problem =>
  new Problem({
    code: 'PathNotFoundError',
    status: 404,
    message: 'The requested path does not exist',
    inner: { code: 'PathNotFoundError', message: reason },
  });

export const tooManyRequests = (message: string, retryAfterSeconds: number): Problem =>
  new Problem({
    code: 'TooManyRequests',
    status: 429,
    message,
    headers: { 'retry-after': String(retryAfterSeconds) },
  });

export const queryTimedOut = (timeoutMs: number): Problem =>
  new Problem({
    code: 'GatewayTimeout',
    status: 504,
    message: `The query did not end within ${timeoutMs / 1_000} seconds and was stopped. Ask for less (a shorter timespan, fewer columns, a filter), or for more time with the header "Prefer: wait=600".`,
  });

/** Nobody reads it: the client is gone. */
export const clientClosedRequest = (cause: unknown): Problem =>
  new Problem({ code: 'ClientClosedRequest', status: 499, message: 'The client ended the request.', cause });

/** The engine could not run what the compiler gave it: out of memory, a value out of range. */
export const engineFailed = (cause: unknown): Problem =>
  new Problem({
    code: 'EngineError',
    status: 500,
    message: 'Something went wrong processing your query on the server.',
    inner: { code: 'EngineError', message: cause instanceof Error ? cause.message : String(cause) },
    cause,
  });
