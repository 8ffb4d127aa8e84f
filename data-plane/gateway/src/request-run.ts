import type { IncomingMessage, ServerResponse } from 'node:http';
import type {
  ApiSnapshot,
  MessageLogging,
  OperationSnapshot,
  ProductSnapshot,
  SubscriptionSnapshot,
} from '@vigia/contract';
import {
  type EmittedMetric,
  FollowUps,
  type LastError,
  type PolicyContext,
  type PolicyRequest,
  type PolicyResponse,
  type PolicyServices,
  type PolicyTrace,
  type TraceCollector,
} from '@vigia/policy';
import type { Exchange, ExchangeError, SeenMessage, TraceRecord } from '@vigia/record';
import { BodyTap } from './body-tap.ts';
import type { CompiledApi, CompiledOperation, CompiledService } from './configuration.ts';
import type { StreamBody } from './stream-body.ts';

/** The last call of a request's backend, as it was seen. */
export interface BackendLeg {
  readonly id: string | undefined;
  readonly method: string;
  readonly url: string;
  /** name, value … as sent. */
  readonly requestHeaders: readonly string[];
  readonly requestTap: BodyTap;
  time: number;
  isComplete: boolean;
  response?: {
    readonly status: number;
    readonly headers: readonly string[];
    readonly tap: BodyTap;
    readonly body: StreamBody;
  };
}

export interface RequestFacts {
  readonly requestId: string;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
  /** `performance.now()` at receipt. */
  readonly startedAt: number;
  readonly service: CompiledService;
  readonly callerIpAddress: string;
  /** `1.3`; absent where the client came without TLS. */
  readonly clientTlsVersion?: string;
  readonly originalUrl: string;
  readonly captureLimitBytes: number;
}

/** `performance.now()` does the measuring, so that a clock that is set does not make times negative. */
const rounded = (milliseconds: number): number => Math.max(0, Math.round(milliseconds * 1000) / 1000);

export function headersSeen(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  const names = new Map<string, string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const known = names.get(name.toLowerCase());
    if (known === undefined) {
      names.set(name.toLowerCase(), name);
      headers[name] = value;
    } else headers[known] = `${headers[known]}, ${value}`;
  }
  return headers;
}

/**
 * One request from its receipt to its record: what its policies see and change, and what was seen of its four
 * messages. Everything else here works on it.
 */
export class RequestRun implements PolicyContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly facts: RequestFacts;
  readonly requestId: string;
  readonly timestamp: Date;
  readonly deployment: PolicyContext['deployment'];
  readonly request: PolicyRequest;
  readonly services: PolicyServices;
  readonly followUps = new FollowUps();
  readonly variables = new Map<string, unknown>();
  /** Ends the backend's call when the client goes away. */
  readonly abort = new AbortController();
  readonly requestTap: BodyTap;
  readonly clientBody: StreamBody | undefined;
  compiledApi: CompiledApi | undefined;
  compiledOperation: CompiledOperation | undefined;
  product: ProductSnapshot | undefined;
  subscription: (SubscriptionSnapshot & { readonly key: string }) | undefined;
  response: PolicyResponse | undefined;
  backendId: string | undefined;
  backendBasePath?: string;
  cache?: 'hit' | 'miss';
  /** Set where the caller may see a trace of this request. */
  tracer?: TraceCollector;
  leg: BackendLeg | undefined;
  /** Set when the connection ended before the answer did. */
  isClientGone = false;
  /** An answer that stands above what the pipeline says (a body over the limit). */
  overrule: PolicyResponse | undefined;
  sent: { readonly status: number; readonly headers: readonly string[]; readonly tap: BodyTap } | undefined;
  isClientComplete = false;
  clientTime = 0;
  firstContentAt: number | undefined;
  #lastError: LastError | undefined;
  #lastSeen: ExchangeError | undefined;
  readonly #errors: ExchangeError[] = [];
  readonly #traces: TraceRecord[] = [];
  readonly #metrics: NonNullable<Exchange['metrics']>[number][] = [];

  constructor(
    messages: { readonly req: IncomingMessage; readonly res: ServerResponse },
    facts: RequestFacts,
    parts: {
      readonly request: PolicyRequest;
      readonly services: PolicyServices;
      readonly requestTap: BodyTap;
      readonly clientBody: StreamBody | undefined;
    },
  ) {
    this.req = messages.req;
    this.res = messages.res;
    this.facts = facts;
    this.requestId = facts.requestId;
    this.timestamp = new Date(facts.receivedAt);
    const { service } = facts.service;
    this.deployment = {
      region: service.regionName,
      serviceName: service.name,
      serviceId: service.name,
      gatewayId: 'managed',
    };
    this.request = parts.request;
    this.services = parts.services;
    this.requestTap = parts.requestTap;
    this.clientBody = parts.clientBody;
  }

  get api(): ApiSnapshot | undefined {
    return this.compiledApi?.api;
  }

  get operation(): OperationSnapshot | undefined {
    return this.compiledOperation?.operation;
  }

  get lastError(): LastError | undefined {
    return this.#lastError;
  }

  set lastError(error: LastError | undefined) {
    this.#lastError = error;
    if (error === undefined) return;
    this.#lastSeen = { ...error, elapsed: rounded(this.elapsedMs()) };
    this.#errors.push(this.#lastSeen);
  }

  elapsedMs(): number {
    return performance.now() - this.facts.startedAt;
  }

  trace(entry: PolicyTrace): void {
    const { level, source, message, metadata } = entry;
    this.tracer?.message(entry);
    const elapsed = rounded(this.elapsedMs());
    this.#traces.push({ elapsed, level, source, message, ...(metadata === undefined ? {} : { metadata }) });
  }

  emit({ name, namespace, value, dimensions }: EmittedMetric): void {
    this.#metrics.push({ name, unit: 'Count', value, dimensions: { ...dimensions, Namespace: namespace } });
  }

  /** A tap that keeps bytes where the diagnostic in force, or the LLM log, wants this message. */
  tapFor(side: 'frontendRequest' | 'frontendResponse' | 'backendRequest' | 'backendResponse'): BodyTap {
    return new BodyTap(keepBytes(this.compiledApi, this.facts, side));
  }

  toExchange(): Exchange {
    const { facts, leg, sent, compiledApi } = this;
    const diagnostic = compiledApi === undefined ? facts.service.service.diagnostic : compiledApi.diagnostic;
    const backendRequest = leg?.requestTap.seen(headersSeen(leg.requestHeaders));
    return {
      correlationId: this.requestId,
      service: facts.service.service,
      ...(this.api === undefined ? {} : { api: this.api }),
      ...(this.operation === undefined ? {} : { operation: this.operation }),
      ...(this.product === undefined ? {} : { productId: this.product.id }),
      ...(this.subscription === undefined ? {} : { subscriptionId: this.subscription.id }),
      ...(this.subscription?.ownerId === undefined
        ? {}
        : { userId: this.subscription.ownerId.split('/').at(-1) ?? '' }),
      receivedAt: facts.receivedAt,
      callerIpAddress: facts.callerIpAddress,
      method: this.req.method ?? '',
      url: facts.originalUrl,
      clientProtocol: `HTTP/${this.req.httpVersion}`,
      ...(facts.clientTlsVersion === undefined ? {} : { clientTlsVersion: facts.clientTlsVersion }),
      request: this.requestTap.seen(headersSeen(this.req.rawHeaders)),
      ...(sent === undefined ? {} : { response: { ...sent.tap.seen(headersSeen(sent.headers)), status: sent.status } }),
      ...(leg === undefined || backendRequest === undefined
        ? {}
        : {
            backend: {
              ...(leg.id === undefined ? {} : { id: leg.id }),
              method: leg.method,
              url: leg.url,
              protocol: 'HTTP/1.1',
              request: backendRequest,
              ...(leg.response === undefined ? {} : { response: seenResponse(leg.response) }),
              time: rounded(leg.time),
              isComplete: leg.isComplete,
            },
          }),
      isClientComplete: this.isClientComplete,
      clientTime: rounded(this.clientTime),
      totalTime: rounded(this.elapsedMs()),
      cache: this.cache ?? 'none',
      ...(this.#metrics.length === 0 ? {} : { metrics: this.#metrics }),
      ...(this.#lastSeen === undefined ? {} : { lastError: this.#lastSeen }),
      errors: this.#errors,
      traceRecords: this.#traces,
      ...(diagnostic === undefined ? {} : { diagnostic }),
      ...(this.firstContentAt === undefined ? {} : { timeToFirstToken: rounded(this.firstContentAt) }),
    };
  }
}

const seenResponse = (response: NonNullable<BackendLeg['response']>): SeenMessage & { readonly status: number } => ({
  ...response.tap.seen(headersSeen(response.headers)),
  status: response.status,
});

/** 0: only counted. A body that is wanted at all is kept whole: who writes the row cuts it. */
export function keepBytes(
  api: CompiledApi | undefined,
  facts: Pick<RequestFacts, 'service' | 'captureLimitBytes'>,
  side: 'frontendRequest' | 'frontendResponse' | 'backendRequest' | 'backendResponse',
): number {
  const diagnostic = api === undefined ? facts.service.service.diagnostic : api.diagnostic;
  if (diagnostic === undefined) return 0;
  const logging: MessageLogging = diagnostic[side];
  return logging.bodyBytes > 0 || diagnostic.largeLanguageModel !== undefined ? facts.captureLimitBytes : 0;
}
