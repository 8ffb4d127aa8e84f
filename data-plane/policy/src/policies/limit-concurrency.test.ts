import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const now = Date.UTC(2026, 0, 14);
const cases: Record<string, PolicyCase> = {
  'lets the next one in when one is out': {
    given: {
      policy: '<limit-concurrency key="k" max-count="1"><set-variable name="in" value="1" /></limit-concurrency>',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 200, variables: { in: '1' } }, { status: 200 }] },
  },
  'refuses at once what is one too many': {
    given:
      '<limit-concurrency key="k" max-count="1"><limit-concurrency key="k" max-count="1"><set-variable name="in" value="1" /></limit-concurrency></limit-concurrency>',
    expect: { last: { status: 429, variables: {}, forwarded: [], error: { source: 'limit-concurrency' } } },
  },
  'keys have places of their own': {
    given:
      '<limit-concurrency key="a" max-count="1"><limit-concurrency key="b" max-count="1"><set-variable name="in" value="1" /></limit-concurrency></limit-concurrency>',
    expect: { last: { status: 200, variables: { in: '1' } } },
  },
  'the key may be an expression': {
    given:
      '<limit-concurrency key="@(context.Request.IpAddress)" max-count="1"><trace source="s"><message>m</message></trace></limit-concurrency>',
    expect: { last: { status: 200 } },
  },
  'a place is free again after an error': {
    given: {
      now,
      policy:
        '<limit-concurrency key="k" max-count="1"><set-variable name="x" value="@(context.Variables["none"])" /></limit-concurrency>',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 500 }, { status: 500, error: { source: 'set-variable' } }] },
  },
  'a place is free again after return-response': {
    given: {
      policy:
        '<limit-concurrency key="k" max-count="1"><return-response><set-status code="201" /></return-response></limit-concurrency>',
      requests: [{}, {}],
    },
    expect: { outcomes: [{ status: 201 }, { status: 201 }] },
  },
  'stands around forward-request': {
    given: {
      policy: '',
      backend: '<limit-concurrency key="k" max-count="3"><forward-request timeout="120" /></limit-concurrency>',
      answer: { body: 'b' },
    },
    expect: { last: { body: 'b' } },
  },
  'needs a key and a count of at least 1': {
    given: '<limit-concurrency max-count="0" />',
    mistakes: ["needs the attribute 'key'", 'must be at least 1'],
  },
};

describe('limit-concurrency', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
