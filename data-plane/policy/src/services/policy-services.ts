import type { ForwardOptions, Headers, PolicyContext, PolicyResponse } from '../context.ts';

/** What policies may ask of the world; the gateway (or a test) gives it. One interface a subject. */
export interface PolicyServices {
  /** A token of the service's managed identity. Throws where the service has none or the token service refuses. */
  managedIdentityToken(resource: string, clientId: string | undefined): Promise<string>;
  /** Makes the backend call of `context.request` and resolves at the response's headers. Throws BackendFailure. */
  forward(context: PolicyContext, options: ForwardOptions): Promise<PolicyResponse>;
  /** A call of a policy's own; resolves with the whole answer. Throws BackendFailure. */
  send(call: OutgoingCall): Promise<PolicyResponse>;
  /** Takes over work that no request waits for; a failure is logged by whoever takes it. */
  detach(work: Promise<unknown>): void;
  /** One of a metric's values, as `emit-metric` gives it. */
  emitMetric(context: PolicyContext, metric: EmittedMetric): void;
  readonly clock: PolicyClock;
  readonly counters: Counters;
  readonly gates: Gates;
  readonly cache: ValueCache;
  readonly vectors: VectorCache;
  readonly tokens: TokenCounter;
  readonly openId: OpenIdSource;
}

export interface OutgoingCall {
  readonly method: string;
  /** `https://host[:port]/path?query`; with a backend: what comes behind its URL. */
  readonly url: string;
  readonly headers: Headers;
  readonly body?: Uint8Array;
  /** Milliseconds until the answer's headers. */
  readonly timeoutMs: number;
  /** The backend entity whose URL and credentials are used. */
  readonly backendId?: string;
}

export interface EmittedMetric {
  readonly name: string;
  readonly namespace: string;
  readonly value: number;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** Time is passed in, so that tests need not wait for it. */
export interface PolicyClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  delay(milliseconds: number): Promise<void>;
}

export type CounterWindow =
  /** The last so many milliseconds, at any moment. */
  | { readonly kind: 'sliding'; readonly milliseconds: number }
  /** From one moment to another (milliseconds since the epoch; end Infinity: for ever), then from zero. */
  | { readonly kind: 'fixed'; readonly start: number; readonly end: number };

export interface CounterReading {
  readonly isTaken: boolean;
  /** Behind this step, in the window. */
  readonly used: number;
  /** Milliseconds until the amount asked for would fit, the others staying away; Infinity: never. 0 where it was taken. */
  readonly waitMs: number;
}

/** Counts over all requests. Each step is atomic: what is taken at the same time never passes the limit together. */
export interface Counters {
  /** Takes `amount` where no more than `limit` stands in the window afterwards; takes nothing otherwise. */
  take(key: string, step: { amount: number; limit: number; window: CounterWindow }): Promise<CounterReading>;
  /** Adds without a limit; a negative amount gives back what was taken too much. Resolves with what is used then. */
  add(key: string, step: { amount: number; window: CounterWindow }): Promise<number>;
}

/** How many are inside at the same time. */
export interface Gates {
  /** undefined: `max` are inside already. The function lets the next one in. */
  enter(key: string, max: number): (() => void) | undefined;
}

/** Values (of expressions, or whole answers) by key. */
export interface ValueCache {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, options: { seconds: number; bytes: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Answers by the meaning of what was asked. */
export interface VectorCache {
  /** The nearest of one partition with its cosine distance (0: same direction), if any is no farther than `within`. */
  nearest(
    partition: string,
    query: { vector: readonly number[]; within: number },
  ): Promise<{ readonly value: unknown; readonly distance: number } | undefined>;
  add(partition: string, entry: { vector: readonly number[]; value: unknown; seconds: number }): Promise<void>;
}

/** Tokens as the model counts them; an estimate where nobody knows the model. */
export interface TokenCounter {
  text(model: string, text: string): Promise<number>;
  chat(
    model: string,
    messages: readonly Readonly<Record<string, unknown>>[],
    tools?: readonly unknown[],
  ): Promise<number>;
}

export interface OpenIdConfiguration {
  readonly issuer: string | undefined;
  /** JSON web keys. */
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** OpenID configurations and their keys, fetched once and kept for a while. */
export interface OpenIdSource {
  /** `isFresh`: the keys known until now did not do. Throws where they cannot be had. */
  configuration(url: string, options?: { readonly isFresh?: boolean }): Promise<OpenIdConfiguration>;
}
