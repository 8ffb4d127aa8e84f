import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const now = Date.UTC(2026, 0, 14, 10, 20, 30);
const of = (attributes: string) =>
  `<quota-by-key counter-key="@(context.Subscription.Id)" first-period-start="2026-01-14T10:00:00Z" ${attributes} />`;

const cases: Record<string, PolicyCase> = {
  'answers 403 when the calls of the period are used up, with the time until the next': {
    given: { policy: of('calls="1" renewal-period="3600"'), now, requests: [{}, {}] },
    expect: {
      outcomes: [
        { status: 200 },
        {
          status: 403,
          headers: { 'retry-after': '2370' },
          body: '{ "statusCode": 403, "message": "Out of call volume quota. Quota will be replenished in 00:39:30." }',
          error: { source: 'quota-by-key', reason: 'QuotaExceeded' },
        },
      ],
    },
  },
  'is a fixed window: it begins anew at its border': {
    given: {
      policy: of('calls="1" renewal-period="3600"'),
      now,
      requests: [{}, { after: 2_369_000 }, { after: 1_000 }],
    },
    expect: { outcomes: [{ status: 200 }, { status: 403 }, { status: 200 }] },
  },
  'never begins anew with renewal-period 0': {
    given: { policy: of('calls="1" renewal-period="0"'), now, requests: [{}, { after: 400 * 86_400_000 }] },
    expect: {
      outcomes: [{}, { status: 403, body: '{ "statusCode": 403, "message": "Out of call volume quota." }' }],
    },
  },
  'counts bandwidth in kilobytes of both bodies': {
    given: {
      policy: of('bandwidth="1" renewal-period="3600"'),
      now,
      requests: [{ body: 'x'.repeat(600) }, { body: 'x' }, {}],
      answer: { body: 'y'.repeat(424) },
    },
    expect: {
      outcomes: [
        { status: 200 },
        {
          status: 403,
          body: '{ "statusCode": 403, "message": "Out of bandwidth quota. Quota will be replenished in 00:39:30." }',
        },
        { status: 403 },
      ],
    },
  },
  'lets bandwidth be crossed by the call that crosses it': {
    given: {
      policy: of('bandwidth="1" renewal-period="3600"'),
      now,
      requests: [{ body: 'x'.repeat(500) }, {}],
      answer: { body: 'y'.repeat(5_000) },
    },
    expect: { outcomes: [{ status: 200 }, { status: 403 }] },
  },
  'takes calls and bandwidth together': {
    given: {
      policy: of('calls="5" bandwidth="1" renewal-period="3600"'),
      now,
      requests: [{ body: 'x'.repeat(2_000) }, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 403 }] },
  },
  'counts only what the condition means': {
    given: {
      policy: of('calls="1" renewal-period="3600" increment-condition="@(context.Response.StatusCode &lt; 400)"'),
      now,
      requests: [{}, {}, {}],
      answer: { status: 404 },
    },
    expect: { outcomes: [{ status: 404 }, { status: 404 }, { status: 404 }] },
  },
  'counts a call more than once': {
    given: { policy: of('calls="4" renewal-period="3600" increment-count="2"'), now, requests: [{}, {}, {}] },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 403 }] },
  },
  'counts each key for itself': {
    given: { policy: of('calls="1" renewal-period="3600"'), now, requests: [{}, { subscription: 'other' }] },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'prints days before the time': {
    given: { policy: of('calls="1" renewal-period="2592000"'), now, requests: [{}, {}] },
    expect: { last: { body: expect.stringContaining('replenished in 29.23:39:30.') } },
  },
  'needs calls or bandwidth': {
    given: '<quota-by-key counter-key="k" renewal-period="3600" />',
    mistakes: ["needs the attribute 'calls', 'bandwidth', or both"],
  },
  'has a period of at least 300 seconds': {
    given: '<quota-by-key counter-key="k" calls="1" renewal-period="299" />',
    mistakes: ['at least 300 seconds'],
  },
};

describe('quota-by-key', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
