import type { Clock } from '@vigia/contract';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { audienceOf } from './resource-audience.ts';

export interface TokenClaims {
  /** Object id of the principal: what role assignments name. */
  readonly oid: string;
  readonly sub: string;
  readonly appid: string;
  readonly tid: string;
  readonly aud: string;
  readonly iss: string;
  /** Seconds since the Unix epoch. */
  readonly exp: number;
  /** ARM id of the resource whose identity it is; empty where the token does not say. */
  readonly resourceId: string;
}

export type TokenFault =
  | 'malformed'
  | 'algorithm'
  | 'unknownKey'
  | 'signature'
  | 'expired'
  | 'notYetValid'
  | 'audience'
  | 'issuer'
  | 'tenant'
  | 'claims'
  /** The keys could not be fetched: the token may be good. */
  | 'keysUnavailable';

export type TokenVerdict =
  | { readonly ok: true; readonly claims: TokenClaims }
  | { readonly ok: false; readonly fault: TokenFault; readonly message: string };

export interface TokenVerifierOptions {
  /** The key set itself (asked for on each call; imported once per set), or where to fetch it. */
  readonly jwks: (() => JSONWebKeySet) | URL;
  /** Resources that the verifier stands for; a trailing slash makes no difference. */
  readonly audiences: readonly string[];
  readonly issuer: string;
  readonly tenantId: string;
  readonly clock: Clock;
  /** How far the clocks of issuer and verifier may differ. Default 300, Azure's own. */
  readonly toleranceSeconds?: number;
}

export type TokenVerifier = (token: string) => Promise<TokenVerdict>;

/** Longer ones are refused unread; Entra's stay below 4 KB. */
const longestToken = 16_384;

/**
 * Checks a bearer token: RS256 alone, a signature by a published key, issuer, tenant, audience, validity in time.
 * Never throws for a bad token; the verdict says what is wrong with it.
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const keyFor = keySource(options.jwks);
  const audiences = new Set(options.audiences.map(audienceOf));

  return async (token) => {
    if (token.length > longestToken) return refuse('malformed', `The token is longer than ${longestToken} characters.`);
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keyFor, {
        algorithms: ['RS256'],
        issuer: options.issuer,
        requiredClaims: ['exp', 'nbf', 'iat', 'aud', 'oid', 'tid'],
        clockTolerance: options.toleranceSeconds ?? 300,
        currentDate: new Date(options.clock.now()),
      }));
    } catch (error) {
      return refuse(faultOf(error), error instanceof Error ? error.message : String(error));
    }
    if (typeof payload.aud !== 'string' || !audiences.has(audienceOf(payload.aud))) {
      return refuse(
        'audience',
        `The token is for ${JSON.stringify(payload.aud)}; expected ${[...audiences].join(' or ')}.`,
      );
    }
    if (payload['tid'] !== options.tenantId) return refuse('tenant', 'The token was issued for another tenant.');
    const { oid, appid, xms_mirid: resourceId } = payload as Record<string, unknown>;
    if (typeof oid !== 'string' || typeof payload.exp !== 'number')
      return refuse('claims', 'The claim oid is missing.');
    return {
      ok: true,
      claims: {
        oid,
        sub: payload.sub ?? oid,
        appid: typeof appid === 'string' ? appid : '',
        tid: options.tenantId,
        aud: payload.aud,
        iss: options.issuer,
        exp: payload.exp,
        resourceId: typeof resourceId === 'string' ? resourceId : '',
      },
    };
  };
}

const refuse = (fault: TokenFault, message: string): TokenVerdict => ({ ok: false, fault, message });

function keySource(jwks: (() => JSONWebKeySet) | URL): JWTVerifyGetKey {
  if (jwks instanceof URL) return createRemoteJWKSet(jwks);
  let known: JSONWebKeySet | undefined;
  let resolve: JWTVerifyGetKey | undefined;
  return (header, token) => {
    const set = jwks();
    // A key set imports its keys once; it is rebuilt only when a rotation brought another object.
    if (resolve === undefined || set !== known) {
      known = set;
      resolve = createLocalJWKSet(set);
    }
    return resolve(header, token);
  };
}

const claimFaults: Readonly<Record<string, TokenFault>> = {
  exp: 'expired',
  nbf: 'notYetValid',
  iat: 'notYetValid',
  iss: 'issuer',
  aud: 'audience',
};

function faultOf(error: unknown): TokenFault {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.reason === 'check_failed' ? (claimFaults[error.claim] ?? 'claims') : 'claims';
  }
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported) return 'algorithm';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'unknownKey';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return 'keysUnavailable';
  // Whatever else jose throws about the text is a malformed token; what is not jose's comes from fetching the keys.
  if (error instanceof errors.JOSEError) return error.code === 'ERR_JOSE_GENERIC' ? 'keysUnavailable' : 'malformed';
  return error instanceof TypeError && /fetch/i.test(error.message) ? 'keysUnavailable' : 'malformed';
}
