import type { ServerResponse } from 'node:http';
import { withoutHeadersOfOneHop } from '@vigia/backend';
import { BytesBody, defaultResponse, HeaderMap, type PolicyResponse, reasonPhrase } from '@vigia/policy';
import type { BodyTap } from './body-tap.ts';
import { discardAnswer } from './forward.ts';
import type { RequestRun } from './request-run.ts';
import { StreamBody } from './stream-body.ts';

export interface AnswerParts {
  /** Resolves when the record of the exchange is kept. Throws where it cannot be. */
  keepRecord(run: RequestRun): Promise<void>;
  /** The shutdown's grace is over. */
  isCut(): boolean;
}

/** A piece of a body that is handed to the socket at once. */
const pieceBytes = 65_536;

const withoutBody = (method: string | undefined, status: number): boolean =>
  method === 'HEAD' || status === 204 || status === 304;

/**
 * Sends the answer; its last byte (or the end of its last chunk) goes out only when the record is kept. A backend that
 * breaks off cuts the client's connection: the answer gets no end that it did not have.
 */
export async function sendAnswer(run: RequestRun, parts: AnswerParts): Promise<void> {
  if (run.isClientGone) return await endWithoutAnswer(run, parts);
  const response = run.overrule ??
    run.response ?? { status: 200, reason: 'OK', headers: new HeaderMap(), body: undefined };
  const { chunks, raw, length } = prepare(run, response);
  if (chunks === undefined || response.body !== run.leg?.response?.body) await discardAnswer(run);
  const head = { status: response.status, reason: response.reason || reasonPhrase(response.status), raw };
  const tap = run.tapFor('frontendResponse');
  run.sent = { status: response.status, headers: raw, tap };
  if (chunks === undefined) {
    run.isClientComplete = true;
    await parts.keepRecord(run);
    writeHead(run, head);
    run.res.end();
    return;
  }
  await sendBody(run, { chunks, length, head, tap, parts });
}

interface Sending {
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  readonly length: number | undefined;
  readonly head: { readonly status: number; readonly reason: string; readonly raw: readonly string[] };
  readonly tap: BodyTap;
  readonly parts: AnswerParts;
}

async function sendBody(run: RequestRun, { chunks, length, head, tap, parts }: Sending): Promise<void> {
  const { res } = run;
  const isEventStream = /^text\/event-stream/i.test(headerOf(head.raw, 'content-type') ?? '');
  const isLastSent = (chunk: Uint8Array): boolean =>
    length === undefined ? isEventStream && endsEventStream(chunk) : tap.bytes >= length;
  let held: Uint8Array | undefined;
  let isHeadSent = false;
  const send = async (chunk: Uint8Array): Promise<void> => {
    const startedAt = performance.now();
    if (!res.write(chunk)) await drained(res);
    run.clientTime += performance.now() - startedAt;
  };
  try {
    // The head of a body that comes bit by bit does not wait for the first bit.
    if (Symbol.asyncIterator in chunks) {
      writeHead(run, head);
      res.flushHeaders();
      isHeadSent = true;
    }
    for await (const chunk of chunks) {
      if (run.isClientGone) break;
      if (isEventStream && run.firstContentAt === undefined && hasText(chunk)) run.firstContentAt = run.elapsedMs();
      if (held !== undefined) await send(held);
      tap.push(chunk);
      held = isLastSent(chunk) ? chunk : undefined;
      if (held !== undefined) continue;
      if (!isHeadSent) {
        writeHead(run, head);
        isHeadSent = true;
      }
      await send(chunk);
    }
  } catch (error) {
    if (!run.isClientGone) return await breakOff(run, error, parts);
  }
  if (run.isClientGone) return await endWithoutAnswer(run, parts);
  if (length !== undefined && tap.bytes < length)
    return await breakOff(run, new Error(`The answer has ${tap.bytes} of ${length} announced bytes.`), parts);
  run.isClientComplete = true;
  await parts.keepRecord(run);
  if (!isHeadSent) writeHead(run, head);
  if (held === undefined) res.end();
  else res.end(held);
}

/** An event with generated text, of the chat, completions or responses API. */
const hasText = (chunk: Uint8Array): boolean =>
  /"(content|text|delta)"\s*:\s*"[^"]/.test(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString());

/** Some clients read no further than this event, so it counts as the end. */
function endsEventStream(chunk: Uint8Array): boolean {
  const tail = Buffer.from(
    chunk.buffer,
    chunk.byteOffset + Math.max(0, chunk.byteLength - 24),
    Math.min(24, chunk.byteLength),
  );
  return tail.toString('latin1').trimEnd().endsWith('data: [DONE]');
}

function drained(res: ServerResponse): Promise<void> {
  if (res.destroyed || res.closed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      res.off('drain', done);
      res.off('close', done);
      resolve();
    };
    res.on('drain', done);
    res.on('close', done);
  });
}

async function breakOff(run: RequestRun, error: unknown, parts: AnswerParts): Promise<void> {
  run.lastError = {
    source: 'transfer-response',
    reason: 'BackendConnectionFailure',
    message: error instanceof Error ? error.message : String(error),
    section: 'backend',
  };
  try {
    await parts.keepRecord(run);
  } finally {
    run.res.destroy();
  }
}

async function endWithoutAnswer(run: RequestRun, parts: AnswerParts): Promise<void> {
  run.isClientComplete = false;
  if (run.lastError?.reason !== 'ClientConnectionFailure' || parts.isCut())
    run.lastError = {
      source: run.sent === undefined ? 'forward-request' : 'transfer-response',
      reason: 'ClientConnectionFailure',
      message: parts.isCut()
        ? 'The gateway stopped before the answer was whole.'
        : 'The client closed the connection before the answer was whole.',
      section: run.sent === undefined ? 'backend' : 'outbound',
    };
  run.leg?.response?.body.destroy();
  await parts.keepRecord(run);
}

const headerOf = (raw: readonly string[], name: string): string | undefined => {
  const at = raw.findIndex((key, index) => index % 2 === 0 && key.toLowerCase() === name);
  return at < 0 ? undefined : raw[at + 1];
};

function writeHead({ res }: RequestRun, { status, reason, raw }: Sending['head']): void {
  res.writeHead(status, reason, raw as string[]);
}

/** What goes out: the backend's stream as it comes, or bytes in pieces. */
function prepare(
  run: RequestRun,
  response: PolicyResponse,
): {
  readonly chunks: Sending['chunks'] | undefined;
  readonly raw: readonly string[];
  readonly length: number | undefined;
} {
  const { body, headers, status } = response;
  headers.delete('Transfer-Encoding');
  const hasNoBody = withoutBody(run.req.method, status);
  const isStream = body instanceof StreamBody && body.bytes === undefined;
  if (hasNoBody || body === undefined) {
    if (status === 204) headers.delete('Content-Length');
    else if (!hasNoBody) headers.set('Content-Length', ['0']);
    return { chunks: undefined, raw: withoutHeadersOfOneHop(rawOf(headers)), length: 0 };
  }
  if (isStream) {
    const announced = headers.get('Content-Length')?.[0];
    const length = announced === undefined ? undefined : Number(announced);
    return {
      chunks: length === 0 ? undefined : body.chunks(),
      raw: withoutHeadersOfOneHop(rawOf(headers)),
      length,
    };
  }
  const bytes = body.bytes ?? new Uint8Array();
  headers.set('Content-Length', [String(bytes.byteLength)]);
  if (!(body instanceof StreamBody) || body.isReplaced) headers.delete('Content-Encoding');
  return {
    chunks: bytes.byteLength === 0 ? undefined : pieces(bytes),
    raw: withoutHeadersOfOneHop(rawOf(headers)),
    length: bytes.byteLength,
  };
}

const rawOf = (headers: PolicyResponse['headers']): string[] => {
  const raw: string[] = [];
  for (const [name, values] of headers.entries()) for (const value of values) raw.push(name, value);
  return raw;
};

function* pieces(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** The plain answer of a gateway that cannot do its work; no policy has a say in it. */
export function sendPlain(
  res: ServerResponse,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const response = defaultResponse({ kind: 'status', status, message });
  const { body } = response;
  const bytes = body instanceof BytesBody ? body.bytes : new Uint8Array();
  res.writeHead(status, reasonPhrase(status), {
    'Content-Type': 'application/json',
    'Content-Length': bytes.byteLength,
    ...headers,
  });
  res.end(bytes);
}
