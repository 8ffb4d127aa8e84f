import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const lookup = (children = '', attributes = '') =>
  `<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" ${attributes}>${children}</cache-lookup>`;
const get = (path: string, more: object = {}) => ({ method: 'GET', path, ...more });
const counted = (_context: unknown, _call: number) => ({ body: `answer ${++answers}` });
let answers = 0;
const outbound = '<cache-store duration="30" />';
const bodies = (...texts: readonly string[]) => {
  answers = 0;
  return texts.map((body) => ({ body }));
};

const cases: Record<string, PolicyCase> = {
  'an answer that was stored is given again, and the backend is not asked': {
    given: {
      policy: lookup(),
      outbound,
      requests: [get('/a'), get('/a')],
      answer: { headers: { 'x-own': '1' }, body: 'b' },
    },
    expect: { outcomes: [{ body: 'b' }, { status: 200, body: 'b', headers: { 'x-own': '1' }, forwarded: [] }] },
  },
  'only answers of GET are kept': {
    given: { policy: lookup(), outbound, requests: [{ path: '/a' }, { path: '/a' }] },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }] },
  },
  'another path is another answer': {
    given: { policy: lookup(), outbound, requests: [get('/a'), get('/b')] },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }] },
  },
  'all parameters tell answers apart where none is named, in any order': {
    given: { policy: lookup(), outbound, requests: [get('/a?x=1&y=2'), get('/a?y=2&x=1'), get('/a?x=2&y=2')] },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [] }, { forwarded: [{}] }] },
  },
  'of the parameters only those named tell answers apart': {
    given: {
      policy: lookup('<vary-by-query-parameter>v;w</vary-by-query-parameter>'),
      outbound,
      requests: [get('/a?v=1&z=1'), get('/a?v=1&z=2'), get('/a?v=2')],
    },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [] }, { forwarded: [{}] }] },
  },
  'headers that are named tell answers apart': {
    given: {
      policy: lookup('<vary-by-header>Accept</vary-by-header>'),
      outbound,
      requests: [
        get('/a', { headers: { Accept: 'a' } }),
        get('/a', { headers: { Accept: 'b' } }),
        get('/a', { headers: { Accept: 'a' } }),
      ],
    },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }, { forwarded: [] }] },
  },
  'an answer lives as long as its duration': {
    given: {
      policy: lookup(),
      outbound,
      requests: [get('/a'), { ...get('/a'), after: 29_999 }, { ...get('/a'), after: 1 }],
    },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [] }, { forwarded: [{}] }] },
  },
  'only 200 is kept': {
    given: { policy: lookup(), outbound, requests: [get('/a'), get('/a')], answer: { status: 404 } },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }] },
  },
  'with cache-response any status is kept': {
    given: {
      policy: lookup(),
      outbound: '<cache-store duration="30" cache-response="true" />',
      requests: [get('/a'), get('/a')],
      answer: { status: 404 },
    },
    expect: { outcomes: [{ forwarded: [{}] }, { status: 404, forwarded: [] }] },
  },
  'what carries an Authorization is not kept': {
    given: {
      policy: lookup(),
      outbound,
      requests: [get('/a', { headers: { Authorization: 'x' } }), get('/a', { headers: { Authorization: 'x' } })],
    },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }] },
  },
  'unless the document allows it': {
    given: {
      policy: lookup('', 'allow-private-response-caching="true"'),
      outbound,
      requests: [get('/a', { headers: { Authorization: 'x' } }), get('/a', { headers: { Authorization: 'x' } })],
    },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [] }] },
  },
  'developers have answers of their own where it says so': {
    given: {
      policy: '<cache-lookup vary-by-developer="true" vary-by-developer-groups="false" />',
      outbound,
      requests: [get('/a'), get('/a', { subscription: 'b' }), get('/a')],
    },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }, { forwarded: [] }] },
  },
  'after a hit outbound goes on behind cache-store': {
    given: {
      policy: lookup(),
      outbound: `<set-header name="x-before"><value>1</value></set-header>${outbound}<set-header name="x-behind"><value>2</value></set-header>`,
      requests: [get('/a'), get('/a')],
      answer: counted,
    },
    expect: {
      outcomes: bodies('answer 1', 'answer 1').map((one) => ({
        ...one,
        headers: { 'x-before': '1', 'x-behind': '2' },
      })),
    },
  },
  'the client is told how long it may keep the answer': {
    given: {
      policy: lookup('', 'downstream-caching-type="private"'),
      outbound,
      requests: [get('/a')],
    },
    expect: { last: { headers: { 'cache-control': 'private, max-age=30, must-revalidate' } } },
  },
  'a store without a look-up keeps nothing': {
    given: { policy: '', outbound, requests: [get('/a'), get('/a')] },
    expect: { outcomes: [{ forwarded: [{}] }, { forwarded: [{}] }] },
  },
  'cache-store needs a duration and stands in outbound': {
    given: '<cache-store />',
    mistakes: ['is not allowed in the section <inbound>', "needs the attribute 'duration'"],
  },
};

describe('cache-lookup, cache-store', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
