import type { Readable } from 'node:stream';
import { Agent } from 'undici';
import { BackendCallFailure, toBackendCallFailure } from './backend-call-failure.ts';
import { withoutHeadersOfOneHop } from './headers-of-one-hop.ts';

export interface BackendLimits {
  /** Connections to one origin; more calls wait. Default 512. */
  readonly connectionsPerOrigin: number;
  /** Milliseconds of TCP and TLS. Default 10 000. */
  readonly connectMs: number;
  /** Milliseconds of silence inside a body. Default 300 000. */
  readonly silenceMs: number;
  /** Milliseconds that an idle connection is kept. Default 4 000: shorter than the 5 s of a Node server. */
  readonly keepAliveMs: number;
  /** Bytes of an answer's headers. Default 65 536. */
  readonly headerBytes: number;
}

export interface BackendClientOptions {
  /**
   * Like a hosts file: `host` or `host:port` (lower case; without a port: the scheme's own) → origin that answers for it
   * (`http://127.0.0.1:7082`). The Host header stays. Asked at each call, so it may change with a snapshot.
   */
  readonly hostAliases?: () => ReadonlyMap<string, string>;
  readonly limits?: Partial<BackendLimits>;
  /** PEM certificates to trust instead of the built-in ones. */
  readonly certificateAuthorities?: string;
}

export interface BackendCall {
  readonly method: string;
  /** `https://host[:port]/path?query`. */
  readonly url: string;
  /** name, value, name, value … Headers of one hop and `Expect` are left out; `Host` is kept, else it is the URL's. */
  readonly headers: readonly string[];
  /** A stream is sent as it comes: with the Content-Length of `headers`, else chunked. */
  readonly body?: Uint8Array | Readable;
  /** Milliseconds until the answer's headers. */
  readonly timeoutMs: number;
  /** Default false. Only calls whose body is not a stream can be repeated to another place. */
  readonly followRedirects?: boolean;
  readonly signal?: AbortSignal;
}

export interface BackendAnswer {
  readonly status: number;
  /** '' where the backend sent none. */
  readonly reason: string;
  /** name, value …, as sent, without the headers of one hop. */
  readonly headers: readonly string[];
  /** The bytes as they came, not decompressed. Errors where the backend broke off. Whoever got it reads or destroys it. */
  readonly body: Readable;
  readonly protocol: 'HTTP/1.1';
  /** Milliseconds of connect, send and wait for the answer's headers. */
  readonly timeToHeadersMs: number;
}

export interface BackendClient {
  /** Resolves at the answer's headers. Throws `BackendCallFailure`. */
  call(call: BackendCall): Promise<BackendAnswer>;
  /** Waits for the calls in flight and closes all connections. */
  close(): Promise<void>;
  /** Ends the calls in flight too. */
  destroy(): Promise<void>;
}

const defaults: BackendLimits = {
  connectionsPerOrigin: 512,
  connectMs: 10_000,
  silenceMs: 300_000,
  keepAliveMs: 4_000,
  headerBytes: 65_536,
};

const mostRedirects = 10;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** Secrets and what is bound to one host do not go to another host by redirect. */
const boundToHost = new Set(['host', 'authorization', 'cookie', 'api-key', 'proxy-authorization']);

export function createBackendClient(options: BackendClientOptions = {}): BackendClient {
  const limits = { ...defaults, ...options.limits };
  const agent = new Agent({
    connections: limits.connectionsPerOrigin,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: limits.keepAliveMs,
    keepAliveMaxTimeout: 60_000,
    // The time until headers is each call's own, see `timeoutMs`.
    headersTimeout: 0,
    bodyTimeout: limits.silenceMs,
    maxHeaderSize: limits.headerBytes,
    connect: {
      timeout: limits.connectMs,
      ...(options.certificateAuthorities === undefined ? {} : { ca: options.certificateAuthorities }),
    },
  });

  async function callOnce(call: BackendCall): Promise<BackendAnswer> {
    const url = parseUrl(call.url);
    const origin = options.hostAliases?.().get(url.host) ?? options.hostAliases?.().get(hostAndPort(url)) ?? url.origin;
    const abort = new AbortController();
    const onAbort = (): void => abort.abort(new BackendCallFailure('aborted', 'The caller gave the call up.'));
    if (call.signal?.aborted) onAbort();
    call.signal?.addEventListener('abort', onAbort, { once: true });
    const timer = setTimeout(
      () => abort.abort(new BackendCallFailure('timeout', `${url.host} sent no headers within ${call.timeoutMs} ms.`)),
      call.timeoutMs,
    );
    const startedAt = performance.now();
    try {
      const answer = await agent.request({
        origin,
        path: `${url.pathname}${url.search}`,
        method: call.method,
        headers: headersToSend(call, url.host),
        body: call.body ?? null,
        signal: abort.signal,
        responseHeaders: 'raw',
      });
      answer.body.once('close', () => call.signal?.removeEventListener('abort', onAbort));
      return {
        status: answer.statusCode,
        reason: answer.statusText ?? '',
        headers: withoutHeadersOfOneHop(rawHeaders(answer.headers)),
        body: answer.body,
        protocol: 'HTTP/1.1',
        timeToHeadersMs: performance.now() - startedAt,
      };
    } catch (error) {
      call.signal?.removeEventListener('abort', onAbort);
      throw toBackendCallFailure(error, `${url.protocol}//${url.host}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async function callFollowing(first: BackendCall): Promise<BackendAnswer> {
    let call = first;
    for (let redirects = 0; ; redirects++) {
      const answer = await callOnce(call);
      const next = redirectStatuses.has(answer.status) ? redirected(call, answer) : undefined;
      if (next === undefined) return answer;
      answer.body.on('error', () => undefined).destroy();
      if (redirects === mostRedirects)
        throw new BackendCallFailure('protocol', `${first.url} led through more than ${mostRedirects} redirects.`);
      call = next;
    }
  }

  return {
    call: (call) => (call.followRedirects === true && !isStream(call.body) ? callFollowing(call) : callOnce(call)),
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  };
}

const isStream = (body: BackendCall['body']): boolean => body !== undefined && !(body instanceof Uint8Array);

const hostAndPort = (url: URL): string => `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;

/** The path stays as it was written wherever it is legal in a URL. */
function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new BackendCallFailure('protocol', `A backend's URL begins with http:// or https://; found "${text}".`);
  return url;
}

function headersToSend(call: BackendCall, host: string): string[] {
  const all = withoutHeadersOfOneHop(call.headers);
  const sent: string[] = [];
  let hasHost = false;
  for (let index = 0; index + 1 < all.length; index += 2) {
    const name = all[index] ?? '';
    const key = name.toLowerCase();
    if (key === 'expect' || (key === 'content-length' && !isStream(call.body))) continue;
    if (key === 'host') hasHost = true;
    sent.push(name, all[index + 1] ?? '');
  }
  if (!hasHost) sent.push('Host', host);
  return sent;
}

/** undici's type says object; with `responseHeaders: 'raw'` it is name, value, name, value …. */
const rawHeaders = (headers: unknown): string[] => (Array.isArray(headers) ? headers.map(String) : []);

function redirected(call: BackendCall, answer: BackendAnswer): BackendCall | undefined {
  const at = answer.headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === 'location');
  const location = answer.headers[at + 1] ?? '';
  if (at < 0 || !URL.canParse(location, call.url)) return undefined;
  const target = new URL(location, call.url);
  const isSameOrigin = target.origin === new URL(call.url).origin;
  const becomesGet = answer.status === 303 ? call.method !== 'HEAD' : answer.status < 303 && call.method === 'POST';
  const headers: string[] = [];
  for (let index = 0; index + 1 < call.headers.length; index += 2) {
    const name = call.headers[index] ?? '';
    const key = name.toLowerCase();
    if ((!isSameOrigin && boundToHost.has(key)) || (becomesGet && key.startsWith('content-'))) continue;
    headers.push(name, call.headers[index + 1] ?? '');
  }
  const { body, ...rest } = call;
  return {
    ...rest,
    url: target.href,
    method: becomesGet ? 'GET' : call.method,
    headers,
    ...(becomesGet || body === undefined ? {} : { body }),
  };
}
