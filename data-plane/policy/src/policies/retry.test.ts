import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const forward = (attributes: string) =>
  `<retry condition="@(context.Response.StatusCode == 429)" ${attributes}><forward-request buffer-request-body="true" /></retry>`;
const failsTimes = (times: number) => (_context: unknown, call: number) => ({ status: call <= times ? 429 : 200 });
const tries = (count: number, status: number) => ({
  last: { status, forwarded: Array.from({ length: count }, () => ({})) },
});
const cases: Record<string, PolicyCase> = {
  'runs once where the condition is false': {
    given: { policy: '', backend: forward('count="3" interval="1"') },
    expect: tries(1, 200),
  },
  'runs again while it is true': {
    given: { policy: '', backend: forward('count="3" interval="1"'), answer: failsTimes(2) },
    expect: tries(3, 200),
  },
  'gives up after count more tries': {
    given: { policy: '', backend: forward('count="2" interval="1"'), answer: failsTimes(9) },
    expect: tries(3, 429),
  },
  'waits the interval between': {
    given: {
      policy: '',
      backend: forward('count="2" interval="7"'),
      answer: (context, call) => ({ status: 429, body: `${context.services.clock.now()} ${call}` }),
      now: 0,
    },
    expect: { last: { body: '14000 3' } },
  },
  'the first try again may be at once': {
    given: {
      policy: '',
      backend: forward('count="2" interval="7" first-fast-retry="true"'),
      answer: (context) => ({ status: 429, body: `${context.services.clock.now()}` }),
      now: 0,
    },
    expect: { last: { body: '7000' } },
  },
  'delta makes each wait longer': {
    given: {
      policy: '',
      backend: forward('count="3" interval="1" delta="2"'),
      answer: (context) => ({ status: 429, body: `${context.services.clock.now()}` }),
      now: 0,
    },
    expect: { last: { body: '9000' } },
  },
  'delta and max-interval: exponential up to the maximum': {
    given: {
      policy: '',
      backend: forward('count="2" interval="10" delta="10" max-interval="12"'),
      answer: (context) => ({ status: 429, body: `${context.services.clock.now()}` }),
      now: 0,
    },
    expect: { last: { body: '24000' } },
  },
  'return-response in it ends the pipeline': {
    given:
      '<retry condition="@(true)" count="5" interval="1"><return-response><set-status code="204" /></return-response></retry>',
    expect: { last: { status: 204, forwarded: [] } },
  },
  'holds any policies, in any section': {
    given:
      '<set-variable name="n" value="@(0)" /><retry condition="@((int)context.Variables["n"] < 3)" count="9" interval="0"><set-variable name="n" value="@((int)context.Variables["n"] + 1)" /></retry>',
    expect: { last: { variables: { n: 3 } } },
  },
  'count is between 1 and 50': {
    given: '<retry condition="@(true)" count="51" interval="1"><trace source="a"><message>m</message></trace></retry>',
    mistakes: ['between 1 and 50'],
  },
  'needs condition, count and interval': {
    given: '<retry />',
    mistakes: ["attribute 'condition'", "attribute 'count'", "attribute 'interval'"],
  },
};

describe('retry', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
