import { describe, expect, it } from 'vitest';
import { BackendFailure } from '../context.ts';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const send = (children: string, attributes = '') =>
  `<send-request mode="new" response-variable-name="answer" ${attributes}>${children}</send-request>`;
const url = '<set-url>https://other.test/x?y=1</set-url>';
const show =
  '<return-response><set-status code="299" /><set-body>@(((IResponse)context.Variables["answer"]).Body.As<string>())</set-body></return-response>';

const cases: Record<string, PolicyCase> = {
  'sends GET to the URL and puts the answer into the variable': {
    given: { policy: `${send(url)}${show}`, send: () => ({ body: 'hello' }) },
    expect: {
      sent: [{ method: 'GET', url: 'https://other.test/x?y=1', body: '' }],
      last: { status: 299, body: 'hello' },
    },
  },
  'sends the method, headers and body that are set': {
    given: {
      policy: send(
        `${url}<set-method>PUT</set-method><set-header name="x-a" exists-action="override"><value>1</value></set-header><set-body>@("a" + "b")</set-body>`,
      ),
      send: () => ({}),
    },
    expect: { sent: [{ method: 'PUT', body: 'ab', headers: { 'x-a': '1' } }] },
  },
  'a new request has nothing of the present one': {
    given: { policy: send(url), requests: [{ headers: { 'x-secret': '1' }, body: 'b' }], send: () => ({}) },
    expect: { sent: [{ headers: {}, body: '' }] },
  },
  'a copy has its method, headers and body, and its URL where none is set': {
    given: {
      policy: '<send-request mode="copy" response-variable-name="answer" />',
      requests: [{ method: 'POST', path: '/p?a=1', headers: { 'x-own': '1' }, body: 'sent' }],
      send: () => ({}),
    },
    expect: {
      sent: [{ method: 'POST', url: 'https://backend.test:443/openai/p?a=1', headers: { 'x-own': '1' }, body: 'sent' }],
    },
  },
  'the status of the answer can be asked': {
    given: {
      policy: `${send(url)}<choose><when condition="@(((IResponse)context.Variables["answer"]).StatusCode == 401)"><return-response><set-status code="401" reason="No" /></return-response></when></choose>`,
      send: () => ({ status: 401 }),
    },
    expect: { last: { status: 401, reason: 'No', forwarded: [] } },
  },
  'the answer is a response for return-response': {
    given: {
      policy: `${send(url)}<return-response response-variable-name="answer" />`,
      send: () => ({ status: 418, headers: { 'x-b': '2' }, body: 'pot' }),
    },
    expect: { last: { status: 418, headers: { 'x-b': '2' }, body: 'pot' } },
  },
  'a failed call is the error of the policy': {
    given: {
      policy: send(url),
      send: () => ({ fails: new BackendFailure('BackendConnectionFailure', 'nobody listens') }),
    },
    expect: { last: { status: 500, error: { source: 'send-request', reason: 'BackendConnectionFailure' } } },
  },
  'a call that takes too long is a Timeout': {
    given: { policy: send(url, 'timeout="1"'), send: () => ({ fails: new BackendFailure('Timeout', 'too long') }) },
    expect: { last: { status: 500, error: { source: 'send-request', reason: 'Timeout' } } },
  },
  'with ignore-error the variable is null and the request goes on': {
    given: {
      policy: send(url, 'ignore-error="true"'),
      send: () => ({ fails: new BackendFailure('Timeout', 'too long') }),
    },
    expect: { last: { status: 200, variables: { answer: null }, error: undefined } },
  },
  'an error status is an answer': {
    given: { policy: send(url), send: () => ({ status: 503 }) },
    expect: { last: { status: 200 } },
  },
  'a token of the managed identity signs it': {
    given: {
      policy: send(`${url}<authentication-managed-identity resource="https://vault.azure.net" />`),
      send: () => ({}),
    },
    expect: { sent: [{ headers: { authorization: 'Bearer token for https://vault.azure.net' } }] },
  },
  'set-header of the call stands above the token': {
    given: {
      policy: send(
        `${url}<set-header name="Authorization" exists-action="override"><value>Basic x</value></set-header><authentication-managed-identity resource="r" />`,
      ),
      send: () => ({}),
    },
    expect: { sent: [{ headers: { authorization: 'Basic x' } }] },
  },
  'the URL may be an expression': {
    given: { policy: send('<set-url>@("https://a.test/" + context.Api.Id)</set-url>'), send: () => ({}) },
    expect: { sent: [{ url: 'https://a.test/openai' }] },
  },
  'needs a URL in mode new': { given: send(''), mistakes: ['needs a child <set-url>'] },
  'refuses a client certificate by name': {
    given: send(`${url}<authentication-certificate thumbprint="x" />`),
    mistakes: ['`authentication-certificate` is known, but Vigia refuses it'],
  },
  'refuses a proxy by name': {
    given: send(`${url}<proxy url="http://p:1" />`),
    mistakes: ['`proxy` is known, but Vigia refuses it'],
  },
};

describe('send-request', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
