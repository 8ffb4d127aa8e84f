import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'sends the call and goes on': {
    given: {
      policy:
        '<send-one-way-request mode="new"><set-url>https://hook.test/</set-url><set-method>POST</set-method><set-body>x</set-body></send-one-way-request>',
      send: () => ({}),
    },
    expect: { sent: [{ method: 'POST', url: 'https://hook.test/', body: 'x' }], last: { status: 200 } },
  },
  'does not care about the answer': {
    given: {
      policy: '<send-one-way-request><set-url>https://hook.test/</set-url></send-one-way-request>',
      send: () => ({ status: 500 }),
    },
    expect: { last: { status: 200, error: undefined } },
  },
  'does not care about a failure': {
    given: {
      policy: '<send-one-way-request><set-url>https://hook.test/</set-url></send-one-way-request>',
      send: () => ({ fails: new Error('down') }),
    },
    expect: { last: { status: 200, error: undefined } },
  },
  'copies the request': {
    given: {
      policy: '<send-one-way-request mode="copy"><set-url>https://hook.test/</set-url></send-one-way-request>',
      requests: [{ body: 'b', headers: { 'x-a': '1' } }],
      send: () => ({}),
    },
    expect: { sent: [{ method: 'POST', body: 'b', headers: { 'x-a': '1' } }] },
  },
  'stands in outbound and tells the answer': {
    given: {
      policy: '',
      outbound:
        '<send-one-way-request><set-url>https://hook.test/</set-url><set-body>@(context.Response.StatusCode.ToString())</set-body></send-one-way-request>',
      answer: { status: 404 },
      send: () => ({}),
    },
    expect: { sent: [{ body: '404' }] },
  },
  'stands in on-error': {
    given: {
      policy: '<set-variable name="x" value="@(context.Variables["none"])" />',
      onError: '<send-one-way-request><set-url>https://hook.test/</set-url></send-one-way-request>',
      send: () => ({}),
    },
    expect: { sent: [{ url: 'https://hook.test/' }], last: { status: 500 } },
  },
  'has no variable for an answer': {
    given:
      '<send-one-way-request response-variable-name="x"><set-url>https://hook.test/</set-url></send-one-way-request>',
    mistakes: ["has no attribute 'response-variable-name'"],
  },
  'needs a URL': { given: '<send-one-way-request />', mistakes: ['needs a child <set-url>'] },
};

describe('send-one-way-request', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
