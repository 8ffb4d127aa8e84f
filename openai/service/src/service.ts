import { randomUUID } from 'node:crypto';
import type { Clock, LogRecord, Snapshot } from '@vigia/contract';
import { isProblem, toOpenAiError } from '@vigia/problem';
import type { OpenAiCall, Spool } from '@vigia/record';
import { warmUp } from '@vigia/tokenizer';
import Fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import { addressOf } from './account.ts';
import { type AnswerOptions, answerCall, type CallState } from './answer-call.ts';
import type { Authenticate } from './authenticate.ts';
import { CallWire } from './call-wire.ts';
import { openApiDocument } from './openapi-document.ts';
import type { Outcome } from './outcome.ts';
import { RateLimiter } from './rate-limit.ts';
import { notAdmitted, Refusal, resourceNotFound, stopping, unexpected } from './refusal.ts';
import { commonHeaders, modelErrorHeaders, modelHeaders } from './response-headers.ts';
import type { Upstream } from './upstream.ts';

/** What the service needs of the log of its process. */
export interface ServiceLogger {
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
  error(message: string, details?: Readonly<Record<string, unknown>>): void;
}

export interface OpenAiServiceOptions {
  /** The configuration in force; read once a call, so that a swap takes effect with the next one. */
  readonly snapshot: () => Pick<Snapshot, 'accounts' | 'keyHashSecret' | 'tenantId'>;
  /** Judges an Entra token: signature, audience, expiry, role assignment. */
  readonly authenticate: Authenticate;
  readonly spool: Pick<Spool, 'admit' | 'write'>;
  /** What is logged of a call; undefined: nothing (no diagnostic setting asks for it). */
  readonly toRecord: (call: OpenAiCall) => LogRecord | undefined;
  readonly clock: Clock;
  readonly logger: ServiceLogger;
  readonly upstreams?: readonly Upstream[];
  /** Pace of generated answers; absent: as fast as the client reads. */
  readonly tokensPerSecond?: number;
  /** false: a deployment's capacity is shown in headers, but nobody gets a 429. Default true. */
  readonly enforceRateLimits?: boolean;
  /** Largest request body in bytes. Default 16 MiB. */
  readonly bodyLimit?: number;
}

export interface OpenAiServiceStatus {
  readonly isListening: boolean;
  readonly address: string | undefined;
  /** Calls on their way. */
  readonly active: number;
  /** Calls answered since start, refused ones too. */
  readonly calls: number;
}

export interface OpenAiService {
  /** Routes of the service, to be registered on any Fastify 5 server (as `listen` does on its own). */
  readonly plugin: FastifyPluginAsync;
  /** Its own server: register further routes (token service) before `listen`. */
  readonly server: FastifyInstance;
  listen(address: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly host: string; readonly port: number }>;
  /** Refuses new calls, lets those on their way end for `graceMs`, then cuts them (their records are written). */
  close(options: { readonly graceMs: number }): Promise<void>;
  status(): OpenAiServiceStatus;
}

const DEFAULT_BODY_LIMIT = 16 * 1024 * 1024;

/** The embedded Azure OpenAI service. Facts and their sources: README. */
export function createOpenAiService(options: OpenAiServiceOptions): OpenAiService {
  const server = Fastify({ forceCloseConnections: 'idle', routerOptions: { caseSensitive: false } });
  const answering: AnswerOptions = {
    ...options,
    upstreams: options.upstreams ?? [],
    limiter: new RateLimiter(options.clock),
  };
  const active = new Set<CallWire>();
  const state = { calls: 0, isStopping: false, address: undefined as string | undefined };

  const plugin: FastifyPluginAsync = async (instance) => {
    // Bodies are read by the call itself, so that a body that is cut or too large leaves its record too.
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    instance.get('/openai/openapi.json', async () => openApiDocument());
    for (const url of ['/openai', '/openai/*', '/:accountName/openai', '/:accountName/openai/*']) {
      instance.all(url, async (request, reply) => {
        reply.hijack();
        const wire = new CallWire(request.raw, reply.raw, options.clock);
        active.add(wire);
        try {
          await serve(wire, {
            method: request.method,
            url: new URL(request.raw.url ?? '/', 'http://localhost'),
            headers: request.headers,
            callerIpAddress: request.ip,
          });
        } catch (error) {
          options.logger.error('A call failed outside of its answer', { error });
          wire.cut();
        } finally {
          active.delete(wire);
          // A connection that is kept alive would keep the server from closing.
          if (state.isStopping) reply.raw.once('close', () => server.server.closeIdleConnections());
        }
      });
    }
  };

  async function serve(wire: CallWire, request: IncomingCall): Promise<void> {
    const receivedAt = options.clock.now();
    const ids = { correlationId: randomUUID(), requestId: randomUUID() };
    const respond = (refusal: Refusal) => {
      wire.begin(refusal.status, refusal.reason, headersOf(ids, undefined, refusal));
      wire.end(refusal.body);
    };
    if (state.isStopping) return respond(stopping());
    if (!options.spool.admit()) return respond(notAdmitted());
    const snapshot = options.snapshot();
    const addressed = addressOf(snapshot.accounts, request.headers.host, request.url.pathname);
    if (addressed === undefined) return respond(resourceNotFound());
    state.calls += 1;

    const call: CallState = {
      account: addressed.account,
      operationName: '',
      apiVersion: request.url.searchParams.get('api-version') ?? '',
      objectId: '',
      auth: 'none',
      isStreaming: false,
    };
    let refusal: Refusal | undefined;
    let outcome: Outcome | undefined;
    try {
      const body = await wire.readBody(options.bodyLimit ?? DEFAULT_BODY_LIMIT);
      outcome = await answerCall(
        { ...request, path: addressed.path, body, signal: wire.gone, keyHashSecret: snapshot.keyHashSecret },
        { call, options: answering },
      );
    } catch (error) {
      refusal = refusalOf(error, wire);
    }

    const record = async (status: number): Promise<void> => {
      const told = outcome?.kind === 'body' ? outcome.description : undefined;
      const description = refusal === undefined ? told : descriptionOf(refusal);
      const usage = outcome?.kind === 'stream' ? outcome.usage() : outcome?.usage;
      const written = options.toRecord({
        correlationId: ids.correlationId,
        tenantId: snapshot.tenantId,
        account: call.account,
        ...(call.deployment === undefined ? {} : { deployment: call.deployment }),
        operationName: call.operationName,
        apiVersion: call.apiVersion,
        receivedAt,
        durationMs: options.clock.now() - receivedAt,
        ...(wire.firstByteAt === undefined ? {} : { timeToResponseMs: wire.firstByteAt - receivedAt }),
        callerIpAddress: request.callerIpAddress,
        ...(call.objectId === '' ? {} : { objectId: call.objectId }),
        auth: call.auth,
        isStreaming: call.isStreaming,
        status,
        requestLength: wire.requestLength,
        responseLength: wire.responseLength,
        ...(usage === undefined ? {} : { usage }),
        ...(description === undefined ? {} : { resultDescription: description }),
      });
      if (written !== undefined) await options.spool.write(written);
    };

    let status = refusal?.status ?? outcome?.status ?? 500;
    const reason = refusal?.reason;
    const headers = headersOf(ids, call, refusal, outcome);
    let last: string | Uint8Array | undefined;
    if (refusal !== undefined) last = refusal.body;
    else if (outcome?.kind === 'body') {
      const { tokensPerSecond } = options;
      if (tokensPerSecond !== undefined && outcome.usage !== undefined) {
        await wire.wait((outcome.usage.completionTokens / tokensPerSecond) * 1000);
      }
      last = outcome.body;
    } else if (outcome?.kind === 'stream') {
      wire.begin(status, undefined, headers);
      try {
        last = await wire.stream(outcome.events, options.tokensPerSecond);
      } catch (error) {
        // The upstream broke off: the client sees a broken stream, the record the tokens up to here.
        if (!wire.gone.aborted) options.logger.warn('A stream broke off', { error, ...ids });
        wire.cut();
      }
    }
    if (wire.gone.aborted && !wire.hasBegun) status = 499;
    // Counted before the record is made, sent after it is kept.
    if (last !== undefined) wire.announce(last);
    try {
      await record(status);
    } catch (error) {
      options.logger.error('The record of a call could not be kept', { error, ...ids });
      if (wire.hasBegun) return wire.cut();
      const refused = notAdmitted();
      wire.begin(refused.status, refused.reason, headersOf(ids, call, refused));
      return wire.end(refused.body);
    }
    if (!wire.hasBegun)
      wire.begin(status, reason, { ...headers, 'Content-Length': String(Buffer.byteLength(last ?? '')) });
    wire.end(last ?? '');
  }

  function refusalOf(error: unknown, wire: CallWire): Refusal {
    if (error instanceof Refusal) {
      if (error.cause !== undefined)
        options.logger.warn('A call was refused', { error: error.cause, status: error.status });
      return error;
    }
    if (isProblem(error)) {
      const { status, headers, body } = toOpenAiError(error);
      return new Refusal({ status, headers, body: JSON.stringify(body) });
    }
    if (!wire.gone.aborted) options.logger.error('A call failed for a reason of ours', { error });
    return unexpected();
  }

  return {
    plugin,
    server,
    async listen({ host, port }) {
      await warmUp(
        options.snapshot().accounts.flatMap(({ deployments }) => deployments.map(({ model }) => model.name)),
      );
      server.setNotFoundHandler((_request, reply) => {
        const refusal = resourceNotFound();
        return reply.code(refusal.status).header('Content-Type', 'application/json').send(refusal.body);
      });
      await server.register(plugin);
      state.address = await server.listen({ host, port });
      const bound = server.server.address();
      if (bound === null || typeof bound === 'string') throw new TypeError('the server has no port');
      return { host: bound.address, port: bound.port };
    },
    async close({ graceMs }) {
      state.isStopping = true;
      const cutAll = setTimeout(() => {
        for (const wire of active) wire.cut();
        server.server.closeAllConnections();
      }, graceMs);
      try {
        await server.close();
      } finally {
        clearTimeout(cutAll);
        state.address = undefined;
      }
    },
    status: () => ({
      isListening: state.address !== undefined,
      address: state.address,
      active: active.size,
      calls: state.calls,
    }),
  };
}

interface IncomingCall {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>> & { readonly host?: string | undefined };
  readonly callerIpAddress: string;
}

/** Azure's own code or sentence; bodies of refusals hold no text of a prompt. */
function descriptionOf({ body, status }: Refusal): string {
  const { error, message } = JSON.parse(body) as { error?: { message?: string }; message?: string };
  return error?.message ?? message ?? `HTTP ${status}`;
}

function headersOf(
  ids: { readonly correlationId: string; readonly requestId: string },
  call: CallState | undefined,
  refusal: Refusal | undefined,
  outcome?: Outcome,
): Record<string, string> {
  const facts = { ...ids, regionName: call?.account.regionName, deploymentName: call?.deployment?.name };
  const isFromModel = refusal === undefined || refusal.isFromModel;
  return merged(
    { 'Content-Type': 'application/json' },
    commonHeaders(facts),
    isFromModel && call?.deployment !== undefined ? { ...modelHeaders(facts), ...call.rateHeaders } : {},
    refusal?.isFromModel === true ? modelErrorHeaders(refusal.status) : {},
    refusal?.headers ?? {},
    outcome?.headers ?? {},
  );
}

/** Later ones win, whatever their case: an upstream writes its names in lower case, Azure's recordings do not. */
function merged(...all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const byName = new Map<string, [string, string]>();
  for (const headers of all) {
    for (const [name, value] of Object.entries(headers)) {
      const known = byName.get(name.toLowerCase());
      byName.set(name.toLowerCase(), [known?.[0] ?? name, value]);
    }
  }
  return Object.fromEntries(byName.values());
}
