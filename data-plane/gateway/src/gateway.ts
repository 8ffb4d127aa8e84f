import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { BackendClient } from '@vigia/backend';
import type { Clock, LogRecord, ServiceSnapshot, Snapshot } from '@vigia/contract';
import {
  builtInErrors,
  createLocalServices,
  defaultResponse,
  HeaderMap,
  type LocalServices,
  type OutgoingCall,
  type Pipeline,
  type PolicyCompiler,
  type PolicyResponse,
  type PolicyServices,
  type TokenCounter,
} from '@vigia/policy';
import { type Exchange, gatewayRecord, type Spool } from '@vigia/record';
import { sendAnswer, sendPlain } from './answer.ts';
import { type BackendChoice, createBackendChoice } from './backend-pool.ts';
import { BodyTap } from './body-tap.ts';
import { type CompiledService, type Configuration, compileConfiguration, type PolicyFault } from './configuration.ts';
import { forward } from './forward.ts';
import { segmentsOf } from './operation-tree.ts';
import { keepBytes, RequestRun } from './request-run.ts';
import { parseQuery, splitTarget } from './request-url.ts';
import { sendCall } from './send-call.ts';
import { BodyTooLarge, StreamBody } from './stream-body.ts';
import {
  askForTrace,
  createTraceStore,
  type DebugGrant,
  type RequestTrace,
  type TraceStore,
  tellTrace,
} from './tracing.ts';

export interface GatewayLogger {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface GatewayLimits {
  /** Bytes of a request's line and headers; above: 431. Default 65 536. */
  readonly headerBytes: number;
  /** Bytes of a request's body; above: 413. Default 256 MiB. */
  readonly bodyBytes: number;
  /** Milliseconds for a request's headers. Default 60 000. */
  readonly headersMs: number;
  /** Milliseconds for a whole request to come in. Default 300 000. */
  readonly requestMs: number;
  /** Milliseconds that an idle client connection is kept. Default 65 000. */
  readonly keepAliveMs: number;
  /** Seconds of `Retry-After` while records cannot be kept. Default 5. */
  readonly retryAfterSeconds: number;
}

export interface GatewayOptions {
  readonly snapshot: Snapshot;
  readonly compiler: Pick<PolicyCompiler, 'compile'>;
  readonly spool: Pick<Spool, 'admit' | 'write'>;
  readonly backend: BackendClient;
  /** Default: the record room's. undefined: nobody asked for a record of this exchange. */
  readonly toRecord?: (exchange: Exchange) => LogRecord | undefined | Promise<LogRecord | undefined>;
  /** Tokens are cached by whoever provides them. Throws where the service has no such identity. */
  readonly managedIdentityToken: (
    service: ServiceSnapshot,
    resource: string,
    clientId: string | undefined,
  ) => Promise<string>;
  /** Counts for the limits of tokens. */
  readonly tokens: TokenCounter;
  /** Bytes that are kept of each body. Default 64 MiB. */
  readonly captureLimitBytes?: number;
  readonly clock?: Clock;
  /** Reads a debug credential; undefined: it is none of ours. Absent: no request is traced. */
  readonly debugGrant?: (credential: string) => DebugGrant | undefined;
  readonly logger: GatewayLogger;
  readonly limits?: Partial<GatewayLimits>;
}

export interface GatewayStatus {
  readonly snapshotVersion: number;
  readonly address: string | undefined;
  readonly inFlight: number;
  /** Since start. */
  readonly counts: {
    /** Each of them left one exchange. */
    readonly accepted: number;
    /** 503 because records could not be kept; they left nothing. */
    readonly blocked: number;
    readonly clientGone: number;
    readonly backendFailed: number;
    /** What was no HTTP; it left nothing. */
    readonly malformed: number;
    /** Answers that were refused or cut because their record could not be written. */
    readonly unrecorded: number;
  };
  readonly policyFaults: readonly PolicyFault[];
}

export interface Gateway {
  /** One request of a server that is not the gateway's own. Resolves when its record is kept and its answer sent. Never rejects. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Port 0: any. Rejects where the port is taken. */
  listen(at: { readonly host: string; readonly port: number }): Promise<{ host: string; port: number; url: string }>;
  /** A connection that another listener took: TLS whose handshake is done. Whoever hands it over closes it. */
  accept(socket: Duplex): void;
  /** Resolves when new requests run on the new snapshot; those in flight end on theirs. An older version is ignored. */
  apply(snapshot: Snapshot): Promise<void>;
  status(): GatewayStatus;
  /** The trace of a request in the last hour, in API Management's form; undefined: there is none (any more). */
  trace(serviceId: string, traceId: string): RequestTrace | undefined;
  /** Takes no new request, waits for those in flight up to the grace, then cuts them; each leaves its record. */
  close(options: { readonly graceMs: number }): Promise<void>;
}

const defaultLimits: GatewayLimits = {
  headerBytes: 65_536,
  bodyBytes: 268_435_456,
  headersMs: 60_000,
  requestMs: 300_000,
  keepAliveMs: 65_000,
  retryAfterSeconds: 5,
};

/** Compiles the snapshot and makes a gateway that is ready to listen. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const gateway = new HttpGateway(options, await compileConfiguration(options.snapshot, options.compiler));
  gateway.tellFaults();
  return gateway;
}

class HttpGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #limits: GatewayLimits;
  readonly #clock: Clock;
  readonly #captureLimitBytes: number;
  readonly #server: Server;
  readonly #runs = new Map<RequestRun, Promise<void>>();
  readonly #detached = new Set<Promise<unknown>>();
  readonly #local = new Map<string, LocalServices>();
  readonly #choice: BackendChoice;
  readonly #traces: TraceStore;
  readonly #counts = { accepted: 0, blocked: 0, clientGone: 0, backendFailed: 0, malformed: 0, unrecorded: 0 };
  #configuration: Configuration;
  #applying: Promise<void> = Promise.resolve();
  #address: string | undefined;
  #isClosing = false;
  #isCut = false;

  constructor(options: GatewayOptions, configuration: Configuration) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#clock = options.clock ?? { now: () => Date.now() };
    this.#choice = createBackendChoice(this.#clock);
    this.#traces = createTraceStore(this.#clock);
    this.#captureLimitBytes = options.captureLimitBytes ?? 67_108_864;
    this.#configuration = configuration;
    this.#server = createServer({
      maxHeaderSize: this.#limits.headerBytes,
      headersTimeout: this.#limits.headersMs,
      requestTimeout: this.#limits.requestMs,
      keepAliveTimeout: this.#limits.keepAliveMs,
    });
    const onRequest = (req: IncomingMessage, res: ServerResponse): void => {
      // `handle` never rejects; the map of runs owns the promise.
      void this.handle(req, res);
    };
    this.#server.on('request', onRequest);
    // The pipeline may refuse before the body is asked for: `100 Continue` is sent when somebody reads it.
    this.#server.on('checkContinue', onRequest);
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) =>
      this.#refuseMalformed(error, socket),
    );
  }

  async listen({ host, port }: { readonly host: string; readonly port: number }): Promise<{
    host: string;
    port: number;
    url: string;
  }> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address() as AddressInfo;
    const url = `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
    this.#address = url;
    return { host: address.address, port: address.port, url };
  }

  accept(socket: Duplex): void {
    this.#server.emit('connection', socket);
  }

  apply(snapshot: Snapshot): Promise<void> {
    const applied = this.#applying.then(async () => {
      if (snapshot.version < this.#configuration.snapshot.version) return;
      this.#configuration = await compileConfiguration(snapshot, this.#options.compiler, this.#configuration);
      this.tellFaults();
    });
    // One that cannot be compiled rejects to its caller and does not stand in the way of the next.
    this.#applying = applied.catch(() => undefined);
    return applied;
  }

  tellFaults(): void {
    for (const { service, scope, diagnostic } of this.#configuration.faults)
      this.#options.logger.warn('A policy of the snapshot has a mistake', {
        service,
        scope,
        code: diagnostic.code,
        line: diagnostic.line,
        message: diagnostic.message,
      });
  }

  status(): GatewayStatus {
    return {
      snapshotVersion: this.#configuration.snapshot.version,
      address: this.#address,
      inFlight: this.#runs.size,
      counts: { ...this.#counts },
      policyFaults: this.#configuration.faults,
    };
  }

  trace(serviceId: string, traceId: string): RequestTrace | undefined {
    return this.#traces.get(serviceId, traceId);
  }

  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    this.#isClosing = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    const atWork = [...this.#runs.values(), ...this.#detached];
    await Promise.race([Promise.allSettled(atWork), grace]);
    clearTimeout(timer);
    this.#isCut = true;
    for (const run of this.#runs.keys()) run.res.destroy();
    await Promise.allSettled(this.#runs.values());
    this.#server.closeAllConnections();
    if (this.#address !== undefined) await closed;
  }

  handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (this.#isClosing) res.shouldKeepAlive = false;
    if (!this.#options.spool.admit()) {
      this.#counts.blocked++;
      this.#refuseBlocked(res);
      return Promise.resolve();
    }
    const service = this.#serviceOf(req.headers.host);
    if (service === undefined) {
      sendPlain(res, 404, 'Resource not found');
      return Promise.resolve();
    }
    this.#counts.accepted++;
    const run = this.#begin(req, res, service);
    const done = this.#take(run).finally(() => this.#runs.delete(run));
    this.#runs.set(run, done);
    return done;
  }

  #serviceOf(host: string | undefined): CompiledService | undefined {
    const { byHost, defaultService } = this.#configuration;
    const name = host?.replace(/:\d+$/, '').toLowerCase() ?? '';
    return byHost.get(name) ?? defaultService;
  }

  /** Counters, caches and keys of one service; they outlive the snapshot. */
  #localServices(service: CompiledService): LocalServices {
    const { id } = service.service;
    const known = this.#local.get(id);
    if (known) return known;
    const clock = {
      now: () => this.#clock.now(),
      delay: (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
    };
    const local = createLocalServices({ clock, send: (call) => this.#send(call, service) });
    this.#local.set(id, local);
    return local;
  }

  #send(call: OutgoingCall, service: CompiledService): Promise<PolicyResponse> {
    const { backend, managedIdentityToken: token } = this.#options;
    return sendCall(call, service, { backend, token });
  }

  /** Work of a policy that its request does not wait for; `close` does. */
  #detach(work: Promise<unknown>, correlationId: string): void {
    const owned = work
      .catch((error: unknown) =>
        this.#options.logger.warn('What a policy did beside its request failed', {
          correlationId,
          error: error instanceof Error ? error.message : String(error),
        }),
      )
      .finally(() => this.#detached.delete(owned));
    this.#detached.add(owned);
  }

  #begin(req: IncomingMessage, res: ServerResponse, service: CompiledService): RequestRun {
    const { path, query } = splitTarget(req.url ?? '/');
    const host = req.headers.host ?? req.socket.localAddress ?? '';
    const tls = req.socket instanceof TLSSocket ? req.socket : undefined;
    const isEncrypted = tls !== undefined;
    const scheme = isEncrypted ? 'https' : 'http';
    const url = new URL(URL.canParse(`${scheme}://${host}`) ? `${scheme}://${host}` : `${scheme}://invalid`);
    const defaultPort = isEncrypted ? 443 : 80;
    const address = { scheme, host: url.hostname, port: url.port === '' ? defaultPort : Number(url.port) };
    const facts = {
      requestId: randomUUID(),
      receivedAt: this.#clock.now(),
      startedAt: performance.now(),
      service,
      callerIpAddress: req.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
      originalUrl: `${scheme}://${host}${path}${query === '' ? '' : `?${query}`}`,
      captureLimitBytes: this.#captureLimitBytes,
      ...(tls === undefined ? {} : { clientTlsVersion: tls.getProtocol()?.replace(/^TLSv/, '') ?? '' }),
    };
    const matched = service.apis.match(segmentsOf(path));
    const pairs = parseQuery(query);
    const operation = matched?.target.operations.match(req.method ?? '', matched.rest, pairs);
    const requestTap = new BodyTap(keepBytes(matched?.target, facts, 'frontendRequest'));
    const hasBody = Number(req.headers['content-length'] ?? 0) > 0 || req.headers['transfer-encoding'] !== undefined;
    const clientBody = hasBody
      ? new StreamBody(req, {
          tap: requestTap,
          limitBytes: this.#limits.bodyBytes,
          ...(req.headers.expect?.toLowerCase() === '100-continue' ? { onStart: () => res.writeContinue() } : {}),
        })
      : undefined;
    const services: PolicyServices = {
      ...this.#localServices(service),
      send: (call) => this.#send(call, service),
      detach: (work) => this.#detach(work, run.requestId),
      emitMetric: (_context, metric) => run.emit(metric),
      tokens: this.#options.tokens,
      managedIdentityToken: (resource, clientId) =>
        this.#options.managedIdentityToken(service.service, resource, clientId),
      forward: (_context, options) =>
        forward(run, options, {
          backend: this.#options.backend,
          token: this.#options.managedIdentityToken,
          choice: this.#choice,
          needsResponseBody: pipelineOf(run)?.needs.responseBody ?? false,
        }),
    };
    const api = matched?.target;
    const base = api?.serviceUrl;
    const keyQuery = api?.keyQuery;
    const run: RequestRun = new RequestRun({ req, res }, facts, {
      services,
      requestTap,
      clientBody,
      request: {
        method: req.method ?? '',
        originalUrl: { ...address, path, query: pairs },
        url: {
          scheme: base?.protocol.slice(0, -1) ?? 'http',
          host: base?.hostname ?? '',
          port: base === undefined ? 80 : Number(base.port || (base.protocol === 'https:' ? 443 : 80)),
          path: `${base?.pathname.replace(/\/$/, '') ?? ''}/${matched?.rest.join('/') ?? ''}`,
          query: keyQuery === undefined ? [...pairs] : pairs.filter(([name]) => name.toLowerCase() !== keyQuery),
        },
        headers: HeaderMap.fromRaw(req.rawHeaders),
        body: clientBody,
        ipAddress: facts.callerIpAddress,
        matchedParameters: operation?.parameters ?? {},
      },
    });
    run.compiledApi = api;
    run.compiledOperation = operation?.target;
    if (this.#options.debugGrant) {
      const asked = askForTrace(run, this.#options.debugGrant, this.#clock);
      if (asked === 'granted') this.#traces.begin(run);
    }
    res.once('close', () => {
      if (res.writableFinished) return;
      run.isClientGone = true;
      run.abort.abort();
    });
    return run;
  }

  async #take(run: RequestRun): Promise<void> {
    try {
      await this.#process(run);
    } catch (error) {
      this.#options.logger.error('A request failed for a reason of the gateway', {
        correlationId: run.requestId,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      run.lastError = { source: 'gateway', reason: 'InternalError', message: 'The gateway failed.' };
      run.overrule = defaultResponse({ kind: 'internalServerError', activityId: run.requestId });
    }
    tellTrace(run);
    try {
      await sendAnswer(run, { keepRecord: (of) => this.#keepRecord(of), isCut: () => this.#isCut });
    } catch (error) {
      this.#counts.unrecorded++;
      this.#options.logger.error('An answer was withheld: its record could not be kept', {
        correlationId: run.requestId,
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      if (run.res.headersSent || run.isClientGone) run.res.destroy();
      else this.#refuseBlocked(run.res);
    }
    const reason = run.lastError?.reason;
    if (reason === 'ClientConnectionFailure') this.#counts.clientGone++;
    else if (reason === 'BackendConnectionFailure' || reason === 'Timeout') this.#counts.backendFailed++;
  }

  /** API → operation → key → pipeline; leaves what is to be answered in `run.response` or `run.overrule`. */
  async #process(run: RequestRun): Promise<void> {
    const { compiledApi, compiledOperation, req } = run;
    if (compiledOperation === undefined && isPreflight(req) && preflightPipelineOf(run).preflight(run)) return;
    if (compiledApi === undefined || compiledOperation === undefined) {
      const fallback = compiledApi?.fallback ?? run.facts.service.fallback;
      return await fallback.fail(run, builtInErrors.operationNotFound, defaultResponse({ kind: 'operationNotFound' }));
    }
    const outcome = run.facts.service.keys.check(keyOf(run), compiledApi.access);
    if (outcome.kind !== 'allowed') {
      const response = defaultResponse({
        kind: outcome.kind,
        host: req.headers.host ?? '',
        apiPath: compiledApi.api.path,
        keyHeaderName: compiledApi.keyHeader,
      });
      const error = { ...builtInErrors[outcome.kind], section: 'inbound' };
      return await compiledOperation.pipelines.plain.fail(run, error, response);
    }
    run.subscription = outcome.subscription;
    run.product = outcome.product;
    if (/^websocket$/i.test(req.headers.upgrade ?? ''))
      return this.#overrule(run, 501, 'NotSupported', 'WebSocket connections are not supported.');
    if (Number(req.headers['content-length'] ?? 0) > this.#limits.bodyBytes) return this.#tooLarge(run);
    const pipeline = pipelineOf(run) ?? compiledOperation.pipelines.plain;
    try {
      if (pipeline.needs.requestBody) await run.clientBody?.buffer();
    } catch (error) {
      if (error instanceof BodyTooLarge) return this.#tooLarge(run);
      if (run.isClientGone) return;
      throw error;
    }
    await pipeline.run(run);
    if (run.clientBody?.isTooLarge) this.#tooLarge(run);
  }

  #tooLarge(run: RequestRun): void {
    this.#overrule(run, 413, 'RequestBodyTooLarge', `The request body is longer than ${this.#limits.bodyBytes} bytes.`);
    // What is left of it is not waited for.
    run.overrule?.headers.set('Connection', ['close']);
    run.res.shouldKeepAlive = false;
  }

  #overrule(run: RequestRun, status: number, reason: string, message: string): void {
    run.lastError = { source: 'gateway', reason, message, section: 'inbound' };
    run.overrule = defaultResponse({ kind: 'status', status, message });
  }

  async #keepRecord(run: RequestRun): Promise<void> {
    for (const error of await run.followUps.settled()) {
      const message = error instanceof Error ? error.message : String(error);
      run.trace({ source: 'gateway', level: 'error', message: `A policy could not end its work: ${message}` });
    }
    const record = await (this.#options.toRecord ?? gatewayRecord)(run.toExchange());
    if (record !== undefined) await this.#options.spool.write(record);
  }

  #refuseBlocked(res: ServerResponse): void {
    const retryAfter = String(this.#limits.retryAfterSeconds);
    sendPlain(res, 503, 'Service Unavailable', { 'Retry-After': retryAfter });
  }

  /** Bytes that are no HTTP never were a request: one answer, where there is nothing on the way, and a count. */
  #refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const isBusy = [...this.#runs.keys()].some(({ req }) => req.socket === socket);
    if (isBusy) {
      socket.destroy();
      return;
    }
    this.#counts.malformed++;
    const [status, message] =
      error.code === 'HPE_HEADER_OVERFLOW'
        ? [
            '431 Request Header Fields Too Large',
            `The request headers are longer than ${this.#limits.headerBytes} bytes.`,
          ]
        : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
          ? ['408 Request Timeout', 'The request was not whole in time.']
          : ['400 Bad Request', 'The request is not valid HTTP.'];
    const body = `{ "statusCode": ${status.slice(0, 3)}, "message": ${JSON.stringify(message)} }`;
    socket.end(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
}

/** A browser's question whether it may send a request; an operation for OPTIONS answers it itself. */
const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Of the operation that the browser asks for; no key is known yet, so no product. */
function preflightPipelineOf({ compiledApi, facts, req, request }: RequestRun): Pipeline {
  const asked = String(req.headers['access-control-request-method'] ?? '').toUpperCase();
  if (compiledApi === undefined) return facts.service.fallback;
  const rest = facts.service.apis.match(segmentsOf(request.originalUrl.path))?.rest ?? [];
  const operation = compiledApi.operations.match(asked, rest, [...request.originalUrl.query]);
  return operation?.target.pipelines.plain ?? compiledApi.fallback;
}

/** The header is looked at first; the query only where there is none. */
function keyOf({ compiledApi, request }: RequestRun): string | undefined {
  if (compiledApi === undefined) return undefined;
  const sent = request.headers.get(compiledApi.keyHeader)?.[0];
  return sent ?? request.originalUrl.query.find(([name]) => name.toLowerCase() === compiledApi.keyQuery)?.[1];
}

function pipelineOf({ compiledOperation, product }: RequestRun): Pipeline | undefined {
  const own = product && compiledOperation?.pipelines.byProduct.get(product.id.toLowerCase());
  return own ?? compiledOperation?.pipelines.plain;
}
