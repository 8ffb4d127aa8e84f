import { Problem } from '@vigia/problem';
import { isObject } from '../rest/query-body.ts';
import { badRequest } from './kusto-error.ts';

/** What a request to Kusto's REST says. */
export interface KustoRequest {
  /** A database's name; empty: none was named. */
  readonly db: string;
  /** A query, or a command that begins with a dot. */
  readonly csl: string;
  readonly options: KustoOptions;
  /** Values of the query's declared parameters. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** From `properties`; a header comes first. */
  readonly clientRequestId?: string;
}

/** Request properties that change what an answer is. */
export interface KustoOptions {
  /** Milliseconds. */
  readonly timeoutMs?: number;
  /** More rows are an error in the answer. */
  readonly maxRows?: number;
  readonly maxBytes?: number;
  /** More rows are not asked for. */
  readonly takeRows?: number;
}

/** `{db, csl, properties}`, the last as an object or as JSON text. Throws a Problem (400). */
export function readKustoBody(text: string): KustoRequest {
  const body = parsed(text, 'The body');
  if (!isObject(body)) throw badRequest('The body is no JSON object; expected is {"db": "…", "csl": "…"}.');
  return readKustoRequest(body);
}

export function readKustoRequest(given: Readonly<Record<string, unknown>>): KustoRequest {
  const { db = '', csl, properties } = given;
  if (typeof csl !== 'string' || csl.trim() === '') throw badRequest('"csl" is missing or empty; expected is a text.');
  if (typeof db !== 'string') throw badRequest('"db" is no text; expected is the name of a database.');
  const read = typeof properties === 'string' && properties !== '' ? parsed(properties, '"properties"') : properties;
  const { Options: options, Parameters: parameters, ClientRequestId: clientRequestId } = isObject(read) ? read : {};
  return {
    db,
    csl,
    options: readOptions(isObject(options) ? options : {}),
    parameters: isObject(parameters) ? parameters : {},
    ...(typeof clientRequestId === 'string' ? { clientRequestId } : {}),
  };
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`${what} is no valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What would make another answer of the same text, and is not here. All others are hints, and passed over as Kusto does. */
const refusedOptions = [
  'query_now',
  'query_datetimescope_from',
  'query_datetimescope_to',
  'query_datetimescope_column',
];
const languages = ['kql', 'csl', 'kusto'];

function readOptions(given: Readonly<Record<string, unknown>>): KustoOptions {
  const values = new Map(Object.entries(given).map(([name, value]) => [name.toLowerCase(), value]));
  const isSet = (name: string): boolean => values.get(name) !== undefined && values.get(name) !== null;
  for (const name of refusedOptions) if (isSet(name)) throw unsupportedOption(name);
  const language = values.get('query_language');
  if (isSet('query_language') && !languages.includes(String(language).toLowerCase()))
    throw badRequest(`The request property query_language is ${JSON.stringify(language)}; supported is kql.`);
  const timeoutMs =
    values.get('norequesttimeout') === true
      ? Number.MAX_SAFE_INTEGER
      : isSet('servertimeout')
        ? readTimeout(values.get('servertimeout'))
        : undefined;
  // Without truncation there are the limits of the settings, which are never silent either.
  const isWhole = values.get('notruncation') === true;
  const count = (name: string): number | undefined => (isSet(name) ? wholeNumber(name, values.get(name)) : undefined);
  const maxRows = isWhole ? undefined : count('truncationmaxrecords');
  const maxBytes = isWhole ? undefined : count('truncationmaxsize');
  const takeRows = count('query_take_max_records');
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(maxRows === undefined ? {} : { maxRows }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(takeRows === undefined ? {} : { takeRows }),
  };
}

const unsupportedOption = (name: string): Problem =>
  new Problem({
    code: 'General_BadRequest',
    status: 400,
    message: `The request property ${name} is not supported by Vigia.`,
  });

function wholeNumber(name: string, value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw badRequest(`The request property ${name} is ${JSON.stringify(value)}; expected a whole number from 1 up.`);
}

/** `00:04:00`, `1.00:00:00`, `00:00:30.5`; also as a KQL literal, `4m`. */
function readTimeout(value: unknown): number {
  const text = String(value);
  const clock = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d{1,7})?)$/.exec(text);
  if (clock) {
    const [, days = '0', hours, minutes, seconds] = clock;
    return Math.ceil(((Number(days) * 24 + Number(hours)) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000);
  }
  const short = /^(?:time\()?(\d+(?:\.\d+)?)(ms|s|m|h)\)?$/.exec(text);
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
  if (short) return Math.ceil(Number(short[1]) * (units[String(short[2])] ?? 1));
  throw badRequest(`The request property servertimeout is ${JSON.stringify(value)}; expected a time such as 00:04:00.`);
}
