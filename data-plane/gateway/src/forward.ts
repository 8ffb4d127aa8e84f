import type { Readable } from 'node:stream';
import { BackendCallFailure, type BackendClient } from '@vigia/backend';
import type { BackendSnapshot } from '@vigia/contract';
import {
  BackendFailure,
  defaultResponse,
  type ForwardOptions,
  HeaderMap,
  type MutableUrl,
  type PolicyResponse,
  setServiceUrl,
} from '@vigia/policy';
import { applyCredentials, type TokenOf } from './backend-credentials.ts';
import type { BackendChoice, CallOutcome } from './backend-pool.ts';
import { BodyTap } from './body-tap.ts';
import type { RequestRun } from './request-run.ts';
import { printUrl } from './request-url.ts';
import { BodyTooLarge, StreamBody } from './stream-body.ts';

export interface ForwardParts {
  readonly backend: BackendClient;
  readonly token: TokenOf;
  readonly choice: BackendChoice;
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
  const chosen = chooseBackend(run, parts);
  if (chosen === 'none') return unavailable(run);
  if (request.url.host === '')
    throw new BackendFailure(
      'BackendConnectionFailure',
      `The API ${run.api?.id ?? ''} has no service URL, and no policy set one.`,
    );
  await discardAnswer(run);
  if (run.isClientGone) throw clientGone();
  const { url, headers } = await addressed(run, chosen, parts);
  const body = await bodyToSend(run, options);
  const requestTap = body.tap;
  const contentHeaders = withLength(headers, body.content, run);
  const leg: NonNullable<RequestRun['leg']> = {
    id: chosen?.id ?? run.backendId,
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
    const retryAfter = Number(HeaderMap.fromRaw(answer.headers).get('Retry-After')?.[0]);
    reportCall(run, chosen, parts, {
      kind: 'answered',
      status: answer.status,
      retryAfterSeconds: retryAfter >= 0 ? retryAfter : undefined,
    });
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
    if (leg.response === undefined && !run.isClientGone) reportCall(run, chosen, parts, { kind: 'failed' });
    throw toBackendFailure(run, error);
  }
}

/** The backend entity to call: the one that a policy named, or a member of its pool. */
function chooseBackend(run: RequestRun, parts: ForwardParts): BackendSnapshot | undefined | 'none' {
  if (run.backendId === undefined) return undefined;
  const { service, backends } = run.facts.service;
  const backend = backends.get(run.backendId.toLowerCase());
  if (backend === undefined) return undefined;
  const chosen = parts.choice.choose(service.id, backend, backends);
  if (chosen === undefined) return 'none';
  if (chosen !== backend) setServiceUrl(run, chosen.url);
  return chosen;
}

/** The answer where every backend that could be called has its circuit open. */
function unavailable(run: RequestRun): PolicyResponse {
  const response = defaultResponse({ kind: 'status', status: 503, message: 'Service Unavailable' });
  response.reason = `Backend pool '${run.backendId}' is temporarily unavailable`;
  return response;
}

function reportCall(
  run: RequestRun,
  backend: BackendSnapshot | undefined,
  parts: ForwardParts,
  outcome: CallOutcome,
): void {
  if (backend) parts.choice.report(run.facts.service.service.id, backend, outcome);
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
  backend: BackendSnapshot | undefined,
  parts: ForwardParts,
): Promise<{ readonly url: MutableUrl; readonly headers: HeaderMap }> {
  const { request } = run;
  const headers = new HeaderMap(request.headers.entries());
  // The client's Host names the gateway; one that a policy set is meant for the backend.
  if (headers.get('Host')?.[0] === run.req.headers.host) headers.delete('Host');
  if (!headers.has('Host')) headers.set('Host', [hostOf(request.url)]);
  headers.append('X-Forwarded-For', run.facts.callerIpAddress);
  if (backend?.credentials === undefined) return { url: request.url, headers };
  const { service } = run.facts.service;
  const call = { headers, query: request.url.query };
  const query = await applyCredentials(backend, call, { service, token: parts.token });
  return { url: { ...request.url, query }, headers };
}

const hostOf = ({ scheme, host, port }: Readonly<MutableUrl>): string =>
  port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;

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
