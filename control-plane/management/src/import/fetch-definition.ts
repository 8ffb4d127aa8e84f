import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Readable, Transform } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { Agent, request } from 'undici';
import { addressKind } from './address-rules.ts';
import type { ImportOptions } from './import-definition.ts';
import { invalidDefinition } from './invalid-definition.ts';

export interface FetchedDefinition {
  readonly text: string;
  /** Where the document was found, after redirects: relative server URLs start there. */
  readonly url: string;
  /** The media type, lower case, without parameters; '' where none was sent. */
  readonly contentType: string;
}

const mostRedirects = 5;
const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Gets the text behind a link. Every address on the way, redirects included, is resolved once, checked, and called at
 * the very address that was checked, so that a name cannot change its meaning in between.
 * @throws {Problem} for every failure, with host and reason.
 */
export async function fetchDefinition(link: string, options: ImportOptions): Promise<FetchedDefinition> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  let url = readLink(link, undefined);
  const visited = new Set<string>();
  try {
    for (let redirects = 0; ; redirects++) {
      if (visited.has(url.href))
        throw refused(url, `the redirects form a loop: ${hostOf(url)}${url.pathname} leads back to itself`);
      if (redirects > mostRedirects) throw refused(url, `more than ${mostRedirects} redirects followed each other`);
      visited.add(url.href);
      const answer = await getOnce(url, signal, options);
      if (answer.kind === 'found') return { ...answer.definition, url: url.href };
      url = readLink(answer.location, url);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    throw timeout.aborted ? refused(url, `no complete answer within ${options.timeoutMs} ms`, error) : error;
  }
}

type Answer =
  | { readonly kind: 'found'; readonly definition: { readonly text: string; readonly contentType: string } }
  | { readonly kind: 'redirect'; readonly location: string };

async function getOnce(url: URL, signal: AbortSignal, options: ImportOptions): Promise<Answer> {
  const addresses = await checkedAddresses(url, signal, options);
  const agent = new Agent({ connect: { lookup: pinnedLookup(addresses), timeout: options.timeoutMs } });
  try {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: agent,
      signal,
      headersTimeout: options.timeoutMs,
      bodyTimeout: options.timeoutMs,
      headers: {
        accept: 'application/json, application/yaml, text/yaml, */*;q=0.5',
        'accept-encoding': 'gzip, br',
        'user-agent': 'Vigia',
      },
    });
    const location = single(headers['location']);
    if (redirectStatuses.has(statusCode)) {
      if (location === undefined) throw refused(url, `the answer was ${statusCode}, a redirect that names no place`);
      return { kind: 'redirect', location };
    }
    if (statusCode !== 200) throw refused(url, `the answer was ${statusCode}${hintOfStatus[statusCode] ?? ''}`);
    const type = single(headers['content-type']) ?? '';
    const declared = Number(single(headers['content-length']) ?? '0');
    if (declared > options.maxBytes) throw tooLarge(url, options.maxBytes);
    const bytes = await readBody(url, body, single(headers['content-encoding']), options.maxBytes);
    if (bytes.length === 0) throw refused(url, 'the answer was empty');
    return {
      kind: 'found',
      definition: { text: decode(url, bytes, type), contentType: (type.split(';', 1)[0] ?? '').trim().toLowerCase() },
    };
  } catch (error) {
    throw signal.aborted ? error : toProblem(url, error);
  } finally {
    await agent.destroy();
  }
}

const hintOfStatus: Readonly<Record<number, string>> = {
  401: ': the address wants a sign-in, which an import cannot do',
  403: ': the address refuses to be read',
  404: ': nothing is at this address',
};

function readLink(link: string, base: URL | undefined): URL {
  let url: URL;
  try {
    url = new URL(link, base);
  } catch (error) {
    throw invalidDefinition(
      [base ? `${base.hostname} redirected to '${link}', which is no URL.` : `The link '${link}' is no absolute URL.`],
      error,
    );
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw invalidDefinition([`The link's scheme is '${url.protocol.slice(0, -1)}'; only https and http are fetched.`]);
  // The URL itself is not shown: it holds the secret.
  if (url.username !== '' || url.password !== '')
    throw invalidDefinition([`The link to ${url.hostname} holds a user name or password; that is not supported.`]);
  url.hash = '';
  return url;
}

async function checkedAddresses(
  url: URL,
  signal: AbortSignal,
  options: ImportOptions,
): Promise<readonly LookupAddress[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const addresses = family === 0 ? await resolveHost(url, host, signal, options) : [{ address: host, family }];
  for (const { address } of addresses) {
    const kind = addressKind(address);
    const isAllowed =
      kind === 'public' ||
      (kind === 'loopback' && options.allowLoopback) ||
      (kind === 'private' && options.allowPrivate === true);
    if (!isAllowed)
      throw refused(url, `its address ${address} is ${kind}, and a link must not lead there`, undefined, 'refused');
  }
  return addresses;
}

async function resolveHost(url: URL, host: string, signal: AbortSignal, options: ImportOptions) {
  const resolve = options.resolve ?? ((name: string) => lookup(name, { all: true }));
  let addresses: readonly LookupAddress[];
  try {
    addresses = await orAbort(resolve(host), signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw refused(url, `the host name could not be resolved (${codeOf(error) || 'no reason given'})`, error);
  }
  if (addresses.length === 0) throw refused(url, 'the host name has no address');
  return addresses;
}

/** The resolver knows no signal; its answer is then of no interest any more. */
function orAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const pinnedLookup =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else if (first) callback(null, first.address, first.family);
  };

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Both what is sent and what it unpacks to are counted, so that a small answer cannot become a large one. */
async function readBody(url: URL, body: Readable, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const packing = (encoding ?? 'identity').trim().toLowerCase();
  const decoder = packing === 'identity' || packing === '' ? undefined : decoders[packing]?.();
  if (decoder === undefined && packing !== 'identity' && packing !== '')
    throw refused(url, `the answer is packed as '${packing}', which is not read`);
  const chunks: Buffer[] = [];
  let sent = 0;
  let size = 0;
  body.on('data', (chunk: Buffer) => {
    sent += chunk.length;
    if (sent > maxBytes) body.destroy(tooLarge(url, maxBytes));
  });
  if (decoder) body.on('error', (error) => decoder.destroy(error)).pipe(decoder);
  try {
    for await (const chunk of decoder ?? body) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(url, maxBytes);
      chunks.push(chunk);
    }
  } finally {
    body.destroy();
  }
  return Buffer.concat(chunks);
}

function decode(url: URL, bytes: Buffer, contentType: string): string {
  const [first, second] = bytes;
  const mark =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
  const charset = mark ?? /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset, { fatal: true });
  } catch (error) {
    throw refused(url, `the answer's charset '${charset}' is unknown`, error);
  }
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw refused(url, `the answer is not valid ${charset.toUpperCase()} text`, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  UND_ERR_SOCKET: 'the connection was broken off',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EADDRNOTAVAIL: 'the host cannot be reached',
  ETIMEDOUT: 'the connection was not made in time',
  UND_ERR_CONNECT_TIMEOUT: 'the connection was not made in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer ended before its announced length',
  UND_ERR_HEADERS_OVERFLOW: 'the headers of the answer are too long',
  ERR_SSL_WRONG_VERSION_NUMBER: 'TLS failed: the other end does not speak TLS; the link may have to begin with http://',
  EPROTO: 'TLS failed: the other end does not speak TLS; the link may have to begin with http://',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS failed: the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS failed: a certificate of the chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS failed: the certificate cannot be verified',
  UNABLE_TO_GET_ISSUER_CERT: 'TLS failed: the issuer of the certificate is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS failed: the issuer of the certificate is unknown',
  CERT_HAS_EXPIRED: 'TLS failed: the certificate has expired',
  CERT_NOT_YET_VALID: 'TLS failed: the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS failed: the certificate is not for this host',
};

function toProblem(url: URL, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === 'Problem') return error;
  const code = codeOf(error);
  if (Object.hasOwn(reasons, code)) return refused(url, `${reasons[code]} (${code})`, error);
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS')) return refused(url, `TLS failed (${code})`, error);
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT'))
    return refused(url, `the answer is not what its content-encoding says (${code})`, error);
  if (code.startsWith('HPE_') || error.name === 'HTTPParserError') return refused(url, 'the answer is no HTTP', error);
  return refused(url, `the fetch failed (${code === '' ? error.name : code})`, error);
}

function codeOf(error: unknown): string {
  if (error === null || typeof error !== 'object') return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Node tries several addresses of a name and then throws one error for all of them.
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return 'cause' in error ? codeOf(error.cause) : '';
}

const hostOf = (url: URL): string => url.host;

const refused = (url: URL, reason: string, cause?: unknown, verb = 'not read') =>
  invalidDefinition([`The link to ${hostOf(url)} was ${verb}: ${reason}.`], cause);

const tooLarge = (url: URL, maxBytes: number) =>
  refused(url, `the document is larger than the limit of ${sizeText(maxBytes)}`);

/** `4 MB`, `1.5 MB`, `900 bytes`. */
export const sizeText = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${Math.round((bytes / 2 ** 20) * 10) / 10} MB` : `${bytes} bytes`;

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
