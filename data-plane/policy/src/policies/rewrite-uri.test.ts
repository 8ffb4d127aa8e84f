import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const url = (value: string) => ({ last: { forwarded: [{ url: value }] } });
const cases: Record<string, PolicyCase> = {
  'changes the path behind the backend’s own': {
    given: { policy: '<rewrite-uri template="/v2/chat" />', requests: [{ path: '/a' }] },
    expect: url('https://backend.test/openai/v2/chat'),
  },
  'keeps the parameters that it does not name': {
    given: { policy: '<rewrite-uri template="/b" />', requests: [{ path: '/a?x=1&y=2' }] },
    expect: url('https://backend.test/openai/b?x=1&y=2'),
  },
  'or drops them': {
    given: { policy: '<rewrite-uri template="/b" copy-unmatched-params="false" />', requests: [{ path: '/a?x=1' }] },
    expect: url('https://backend.test/openai/b'),
  },
  'adds parameters': {
    given: { policy: '<rewrite-uri template="/b?v=3" />', requests: [{ path: '/a?x=1' }] },
    expect: url('https://backend.test/openai/b?v=3&x=1'),
  },
  'a parameter that it names takes the place of the client’s': {
    given: { policy: '<rewrite-uri template="/b?x=2" />', requests: [{ path: '/a?x=1' }] },
    expect: url('https://backend.test/openai/b?x=2'),
  },
  'takes an expression': {
    given: { policy: '<rewrite-uri template="@("/" + context.Subscription.Id)" />', requests: [{ path: '/a' }] },
    expect: url('https://backend.test/openai/sub-1'),
  },
  'the original URL stays': {
    given: {
      policy: '<rewrite-uri template="/b" /><set-variable name="p" value="@(context.Request.OriginalUrl.Path)" />',
      requests: [{ path: '/a' }],
    },
    expect: { last: { variables: { p: '/openai/a' } } },
  },
  'an expression that does not begin with / fails': {
    given: '<rewrite-uri template="@("b")" />',
    expect: { last: { status: 500, error: { source: 'rewrite-uri' } } },
  },
  'a template begins with /': { given: '<rewrite-uri template="b" />', mistakes: ["must begin with '/'"] },
};

describe('rewrite-uri', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
