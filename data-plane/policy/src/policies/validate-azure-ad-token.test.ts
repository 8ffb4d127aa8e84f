import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const now = Date.UTC(2026, 0, 14, 10, 20, 30);
const tenant = '11111111-1111-1111-1111-111111111111';
const { publicKey, privateKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), kid: 'one' };
const provider = (call: { readonly url: string }) =>
  call.url.endsWith('/keys')
    ? { body: { keys: [jwk] } }
    : {
        body: {
          issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
          jwks_uri: 'https://login.microsoftonline.com/keys',
        },
      };
const bearer = async (claims: Record<string, unknown>) => ({
  headers: {
    Authorization: `Bearer ${await new SignJWT({
      iss: `https://sts.windows.net/${tenant}/`,
      exp: now / 1000 + 60,
      tid: tenant,
      ...claims,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .sign(privateKey)}`,
  },
});
const validate = (children = '', attributes = '') =>
  `<validate-azure-ad-token tenant-id="${tenant}" ${attributes}>${children}</validate-azure-ad-token>`;
const clients = '<client-application-ids><application-id>app</application-id></client-application-ids>';
const common = { now, send: provider };

const cases: Record<string, PolicyCase> = {
  'a token of the tenant passes': {
    given: { ...common, policy: validate(clients), requests: [await bearer({ appid: 'app' })] },
    expect: {
      sent: [{ url: `https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration` }, {}],
      last: { status: 200 },
    },
  },
  'a token of the second version passes': {
    given: {
      ...common,
      policy: validate(clients),
      requests: [await bearer({ azp: 'app', iss: `https://login.microsoftonline.com/${tenant}/v2.0` })],
    },
    expect: { last: { status: 200 } },
  },
  'no token is refused': {
    given: { ...common, policy: validate() },
    expect: { last: { status: 401, error: { source: 'validate-azure-ad-token', reason: 'TokenNotPresent' } } },
  },
  'another client is refused': {
    given: { ...common, policy: validate(clients), requests: [await bearer({ appid: 'other' })] },
    expect: { last: { status: 401, error: { reason: 'TokenClaimValueNotAllowed' } } },
  },
  'another tenant is refused': {
    given: {
      ...common,
      policy: validate(),
      requests: [await bearer({ iss: 'https://sts.windows.net/other/', tid: 'other' })],
    },
    expect: { last: { status: 401, error: { reason: 'TokenIssuerNotAllowed' } } },
  },
  'the audience is checked': {
    given: {
      ...common,
      policy: validate('<audiences><audience>api://x</audience></audiences>'),
      requests: [await bearer({ aud: 'api://y' })],
    },
    expect: { last: { status: 401, error: { reason: 'TokenAudienceNotAllowed' } } },
  },
  'the id of a backend application is an audience': {
    given: {
      ...common,
      policy: validate('<backend-application-ids><application-id>me</application-id></backend-application-ids>'),
      requests: [await bearer({ aud: 'api://me' }), await bearer({ aud: 'me' })],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'claims are required': {
    given: {
      ...common,
      policy: validate(
        '<required-claims><claim name="roles" match="any"><value>Reader</value></claim></required-claims>',
      ),
      requests: [await bearer({ roles: ['Reader'] }), await bearer({})],
    },
    expect: { outcomes: [{ status: 200 }, { status: 401, error: { reason: 'TokenClaimNotFound' } }] },
  },
  'status, message and variable are the document’s': {
    given: {
      ...common,
      policy: validate(
        '',
        'failed-validation-httpcode="403" failed-validation-error-message="No" output-token-variable-name="t"',
      ),
      requests: [{}, await bearer({})],
    },
    expect: {
      outcomes: [
        { status: 403, body: '{ "statusCode": 403, "message": "No" }' },
        { variables: { t: expect.anything() } },
      ],
    },
  },
  'another place for the keys': {
    given: {
      ...common,
      policy: validate('', 'authentication-endpoint="https://login.local/"'),
      requests: [await bearer({})],
    },
    expect: { sent: [{ url: `https://login.local/${tenant}/v2.0/.well-known/openid-configuration` }, {}] },
  },
  'needs the tenant': { given: '<validate-azure-ad-token />', mistakes: ["needs the attribute 'tenant-id'"] },
};

describe('validate-azure-ad-token', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
