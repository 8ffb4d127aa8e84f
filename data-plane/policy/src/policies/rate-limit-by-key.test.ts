import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const limited = (attributes: string) =>
  `<rate-limit-by-key calls="2" renewal-period="60" counter-key="@(context.Request.IpAddress)" ${attributes} />`;
const message = (seconds: number) =>
  `{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in ${seconds} seconds." }`;

/** Statements of the reference page rate-limit-by-key. */
const cases: Record<string, PolicyCase> = {
  'lets as many calls through as it says and refuses the next with 429': {
    given: { policy: limited(''), requests: [{}, {}, {}] },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 429, body: message(60) }] },
  },
  'says in Retry-After after how many seconds a call fits again': {
    given: { policy: limited(''), requests: [{}, { after: 20_000 }, { after: 25_000 }] },
    expect: { outcomes: [{}, {}, { status: 429, headers: { 'retry-after': '15' }, body: message(15) }] },
  },
  'is a window that slides: a call fits when the oldest one is over': {
    given: { policy: limited(''), requests: [{}, { after: 30_000 }, { after: 30_000 }, {}] },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 200 }, { status: 429 }] },
  },
  'counts each key for itself': {
    given: { policy: limited(''), requests: [{}, {}, { ip: '198.51.100.1' }, {}] },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 200 }, { status: 429 }] },
  },
  'tells LastError where and why': {
    given: { policy: limited(''), requests: [{}, {}, {}] },
    expect: {
      last: {
        error: {
          source: 'rate-limit-by-key',
          reason: 'RateLimitExceeded',
          message: 'Rate limit is exceeded',
          scope: 'api',
          section: 'inbound',
        },
      },
    },
  },
  'puts the remaining and the total calls into headers of the answer': {
    given: {
      policy: limited('remaining-calls-header-name="x-left" total-calls-header-name="x-all"'),
      requests: [{}, {}, {}],
    },
    expect: {
      outcomes: [
        { headers: { 'x-left': '1', 'x-all': '2' } },
        { headers: { 'x-left': '0', 'x-all': '2' } },
        { status: 429, headers: { 'x-left': '0', 'x-all': '2' } },
      ],
    },
  },
  'puts the remaining calls and the wait into variables': {
    given: {
      policy: limited('remaining-calls-variable-name="left" retry-after-variable-name="wait"'),
      requests: [{}, {}, {}],
    },
    expect: {
      outcomes: [{ variables: { left: 1 } }, { variables: { left: 0 } }, { variables: { left: 0, wait: 60 } }],
    },
  },
  'names the header of the wait as the document says': {
    given: { policy: limited('retry-after-header-name="x-wait"'), requests: [{}, {}, {}] },
    expect: { last: { headers: { 'x-wait': '60' } } },
  },
  'counts only answers that the condition means, so that it refuses one call late': {
    given: {
      policy: limited('increment-condition="@(context.Response.StatusCode == 200)"'),
      requests: [{}, {}, {}, {}],
      answer: (_context, call) => ({ status: call === 1 ? 200 : 500 }),
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 429 }, { status: 429 }] },
  },
  'does not count answers that the condition does not mean': {
    given: {
      policy: limited('increment-condition="@(context.Response.StatusCode == 200)"'),
      requests: [{}, {}, {}],
      answer: { status: 500 },
    },
    expect: { outcomes: [{ status: 500 }, { status: 500 }, { status: 500 }] },
  },
  'counts a call as many times as increment-count says': {
    given: { policy: limited('increment-count="2"'), requests: [{}, {}] },
    expect: { outcomes: [{ status: 200 }, { status: 429 }] },
  },
  'takes the number of calls from an expression': {
    given: {
      policy: `<rate-limit-by-key calls="@(1)" renewal-period="@(30)" counter-key="k" />`,
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 429, headers: { 'retry-after': '30' } }] },
  },
  'lets on-error make another answer of it': {
    given: {
      policy: limited(''),
      onError:
        '<choose><when condition="@(context.LastError.Reason == &quot;RateLimitExceeded&quot;)"><set-status code="503" reason="Busy" /></when></choose>',
      requests: [{}, {}, {}],
    },
    expect: { last: { status: 503, reason: 'Busy' } },
  },
  'has a period of at most 300 seconds': {
    given: '<rate-limit-by-key calls="2" renewal-period="301" counter-key="k" />',
    mistakes: ['between 1 and 300 seconds'],
  },
  'needs calls, period and key': {
    given: '<rate-limit-by-key />',
    mistakes: [
      "needs the attribute 'calls'",
      "needs the attribute 'renewal-period'",
      "needs the attribute 'counter-key'",
    ],
  },
};

describe('rate-limit-by-key', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
