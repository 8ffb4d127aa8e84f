import { createHmac, createPublicKey, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTokenVerifier,
  fetchIdentityToken,
  identitySecret,
  openTokenService,
  type TokenIdentity,
  type TokenService,
  type TokenVerifier,
  tokenRoutes,
} from './index.ts';

const tenantId = '11111111-2222-3333-4444-555555555555';
const issuer = `https://sts.windows.net/${tenantId}/`;
const resource = 'https://cognitiveservices.azure.com';
const masterKey = randomBytes(32);
const start = Date.parse('2026-01-01T00:00:00Z');
const clock = { time: start, now: () => clock.time };
const gateway: TokenIdentity = {
  principalId: 'aaaaaaaa-0000-4000-8000-000000000001',
  clientId: 'cccccccc-0000-4000-8000-000000000001',
  tenantId,
  resourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim-contoso',
};
const other: TokenIdentity = {
  ...gateway,
  principalId: 'aaaaaaaa-0000-4000-8000-000000000002',
  clientId: 'cccccccc-0000-4000-8000-000000000002',
};

let folder: string;
let service: TokenService;
let verify: TokenVerifier;
const open = () =>
  openTokenService({
    keysFolder: folder,
    masterKey,
    issuer,
    tenantId,
    identities: () => [gateway, other],
    clock,
    lifetimeSeconds: 3600,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigia-access-'));
  service = await open();
  verify = createTokenVerifier({ jwks: () => service.jwks(), audiences: [`${resource}/`], issuer, tenantId, clock });
});
afterAll(() => rm(folder, { recursive: true }));

const issue = async (audience = resource) => (await service.issue(gateway, audience)).accessToken;

describe('a token', () => {
  it('has the claims of a managed identity’s v1 token', async () => {
    const token = await issue(`${resource}/`);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'JWT', kid: service.jwks().keys[0]?.kid });
    expect(decodeJwt(token)).toMatchObject({
      aud: resource,
      iss: issuer,
      iat: start / 1000,
      nbf: start / 1000,
      exp: start / 1000 + 3600,
      oid: gateway.principalId,
      sub: gateway.principalId,
      appid: gateway.clientId,
      tid: tenantId,
      ver: '1.0',
      xms_mirid: gateway.resourceId,
    });
    expect(await verify(token)).toMatchObject({
      ok: true,
      claims: { oid: gateway.principalId, resourceId: gateway.resourceId },
    });
  });

  it('refuses a lifetime over a day', async () => {
    await expect(
      openTokenService({
        keysFolder: folder,
        masterKey,
        issuer,
        tenantId,
        identities: () => [],
        clock,
        lifetimeSeconds: 86_401,
      }),
    ).rejects.toThrow('86400');
  });
});

describe('a hostile token is refused', () => {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = start / 1000;
  const claims = { aud: resource, iss: issuer, iat: now, nbf: now, exp: now + 60, oid: 'x', sub: 'x', tid: tenantId };
  const signed = (changes: object) =>
    // The true service signs, so that only the claim under test is wrong.
    service.issue({ ...gateway, ...changes }, resource).then(({ accessToken }) => accessToken);
  const forged = async (header: object, payload: object = claims) => {
    const { privateKey } = await generateKeyPair('RS256');
    return new SignJWT({ ...payload }).setProtectedHeader({ alg: 'RS256', ...header }).sign(privateKey);
  };
  const kid = () => service.jwks().keys[0]?.kid ?? '';
  const cases: Record<string, { token: () => string | Promise<string>; fault: string; later?: number }> = {
    'alg none': { token: () => `${part({ alg: 'none', kid: kid() })}.${part(claims)}.`, fault: 'algorithm' },
    'HS256 keyed with the public key': {
      token: () => {
        const pem = createPublicKey({ key: service.jwks().keys[0] ?? {}, format: 'jwk' }).export({
          type: 'spki',
          format: 'pem',
        });
        const text = `${part({ alg: 'HS256', kid: kid() })}.${part(claims)}`;
        return `${text}.${createHmac('sha256', pem).update(text).digest('base64url')}`;
      },
      fault: 'algorithm',
    },
    'an unknown key id': { token: () => forged({ kid: 'nobody' }), fault: 'unknownKey' },
    'another key under a known key id': { token: () => forged({ kid: kid() }), fault: 'signature' },
    'a key that the token brings along': {
      token: async () => {
        const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
        const jwk = await exportJWK(publicKey);
        return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: kid(), jwk }).sign(privateKey);
      },
      fault: 'signature',
    },
    'changed claims': {
      token: async () => {
        const [header = '', , signature = ''] = (await issue()).split('.');
        return `${header}.${part({ ...claims, oid: 'somebody else' })}.${signature}`;
      },
      fault: 'signature',
    },
    'another audience': { token: () => issue('https://management.azure.com'), fault: 'audience' },
    'an audience that only begins alike': { token: () => issue(`${resource}.example`), fault: 'audience' },
    'another tenant': { token: () => signed({ tenantId: '99999999-2222-3333-4444-555555555555' }), fault: 'tenant' },
    'another issuer': {
      token: async () => {
        const elsewhere = await openTokenService({
          keysFolder: folder,
          masterKey,
          issuer: 'https://sts.windows.net/other/',
          tenantId,
          identities: () => [],
          clock,
        });
        return (await elsewhere.issue(gateway, resource)).accessToken;
      },
      fault: 'issuer',
    },
    'one that expired, tolerance included': { token: () => issue(), fault: 'expired', later: 3600 + 301 },
    'one that is not yet valid': { token: () => issue(), fault: 'notYetValid', later: -301 },
    'an empty text': { token: () => '', fault: 'malformed' },
    'no token at all': { token: () => 'Bearer', fault: 'malformed' },
    'payload that is no JSON': { token: () => `${part({ alg: 'RS256', kid: kid() })}.AAAA.AAAA`, fault: 'signature' },
    'a megabyte': { token: () => 'a'.repeat(1_000_000), fault: 'malformed' },
  };
  it.each(Object.entries(cases))('%s', async (_, { token, fault, later = 0 }) => {
    const text = await token();
    clock.time = start + later * 1000;
    const verdict = await verify(text).finally(() => {
      clock.time = start;
    });
    expect(verdict).toMatchObject({ ok: false, fault });
  });
});

describe('signing keys', () => {
  it('survive a restart, sealed and for their owner alone', async () => {
    const token = await issue();
    const files = await readdir(folder);
    expect(files).toEqual(['token-signing-keys.sealed']);
    const path = join(folder, 'token-signing-keys.sealed');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, 'latin1')).includes('kty')).toBe(false);
    const again = await open();
    expect(again.jwks()).toEqual(service.jwks());
    const verifyAgain = createTokenVerifier({
      jwks: () => again.jwks(),
      audiences: [resource],
      issuer,
      tenantId,
      clock,
    });
    expect(await verifyAgain(token)).toMatchObject({ ok: true });
  });

  it('are not opened with another master key', async () => {
    await expect(
      openTokenService({
        keysFolder: folder,
        masterKey: randomBytes(32),
        issuer,
        tenantId,
        identities: () => [],
        clock,
      }),
    ).rejects.toThrow('master key');
  });

  it('rotate: the new one signs, the old one still verifies, and is dropped when its tokens have expired', async () => {
    const old = await issue();
    const [first] = service.jwks().keys;
    await service.rotateKeys();
    expect(service.jwks().keys).toHaveLength(2);
    expect(service.jwks().keys[1]?.kid).toBe(first?.kid);
    expect(decodeProtectedHeader(await issue()).kid).not.toBe(first?.kid);
    expect(await verify(old)).toMatchObject({ ok: true });
    expect(await verify(await issue())).toMatchObject({ ok: true });
    clock.time = start + 86_400_001;
    await service.rotateKeys();
    clock.time = start;
    expect(service.jwks().keys).toHaveLength(2);
    expect(service.jwks().keys.some(({ kid }) => kid === first?.kid)).toBe(false);
    expect(await verify(old)).toMatchObject({ ok: false, fault: 'unknownKey' });
    expect(service.jwks().keys.every((key) => !('d' in key) && !('p' in key))).toBe(true);
  });
});

describe('over HTTP', () => {
  let app: FastifyInstance;
  let url: string;
  beforeAll(async () => {
    app = Fastify();
    await app.register(tokenRoutes(service));
    url = await app.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(() => app.close());

  const imds = '/metadata/identity/oauth2/token';
  const good = { 'api-version': '2018-02-01', resource };
  const headers = () => ({ metadata: 'true', 'x-identity-header': identitySecret(masterKey, gateway.principalId) });
  const ask = async (query: Record<string, string>, head: Record<string, string>) => {
    const response = await fetch(`${url}${imds}?${new URLSearchParams(query)}`, { headers: head });
    return { status: response.status, body: (await response.json()) as Record<string, string> };
  };

  it('answers as the Instance Metadata Service', async () => {
    const { status, body } = await ask(good, headers());
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(
      [
        'access_token',
        'client_id',
        'expires_in',
        'expires_on',
        'ext_expires_in',
        'not_before',
        'resource',
        'token_type',
      ].sort(),
    );
    expect(body).toMatchObject({
      client_id: gateway.clientId,
      expires_in: '3600',
      expires_on: String(start / 1000 + 3600),
      not_before: String(start / 1000),
      resource,
      token_type: 'Bearer',
    });
    expect(await verify(body['access_token'] ?? '')).toMatchObject({ ok: true, claims: { oid: gateway.principalId } });
  });

  const { resource: _, ...withoutResource } = good;
  const { 'api-version': __, ...withoutVersion } = good;
  const refusals: [string, Record<string, string>, () => Record<string, string>, number, string, string][] = [
    [
      'no Metadata header',
      good,
      () => ({ 'x-identity-header': headers()['x-identity-header'] }),
      400,
      'invalid_request',
      'metadata',
    ],
    ['no api-version', withoutVersion, headers, 400, 'invalid_request', 'api-version'],
    ['an unknown api-version', { ...good, 'api-version': '1999-01-01' }, headers, 400, 'invalid_request', '1999-01-01'],
    ['no resource', withoutResource, headers, 400, 'invalid_request', 'resource'],
    ['a resource that is none', { ...good, resource: 'nonsense' }, headers, 400, 'invalid_resource', 'AADSTS500011'],
    ['no secret', good, () => ({ metadata: 'true' }), 401, 'unauthorized_client', 'X-IDENTITY-HEADER'],
    [
      'a wrong secret',
      good,
      () => ({ metadata: 'true', 'x-identity-header': 'f'.repeat(64) }),
      401,
      'unauthorized_client',
      'X-IDENTITY-HEADER',
    ],
    [
      'another identity than the secret’s',
      { ...good, principal_id: other.principalId },
      headers,
      400,
      'invalid_request',
      'Identity not found',
    ],
    ['an unknown client', { ...good, client_id: 'nobody' }, headers, 400, 'invalid_request', 'Identity not found'],
    [
      'a request through a proxy',
      good,
      () => ({ ...headers(), 'x-forwarded-for': '10.0.0.1' }),
      400,
      'invalid_request',
      'proxy',
    ],
  ];
  it.each(refusals)('refuses %s', async (_, query, head, status, error, text) => {
    const answer = await ask(query, head());
    expect(answer).toMatchObject({ status, body: { error } });
    expect(answer.body['error_description']).toContain(text);
  });

  it('accepts App Service’s variant and an identity named by its resource', async () => {
    const { status } = await ask(
      { 'api-version': '2019-08-01', resource, mi_res_id: gateway.resourceId },
      { 'x-identity-header': identitySecret(masterKey, gateway.principalId) },
    );
    expect(status).toBe(200);
  });

  const secret = identitySecret(masterKey, gateway.principalId);
  const form = {
    grant_type: 'client_credentials',
    client_id: gateway.clientId,
    client_secret: secret,
    scope: `${resource}/.default`,
  };
  const post = async (body: Record<string, string>, tenant = tenantId) => {
    const response = await fetch(`${url}/${tenant}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams(body),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('grants client credentials', async () => {
    const { status, body } = await post(form);
    expect({ status, body }).toMatchObject({ status: 200, body: { token_type: 'Bearer', expires_in: 3600 } });
    expect(await verify(String(body['access_token']))).toMatchObject({ ok: true });
  });

  it.each<[string, Record<string, string>, number, number]>([
    ['another grant', { ...form, grant_type: 'password' }, 400, 70003],
    ['an unknown client', { ...form, client_id: 'nobody' }, 400, 700016],
    ['a wrong secret', { ...form, client_secret: 'wrong' }, 401, 7000215],
    ['another identity’s secret', { ...form, client_id: other.clientId }, 401, 7000215],
    ['a scope without /.default', { ...form, scope: resource }, 400, 70011],
    ['no secret', { ...form, client_secret: '' }, 400, 900144],
  ])('refuses %s', async (_, body, status, code) => {
    expect(await post(body)).toMatchObject({ status, body: { error_codes: [code] } });
  });

  it('refuses another tenant', async () => {
    expect(await post(form, 'common')).toMatchObject({ status: 400, body: { error_codes: [90002] } });
  });

  it('publishes discovery and keys that a verifier can use', async () => {
    const discovery = (await (
      await fetch(`${url}/${tenantId}/v2.0/.well-known/openid-configuration`)
    ).json()) as Record<string, string>;
    expect(discovery).toMatchObject({ issuer, jwks_uri: `${url}/${tenantId}/discovery/v2.0/keys` });
    const remote = createTokenVerifier({
      jwks: new URL(discovery['jwks_uri'] ?? ''),
      audiences: [resource],
      issuer,
      tenantId,
      clock,
    });
    expect(await remote(await issue())).toMatchObject({ ok: true });
  });

  it('says that the keys are unavailable where they cannot be fetched', async () => {
    const remote = createTokenVerifier({
      jwks: new URL('http://127.0.0.1:1/keys'),
      audiences: [resource],
      issuer,
      tenantId,
      clock,
    });
    expect(await remote(await issue())).toMatchObject({ ok: false, fault: 'keysUnavailable' });
  });

  it('is fetched by the gateway’s client, which says who refused', async () => {
    const secretOf = (principalId: string) => identitySecret(masterKey, principalId);
    const token = await fetchIdentityToken({ url, secretOf }, { principalId: gateway.principalId, resource });
    expect(token.expiresAt).toBe(start + 3_600_000);
    await expect(
      fetchIdentityToken({ url, secretOf: () => 'no' }, { principalId: gateway.principalId, resource }),
    ).rejects.toMatchObject({
      name: 'Problem',
      code: 'ManagedIdentityTokenUnavailable',
      status: 500,
      message: expect.stringContaining('401'),
    });
    await expect(
      fetchIdentityToken({ url: 'http://127.0.0.1:1', secretOf }, { principalId: gateway.principalId, resource }),
    ).rejects.toMatchObject({
      code: 'ManagedIdentityTokenUnavailable',
    });
  });
});
