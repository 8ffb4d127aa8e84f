import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const url = (value: string) => ({ last: { forwarded: [{ url: value }] } });
const backends = [
  { id: 'one', url: 'https://one.test/openai' },
  { id: 'two', url: 'https://two.test:8443' },
];
const requests = [{ path: '/deployments/d/chat?api-version=1' }];
const cases: Record<string, PolicyCase> = {
  'base-url takes the place of the API’s, what is behind it stays': {
    given: { policy: '<set-backend-service base-url="https://me.openai.azure.com/openai" />', requests },
    expect: url('https://me.openai.azure.com/openai/deployments/d/chat?api-version=1'),
  },
  'takes an expression': {
    given: { policy: '<set-backend-service base-url="@("https://" + context.Api.Id + ".test")" />', requests },
    expect: url('https://openai.test/deployments/d/chat?api-version=1'),
  },
  'backend-id takes the URL of the entity': {
    given: { policy: '<set-backend-service backend-id="one" />', backends, requests },
    expect: url('https://one.test/openai/deployments/d/chat?api-version=1'),
  },
  'the id may be an expression, whatever its case': {
    given: { policy: '<set-backend-service backend-id="@("T" + "WO")" />', backends, requests },
    expect: url('https://two.test/deployments/d/chat?api-version=1'),
  },
  'the last one stands': {
    given: {
      policy: '<set-backend-service backend-id="one" /><set-backend-service backend-id="two" />',
      backends,
      requests,
    },
    expect: url('https://two.test/deployments/d/chat?api-version=1'),
  },
  'a backend chosen by id gives way only to another id': {
    given: {
      policy: '<set-backend-service backend-id="one" /><set-backend-service base-url="https://x.test" />',
      backends,
      requests,
    },
    expect: url('https://one.test/openai/deployments/d/chat?api-version=1'),
  },
  'goes together with rewrite-uri in any order': {
    given: {
      policy: '<rewrite-uri template="/c" copy-unmatched-params="false" /><set-backend-service backend-id="one" />',
      backends,
      requests,
    },
    expect: url('https://one.test/openai/c'),
  },
  'stands in backend too, also beside its call': {
    given: {
      policy: '',
      backend:
        '<retry condition="@(context.Response.StatusCode == 429)" count="1" interval="0"><set-backend-service backend-id="two" /><forward-request /></retry>',
      backends,
      requests,
    },
    expect: url('https://two.test/deployments/d/chat?api-version=1'),
  },
  'an id that an expression made up is an error of the request': {
    given: { policy: '<set-backend-service backend-id="@("none")" />', backends, requests },
    expect: {
      last: { status: 500, error: { source: 'set-backend-service', message: expect.stringContaining("'none'") } },
    },
  },
  'an id that does not exist is told at save': {
    given: { policy: '<set-backend-service backend-id="none" />', backends },
    mistakes: ["Backend with id 'none' could not be found."],
  },
  'takes one of the two': {
    given: { policy: '<set-backend-service base-url="https://a.test" backend-id="one" />', backends },
    mistakes: ['exactly one of the attributes'],
  },
  'refuses Service Fabric by name': {
    given: { policy: '<set-backend-service backend-id="one" sf-partition-key="k" />', backends },
    mistakes: ["The attribute 'sf-partition-key' of <set-backend-service> is known, but Vigia refuses it"],
  },
};

describe('set-backend-service', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
