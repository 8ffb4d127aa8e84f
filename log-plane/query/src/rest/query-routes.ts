import { randomUUID } from 'node:crypto';
import { isProblem, Problem } from '@vigia/problem';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryEngine } from '../query-engine.ts';
import { badArgument, pathNotFound } from '../query-problems.ts';
import { type QueryTarget, resolveScope } from '../query-scope.ts';
import { answerText } from './answer-text.ts';
import { batchText } from './batch.ts';
import { metadataAnswer } from './metadata.ts';
import { readPrefer } from './prefer.ts';
import { parseJsonBody, readQueryBody, readQueryParameters } from './query-body.ts';
import { abortOnHangUp, JSON_TYPE, stream } from './stream-reply.ts';
import { isOurs, toQueryError, toRefusal } from './wire-error.ts';

export interface QueryRoutesOptions {
  /** Bytes of a request's body; more is refused with 413. Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Told of every failure that is ours (500, 503), for the log. */
  readonly onFailure?: (error: unknown) => void;
}

/**
 * The Log Analytics query REST, for any Fastify server:
 *
 * - `GET|POST /v1/workspaces/{customerId}/query` and `…/metadata`
 * - `GET|POST /v1/{armResourceId}/query` and `…/metadata`: a workspace, or any resource, group or subscription, whose rows
 *   are then looked for in every workspace
 * - `POST /v1/$batch`
 * - Resource Manager's forms: `POST {resourceId}/api/query`, `GET|POST {resourceId}/providers/Microsoft.Insights/logs`
 */
export const queryRoutes =
  (engine: QueryEngine, options: QueryRoutesOptions = {}): FastifyPluginAsync =>
  async (app) => {
    app.removeAllContentTypeParsers();
    // Clients leave the type out or misname it; the body is JSON all the same.
    app.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: options.maxBodyBytes ?? 4 * 1024 * 1024 },
      (_, body, done) => done(null, body),
    );
    app.addHook('onSend', async (_, reply) => {
      reply.header('x-ms-request-id', randomUUID());
    });
    app.setErrorHandler((error, _, reply) => {
      const problem = asProblem(error);
      const wire = toQueryError(problem);
      if (isOurs(wire.status)) options.onFailure?.(error);
      return reply.code(wire.status).headers(wire.headers).type(JSON_TYPE).send(JSON.stringify(wire.body));
    });

    const query =
      (target: (request: FastifyRequest) => QueryTarget) => (request: FastifyRequest, reply: FastifyReply) =>
        answerQuery(engine, target(request), { request, reply });
    const metadata = (target: (request: FastifyRequest) => QueryTarget) => async (request: FastifyRequest) =>
      metadataAnswer(engine.schemas, resolveScope(target(request), engine.workspaces()));

    const workspace = (request: FastifyRequest): QueryTarget => ({ workspaceId: parameter(request, 'workspaceId') });
    read(app, '/v1/workspaces/:workspaceId/query', query(workspace));
    read(app, '/v1/workspaces/:workspaceId/metadata', metadata(workspace));
    app.post('/v1/$batch', async (request, reply) => {
      return stream(
        reply,
        batchText(engine, parseJsonBody(bodyText(request)), { signal: abortOnHangUp(reply), ...options }),
      );
    });
    read(app, '/v1/*', async (request, reply) => {
      const found = /^(.+)\/(query|metadata)$/i.exec(parameter(request, '*'));
      if (found?.[1] === undefined)
        throw pathNotFound(`${request.method} ${request.url.split('?')[0]} is no path of this service.`);
      const target = (): QueryTarget => ({ resourceId: `/${found[1]?.replace(/^\/+/, '')}` });
      return found[2]?.toLowerCase() === 'query' ? query(target)(request, reply) : metadata(target)(request);
    });

    for (const { path, parts } of resourceForms()) {
      const target = (request: FastifyRequest): QueryTarget => ({
        resourceId: parts.map((part) => `/${part.startsWith(':') ? parameter(request, part.slice(1)) : part}`).join(''),
      });
      app.post(`${path}/api/query`, query(target));
      for (const insights of ['Microsoft.Insights', 'microsoft.insights']) {
        read(app, `${path}/providers/${insights}/logs`, query(target));
      }
    }
  };

/**
 * What Resource Manager's forms may name: a subscription, a group, resources up to three pairs of type and name deep. The
 * words are fixed in both casings that clients write, so that a wildcard of the management REST does not come first.
 */
function resourceForms(): readonly { readonly path: string; readonly parts: readonly string[] }[] {
  const group = (word: string) => ['subscriptions', ':subscriptionId', word, ':group'];
  const resource = (word: string, depth: number) => [
    ...group(word),
    ...['providers', ':namespace'],
    ...Array.from({ length: depth }, (_, index) => [`:type${index}`, `:name${index}`]).flat(),
  ];
  return [
    ['subscriptions', ':subscriptionId'],
    ...['resourceGroups', 'resourcegroups'].flatMap((word) => [
      group(word),
      ...[1, 2, 3].map((depth) => resource(word, depth)),
    ]),
  ].map((parts) => ({ path: parts.map((part) => `/${part}`).join(''), parts }));
}

function parameter(request: FastifyRequest, name: string): string {
  const value = (request.params as Readonly<Record<string, string | undefined>>)[name];
  if (value === undefined) throw new Error(`The route has no parameter "${name}".`);
  return value;
}

function read(
  app: FastifyInstance,
  url: string,
  handler: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
): void {
  app.route({ method: ['GET', 'POST'], url, exposeHeadRoute: false, handler });
}

async function answerQuery(
  engine: QueryEngine,
  target: QueryTarget,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const signal = abortOnHangUp(reply);
  const body =
    request.method === 'GET'
      ? readQueryParameters(new URL(request.url, 'http://localhost').searchParams)
      : readQueryBody(parseJsonBody(bodyText(request)));
  const prefer = readPrefer(request.headers.prefer);
  const answer = await engine.run({
    ...target,
    ...body,
    signal,
    ...(prefer.wait === undefined ? {} : { timeoutMs: prefer.wait * 1_000 }),
  });
  if (!answer.ok) {
    const wire = toRefusal(answer, body.query);
    return reply.code(wire.status).type(JSON_TYPE).send(JSON.stringify(wire.body));
  }
  if (prefer.applied !== '') reply.header('preference-applied', prefer.applied);
  return stream(reply, answerText(answer, prefer));
}

const bodyText = (request: FastifyRequest): string => (typeof request.body === 'string' ? request.body : '');

/** Fastify's own refusals (a body that is too large) in our form; what is neither is our bug. */
function asProblem(error: unknown): unknown {
  if (isProblem(error)) return error;
  const { statusCode, message } = error as { readonly statusCode?: unknown; readonly message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return error;
  if (statusCode === 400) return badArgument(String(message));
  return new Problem({
    code: statusCode === 413 ? 'RequestEntityTooLarge' : 'BadRequest',
    status: statusCode,
    message: String(message),
    cause: error,
  });
}
