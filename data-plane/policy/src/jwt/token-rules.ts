import { compactDecrypt, errors, importJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { PolicyContext } from '../context.ts';
import { PolicyError } from '../policy-error.ts';

type Key = Readonly<Record<string, unknown>>;

/** What one request's token must be. */
export interface TokenRules {
  /** URLs of OpenID configurations: their keys sign, their issuers are allowed. */
  readonly configurations: readonly string[];
  /** JSON web keys of the document. */
  readonly signingKeys: readonly Key[];
  readonly decryptionKeys: readonly Key[];
  readonly issuers: readonly string[];
  /** Empty: not checked. */
  readonly audiences: readonly string[];
  readonly claims: readonly RequiredClaim[];
  readonly requiresExpiration: boolean;
  readonly requiresSignature: boolean;
  readonly clockSkewSeconds: number;
}

export interface RequiredClaim {
  readonly name: string;
  readonly matchesAll: boolean;
  readonly separator: string | undefined;
  /** Empty: the claim must be there. */
  readonly values: readonly string[];
}

const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'HS256',
  'HS384',
  'HS512',
];
const kinds: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', HS: 'oct' };

const refuse = (reason: string, message: string, cause?: unknown): PolicyError =>
  new PolicyError(reason, message, { cause });

/** The claims of a token that keeps the rules. Throws PolicyError with API Management's reason. */
export async function checkToken(token: string, rules: TokenRules, context: PolicyContext): Promise<JWTPayload> {
  const signed = await decrypted(token, rules.decryptionKeys);
  const { payload, issuers } = await verified(signed, rules, context);
  checkTimes(payload, rules, context.services.clock.now());
  checkIssuer(payload, [...rules.issuers, ...issuers]);
  checkAudience(payload, rules.audiences);
  checkClaims(payload, rules.claims);
  return payload;
}

interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: JWTPayload;
}

function partsOf(token: string): Parts {
  const [head, body, ...rest] = token.split('.');
  const read = (part: string | undefined): Record<string, unknown> => {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('no object');
    return value as Record<string, unknown>;
  };
  try {
    if (rest.length !== 1) throw new Error('three parts were expected');
    return { header: read(head), payload: read(body) };
  } catch (cause) {
    throw refuse('JwtInvalid', 'JWT Validation Failed: the token is not a JSON web token.', cause);
  }
}

/** The signed token inside of an encrypted one. */
async function decrypted(token: string, keys: readonly Key[]): Promise<string> {
  if (token.split('.').length !== 5) return token;
  for (const key of keys) {
    try {
      const { plaintext } = await compactDecrypt(token, await importJWK(key as JWK, 'dir'));
      return new TextDecoder().decode(plaintext);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  throw refuse('JwtInvalid', 'JWT Validation Failed: no key of the policy decrypts the token.');
}

async function verified(
  token: string,
  rules: TokenRules,
  context: PolicyContext,
): Promise<{ readonly payload: JWTPayload; readonly issuers: readonly string[] }> {
  const { header, payload } = partsOf(token);
  const algorithm = String(header['alg'] ?? '');
  if (algorithm.toLowerCase() === 'none') {
    if (rules.requiresSignature)
      throw refuse('TokenSignatureInvalid', 'JWT Validation Failed: the token has no signature.');
    return { payload, issuers: [] };
  }
  if (!algorithms.includes(algorithm)) {
    throw refuse('JwtInvalid', `JWT Validation Failed: the algorithm '${algorithm}' is not supported.`);
  }
  let hasKey = false;
  // A key that is not known yet may be a new one: the configurations are then asked again, once.
  for (const isFresh of [false, true]) {
    if (isFresh && rules.configurations.length === 0) break;
    const { keys, issuers } = await keysOf(rules, context, isFresh);
    const fitting = keys.filter((key) => fits(key, header));
    hasKey ||= fitting.length > 0;
    for (const key of fitting) if (await isSignedBy(token, key, algorithm)) return { payload, issuers };
    if (fitting.length > 0) break;
  }
  throw hasKey
    ? refuse('TokenSignatureInvalid', 'JWT Validation Failed: the signature of the token is not valid.')
    : refuse('TokenSignatureKeyNotFound', 'JWT Validation Failed: no key was found for the signature of the token.');
}

async function keysOf(
  rules: TokenRules,
  { services }: PolicyContext,
  isFresh: boolean,
): Promise<{ readonly keys: readonly Key[]; readonly issuers: readonly string[] }> {
  try {
    const all = await Promise.all(rules.configurations.map((url) => services.openId.configuration(url, { isFresh })));
    return {
      keys: [...rules.signingKeys, ...all.flatMap(({ keys }) => keys)],
      issuers: all.flatMap(({ issuer }) => (issuer === undefined ? [] : [issuer])),
    };
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw refuse(
      'TokenSignatureKeyNotFound',
      `JWT Validation Failed: the OpenID configuration cannot be read: ${said}`,
      cause,
    );
  }
}

function fits(key: Key, header: Parts['header']): boolean {
  if (key['kty'] !== kinds[String(header['alg']).slice(0, 2)] || key['use'] === 'enc') return false;
  const wanted = header['kid'];
  if (wanted === undefined || key['kid'] === undefined) return true;
  return key['kid'] === wanted || key['x5t'] === wanted;
}

async function isSignedBy(token: string, key: Key, algorithm: string): Promise<boolean> {
  try {
    const imported = await importJWK(key as JWK, algorithm);
    // Times are checked against the gateway's clock, not here.
    await jwtVerify(token, imported, { algorithms: [algorithm], currentDate: new Date(0), clockTolerance: 1e12 });
    return true;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return false;
    throw error;
  }
}

function checkTimes(payload: JWTPayload, rules: TokenRules, now: number): void {
  const seconds = now / 1000;
  const { exp, nbf } = payload;
  if (exp === undefined && rules.requiresExpiration)
    throw refuse('TokenExpired', 'JWT Validation Failed: the token has no expiration time.');
  if (exp !== undefined && (typeof exp !== 'number' || exp + rules.clockSkewSeconds <= seconds))
    throw refuse('TokenExpired', 'JWT Validation Failed: the token is expired.');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf - rules.clockSkewSeconds > seconds))
    throw refuse('JwtInvalid', 'JWT Validation Failed: the token is not valid yet.');
}

function checkIssuer({ iss, ...claims }: JWTPayload, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  const tenant = String(claims['tid'] ?? '');
  // The configuration for all tenants of Entra names none.
  const issuers = allowed.map((issuer) => issuer.replace('{tenantid}', tenant));
  if (iss !== undefined && issuers.includes(iss)) return;
  throw refuse('TokenIssuerNotAllowed', `JWT Validation Failed: the issuer '${iss ?? ''}' is not allowed.`);
}

const listOf = (claim: unknown): readonly string[] =>
  claim === undefined || claim === null ? [] : Array.isArray(claim) ? claim.map(String) : [String(claim)];

function checkAudience({ aud }: JWTPayload, allowed: readonly string[]): void {
  if (allowed.length === 0 || listOf(aud).some((audience) => allowed.includes(audience))) return;
  throw refuse(
    'TokenAudienceNotAllowed',
    `JWT Validation Failed: the audience '${listOf(aud).join(', ')}' is not allowed.`,
  );
}

function checkClaims(payload: JWTPayload, required: readonly RequiredClaim[]): void {
  const missing = required.filter(({ name }) => payload[name] === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    throw refuse('TokenClaimNotFound', `JWT token is missing the following claims: ${missing.join(', ')}`);
  }
  for (const { name, values, separator, matchesAll } of required) {
    if (values.length === 0) continue;
    const claim = payload[name];
    const has =
      separator !== undefined && typeof claim === 'string'
        ? claim.split(separator).map((part) => part.trim())
        : listOf(claim);
    const isAllowed = matchesAll
      ? values.every((value) => has.includes(value))
      : values.some((value) => has.includes(value));
    if (!isAllowed) {
      throw refuse('TokenClaimValueNotAllowed', `Claim ${name} value of ${has.join(', ')} is not allowed.`);
    }
  }
}
