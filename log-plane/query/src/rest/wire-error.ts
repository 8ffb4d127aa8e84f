import { randomUUID } from 'node:crypto';
import type { Diagnostic } from '@vigia/contract';
import type { RefusedQuery } from '@vigia/kql';
import { toProblem, type WireError } from '@vigia/problem';

/** The parser's codes for a text that has no tree, or only a broken one; all others are about its meaning. */
const syntaxCodes = new Set([
  'KS001',
  'KS002',
  'KS003',
  'KS004',
  'KS005',
  'KS006',
  'KS174',
  'KS176',
  'kql.missingPipe',
]);
/** Kusto's own codes where they are known; other mistakes keep the parser's. */
const semanticCodes: Readonly<Record<string, string>> = {
  KS142: 'SEM0100',
  KS204: 'SEM0100',
  KS208: 'SEM0100',
  KS211: 'SEM0260',
};

/** A failure, and not only a query that was too slow. */
export const isOurs = (status: number): boolean => status >= 500 && status !== 504;

/** `{"error":{"code","message","correlationId","innererror"}}`, the envelope of the Log Analytics query REST. */
export function toQueryError(error: unknown): WireError {
  const { status, headers, code, message, details, inner } = toProblem(error);
  return {
    status,
    headers,
    body: {
      error: {
        message,
        code,
        correlationId: randomUUID(),
        ...(details.length > 0 ? { details } : {}),
        ...(inner ? { innererror: inner } : {}),
      },
    },
  };
}

/**
 * A text with mistakes, as Azure words it: the first mistake in the innermost error, with `line` counted from 1 and `pos`
 * from 0. Beside it stand all mistakes as `diagnostics` (lines and columns from 1) and, where one is known, the corrected
 * text as `fix`.
 */
export function toRefusal({ diagnostics, fix }: RefusedQuery, query: string): WireError {
  const { isSyntax, mistake } = firstMistake(diagnostics, query);
  const extension = { diagnostics, ...(fix === undefined ? {} : { fix }) };
  return {
    status: 400,
    headers: {},
    body: {
      error: {
        message: 'The request had some invalid properties',
        code: 'BadArgumentError',
        correlationId: randomUUID(),
        innererror: {
          code: isSyntax ? 'SyntaxError' : 'SemanticError',
          message: isSyntax ? 'A recognition error occurred in the query.' : 'A semantic error occurred.',
          innererror: {
            ...mistake,
            ...extension,
          },
        },
      },
    },
  };
}

interface Mistake {
  /** Kusto's own: `SYN0002`, `SEM0100`. */
  readonly code: string;
  readonly message: string;
  /** From 1. */
  readonly line?: number;
  /** From 0. */
  readonly pos?: number;
  readonly token?: string;
}

/** The mistake that Azure would tell: one of syntax before all others. */
export function firstMistake(
  diagnostics: readonly Diagnostic[],
  query: string,
): { readonly isSyntax: boolean; readonly mistake: Mistake } {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const first = errors.find(({ code }) => syntaxCodes.has(code)) ?? errors[0];
  if (first === undefined) return { isSyntax: false, mistake: { code: 'SEM0000', message: 'The query is not valid.' } };
  const isSyntax = syntaxCodes.has(first.code);
  return { isSyntax, mistake: isSyntax ? syntaxMistake(first, query) : semanticMistake(first) };
}

/** The token that stands where the parser could not go on, after any space. */
function syntaxMistake({ start }: Diagnostic, query: string): Mistake {
  const at = start + (/^\s*/.exec(query.slice(start))?.[0].length ?? 0);
  const token = /^(?:[\w-]+|\S)?/.exec(query.slice(at))?.[0] ?? '';
  const before = query.slice(0, at);
  const line = before.split('\n').length;
  const pos = at - (before.lastIndexOf('\n') + 1);
  return {
    code: 'SYN0002',
    message: `Query could not be parsed at '${token}' on line [${line},${pos}]`,
    line,
    pos,
    token,
  };
}

const semanticMistake = ({ code, message, line, column }: Diagnostic): Mistake => ({
  code: semanticCodes[code] ?? code,
  message,
  line,
  pos: column - 1,
});
