import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'counts the calls of a subscription from its start': {
    given: {
      policy: '<quota calls="1" renewal-period="86400" />',
      scope: 'product',
      now: Date.UTC(2026, 0, 3, 23, 0, 0),
      requests: [{}, {}, { after: 3_600_000 }],
    },
    expect: {
      outcomes: [
        { status: 200 },
        { status: 403, headers: { 'retry-after': '3600' }, body: expect.stringContaining('in 01:00:00.') },
        { status: 200 },
      ],
    },
  },
  'does nothing without a subscription': {
    given: {
      policy: '<quota calls="1" renewal-period="3600" />',
      scope: 'product',
      requests: [{ subscription: null }, { subscription: null }],
    },
    expect: { last: { status: 200 } },
  },
  'counts each subscription for itself': {
    given: {
      policy: '<quota calls="1" renewal-period="3600" />',
      scope: 'product',
      requests: [{}, { subscription: 'b' }, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }, { status: 403 }] },
  },
  'limits one API in it': {
    given: {
      policy: '<quota calls="9" renewal-period="3600"><api id="openai" calls="1" renewal-period="3600" /></quota>',
      scope: 'product',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 403 }] },
  },
  'limits one operation in it': {
    given: {
      policy: `<quota calls="9" renewal-period="3600"><api id="openai" calls="9" renewal-period="3600">
        <operation name="Chat" calls="1" renewal-period="3600" /></api></quota>`,
      scope: 'product',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 403 }] },
  },
  'counts bandwidth': {
    given: {
      policy: '<quota bandwidth="1" renewal-period="3600" />',
      scope: 'product',
      requests: [{}, {}],
      answer: { body: 'x'.repeat(1024) },
    },
    expect: { outcomes: [{ status: 200 }, { status: 403, error: { message: expect.stringContaining('bandwidth') } }] },
  },
  'stands in products only': {
    given: '<quota calls="1" renewal-period="3600" />',
    mistakes: ['is not allowed at the scope api'],
  },
  'needs calls or bandwidth in each place': {
    given: {
      policy: '<quota calls="1" renewal-period="3600"><api id="a" renewal-period="3600" /></quota>',
      scope: 'product',
    },
    mistakes: ["needs the attribute 'calls', 'bandwidth', or both"],
  },
};

describe('quota', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
