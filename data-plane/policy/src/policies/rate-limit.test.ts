import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'counts the calls of a subscription': {
    given: { policy: '<rate-limit calls="1" renewal-period="60" />', requests: [{}, {}, { subscription: 'sub-2' }] },
    expect: { outcomes: [{ status: 200 }, { status: 429 }, { status: 200 }] },
  },
  'does nothing without a subscription': {
    given: {
      policy: '<rate-limit calls="1" renewal-period="60" />',
      requests: [{ subscription: null }, { subscription: null }],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'answers with the message and Retry-After': {
    given: { policy: '<rate-limit calls="1" renewal-period="90" />', requests: [{}, {}] },
    expect: {
      last: {
        status: 429,
        headers: { 'retry-after': '90' },
        body: '{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 90 seconds." }',
      },
    },
  },
  'limits one API by its id beside the whole': {
    given: {
      policy:
        '<rate-limit calls="5" renewal-period="60"><api id="openai" calls="1" renewal-period="60" /></rate-limit>',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 429 }] },
  },
  'finds an API by its name': {
    given: {
      policy:
        '<rate-limit calls="5" renewal-period="60"><api name="Azure OpenAI" calls="1" renewal-period="60" /></rate-limit>',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 429 }] },
  },
  'does not limit another API': {
    given: {
      policy: '<rate-limit calls="5" renewal-period="60"><api id="other" calls="1" renewal-period="60" /></rate-limit>',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'limits one operation of an API': {
    given: {
      policy: `<rate-limit calls="5" renewal-period="60"><api id="openai" calls="5" renewal-period="60">
        <operation id="ChatCompletions_Create" calls="1" renewal-period="60" /></api></rate-limit>`,
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200 }, { status: 429 }] },
  },
  'does not count a call on the whole that a part refused': {
    given: {
      policy: `<rate-limit calls="2" renewal-period="60" remaining-calls-variable-name="left"><api id="openai" calls="1" renewal-period="30" /></rate-limit>`,
      requests: [{}, {}, { after: 31_000 }],
    },
    expect: { outcomes: [{ status: 200 }, { status: 429 }, { status: 200, variables: { left: 0 } }] },
  },
  'tells the remaining and total calls': {
    given: {
      policy:
        '<rate-limit calls="3" renewal-period="60" remaining-calls-header-name="x-left" total-calls-header-name="x-all" />',
    },
    expect: { last: { headers: { 'x-left': '2', 'x-all': '3' } } },
  },
  'is not allowed in the global scope': {
    given: { policy: '<rate-limit calls="1" renewal-period="60" />', scope: 'global' },
    mistakes: ['is not allowed at the scope global'],
  },
  'stands once in a document': {
    given: '<rate-limit calls="1" renewal-period="60" /><rate-limit calls="1" renewal-period="60" />',
    mistakes: ['stands at most once'],
  },
};

describe('rate-limit', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
