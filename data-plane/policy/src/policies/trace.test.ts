import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'says its message with its source and severity': {
    given: '<trace source="My policy" severity="error"><message>hello</message></trace>',
    expect: { last: { traces: [{ source: 'My policy', level: 'error', message: 'hello' }] } },
  },
  'is verbose where nothing is said': {
    given: '<trace source="s"><message>m</message></trace>',
    expect: { last: { traces: [{ level: 'verbose' }] } },
  },
  'the message may be an expression': {
    given: '<trace source="s"><message>@("from " + context.Request.IpAddress)</message></trace>',
    expect: { last: { traces: [{ message: 'from 203.0.113.7' }] } },
  },
  'has metadata': {
    given:
      '<trace source="s"><message>m</message><metadata name="Api" value="@(context.Api.Id)" /><metadata name="b" value="c" /></trace>',
    expect: { last: { traces: [{ metadata: { Api: 'openai', b: 'c' } }] } },
  },
  'stands in every section': {
    given: {
      policy: '',
      outbound: '<trace source="s"><message>@(context.Response.StatusCode.ToString())</message></trace>',
      answer: { status: 404 },
    },
    expect: { last: { traces: [{ message: '404' }] } },
  },
  'a message that fails is the error of the request': {
    given: '<trace source="s"><message>@((string)context.Variables["none"])</message></trace>',
    expect: { last: { status: 500, error: { source: 'trace' } } },
  },
  'needs a source and a message': { given: '<trace />', mistakes: ["attribute 'source'", 'needs a child <message>'] },
  'knows its severities': {
    given: '<trace source="s" severity="fatal"><message>m</message></trace>',
    mistakes: ['must be one of verbose, information, error'],
  },
};

describe('trace', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
