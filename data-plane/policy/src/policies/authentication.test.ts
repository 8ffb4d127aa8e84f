import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'basic: name and password in base64': {
    given: '<authentication-basic username="Aladdin" password="open sesame" />',
    expect: { last: { forwarded: [{ headers: { authorization: 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==' } }] } },
  },
  'basic: takes expressions and named values': {
    given: {
      policy: '<authentication-basic username="@("a" + "b")" password="{{secret}}" />',
      namedValues: [{ name: 'secret', value: 'c', secret: true }],
    },
    expect: { last: { forwarded: [{ headers: { authorization: 'Basic YWI6Yw==' } }] } },
  },
  'basic: takes the place of the client’s': {
    given: {
      policy: '<authentication-basic username="a" password="b" />',
      requests: [{ headers: { Authorization: 'Bearer x' } }],
    },
    expect: { last: { forwarded: [{ headers: { authorization: 'Basic YTpi' } }] } },
  },
  'basic: needs both': {
    given: '<authentication-basic />',
    mistakes: ["attribute 'username'", "attribute 'password'"],
  },
  'managed identity: signs with a token of the resource': {
    given: '<authentication-managed-identity resource="https://cognitiveservices.azure.com" />',
    expect: {
      last: { forwarded: [{ headers: { authorization: 'Bearer token for https://cognitiveservices.azure.com' } }] },
    },
  },
  'managed identity: with a variable the header stays': {
    given: {
      policy: '<authentication-managed-identity resource="r" output-token-variable-name="t" />',
      requests: [{ headers: { Authorization: 'own' } }],
    },
    expect: { last: { variables: { t: 'token for r' }, forwarded: [{ headers: { authorization: 'own' } }] } },
  },
  'managed identity: the resource may be an expression': {
    given: '<authentication-managed-identity resource="@("r" + 1)" output-token-variable-name="t" />',
    expect: { last: { variables: { t: 'token for r1' } } },
  },
  'managed identity: needs a resource': {
    given: '<authentication-managed-identity />',
    mistakes: ["needs the attribute 'resource'"],
  },
  'certificate: refused by name': {
    given: '<authentication-certificate thumbprint="CA06F56B258B7A0D4F2B05470939478651151984" />',
    mistakes: ['`authentication-certificate` is known, but Vigia refuses it'],
  },
  'proxy: refused by name': {
    given: '<proxy url="http://proxy.test:8080" username="u" password="p" />',
    mistakes: ['`proxy` is known, but Vigia refuses it'],
  },
};

describe('authentication-basic, -managed-identity, -certificate, proxy', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
