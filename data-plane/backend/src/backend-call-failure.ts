/**
 * `connect`: no connection, or it broke; `tls`: the certificate or the handshake; `timeout`: no headers in time;
 * `aborted`: the caller's signal; `protocol`: what was to be sent, or what came, is no HTTP.
 */
export type BackendCallFailureKind = 'connect' | 'tls' | 'timeout' | 'aborted' | 'protocol';

/** Thrown by `BackendClient.call`, and the error of an answer's body that ended early. */
export class BackendCallFailure extends Error {
  override readonly name = 'BackendCallFailure';
  readonly kind: BackendCallFailureKind;

  constructor(kind: BackendCallFailureKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

const kindsOfCodes: Readonly<Record<string, BackendCallFailureKind>> = {
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_ABORTED: 'aborted',
  UND_ERR_INVALID_ARG: 'protocol',
  UND_ERR_NOT_SUPPORTED: 'protocol',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
};

/** What undici, TLS or the socket threw, as one of our kinds; its own message is kept. */
export function toBackendCallFailure(error: unknown, url: string): BackendCallFailure {
  if (error instanceof BackendCallFailure) return error;
  const code = codeOf(error);
  const kind =
    kindsOfCodes[code] ??
    (code.startsWith('ERR_TLS') || code.startsWith('ERR_SSL')
      ? 'tls'
      : code.startsWith('HPE_')
        ? 'protocol'
        : 'connect');
  const said = error instanceof Error && error.message !== '' ? error.message : code;
  return new BackendCallFailure(kind, `The call to ${url} failed: ${said}`, error);
}

function codeOf(error: unknown): string {
  if (error === null || typeof error !== 'object') return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('name' in error && error.name === 'AbortError') return 'UND_ERR_ABORTED';
  // undici leaves the code of some parser errors undefined.
  if ('name' in error && error.name === 'HTTPParserError') return 'HPE_INVALID';
  // Node tries several addresses of a name and then throws one error for all of them.
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return '';
}
