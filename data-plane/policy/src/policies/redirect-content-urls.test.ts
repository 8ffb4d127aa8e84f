import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'links of the backend in the answer become links of the gateway': {
    given: {
      policy: '',
      outbound: '<redirect-content-urls />',
      answer: { body: '{"next":"https://backend.test/openai/files?after=1"}' },
    },
    expect: { last: { body: '{"next":"https://gateway.test/openai/files?after=1"}' } },
  },
  'so does Location': {
    given: {
      policy: '',
      outbound: '<redirect-content-urls />',
      answer: { headers: { Location: 'https://backend.test/openai/x' } },
    },
    expect: { last: { headers: { location: 'https://gateway.test/openai/x' } } },
  },
  'other links stay': {
    given: { policy: '', outbound: '<redirect-content-urls />', answer: { body: 'https://other.test/openai' } },
    expect: { last: { body: 'https://other.test/openai' } },
  },
  'in inbound links of the gateway become links of the backend': {
    given: { policy: '<redirect-content-urls />', requests: [{ body: 'https://gateway.test/openai/a' }] },
    expect: { last: { forwarded: [{ body: 'https://backend.test/openai/a' }] } },
  },
  'follows another backend': {
    given: {
      policy: '<set-backend-service base-url="https://second.test/v1" />',
      outbound: '<redirect-content-urls />',
      answer: { body: 'https://second.test/v1/a' },
    },
    expect: { last: { body: 'https://gateway.test/openai/a' } },
  },
  'takes no attributes': { given: '<redirect-content-urls a="b" />', mistakes: ["has no attribute 'a'"] },
};

describe('redirect-content-urls', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
