import type { Readable } from 'node:stream';
import { BackendCallFailure, type BackendClient } from '@vigia/backend';
import type { BackendSnapshot, ServiceSnapshot } from '@vigia/contract';
import { BackendFailure, type ForwardOptions, HeaderMap, type MutableUrl, type PolicyResponse } from '@vigia/policy';
import { BodyTap } from './body-tap.ts';
import type { RequestRun } from './request-run.ts';
import { printUrl } from './request-url.ts';
import { BodyTooLarge, StreamBody } from './stream-body.ts';

export interface ForwardParts {
  readonly backend: BackendClient;
  readonly token: (service: ServiceSnapshot, resource: string, clientId: string | undefined) => Promise<string>;
  /** The pipeline reads the answer's body. */
  readonly needsResponseBody: boolean;
}

/** Bodies up to here are read before the call: one write, and a retry can send them again. */
const smallBodyBytes = 65_536;
/** What is read of an answer that nobody wants any more, to use its connection again and to log it. */
const unwantedBytes = 1_048_576;

/** The backend's call of `run.request`; resolves at the answer's headers, or with its whole body where that is needed. */
export async function forward(run: RequestRun, options: ForwardOptions, parts: ForwardParts): Promise<PolicyResponse> {
  const { request } = run;
  if (request.url.host === '')
    throw new BackendFailure(
      'BackendConnectionFailure',
      `The API ${run.api?.id ?? ''} has no service URL, and no policy set one.`,
    );
  await discardAnswer(run);
  if (run.isClientGone) throw clientGone();
  const { url, headers } = await addressed(run, parts);
  const body = await bodyToSend(run, options);
  const requestTap = body.tap;
  const contentHeaders = withLength(headers, body.content, run);
  const leg: NonNullable<RequestRun['leg']> = {
    id: run.backendId,
    method: request.method,
    url: printUrl(url),
    requestHeaders: contentHeaders,
    requestTap,
    time: 0,
    isComplete: false,
  };
  run.leg = leg;
  const startedAt = performance.now();
  try {
    const answer = await parts.backend.call({
      method: request.method,
      url: leg.url,
      headers: contentHeaders,
      ...(body.content === undefined ? {} : { body: body.content }),
      timeoutMs: options.timeoutMs,
      followRedirects: options.followRedirects,
      signal: run.abort.signal,
    });
    leg.time = performance.now() - startedAt;
    // Whoever reads the body gets its error; where nobody reads it any more, it is of no interest.
    answer.body.on('error', () => undefined);
    const tap = run.tapFor('backendResponse');
    const responseBody = new StreamBody(answer.body, { tap });
    answer.body.once('end', () => {
      leg.isComplete = true;
    });
    leg.response = { status: answer.status, headers: answer.headers, tap, body: responseBody };
    if (parts.needsResponseBody) await responseBody.buffer();
    return {
      status: answer.status,
      reason: answer.reason,
      headers: HeaderMap.fromRaw(answer.headers),
      body: responseBody,
    };
  } catch (error) {
    if (leg.time === 0) leg.time = performance.now() - startedAt;
    throw toBackendFailure(run, error);
  }
}

/** Takes the rest of an answer that nobody reads, where that is short, so that it is logged and its connection used again. */
export async function discardAnswer(run: RequestRun): Promise<void> {
  const response = run.leg?.response;
  if (response === undefined || !response.body.isUnread) return;
  const announced = response.headers.findIndex((name, at) => at % 2 === 0 && name.toLowerCase() === 'content-length');
  const length = announced < 0 ? Number.NaN : Number(response.headers[announced + 1]);
  const hasNoBody = run.leg?.method === 'HEAD' || response.status === 204 || response.status === 304;
  if (!hasNoBody && !(length <= unwantedBytes)) return response.body.destroy();
  try {
    await response.body.drain(unwantedBytes);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    run.trace({ source: 'forward-request', level: 'error', message: `The unused answer broke off: ${said}` });
  }
}

const clientGone = (cause?: unknown): BackendFailure =>
  new BackendFailure('ClientConnectionFailure', 'The client closed the connection before the answer was whole.', cause);

function toBackendFailure(run: RequestRun, error: unknown): unknown {
  if (run.isClientGone) return clientGone(error);
  if (error instanceof BackendFailure || run.overrule !== undefined) return error;
  if (error instanceof BackendCallFailure)
    return new BackendFailure(error.kind === 'timeout' ? 'Timeout' : 'BackendConnectionFailure', error.message, error);
  const said = error instanceof Error ? error.message : String(error);
  return new BackendFailure('BackendConnectionFailure', `The backend's answer broke off: ${said}`, error);
}

/** Where the call goes and with what, the backend entity's credentials included. */
async function addressed(
  run: RequestRun,
  parts: ForwardParts,
): Promise<{ readonly url: MutableUrl; readonly headers: HeaderMap }> {
  const { request } = run;
  const headers = new HeaderMap(request.headers.entries());
  // The client's Host names the gateway; one that a policy set is meant for the backend.
  if (headers.get('Host')?.[0] === run.req.headers.host) headers.delete('Host');
  if (!headers.has('Host')) headers.set('Host', [hostOf(request.url)]);
  headers.append('X-Forwarded-For', run.facts.callerIpAddress);
  const backend = run.backendId === undefined ? undefined : run.facts.service.backends.get(run.backendId.toLowerCase());
  if (backend?.credentials === undefined) return { url: request.url, headers };
  const query = await applyCredentials(run, backend.credentials, { headers, parts });
  return { url: { ...request.url, query }, headers };
}

const hostOf = ({ scheme, host, port }: Readonly<MutableUrl>): string =>
  port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;

async function applyCredentials(
  run: RequestRun,
  credentials: NonNullable<BackendSnapshot['credentials']>,
  { headers, parts }: { readonly headers: HeaderMap; readonly parts: ForwardParts },
): Promise<[string, string][]> {
  for (const [name, values] of Object.entries(credentials.header ?? {})) headers.set(name, values);
  const { authorization, managedIdentity } = credentials;
  if (authorization) headers.set('Authorization', [`${authorization.scheme} ${authorization.parameter}`]);
  if (managedIdentity) {
    const token = await parts.token(run.facts.service.service, managedIdentity.resource, managedIdentity.clientId);
    headers.set('Authorization', [`Bearer ${token}`]);
  }
  const given = Object.entries(credentials.query ?? {});
  const replaced = new Set(given.map(([name]) => name.toLowerCase()));
  return [
    ...run.request.url.query.filter(([name]) => !replaced.has(name.toLowerCase())),
    ...given.flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ];
}

async function bodyToSend(
  run: RequestRun,
  options: ForwardOptions,
): Promise<{ readonly content: Uint8Array | Readable | undefined; readonly tap: BodyTap }> {
  const { body } = run.request;
  if (body === undefined) return { content: undefined, tap: new BodyTap(0) };
  const announced = Number(run.req.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const isPlain = body instanceof StreamBody && body === run.clientBody && !body.isReplaced;
  try {
    if (isPlain && body.bytes === undefined && !options.bufferRequestBody && announced > smallBodyBytes) {
      if (!body.isUnread)
        throw new BackendFailure(
          'BackendConnectionFailure',
          'The request body was already sent once; buffer-request-body="true" keeps it for a retry.',
        );
      const stream = body.stream();
      return { content: stream, tap: run.requestTap };
    }
    const bytes = await body.buffer();
    // What the client sent and what the backend gets are the same bytes: they are kept once.
    if (isPlain) return { content: bytes, tap: run.requestTap };
    const tap = run.tapFor('backendRequest');
    tap.push(bytes);
    return { content: bytes, tap };
  } catch (error) {
    throw error instanceof BodyTooLarge ? error : toBackendFailure(run, error);
  }
}

function withLength(headers: HeaderMap, content: Uint8Array | Readable | undefined, run: RequestRun): string[] {
  if (content instanceof Uint8Array) {
    headers.set('Content-Length', [String(content.byteLength)]);
    headers.delete('Transfer-Encoding');
    if (run.clientBody === undefined || run.clientBody.isReplaced || run.request.body !== run.clientBody)
      headers.delete('Content-Encoding');
  } else if (content === undefined) {
    headers.delete('Content-Length');
    headers.delete('Transfer-Encoding');
    if (!['GET', 'HEAD', 'OPTIONS', 'DELETE'].includes(run.request.method)) headers.set('Content-Length', ['0']);
  }
  return headers.toRaw();
}
