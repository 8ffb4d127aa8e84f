import type { Clock } from '@vigia/contract';
import { Problem } from '@vigia/problem';
import { audienceOf } from './resource-audience.ts';

export interface IdentityToken {
  readonly accessToken: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/** Whose token, for what. */
export interface IdentityTokenRequest {
  readonly principalId: string;
  /** `https://cognitiveservices.azure.com` */
  readonly resource: string;
}

export interface IdentityTokensOptions {
  /** Where a token comes from: `fetchIdentityToken` here, `@azure/identity` on Azure. Rejects with a `Problem`. */
  readonly get: (request: IdentityTokenRequest) => Promise<IdentityToken>;
  readonly clock: Clock;
  /** Default 5 minutes, or a tenth of the token's life where that is less. */
  readonly refreshBeforeMs?: number;
  /** Told when a renewal failed while the held token is still good; the next caller tries again. */
  readonly onRenewalFailed: (error: unknown) => void;
}

export interface IdentityTokens {
  /** A token that is valid now. Concurrent callers share one request. Rejects with a `Problem`. */
  token(request: IdentityTokenRequest): Promise<string>;
  /** Forgets what is held, for instance after a refusal. */
  forget(request: IdentityTokenRequest): void;
}

/** Holds tokens of managed identities and renews them before they expire. A failure is not held. */
export function createIdentityTokens(options: IdentityTokensOptions): IdentityTokens {
  const held = new Map<string, { readonly token: IdentityToken; readonly renewAt: number }>();
  const underway = new Map<string, Promise<string>>();
  const keyOf = ({ principalId, resource }: IdentityTokenRequest) =>
    `${principalId.toLowerCase()} ${audienceOf(resource)}`;

  async function fetchToken(key: string, request: IdentityTokenRequest): Promise<string> {
    const token = await options.get(request);
    const life = token.expiresAt - options.clock.now();
    const early = Math.min(options.refreshBeforeMs ?? 300_000, life / 10);
    held.set(key, { token, renewAt: token.expiresAt - early });
    return token.accessToken;
  }

  return {
    async token(request) {
      const key = keyOf(request);
      const now = options.clock.now();
      const known = held.get(key);
      if (known && now < known.renewAt) return known.token.accessToken;
      let pending = underway.get(key);
      if (pending === undefined) {
        pending = fetchToken(key, request).finally(() => underway.delete(key));
        underway.set(key, pending);
      }
      if (known === undefined || now >= known.token.expiresAt) return pending;
      return pending.catch((error: unknown) => {
        options.onRenewalFailed(error);
        return known.token.accessToken;
      });
    },
    forget(request) {
      held.delete(keyOf(request));
    },
  };
}

export interface IdentityEndpoint {
  /** Address of the token service: `http://127.0.0.1:7082`. */
  readonly url: string;
  /** `identitySecret(masterKey, principalId)` */
  readonly secretOf: (principalId: string) => string;
  readonly timeoutMs?: number;
}

/** Asks the IMDS-shaped endpoint of the token service. Rejects with a `Problem` that says who refused and why. */
export async function fetchIdentityToken(
  endpoint: IdentityEndpoint,
  request: IdentityTokenRequest,
): Promise<IdentityToken> {
  const url = new URL('/metadata/identity/oauth2/token', endpoint.url);
  url.searchParams.set('api-version', '2018-02-01');
  url.searchParams.set('resource', request.resource);
  url.searchParams.set('principal_id', request.principalId);
  let status: number;
  let body: Record<string, unknown>;
  try {
    const response = await fetch(url, {
      headers: { Metadata: 'true', 'X-IDENTITY-HEADER': endpoint.secretOf(request.principalId) },
      signal: AbortSignal.timeout(endpoint.timeoutMs ?? 10_000),
    });
    status = response.status;
    body = (await response.json()) as Record<string, unknown>;
  } catch (cause) {
    throw unavailable(`The token service at ${url.origin} gave no answer: ${reasonOf(cause)}.`, cause);
  }
  const { access_token: accessToken, expires_on: expiresOn } = body;
  if (status !== 200) {
    const text = String(body['error_description'] ?? body['error'] ?? 'no reason given');
    throw unavailable(`The token service refused a token for ${request.resource} with ${status}: ${text}`);
  }
  if (typeof accessToken !== 'string' || !(Number(expiresOn) > 0)) {
    throw unavailable(`The token service at ${url.origin} answered without access_token or expires_on.`);
  }
  return { accessToken, expiresAt: Number(expiresOn) * 1000 };
}

const unavailable = (message: string, cause?: unknown) =>
  new Problem({
    code: 'ManagedIdentityTokenUnavailable',
    status: 500,
    message,
    ...(cause === undefined ? {} : { cause }),
  });

/** `fetch` hides the reason (ECONNREFUSED …) in `cause`. */
const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
};
