import { CompactEncrypt, type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const now = Date.UTC(2026, 0, 14, 10, 20, 30);
const seconds = now / 1000;
const secret = Buffer.from('a secret of thirty-two bytes ...');
const other = Buffer.from('another one of thirty-two bytes!');
const { publicKey, privateKey } = await generateKeyPair('RS256');
const { privateKey: newPrivateKey, publicKey: newPublicKey } = await generateKeyPair('RS256');
const jwkOf = async (key: CryptoKey, kid: string) => ({ ...(await exportJWK(key)), kid, use: 'sig' });
const firstKeys = [await jwkOf(publicKey, 'one')];
const laterKeys = [...firstKeys, await jwkOf(newPublicKey, 'two')];

const ps = await generateKeyPair('PS256');
const es = await generateKeyPair('ES256');
const psKey = await jwkOf(ps.publicKey, 'ps');
const esKey = await jwkOf(es.publicKey, 'es');
const base64Of = (url: string | undefined): string => Buffer.from(url ?? '', 'base64url').toString('base64');
const encrypt = (text: string, key: Uint8Array): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256' })
    .encrypt(key);

const sign = (
  claims: Record<string, unknown>,
  key: Uint8Array | CryptoKey = secret,
  header: object = { alg: 'HS256' },
) => new SignJWT({ exp: seconds + 60, ...claims }).setProtectedHeader({ alg: 'HS256', ...header }).sign(key);
const bearer = async (claims: Record<string, unknown>, key?: Uint8Array | CryptoKey, header?: object) => ({
  headers: { Authorization: `Bearer ${await sign(claims, key, header)}` },
});
const keys = `<issuer-signing-keys><key>${secret.toString('base64')}</key></issuer-signing-keys>`;
const validate = (children = keys, attributes = 'header-name="Authorization"') =>
  `<validate-jwt ${attributes}>${children}</validate-jwt>`;
const refused = (reason: string, message: string | RegExp = /./) => ({
  status: 401,
  error: { source: 'validate-jwt', reason, message: expect.stringMatching(message) },
});
const rs256 = { alg: 'RS256', kid: 'one' };
const openId = '<openid-config url="https://login.test/.well-known/openid-configuration" />';
/** The second time that keys are asked for there is a new one. */
const identityProvider = (call: { readonly url: string }, nth: number) =>
  call.url.endsWith('/keys')
    ? { body: { keys: nth > 2 ? laterKeys : firstKeys } }
    : { body: { issuer: 'https://login.test/', jwks_uri: 'https://login.test/keys' } };

const cases: Record<string, PolicyCase> = {
  'a token that is signed with the key passes': {
    given: { policy: validate(), now, requests: [await bearer({ sub: 'a' })] },
    expect: { last: { status: 200, forwarded: [{}] } },
  },
  'no token: 401 with the message': {
    given: { policy: validate(), now },
    expect: { last: { ...refused('TokenNotPresent'), body: '{ "statusCode": 401, "message": "JWT not present." }' } },
  },
  'another key: the signature is not valid': {
    given: { policy: validate(), now, requests: [await bearer({}, other)] },
    expect: { last: refused('TokenSignatureInvalid', 'signature') },
  },
  'what is no token is invalid': {
    given: { policy: validate(), now, requests: [{ headers: { Authorization: 'Bearer x.y' } }] },
    expect: { last: refused('JwtInvalid') },
  },
  'an expired token is refused': {
    given: { policy: validate(), now, requests: [await bearer({ exp: seconds - 1 })] },
    expect: { last: refused('TokenExpired') },
  },
  'clock-skew lets it live a little longer': {
    given: {
      policy: validate(keys, 'header-name="Authorization" clock-skew="5"'),
      now,
      requests: [await bearer({ exp: seconds - 1 })],
    },
    expect: { last: { status: 200 } },
  },
  'a token without an expiration is refused': {
    given: { policy: validate(), now, requests: [await bearer({ exp: undefined })] },
    expect: { last: refused('TokenExpired') },
  },
  'unless none is required': {
    given: {
      policy: validate(keys, 'header-name="Authorization" require-expiration-time="false"'),
      now,
      requests: [await bearer({ exp: undefined })],
    },
    expect: { last: { status: 200 } },
  },
  'a token that is not valid yet is refused': {
    given: { policy: validate(), now, requests: [await bearer({ nbf: seconds + 30 })] },
    expect: { last: refused('JwtInvalid', 'not valid yet') },
  },
  'an audience that is not listed is refused': {
    given: {
      policy: validate(`${keys}<audiences><audience>a</audience></audiences>`),
      now,
      requests: [await bearer({ aud: 'b' })],
    },
    expect: { last: refused('TokenAudienceNotAllowed') },
  },
  'one of the audiences is enough': {
    given: {
      policy: validate(`${keys}<audiences><audience>a</audience><audience>b</audience></audiences>`),
      now,
      requests: [await bearer({ aud: ['x', 'b'] })],
    },
    expect: { last: { status: 200 } },
  },
  'an issuer that is not listed is refused': {
    given: {
      policy: validate(`${keys}<issuers><issuer>https://a/</issuer></issuers>`),
      now,
      requests: [await bearer({ iss: 'https://b/' })],
    },
    expect: { last: refused('TokenIssuerNotAllowed') },
  },
  'claims that are missing are named': {
    given: {
      policy: validate(`${keys}<required-claims><claim name="role" /><claim name="group" /></required-claims>`),
      now,
      requests: [await bearer({})],
    },
    expect: { last: refused('TokenClaimNotFound', /^JWT token is missing the following claims: role, group$/) },
  },
  'all values of a claim must be there': {
    given: {
      policy: validate(
        `${keys}<required-claims><claim name="role" match="all"><value>a</value><value>b</value></claim></required-claims>`,
      ),
      now,
      requests: [await bearer({ role: ['a'] }), await bearer({ role: ['b', 'a', 'c'] })],
    },
    expect: {
      outcomes: [refused('TokenClaimValueNotAllowed', /^Claim role value of a is not allowed\.$/), { status: 200 }],
    },
  },
  'with match any one of them is enough': {
    given: {
      policy: validate(
        `${keys}<required-claims><claim name="role" match="any"><value>a</value><value>b</value></claim></required-claims>`,
      ),
      now,
      requests: [await bearer({ role: 'b' })],
    },
    expect: { last: { status: 200 } },
  },
  'a separator takes a claim apart': {
    given: {
      policy: validate(
        `${keys}<required-claims><claim name="scp" match="any" separator=" "><value>read</value></claim></required-claims>`,
      ),
      now,
      requests: [await bearer({ scp: 'write read' })],
    },
    expect: { last: { status: 200 } },
  },
  'status and message are the document’s': {
    given: {
      policy: validate(
        keys,
        'header-name="Authorization" failed-validation-httpcode="403" failed-validation-error-message="Go away"',
      ),
      now,
    },
    expect: { last: { status: 403, body: '{ "statusCode": 403, "message": "Go away" }' } },
  },
  'require-scheme refuses another scheme': {
    given: {
      policy: validate(keys, 'header-name="Authorization" require-scheme="Bearer"'),
      now,
      requests: [{ headers: { Authorization: await sign({}) } }, await bearer({})],
    },
    expect: { outcomes: [refused('TokenNotPresent'), { status: 200 }] },
  },
  'the token may stand in the query': {
    given: { policy: validate(keys, 'query-parameter-name="t"'), now, requests: [{ path: `/a?t=${await sign({})}` }] },
    expect: { last: { status: 200 } },
  },
  'the token may come from an expression': {
    given: {
      policy: validate(keys, 'token-value="@(context.Request.Headers.GetValueOrDefault("x-t", ""))"'),
      now,
      requests: [{ headers: { 'x-t': await sign({}) } }],
    },
    expect: { last: { status: 200 } },
  },
  'the token goes into a variable': {
    given: {
      policy: `${validate(keys, 'header-name="Authorization" output-token-variable-name="jwt"')}<set-variable name="sub" value="@(((Jwt)context.Variables["jwt"]).Subject)" />`,
      now,
      requests: [await bearer({ sub: 'me' })],
    },
    expect: { last: { variables: { sub: 'me' } } },
  },
  'keys come from an OpenID configuration, read once': {
    given: {
      policy: validate(openId),
      now,
      send: identityProvider,
      requests: [
        await bearer({ iss: 'https://login.test/' }, privateKey, rs256),
        await bearer({ iss: 'https://login.test/' }, privateKey, rs256),
      ],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }], sent: [{}, {}] },
  },
  'its issuer is checked': {
    given: {
      policy: validate(openId),
      now,
      send: identityProvider,
      requests: [await bearer({ iss: 'x' }, privateKey, rs256)],
    },
    expect: { last: refused('TokenIssuerNotAllowed') },
  },
  'a key that is new is asked for': {
    given: {
      policy: validate(openId),
      now,
      send: identityProvider,
      requests: [
        await bearer({ iss: 'https://login.test/' }, privateKey, rs256),
        {
          ...(await bearer({ iss: 'https://login.test/', exp: seconds + 90 }, newPrivateKey, {
            alg: 'RS256',
            kid: 'two',
          })),
          after: 30_000,
        },
      ],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'a configuration that cannot be read is told': {
    given: {
      policy: validate(openId),
      now,
      send: () => ({ status: 500 }),
      requests: [await bearer({}, privateKey, rs256)],
    },
    expect: { last: refused('TokenSignatureKeyNotFound', 'answered 500') },
  },
  'a public key is no secret: HS256 with it does not pass': {
    given: {
      policy: validate(openId),
      now,
      send: identityProvider,
      requests: [await bearer({}, Buffer.from(String(firstKeys[0]?.n)), { alg: 'HS256', kid: 'one' })],
    },
    expect: { last: refused('TokenSignatureKeyNotFound') },
  },
  'a token without a signature is refused, unless none is required': {
    given: {
      policy: validate('', 'header-name="Authorization" require-signed-tokens="false"').replace(
        '></validate-jwt>',
        ' />',
      ),
      now,
      requests: [
        {
          headers: {
            Authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"exp":${seconds + 9}}`).toString('base64url')}.`,
          },
        },
      ],
    },
    expect: { last: { status: 200 } },
  },
  'alg none is refused': {
    given: {
      policy: validate(),
      now,
      requests: [
        {
          headers: {
            Authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"exp":${seconds + 9}}`).toString('base64url')}.`,
          },
        },
      ],
    },
    expect: { last: refused('TokenSignatureInvalid') },
  },
  'a key may be given by its numbers': {
    given: {
      policy: validate(
        `<issuer-signing-keys><key n="${base64Of(firstKeys[0]?.n)}" e="${base64Of(firstKeys[0]?.e)}" /></issuer-signing-keys>`,
      ),
      now,
      requests: [await bearer({}, privateKey, { alg: 'RS256' })],
    },
    expect: { last: { status: 200 } },
  },
  'one of several keys is enough, by its id where it has one': {
    given: {
      policy: validate(
        `<issuer-signing-keys><key id="a">${other.toString('base64')}</key><key id="b">${secret.toString('base64')}</key></issuer-signing-keys>`,
      ),
      now,
      requests: [
        await bearer({}, secret, { alg: 'HS256', kid: 'b' }),
        await bearer({}, secret, { alg: 'HS256', kid: 'a' }),
      ],
    },
    expect: { outcomes: [{ status: 200 }, refused('TokenSignatureInvalid')] },
  },
  'tokens of PS256 and ES256 pass': {
    given: {
      policy: validate(openId),
      now,
      send: (call) =>
        call.url.endsWith('/keys')
          ? { body: { keys: [psKey, esKey] } }
          : { body: { issuer: 'https://login.test/', jwks_uri: 'https://login.test/keys' } },
      requests: [
        await bearer({ iss: 'https://login.test/' }, ps.privateKey, { alg: 'PS256', kid: 'ps' }),
        await bearer({ iss: 'https://login.test/' }, es.privateKey, { alg: 'ES256', kid: 'es' }),
      ],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'an encrypted token is opened with the decryption key': {
    given: {
      policy: validate(`${keys}<decryption-keys><key>${secret.toString('base64')}</key></decryption-keys>`),
      now,
      requests: [
        { headers: { Authorization: `Bearer ${await encrypt(await sign({ sub: 'a' }), secret)}` } },
        { headers: { Authorization: `Bearer ${await encrypt(await sign({ sub: 'a' }), other)}` } },
      ],
    },
    expect: { outcomes: [{ status: 200 }, refused('JwtInvalid', 'decrypts')] },
  },
  'the token has one place': {
    given: validate(keys, 'header-name="a" query-parameter-name="b"'),
    mistakes: ['is given by one of'],
  },
};

describe('validate-jwt', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
