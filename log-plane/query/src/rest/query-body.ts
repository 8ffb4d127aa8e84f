import { badArgument } from '../query-problems.ts';

/** What a request to a query path says. */
export interface QueryBody {
  readonly query: string;
  readonly timespan?: string;
  readonly workspaces?: readonly string[];
}

/** A JSON body as text. Throws a Problem (400). */
export function parseJsonBody(text: string): unknown {
  if (text.trim() === '') throw badArgument('The request has no body; expected is JSON with "query".');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badArgument(`The body is no valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `{query, timespan?, workspaces?}`; other members are passed over, as on Azure. Throws a Problem (400). */
export function readQueryBody(body: unknown): QueryBody {
  if (!isObject(body)) throw badArgument('The body is no JSON object; expected is {"query": "…", "timespan": "PT1H"}.');
  const { query, timespan, workspaces } = body;
  if (typeof query !== 'string' || query.trim() === '') {
    throw badArgument('"query" is missing or empty; expected is a text in KQL.');
  }
  const span = timespan ?? '';
  if (typeof span !== 'string')
    throw badArgument('"timespan" is no text; expected is an ISO 8601 duration or interval.');
  const further = workspaces ?? [];
  if (!Array.isArray(further) || !further.every((each) => typeof each === 'string')) {
    throw badArgument('"workspaces" is no list of texts; expected are names, customerIds or ARM ids.');
  }
  return {
    query,
    ...(span === '' ? {} : { timespan: span }),
    ...(further.length === 0 ? {} : { workspaces: further }),
  };
}

/** `?query=…&timespan=…&workspaces=a,b`. Throws a Problem (400). */
export function readQueryParameters(parameters: URLSearchParams): QueryBody {
  const workspaces = parameters
    .getAll('workspaces')
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
  return readQueryBody({ query: parameters.get('query'), timespan: parameters.get('timespan'), workspaces });
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
