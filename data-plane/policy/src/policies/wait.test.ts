import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const call = (name: string) =>
  `<send-request mode="new" response-variable-name="${name}"><set-url>https://${name}.test/</set-url></send-request>`;
const cases: Record<string, PolicyCase> = {
  'waits for all calls': {
    given: { policy: `<wait for="all">${call('a')}${call('b')}</wait>`, send: () => ({}) },
    expect: { sent: [{ url: 'https://a.test/' }, { url: 'https://b.test/' }], last: { variables: { a: {}, b: {} } } },
  },
  'all is what it does where nothing is said': {
    given: { policy: `<wait>${call('a')}${call('b')}</wait>`, send: () => ({}) },
    expect: { last: { variables: { a: {}, b: {} } } },
  },
  'starts all of them, also where it waits for any': {
    given: { policy: `<wait for="any">${call('a')}${call('b')}</wait>`, send: () => ({}) },
    expect: { sent: [{}, {}], last: { status: 200, variables: { a: {} } } },
  },
  'takes look-ups in the cache': {
    given: {
      policy: `<wait>${call('a')}<cache-lookup-value key="k" default-value="d" variable-name="v" /></wait>`,
      send: () => ({}),
    },
    expect: { last: { variables: { v: 'd' } } },
  },
  'takes choose, and its return-response ends all': {
    given: {
      policy: `<wait>${call('a')}<choose><when condition="@(true)"><return-response><set-status code="202" /></return-response></when></choose></wait>`,
      send: () => ({}),
    },
    expect: { last: { status: 202, forwarded: [] } },
  },
  'an error of one is the error of the request': {
    given: {
      policy: `<wait>${call('a')}${call('b')}</wait>`,
      send: ({ url }) => (url.includes('a.test') ? { fails: new Error('x') } : {}),
    },
    expect: { last: { status: 500, error: { source: 'send-request' } } },
  },
  'takes no other policies': {
    given: '<wait><set-variable name="a" value="b" /></wait>',
    mistakes: ['<set-variable> is not allowed in <wait>: it takes send-request, cache-lookup-value, choose'],
  },
  'waits for all or any': { given: '<wait for="some" />', mistakes: ['must be one of all, any'] },
};

describe('wait', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
