import { isProblem, Problem } from '@vigia/problem';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The engine gave up: it answers nothing more until the file is opened anew. */
export const isFatal = (error: unknown): boolean =>
  /^(?:FATAL Error|INTERNAL Error)|database has been invalidated/.test(textOf(error));

/** What a client is told where the engine fails in a query; the engine's own words stay in `cause`. */
const queryFailures: readonly {
  readonly engine: RegExp;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}[] = [
  {
    engine: /^Out of Memory Error/,
    status: 400,
    code: 'LowMemoryCondition',
    message:
      'The query needs more memory than the log store may use. Restrict it by time, take fewer columns, or summarize by fewer keys; the setting `store.memory-limit` raises the limit.',
  },
  {
    engine: /^Out of Range Error: Overflow/,
    status: 400,
    code: 'NumericOverflow',
    message: 'A number of the query is outside the range of its type.',
  },
  {
    engine: /^Out of Range Error/,
    status: 400,
    code: 'ValueOutOfRange',
    message: 'A function of the query was called with a value that it is not defined for.',
  },
  {
    engine: /^Conversion Error/,
    status: 400,
    code: 'ConversionFailed',
    message: 'A value could not be converted to the type that the query asks for.',
  },
  {
    engine: /^Invalid Input Error: A list of more than/,
    status: 400,
    code: 'ListTooLong',
    message: 'A function of the query asks for a list of more than 1,048,576 elements.',
  },
  {
    engine: /^Invalid Input Error/,
    status: 400,
    code: 'InvalidValue',
    message: 'A function of the query was called with a value that it cannot use.',
  },
  {
    engine: /^(?:Permission Error|TransactionContext Error)/,
    status: 403,
    code: 'QueryNotReadOnly',
    message: 'A query may only read tables of its workspace.',
  },
  {
    engine: /^(?:IO Error|Serialization Error|Corrupt)|FATAL Error|database has been invalidated/,
    status: 503,
    code: 'LogStoreUnavailable',
    message: 'The log store could not read or write its file. The log of the process has the details.',
  },
];

/** An engine's error in a query as a Problem; what stands in no row is our own bug and goes on as it is. */
export function toQueryProblem(error: unknown): unknown {
  if (isProblem(error)) return error;
  const text = textOf(error);
  const failure = queryFailures.find(({ engine }) => engine.test(text));
  if (failure === undefined) return error;
  const { code, status, message } = failure;
  return new Problem({ code, status, message, cause: error });
}

export const queryTimedOut = (timeoutMs: number): Problem =>
  new Problem({
    code: 'QueryTimedOut',
    status: 504,
    message: `The query ran longer than its limit of ${timeoutMs / 1000} seconds and was stopped.`,
  });

export const queryCancelled = (): Problem =>
  new Problem({ code: 'QueryCancelled', status: 499, message: 'The query was cancelled by its caller.' });

/** Why a file cannot be opened, with what to do. */
export function toOpenProblem(error: unknown, file: string): Problem {
  if (isProblem(error)) return error;
  const text = textOf(error);
  if (/Could not set lock|being used by another process|already (?:open|attached)/i.test(text))
    return inUse(file, error);
  if (/version number|newer version|storage version|can only read version/i.test(text)) return newerFormat(file, error);
  if (/^Permission Error|Permission denied|read-only file system|No space left|Is a directory/i.test(text))
    return openProblem('LogStoreUnavailable', `The log store ${file} cannot be opened for writing.`, error);
  return openProblem(
    'LogStoreDamaged',
    `The log store ${file} is damaged or is no DuckDB database. Put back a copy of it, or move it away to begin an empty one; records that were not delivered are still in the spool.`,
    error,
  );
}

export const newerFormat = (file: string, cause?: unknown): Problem =>
  openProblem(
    'LogStoreTooNew',
    `The log store ${file} was written by a newer version. Use that version, or move the file away to begin an empty one.`,
    cause,
  );

export const inUse = (file: string, cause?: unknown): Problem =>
  openProblem('LogStoreInUse', `The log store ${file} is in use: one process may have it, and once.`, cause);

export const otherType = (file: string, column: string): Problem =>
  openProblem('LogStoreIncompatible', `The log store ${file} holds ${column} in another type than this version.`);

const openProblem = (code: string, message: string, cause?: unknown): Problem =>
  new Problem({ code, status: 503, message, ...(cause === undefined ? {} : { cause }) });
