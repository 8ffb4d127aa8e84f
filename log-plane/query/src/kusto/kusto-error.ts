import type { RefusedQuery } from '@vigia/kql';
import { Problem, toProblem, type WireError } from '@vigia/problem';
import { firstMistake } from '../rest/wire-error.ts';

/** What an error says of the call that it answers. */
export interface KustoCall {
  readonly clientRequestId: string;
  readonly activityId: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export const badRequest = (message: string): Problem =>
  new Problem({ code: 'General_BadRequest', status: 400, message });

/** Kusto's codes and types by what went wrong; whatever else a Problem says keeps its own code. */
const byStatus: Readonly<Record<number, { readonly code: string; readonly type: string }>> = {
  400: { code: 'General_BadRequest', type: 'Kusto.Data.Exceptions.KustoBadRequestException' },
  429: { code: 'TooManyRequests', type: 'Kusto.Data.Exceptions.KustoServiceThrottlingException' },
  500: { code: 'General_InternalServerError', type: 'Kusto.Data.Exceptions.KustoServiceException' },
  504: { code: 'Timeout', type: 'Kusto.Data.Exceptions.KustoServiceTimeoutException' },
};

const notFoundCode = 'BadRequest_EntityNotFound';
const entityNotFound = { code: notFoundCode, type: 'Kusto.Data.Exceptions.EntityNotFoundException' };

/** A database or a table that is not there: 400, as Kusto has it. */
export const entityIsMissing = (message: string): Problem => new Problem({ code: notFoundCode, status: 400, message });

const invalid = 'Request is invalid and cannot be executed.';

/** Kusto's envelope (`@type`, `@message`, `@context`, `@permanent`) of anything that was thrown. */
export function toKustoError(error: unknown, call: KustoCall): WireError {
  const { status, headers, code, message, inner } = toProblem(error);
  const known =
    code === notFoundCode
      ? entityNotFound
      : (byStatus[status] ?? { code, type: 'Kusto.Data.Exceptions.KustoServiceException' });
  const isPermanent = status >= 400 && status < 500 && status !== 429;
  return {
    status,
    headers,
    body: {
      error: {
        code: known.code,
        message: isPermanent ? invalid : message,
        '@type': known.type,
        // The reason is inside where a Problem wraps Azure's own sentence around it.
        '@message': inner?.message ?? message,
        '@context': contextOf(call),
        '@permanent': isPermanent,
      },
    },
  };
}

/** A text with mistakes: 400, the first of them inside. */
export function toKustoRefusal({ diagnostics, fix }: RefusedQuery, query: string, call: KustoCall): WireError {
  const { isSyntax, mistake } = firstMistake(diagnostics, query);
  const kind = isSyntax ? 'Syntax' : 'Semantic';
  const type = `Kusto.Data.Exceptions.${kind}Exception`;
  const message = `${kind} error: ${mistake.code}: ${mistake.message}`;
  return {
    status: 400,
    headers: {},
    body: {
      error: {
        code: 'General_BadRequest',
        message: invalid,
        '@type': type,
        '@message': message,
        '@context': contextOf(call),
        '@permanent': true,
        innererror: {
          code: mistake.code,
          message: isSyntax ? 'A recognition error occurred.' : 'A semantic error occurred.',
          '@type': type,
          '@message': message,
          '@errorCode': mistake.code,
          '@errorMessage': mistake.message,
          ...(mistake.line === undefined ? {} : { '@line': mistake.line }),
          ...(mistake.pos === undefined ? {} : { '@pos': mistake.pos }),
          ...(mistake.token === undefined ? {} : { '@token': mistake.token }),
          diagnostics,
          ...(fix === undefined ? {} : { fix }),
        },
      },
    },
  };
}

const contextOf = ({ clientRequestId, activityId, at }: KustoCall) => ({
  timestamp: new Date(at).toISOString(),
  serviceAlias: 'VIGIA',
  clientRequestId,
  activityId,
  subActivityId: activityId,
  parentActivityId: activityId,
});
