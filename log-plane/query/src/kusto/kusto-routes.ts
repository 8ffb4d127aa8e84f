import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { isProblem, Problem } from '@vigia/problem';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import type { QueryEngine } from '../query-engine.ts';
import { abortOnHangUp, JSON_TYPE, stream } from '../rest/stream-reply.ts';
import { isOurs } from '../rest/wire-error.ts';
import { framesV2, tablesV1 } from './answer-frames.ts';
import { databaseOf } from './database.ts';
import { badRequest, type KustoCall, toKustoError, toKustoRefusal } from './kusto-error.ts';
import { type KustoRequest, readKustoBody, readKustoRequest } from './kusto-request.ts';
import { runCommand } from './management-commands.ts';
import { applyParameters } from './query-parameters.ts';

export interface KustoRoutesOptions {
  /** Where clients get tokens: the origin of the token service. */
  readonly loginEndpoint: string;
  /** Of the product, for `.show version`. */
  readonly version: string;
  readonly clock: { now(): number };
  /** Bytes of a request's body; more is refused with 413. Default 4 MiB. */
  readonly maxBodyBytes?: number;
  /** Told of every failure that is ours (500, 503), for the log. */
  readonly onFailure?: (error: unknown) => void;
}

/** Characters that are sent in one go. */
const CHUNK = 64 * 1024;

/**
 * The REST of Kusto (Azure Data Explorer), for any Fastify server; a database is a workspace:
 *
 * - `GET|POST /v1/rest/query`, `/v2/rest/query`: KQL
 * - `POST /v1/rest/mgmt`: commands that show
 * - `GET /v1/rest/auth/metadata`
 */
export const kustoRoutes =
  (engine: QueryEngine, options: KustoRoutesOptions): FastifyPluginAsync =>
  async (app) => {
    const startedAt = options.clock.now();
    const calls = new WeakMap<FastifyRequest, KustoCall>();
    const callOf = (request: FastifyRequest): KustoCall => {
      const known = calls.get(request);
      if (known !== undefined) return known;
      const given = request.headers['x-ms-client-request-id'];
      const clientRequestId = typeof given === 'string' && given !== '' ? given : `unspecified;${randomUUID()}`;
      const call = { clientRequestId, activityId: randomUUID(), at: options.clock.now() };
      calls.set(request, call);
      return call;
    };

    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: options.maxBodyBytes ?? 4 * 1024 * 1024 },
      (_, body, done) => done(null, body),
    );
    app.addHook('onSend', async (request, reply) => {
      const { clientRequestId, activityId } = callOf(request);
      // What a header may not hold is not sent back in one.
      reply.header('x-ms-client-request-id', clientRequestId.replace(/[^\x20-\x7e]/g, '?'));
      reply.header('x-ms-activity-id', activityId);
    });
    app.setErrorHandler((error, request, reply) => {
      const wire = toKustoError(asProblem(error), callOf(request));
      if (isOurs(wire.status)) options.onFailure?.(error);
      return reply.code(wire.status).headers(wire.headers).type(JSON_TYPE).send(JSON.stringify(wire.body));
    });

    const read = (request: FastifyRequest): KustoRequest => {
      const kusto =
        request.method === 'GET'
          ? readKustoRequest(Object.fromEntries(new URL(request.url, 'http://localhost').searchParams))
          : readKustoBody(typeof request.body === 'string' ? request.body : '');
      const { clientRequestId } = kusto;
      if (clientRequestId !== undefined && request.headers['x-ms-client-request-id'] === undefined)
        calls.set(request, { ...callOf(request), clientRequestId });
      return kusto;
    };

    const query =
      (write: typeof framesV2) =>
      async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
        const signal = abortOnHangUp(reply);
        const { db, csl, parameters, options: asked } = read(request);
        if (csl.trimStart().startsWith('.'))
          throw badRequest('A text that begins with a dot is a command; commands are sent to /v1/rest/mgmt.');
        const { takeRows, ...limits } = asked;
        const text = applyParameters(csl, parameters);
        const answer = await engine.run({
          workspaceId: databaseOf(db, engine.workspaces()).customerId,
          query: text,
          signal,
          ...limits,
          ...(takeRows === undefined ? {} : { maxRows: Math.min(takeRows, limits.maxRows ?? takeRows) }),
        });
        if (!answer.ok) {
          const wire = toKustoRefusal(answer, text, callOf(request));
          return reply.code(wire.status).type(JSON_TYPE).send(JSON.stringify(wire.body));
        }
        const { truncated, ...whole } = answer;
        const isAsTaken = truncated?.by === 'rows' && truncated.limit === takeRows;
        return stream(reply, inPieces(write(isAsTaken ? whole : answer, callOf(request))));
      };
    app.route({ method: ['GET', 'POST'], url: '/v1/rest/query', exposeHeadRoute: false, handler: query(tablesV1) });
    app.route({ method: ['GET', 'POST'], url: '/v2/rest/query', exposeHeadRoute: false, handler: query(framesV2) });

    app.post('/v1/rest/mgmt', async (request, reply) => {
      const { db, csl } = read(request);
      const { schemas: tables } = engine;
      const cluster = { tables, workspaces: engine.workspaces(), version: options.version, startedAt };
      return reply.type(JSON_TYPE).send(runCommand(csl, cluster, db));
    });

    app.get('/v1/rest/auth/metadata', async () => ({
      AzureAD: {
        LoginEndpoint: options.loginEndpoint,
        LoginMfaRequired: false,
        KustoClientAppId: 'db662dc1-0cfe-4e1c-a843-19a68e65be58',
        KustoClientRedirectUri: 'https://microsoft/kustoclient',
        KustoServiceResourceId: 'https://kusto.kusto.windows.net',
        FirstPartyAuthorityUrl: options.loginEndpoint,
      },
    }));

    for (const url of ['/v1/rest/*', '/v2/rest/*'])
      app.all(url, async (request) => {
        throw new Problem({
          code: 'NotImplemented',
          status: 501,
          message: `${request.method} ${request.url.split('?')[0]} is not supported by Vigia; rows come by the gateway and Azure OpenAI, not by Kusto's ingestion.`,
        });
      });
  };

/** Small texts together, with a turn for others between the pieces. */
async function* inPieces(texts: AsyncGenerator<string>): AsyncGenerator<string> {
  let text = '';
  for await (const each of texts) {
    text += each;
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
    await setImmediate();
  }
  yield text;
}

/** Fastify's own refusals (a body that is too large) in our form; what is neither is our bug. */
function asProblem(error: unknown): unknown {
  if (isProblem(error)) return error;
  const { statusCode, message } = error as { readonly statusCode?: unknown; readonly message?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return error;
  return new Problem({ code: 'General_BadRequest', status: statusCode, message: String(message), cause: error });
}
