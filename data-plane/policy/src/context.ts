import type { ApiSnapshot, OperationSnapshot, ProductSnapshot, SubscriptionSnapshot } from '@vigia/contract';
import type { FollowUps } from './follow-ups.ts';
import type { PolicyServices } from './services/policy-services.ts';
import type { PolicyTracer } from './tracing/policy-tracer.ts';

/** Case-insensitive, several values a name, insertion order and the case of names kept (`header-map.ts` has it). */
export interface Headers {
  get(name: string): readonly string[] | undefined;
  has(name: string): boolean;
  set(name: string, values: readonly string[]): void;
  append(name: string, value: string): void;
  delete(name: string): void;
  entries(): IterableIterator<readonly [name: string, values: readonly string[]]>;
}

/**
 * A body that streams unless somebody needs it whole. Where the pipeline's `needs` say so, the gateway has called
 * `buffer()` before the section runs, so that expressions, which are synchronous, can read it.
 */
export interface MessageBody {
  /** The bytes, where they were buffered or replaced; undefined while the body is only a stream. */
  readonly bytes: Uint8Array | undefined;
  buffer(): Promise<Uint8Array>;
  replace(bytes: Uint8Array): void;
  /** Tells a body's bytes while they pass (or once, where they are here already), and the end of them. */
  watch(watcher: BodyWatcher): void;
}

export interface BodyWatcher {
  chunk(bytes: Uint8Array): void;
  /** Called once. false: the body broke off, or nobody read it to its end. */
  end(isComplete: boolean): void;
}

/** A URL that a policy may change piece by piece. */
export interface MutableUrl {
  scheme: string;
  host: string;
  port: number;
  /** Starts with `/`. */
  path: string;
  /** Names as sent, in order. */
  query: [name: string, value: string][];
}

export interface PolicyRequest {
  method: string;
  /** As the client sent it. */
  readonly originalUrl: Readonly<MutableUrl>;
  /**
   * What the backend will be asked: until `set-backend-service` or `rewrite-uri` change it, serviceUrl + the path after
   * the API's path + the query without the subscription key.
   */
  readonly url: MutableUrl;
  readonly headers: Headers;
  /** undefined: the request has no body. */
  body: MessageBody | undefined;
  readonly ipAddress: string;
  /** Template parameters, URL-decoded. */
  readonly matchedParameters: Readonly<Record<string, string>>;
}

export interface PolicyResponse {
  status: number;
  reason: string;
  readonly headers: Headers;
  body: MessageBody | undefined;
}

export interface LastError {
  readonly source: string;
  readonly reason: string;
  readonly message: string;
  readonly scope?: string;
  readonly section?: string;
  readonly path?: string;
  readonly policyId?: string;
}

export interface ForwardOptions {
  /** Milliseconds until the response's headers. */
  readonly timeoutMs: number;
  readonly followRedirects: boolean;
  readonly bufferRequestBody: boolean;
  readonly bufferResponse: boolean;
}

/** Thrown by `PolicyServices.forward` and `send`. */
export class BackendFailure extends Error {
  override readonly name = 'BackendFailure';
  readonly reason: 'BackendConnectionFailure' | 'Timeout' | 'ClientConnectionFailure';
  constructor(
    reason: 'BackendConnectionFailure' | 'Timeout' | 'ClientConnectionFailure',
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.reason = reason;
  }
}

export interface PolicyTrace {
  readonly source: string;
  readonly level: 'verbose' | 'information' | 'error';
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The state of one request as its policies see and change it; the `context` of expressions is a view of it. */
export interface PolicyContext {
  readonly requestId: string;
  readonly timestamp: Date;
  /** The clock of expressions, in milliseconds since the Unix epoch; absent: the machine's. */
  now?(): number;
  elapsedMs(): number;
  readonly deployment: {
    readonly region: string;
    readonly serviceName: string;
    readonly serviceId: string;
    readonly gatewayId: string;
  };
  readonly api: ApiSnapshot | undefined;
  readonly operation: OperationSnapshot | undefined;
  readonly product: ProductSnapshot | undefined;
  readonly subscription: (SubscriptionSnapshot & { readonly key: string }) | undefined;
  readonly request: PolicyRequest;
  /** undefined until a backend answered or a policy made an answer. */
  response: PolicyResponse | undefined;
  readonly variables: Map<string, unknown>;
  lastError: LastError | undefined;
  /** Set by `set-backend-service backend-id`. */
  backendId: string | undefined;
  /** Path of the service URL in use, set by `set-backend-service`; absent: of the API's serviceUrl. */
  backendBasePath?: string;
  readonly services: PolicyServices;
  /** What policies of this request still do behind their step. */
  readonly followUps: FollowUps;
  /** Set by `cache-lookup` and its kin: the log's `Cache`. */
  cache?: 'hit' | 'miss';
  /** Set where somebody asked to see each policy of this request. */
  readonly tracer?: PolicyTracer;
  trace(entry: PolicyTrace): void;
}

/** One compiled way of a request: an operation's, or the service's own for what matched no operation. */
export interface Pipeline {
  /** Bodies that some policy reads: the gateway buffers those before the section that needs them. */
  readonly needs: { readonly requestBody: boolean; readonly responseBody: boolean };
  /**
   * inbound, backend, outbound; on an error the rest is skipped, `context.lastError` set and on-error run. Never
   * rejects: in the end `context.response` is what the client gets.
   */
  run(context: PolicyContext): Promise<void>;
  /** The answer to a browser's preflight by the first `cors` that is in the way; false: there is none. Never rejects. */
  preflight(context: PolicyContext): boolean;
  /** An error before the pipeline (no operation, no key): on-error over the given default answer. Never rejects. */
  fail(context: PolicyContext, error: LastError, response: PolicyResponse): Promise<void>;
}
