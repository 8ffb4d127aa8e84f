import { type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@vigia/contract';
import { type JSONWebKeySet, SignJWT } from 'jose';
import { audienceOf } from './resource-audience.ts';
import { openSigningKeys } from './signing-keys.ts';
import { identitySecret, type TokenIdentity } from './token-identity.ts';

export interface TokenServiceOptions {
  /** Holds the sealed signing keys; made when missing, mode 0700. */
  readonly keysFolder: string;
  /** The installation's master key, 32 bytes or more: seals the signing keys and derives each identity's secret. */
  readonly masterKey: KeyObject | Uint8Array;
  /** `iss` of every token. Entra's form is `https://sts.windows.net/{tenantId}/`. */
  readonly issuer: string;
  readonly tenantId: string;
  /** Asked for on each request, so a new snapshot counts at once. */
  readonly identities: () => readonly TokenIdentity[];
  readonly clock: Clock;
  /** 60 … 86 400; default 86 400, as Azure gives managed identities a day. */
  readonly lifetimeSeconds?: number;
  /** A key that signed for longer than this is replaced when the service opens. Default 90 days. */
  readonly rotateAfterMs?: number;
}

export interface IssuedToken {
  readonly accessToken: string;
  readonly identity: TokenIdentity;
  /** As asked for. */
  readonly resource: string;
  /** Seconds since the Unix epoch. */
  readonly notBefore: number;
  /** Seconds since the Unix epoch. */
  readonly expiresOn: number;
}

export interface TokenService {
  readonly issuer: string;
  readonly tenantId: string;
  readonly clock: Clock;
  /** Whom the secret belongs to; compared in constant time. Undefined: nobody. */
  identityOfSecret(secret: string): TokenIdentity | undefined;
  identities(): readonly TokenIdentity[];
  /** Signs a token. Whoever calls it has proved to be the identity. */
  issue(identity: TokenIdentity, resource: string): Promise<IssuedToken>;
  /** The public keys, the signing one first. The same object until a rotation. */
  jwks(): JSONWebKeySet;
  /** A new key signs; tokens of the keys before it stay valid until they expire. */
  rotateKeys(): Promise<void>;
}

const longestLifetimeSeconds = 86_400;
const day = 86_400_000;

/**
 * The local counterpart of Entra for managed identities. Tokens are JWTs signed with RS256, with the claims of
 * Entra's v1 tokens: aud, iss, iat, nbf, exp, jti, appid, appidacr, idp, idtyp, oid, sub, tid, ver, xms_mirid.
 */
export async function openTokenService(options: TokenServiceOptions): Promise<TokenService> {
  const lifetime = options.lifetimeSeconds ?? longestLifetimeSeconds;
  if (!Number.isInteger(lifetime) || lifetime < 60 || lifetime > longestLifetimeSeconds) {
    throw new RangeError(
      `lifetimeSeconds is ${lifetime}; expected a whole number from 60 to ${longestLifetimeSeconds}.`,
    );
  }
  const { clock } = options;
  const keys = await openSigningKeys({
    folder: options.keysFolder,
    masterKey: options.masterKey,
    clock,
    keepRetiredMs: longestLifetimeSeconds * 1000,
  });
  if (clock.now() - keys.signingSince() > (options.rotateAfterMs ?? 90 * day)) await keys.rotate();

  return {
    issuer: options.issuer,
    tenantId: options.tenantId,
    clock,
    identities: options.identities,
    identityOfSecret(secret) {
      const given = Buffer.from(secret);
      // Every identity is compared, so the time taken does not tell which one came near.
      return options.identities().reduce<TokenIdentity | undefined>((found, identity) => {
        const expected = Buffer.from(identitySecret(options.masterKey, identity.principalId));
        return given.length === expected.length && timingSafeEqual(given, expected) ? identity : found;
      }, undefined);
    },
    async issue(identity, resource) {
      const notBefore = Math.floor(clock.now() / 1000);
      const expiresOn = notBefore + lifetime;
      const { kid, signingKey } = keys.current();
      const accessToken = await new SignJWT({
        appid: identity.clientId,
        appidacr: '2',
        idp: options.issuer,
        idtyp: 'app',
        oid: identity.principalId,
        tid: identity.tenantId,
        ver: '1.0',
        xms_mirid: identity.resourceId,
      })
        .setProtectedHeader({ typ: 'JWT', alg: 'RS256', x5t: kid, kid })
        .setAudience(audienceOf(resource))
        .setIssuer(options.issuer)
        .setSubject(identity.principalId)
        .setIssuedAt(notBefore)
        .setNotBefore(notBefore)
        .setExpirationTime(expiresOn)
        .setJti(crypto.randomUUID())
        .sign(signingKey);
      return { accessToken, identity, resource, notBefore, expiresOn };
    },
    jwks: () => keys.current().jwks,
    rotateKeys: () => keys.rotate(),
  };
}
