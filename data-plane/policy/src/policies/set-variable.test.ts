import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'a literal is a string': {
    given: '<set-variable name="a" value="5" />',
    expect: { last: { variables: { a: '5' } } },
  },
  'an expression keeps its type': {
    given:
      '<set-variable name="a" value="@(2 + 3)" /><set-variable name="b" value="@((int)context.Variables["a"] * 2)" />',
    expect: { last: { variables: { a: 5, b: 10 } } },
  },
  'booleans are booleans': {
    given: '<set-variable name="a" value="@(1 < 2)" />',
    expect: { last: { variables: { a: true } } },
  },
  'the last value stands': {
    given: '<set-variable name="a" value="1" /><set-variable name="a" value="2" />',
    expect: { last: { variables: { a: '2' } } },
  },
  'is there in later sections': {
    given: {
      policy: '<set-variable name="a" value="1" />',
      outbound: '<set-header name="x-a"><value>@((string)context.Variables["a"])</value></set-header>',
    },
    expect: { last: { headers: { 'x-a': '1' } } },
  },
  'an expression that throws is the error of the request': {
    given: '<set-variable name="a" value="@(context.Variables["none"])" />',
    expect: {
      last: {
        status: 500,
        error: {
          source: 'set-variable',
          reason: 'ExpressionValueEvaluationFailure',
          message: expect.stringMatching(/^Expression evaluation failed\. The given key/),
        },
      },
    },
  },
  'a name takes no expression': {
    given: '<set-variable name="@("a")" value="1" />',
    mistakes: ['takes no expression'],
  },
  'needs name and value': { given: '<set-variable />', mistakes: ["attribute 'name'", "attribute 'value'"] },
};

describe('set-variable', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
