import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const cases: Record<string, PolicyCase> = {
  'emits 1 under its name': {
    given: '<emit-metric name="Request" />',
    expect: { metrics: [{ name: 'Request', value: 1, namespace: 'API Management', dimensions: {} }] },
  },
  'takes the value from an expression': {
    given: '<emit-metric name="Half" value="@(1 / 2.0)" />',
    expect: { metrics: [{ value: 0.5 }] },
  },
  'takes a literal value': {
    given: '<emit-metric name="m" value="2.5" />',
    expect: { metrics: [{ value: 2.5 }] },
  },
  'has a namespace and dimensions': {
    given:
      '<emit-metric name="AI Throttling" value="1" namespace="throttling-events"><dimension name="Source" value="gateway" /><dimension name="API ID" /></emit-metric>',
    expect: { metrics: [{ namespace: 'throttling-events', dimensions: { Source: 'gateway', 'API ID': 'openai' } }] },
  },
  'stands in outbound and sees the answer': {
    given: {
      policy: '',
      outbound:
        '<emit-metric name="m"><dimension name="Status" value="@(context.Response.StatusCode.ToString())" /></emit-metric>',
      answer: { status: 404 },
    },
    expect: { metrics: [{ dimensions: { Status: '404' } }] },
  },
  'stands in on-error': {
    given: {
      policy: '<set-variable name="x" value="@(1 / int.Parse(&quot;0&quot;))" />',
      onError: '<emit-metric name="failed" />',
    },
    expect: { metrics: [{ name: 'failed' }], last: { status: 500 } },
  },
  'emits each time that it runs': {
    given: { policy: '<emit-metric name="m" />', requests: [{}, {}] },
    expect: { metrics: [{}, {}] },
  },
  'needs a name': { given: '<emit-metric />', mistakes: ["needs the attribute 'name'"] },
  'needs a number': { given: '<emit-metric name="m" value="many" />', mistakes: ['must be a number'] },
};

describe('emit-metric', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
