import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cors = (attributes = 'allow-credentials="false"', more = '') => `<cors ${attributes}>
  <allowed-origins><origin>https://app.test</origin><origin>http://localhost:8080/</origin></allowed-origins>
  <allowed-methods preflight-result-max-age="300"><method>GET</method><method>PUT</method></allowed-methods>
  <allowed-headers><header>content-type</header><header>x-own-*</header></allowed-headers>${more}</cors>`;
const anyone = (attributes = '') =>
  `<cors ${attributes}><allowed-origins><origin>*</origin></allowed-origins><allowed-headers><header>*</header></allowed-headers></cors>`;
const preflight = (origin: string, method = 'GET', headers?: string) => ({
  method: 'OPTIONS',
  headers: {
    Origin: origin,
    'Access-Control-Request-Method': method,
    ...(headers === undefined ? {} : { 'Access-Control-Request-Headers': headers }),
  },
});
const from = (origin: string) => ({ method: 'GET', headers: { Origin: origin } });
const none = { 'access-control-allow-origin': expect.anything() };

const cases: Record<string, PolicyCase> = {
  'a preflight of an allowed origin is answered without the backend': {
    given: { policy: cors(), requests: [preflight('https://app.test', 'PUT', 'Content-Type, x-own-a')] },
    expect: {
      last: {
        status: 200,
        body: '',
        forwarded: [],
        headers: {
          'access-control-allow-origin': 'https://app.test',
          'access-control-allow-methods': 'GET,PUT',
          'access-control-allow-headers': 'Content-Type, x-own-a',
          'access-control-max-age': '300',
        },
      },
    },
  },
  'a preflight of another origin is an empty 200 without headers': {
    given: { policy: cors(), requests: [preflight('https://evil.test')] },
    expect: { last: { status: 200, body: '', headers: expect.not.objectContaining(none), forwarded: [] } },
  },
  'a method that is not listed is not allowed': {
    given: { policy: cors(), requests: [preflight('https://app.test', 'DELETE')] },
    expect: { last: { status: 200, headers: expect.not.objectContaining(none) } },
  },
  'a header that is not listed is not allowed': {
    given: { policy: cors(), requests: [preflight('https://app.test', 'GET', 'x-other')] },
    expect: { last: { headers: expect.not.objectContaining(none) } },
  },
  'an origin is its scheme, host and port, whatever the case or a slash': {
    given: { policy: cors(), requests: [preflight('HTTP://LOCALHOST:8080'), preflight('http://localhost')] },
    expect: { outcomes: [{ headers: none }, { headers: expect.not.objectContaining(none) }] },
  },
  'without a list GET and POST are allowed': {
    given: { policy: anyone(), requests: [preflight('https://a', 'POST'), preflight('https://a', 'PUT')] },
    expect: {
      outcomes: [
        { headers: { 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET,POST' } },
        { headers: expect.not.objectContaining(none) },
      ],
    },
  },
  'with credentials the origin is named instead of *': {
    given: { policy: anyone('allow-credentials="true"'), requests: [preflight('https://a')] },
    expect: {
      last: { headers: { 'access-control-allow-origin': 'https://a', 'access-control-allow-credentials': 'true' } },
    },
  },
  'the answer to a real request has the headers': {
    given: {
      policy: cors('', '<expose-headers><header>x-a</header></expose-headers>'),
      requests: [from('https://app.test')],
    },
    expect: {
      last: {
        forwarded: [{}],
        headers: { 'access-control-allow-origin': 'https://app.test', 'access-control-expose-headers': 'x-a' },
      },
    },
  },
  'also where it is an error': {
    given: {
      policy: `${cors()}<set-variable name="x" value="@(context.Variables["none"])" />`,
      requests: [from('https://app.test')],
    },
    expect: { last: { status: 500, headers: { 'access-control-allow-origin': 'https://app.test' } } },
  },
  'another origin ends as an empty 200': {
    given: { policy: cors(), requests: [from('https://evil.test')], answer: { body: 'secret' } },
    expect: { last: { status: 200, body: '', forwarded: [] } },
  },
  'or goes on without headers where the document says so': {
    given: {
      policy: cors('terminate-unmatched-request="false"'),
      requests: [from('https://evil.test')],
      answer: { body: 'open' },
    },
    expect: { last: { status: 200, body: 'open', headers: expect.not.objectContaining(none) } },
  },
  'a request without an origin is none of its business': {
    given: { policy: cors(), requests: [{ method: 'GET' }] },
    expect: { last: { status: 200, forwarded: [{}], headers: expect.not.objectContaining(none) } },
  },
  'needs origins': { given: '<cors />', mistakes: ['needs a child <allowed-origins>'] },
  'an origin has its scheme': {
    given: '<cors><allowed-origins><origin>app.test</origin></allowed-origins></cors>',
    mistakes: ["The origin 'app.test' must be '*' or a scheme and host"],
  },
};

describe('cors', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
