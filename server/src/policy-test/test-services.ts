import {
  BackendFailure,
  BytesBody,
  createLocalServices,
  type EmittedMetric,
  HeaderMap,
  type Headers,
  type OutgoingCall,
  type PolicyClock,
  type PolicyContext,
  type PolicyResponse,
  type PolicyServices,
  setServiceUrl,
  type TokenCounter,
} from '@vigia/policy';
import type { GivenAnswer, GivenCall } from './test-file-schema.ts';

export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** What the world answers to one request, and what it saw of it. */
export interface Exchange {
  readonly backend: readonly GivenAnswer[];
  readonly calls: readonly GivenCall[];
  readonly identity: { readonly token?: string | undefined; readonly fails?: string | undefined };
  readonly seenBackend: SeenCall[];
  readonly seenCalls: SeenCall[];
  readonly metrics: EmittedMetric[];
  /** What went wrong with the test itself: calls that nobody answers. */
  readonly faults: string[];
  readonly used: Set<GivenCall>;
}

/** A clock that stands still until somebody waits. */
export interface HeldClock extends PolicyClock {
  advance(milliseconds: number): void;
}

export function heldClock(start: number): HeldClock {
  let at = start;
  const advance = (milliseconds: number): void => {
    at += milliseconds;
  };
  return { now: () => at, advance, delay: async (milliseconds) => advance(milliseconds) };
}

export interface TestServices {
  readonly services: PolicyServices;
  /** The exchange that calls belong to from now on. */
  use(exchange: Exchange): void;
  /** Resolves when the work is over that no request waits for; with what failed of it. */
  settled(): Promise<readonly unknown[]>;
}

/** Everything that policies ask of the world, in memory: nothing here reaches a network. */
export function createTestServices(given: {
  readonly clock: HeldClock;
  readonly tokens: TokenCounter;
  readonly backends: ReadonlyMap<string, string>;
  readonly first: Exchange;
}): TestServices {
  const { clock, backends } = given;
  let exchange = given.first;
  const detached: Promise<unknown>[] = [];

  const send = async (call: OutgoingCall): Promise<PolicyResponse> => {
    const { seenCalls, calls, used, faults } = exchange;
    const base = call.backendId === undefined ? undefined : backends.get(call.backendId.toLowerCase());
    const url = base === undefined ? call.url : `${base.replace(/\/$/, '')}${call.url}`;
    seenCalls.push({
      method: call.method,
      url,
      headers: headersOf(call.headers),
      body: call.body && new TextDecoder().decode(call.body),
    });
    const answer = calls.find((one) => !(one.once && used.has(one)) && fits(one, call.method, url));
    if (!answer) {
      faults.push(`Nothing in 'calls' answers ${call.method} ${url}.`);
      throw new BackendFailure('BackendConnectionFailure', `Nothing in 'calls' answers ${url}.`);
    }
    used.add(answer);
    return answerOf(answer);
  };

  const services: PolicyServices = {
    ...createLocalServices({ clock, send }),
    send,
    tokens: given.tokens,
    async managedIdentityToken(resource) {
      const { token, fails } = exchange.identity;
      if (fails !== undefined) throw new Error(fails);
      return token ?? `token-for-${resource}`;
    },
    detach(work) {
      detached.push(work);
    },
    emitMetric(_context, metric) {
      exchange.metrics.push(metric);
    },
    async forward(context) {
      const { seenBackend, backend } = exchange;
      const own = context.backendId === undefined ? undefined : backends.get(context.backendId.toLowerCase());
      if (own !== undefined) setServiceUrl(context, own);
      const { method, headers, body } = context.request;
      const bytes = await body?.buffer();
      seenBackend.push({
        method,
        url: urlOf(context.request.url),
        headers: headersOf(headers),
        body: bytes && new TextDecoder().decode(bytes),
      });
      return answerOf(backend[Math.min(seenBackend.length, backend.length) - 1] ?? {});
    },
  };
  return {
    services,
    use(next) {
      exchange = next;
    },
    async settled() {
      const ended = await Promise.allSettled(detached.splice(0));
      return ended.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    },
  };
}

function fits(given: GivenCall, method: string, url: string): boolean {
  if (given.method !== undefined && given.method.toUpperCase() !== method.toUpperCase()) return false;
  if (given.url === undefined) return true;
  if (typeof given.url === 'string') return given.url === url;
  return 'contains' in given.url ? url.includes(given.url.contains) : new RegExp(given.url.matches).test(url);
}

function answerOf({ status = 200, reason, headers = {}, body, fails }: GivenAnswer): PolicyResponse {
  if (fails === 'timeout') throw new BackendFailure('Timeout', 'The request timed out.');
  if (fails === 'connection') throw new BackendFailure('BackendConnectionFailure', 'The connection was refused.');
  const answer = new HeaderMap(Object.entries(headers));
  const isJson = body !== undefined && typeof body !== 'string';
  if (isJson && !answer.has('Content-Type')) answer.set('Content-Type', ['application/json']);
  return { status, reason: reason ?? (status === 200 ? 'OK' : ''), headers: answer, body: bodyOf(body) };
}

/** A text as it is, anything else as JSON. */
export const bodyOf = (body: unknown): BytesBody | undefined =>
  body === undefined ? undefined : new BytesBody(typeof body === 'string' ? body : JSON.stringify(body));

/** By names in lower case. */
export const headersOf = (headers: Headers): Record<string, string> =>
  Object.fromEntries([...headers.entries()].map(([name, values]) => [name.toLowerCase(), values.join(', ')]));

function urlOf({ scheme, host, port, path, query }: PolicyContext['request']['url']): string {
  const standard = scheme === 'https' ? 443 : 80;
  const search = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return `${scheme}://${host}${port === standard ? '' : `:${port}`}${path}${search === '' ? '' : `?${search}`}`;
}
