import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'in outbound it changes the answer’s status': {
    given: { policy: '', outbound: '<set-status code="202" reason="Later" />' },
    expect: { last: { status: 202, reason: 'Later' } },
  },
  'the body stays': {
    given: { policy: '', outbound: '<set-status code="202" reason="Later" />', answer: { body: 'b' } },
    expect: { last: { body: 'b' } },
  },
  'in on-error it changes the status of the error': {
    given: {
      policy: '<set-variable name="x" value="@(context.Variables["none"])" />',
      onError: '<set-status code="400" reason="Bad" />',
    },
    expect: { last: { status: 400, reason: 'Bad' } },
  },
  'takes expressions': {
    given: { policy: '', outbound: '<set-status code="@(context.Response.StatusCode + 1)" reason="@("n" + 1)" />' },
    expect: { last: { status: 201, reason: 'n1' } },
  },
  'a code that is no number fails': {
    given: { policy: '', outbound: '<set-status code="@("many")" />' },
    expect: { last: { status: 500, error: { source: 'set-status' } } },
  },
  'in inbound it stands in return-response': {
    given: '<set-status code="200" reason="OK" />',
    mistakes: ['is not allowed in the section <inbound>'],
  },
  'needs a code': {
    given: { policy: '', outbound: '<set-status reason="OK" />' },
    mistakes: ["needs the attribute 'code'"],
  },
  'a code is a number': {
    given: { policy: '', outbound: '<set-status code="OK" />' },
    mistakes: ['must be a whole number'],
  },
};

describe('set-status', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
