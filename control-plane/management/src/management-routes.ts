import { randomUUID } from 'node:crypto';
import { isProblem, Problem, toArmError } from '@vigia/problem';
import { resourceTypes } from '@vigia/resource';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { parseArmBody } from './arm-body.ts';
import type { ArmAnswer, ArmCall, ArmContext, ArmMethod } from './arm-call.ts';
import { parseArmPath } from './arm-path.ts';
import { answerArmCall } from './engine.ts';
import type { ManagementOptions } from './management-options.ts';
import { providers } from './providers.ts';
import { createTypeRegistry } from './type-registry.ts';
import { createWriteQueue } from './write-queue.ts';

const mebibyte = 1024 * 1024;
/** ARM's own limit. */
const bodyBytes = 4 * mebibyte;
/** A definition of 4 MB, written as a JSON text: quotes and line ends take two bytes. */
const importBodyBytes = 9 * mebibyte;

const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'POST'] as const satisfies readonly ArmMethod[];
/** The first segments that ARM has, in any case. */
const root =
  '(^(?:[sS][uU][bB][sS][cC][rR][iI][pP][tT][iI][oO][nN][sS]|[pP][rR][oO][vV][iI][dD][eE][rR][sS]|[tT][eE][nN][aA][nN][tT][sS])$)';

/**
 * The ARM REST interface, for any Fastify server: `/subscriptions…`, `/providers…`, `/tenants`. Everything that a
 * client may get wrong is answered with ARM's error envelope; anything else that is thrown is logged with the request
 * id and answered with 500.
 */
export const managementRoutes =
  (options: ManagementOptions): FastifyPluginAsync =>
  async (app) => {
    const registry = createTypeRegistry(resourceTypes, providers);
    const context: ArmContext = { ...options, registry, writes: createWriteQueue() };

    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: importBodyBytes }, (_, body, done) =>
      done(null, body),
    );
    app.addHook('onRequest', async (request, reply) => {
      reply.headers(answerHeaders(request));
    });
    app.setErrorHandler((error, request, reply) => {
      const problem = isProblem(error) ? error : ofFramework(error);
      if (problem === undefined) {
        options.logger.error('A management call failed', {
          requestId: reply.getHeader('x-ms-request-id'),
          method: request.method,
          path: request.url.split('?')[0],
          error: error instanceof Error ? (error.stack ?? error.message) : String(error),
        });
      }
      const { status, headers, body } = toArmError(problem ?? error);
      return reply.code(status).headers(headers).send(body);
    });
    for (const url of [`/:root${root}`, `/:root${root}/*`]) {
      app.route({
        method: [...methods],
        url,
        exposeHeadRoute: false,
        bodyLimit: importBodyBytes,
        handler: async (request, reply) => send(reply, await answerArmCall(toCall(request, reply, context))),
      });
    }
  };

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function answerHeaders(request: FastifyRequest): Readonly<Record<string, string>> {
  const correlationId = request.headers['x-ms-correlation-request-id'];
  const clientRequestId = request.headers['x-ms-client-request-id'];
  const isEchoed = String(request.headers['x-ms-return-client-request-id']).toLowerCase() === 'true';
  return {
    'x-ms-request-id': randomUUID(),
    'x-ms-correlation-request-id':
      typeof correlationId === 'string' && guid.test(correlationId) ? correlationId : randomUUID(),
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    ...(isEchoed && typeof clientRequestId === 'string' ? { 'x-ms-client-request-id': clientRequestId } : {}),
  };
}

function toCall(request: FastifyRequest, reply: FastifyReply, context: ArmContext): ArmCall {
  const [given = '', ...rest] = request.url.split('?');
  // SDKs put a scope that begins with a slash behind another one.
  const path = given.replace(/^\/+/, '/');
  const target = parseArmPath(path);
  if (target === undefined) throw pathNotFound(path);
  const bytes = request.body instanceof Buffer ? request.body : undefined;
  const isImport = target.kind === 'resource' && /^microsoft\.apimanagement\/service\/apis$/i.test(target.type);
  if (bytes !== undefined && bytes.length > bodyBytes && !isImport) throw tooLarge(bodyBytes);
  return {
    method: methods.find((each) => each === request.method) ?? 'GET',
    target,
    // A client that came by https follows no link to http.
    url: { origin: `${request.protocol}://${request.host}`, path, query: new URLSearchParams(rest.join('?')) },
    headers: request.headers,
    body: parseArmBody(bytes, request.headers['content-type']),
    correlationId: String(reply.getHeader('x-ms-correlation-request-id')),
    callerIpAddress: request.ip,
    context,
  };
}

function send(reply: FastifyReply, { status, headers = {}, body }: ArmAnswer): FastifyReply {
  reply.code(status).headers(headers);
  // A HEAD of a list or an action's route: the status alone.
  if (body === undefined || reply.request.method === 'HEAD') return reply.send();
  return reply.send(body);
}

const pathNotFound = (path: string): Problem =>
  new Problem({
    code: 'InvalidRequestUri',
    status: 404,
    message: `The path '${path}' is no address of a resource: expected /subscriptions/{id}, /resourceGroups/{name} below it, and /providers/{namespace}/{type}/{name} below any of them.`,
  });

const tooLarge = (limit: number): Problem =>
  new Problem({
    code: 'RequestContentTooLarge',
    status: 413,
    message: `The request content is larger than the limit of ${limit / mebibyte} MiB.`,
  });

/** What fastify itself refuses before a handler runs. */
function ofFramework(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  if (error.statusCode === 413) return tooLarge(importBodyBytes);
  if (error.statusCode < 400 || error.statusCode > 499) return undefined;
  return new Problem({ code: 'BadRequest', status: error.statusCode, message: error.message, cause: error });
}
