import type { QueryEngine } from '../query-engine.ts';
import { badArgument, pathNotFound } from '../query-problems.ts';
import { resolveScope } from '../query-scope.ts';
import { answerText } from './answer-text.ts';
import { metadataAnswer } from './metadata.ts';
import { readPrefer } from './prefer.ts';
import { isObject, readQueryBody, readQueryParameters } from './query-body.ts';
import { isOurs, toQueryError, toRefusal } from './wire-error.ts';

interface BatchRequest {
  readonly id: string;
  readonly method: string;
  /** Path and query string below `/workspaces/{workspace}`. */
  readonly path: string;
  readonly workspace: string;
  readonly prefer: string | undefined;
  readonly body: unknown;
}

interface BatchOptions {
  readonly signal: AbortSignal;
  /** Told of every failure that is ours (500, 503), for the log. */
  readonly onFailure?: (error: unknown) => void;
}

interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly body: AsyncIterable<string> | readonly string[];
}

/**
 * `{requests: […]}` to `{responses: [{id, status, headers, body}]}` as JSON text in pieces. The
 * engine's limits decide how many run at once. Throws a Problem (400) for a body that is no batch; what is wrong with one
 * request is its own response.
 */
export function batchText(engine: QueryEngine, body: unknown, options: BatchOptions): AsyncGenerator<string> {
  const requests = isObject(body) ? body['requests'] : undefined;
  if (!Array.isArray(requests))
    throw badArgument('"requests" is missing; expected is {"requests": [{"id", "workspace", …}]}.');
  const read = requests.map(readRequest);
  const ids = new Set(read.map(({ id }) => id));
  if (ids.size !== read.length) throw badArgument('Two requests of the batch have the same "id".');
  return responsesText(read.map((request) => respond(engine, request, options)));
}

/** In the order of the requests: Azure promises none, but `@azure/monitor-query-logs` reads them in this one. */
async function* responsesText(running: readonly Promise<BatchResponse>[]): AsyncGenerator<string> {
  yield '{"responses":[';
  for (const [index, response] of running.entries()) {
    const ready = await response;
    yield `${index === 0 ? '' : ','}{"id":${JSON.stringify(ready.id)},"status":${ready.status},"headers":{"Content-Type":"application/json; charset=utf-8"},"body":`;
    yield* ready.body;
    yield '}';
  }
  yield ']}';
}

function readRequest(request: unknown, index: number): BatchRequest {
  if (!isObject(request)) throw badArgument(`requests[${index}] is no object.`);
  const { id, method = 'GET', path = '/query', workspace, headers, body } = request;
  const text = (value: unknown, name: string): string => {
    if (typeof value === 'string' && value !== '') return value;
    throw badArgument(`requests[${index}].${name} is missing or no text.`);
  };
  const prefer = isObject(headers)
    ? Object.entries(headers).find(([name]) => name.toLowerCase() === 'prefer')?.[1]
    : undefined;
  return {
    id: typeof id === 'number' ? String(id) : text(id, 'id'),
    method: text(method, 'method').toUpperCase(),
    path: text(path, 'path'),
    workspace: text(workspace, 'workspace'),
    prefer: typeof prefer === 'string' ? prefer : undefined,
    body,
  };
}

async function respond(engine: QueryEngine, request: BatchRequest, options: BatchOptions): Promise<BatchResponse> {
  try {
    const { id, workspace } = request;
    const url = new URL(request.path, 'http://localhost');
    if (/^\/metadata$/i.test(url.pathname)) {
      const scope = resolveScope({ workspaceId: workspace }, engine.workspaces());
      return { id, status: 200, body: [JSON.stringify(metadataAnswer(engine.schemas, scope))] };
    }
    if (!/^\/query$/i.test(url.pathname)) throw pathNotFound(`${request.path} is no path of a workspace.`);
    const body = request.method === 'GET' ? readQueryParameters(url.searchParams) : readQueryBody(request.body);
    const prefer = readPrefer(request.prefer);
    const answer = await engine.run({
      workspaceId: workspace,
      ...body,
      signal: options.signal,
      ...(prefer.wait === undefined ? {} : { timeoutMs: prefer.wait * 1_000 }),
    });
    if (answer.ok) return { id, status: 200, body: answerText(answer, prefer) };
    const { status, body: refusal } = toRefusal(answer, body.query);
    return { id, status, body: [JSON.stringify(refusal)] };
  } catch (error) {
    const { status, body } = toQueryError(error);
    if (isOurs(status)) options.onFailure?.(error);
    return { id: request.id, status, body: [JSON.stringify(body)] };
  }
}
