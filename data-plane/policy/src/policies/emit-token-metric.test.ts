import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const emit = (dimensions: string, attributes = '') =>
  `<azure-openai-emit-token-metric ${attributes}>${dimensions}</azure-openai-emit-token-metric>`;
const request = { body: { messages: [{ role: 'user', content: 'one two' }] } };
const answer = { body: { usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 } } };

const cases: Record<string, PolicyCase> = {
  'emits total, prompt and completion tokens': {
    given: { policy: emit('<dimension name="API ID" />'), requests: [request], answer },
    expect: {
      metrics: [
        { name: 'Total Tokens', value: 5, namespace: 'API Management', dimensions: { 'API ID': 'openai' } },
        { name: 'Prompt Tokens', value: 2 },
        { name: 'Completion Tokens', value: 3 },
      ],
    },
  },
  'knows the values of the default dimensions': {
    given: {
      policy: emit(
        '<dimension name="Operation ID" /><dimension name="Subscription ID" /><dimension name="Location" /><dimension name="Gateway ID" />',
      ),
      requests: [request],
      answer,
    },
    expect: {
      metrics: [
        {
          dimensions: {
            'Operation ID': 'ChatCompletions_Create',
            'Subscription ID': 'sub-1',
            Location: 'East US',
            'Gateway ID': 'managed',
          },
        },
        {},
        {},
      ],
    },
  },
  'takes a value from an expression': {
    given: {
      policy: emit('<dimension name="Client" value="@(context.Request.IpAddress)" />'),
      requests: [request],
      answer,
    },
    expect: { metrics: [{ dimensions: { Client: '203.0.113.7' } }, {}, {}] },
  },
  'has a namespace of its own': {
    given: { policy: emit('<dimension name="API ID" />', 'namespace="openai"'), requests: [request], answer },
    expect: { metrics: [{ namespace: 'openai' }, { namespace: 'openai' }, { namespace: 'openai' }] },
  },
  'reads the usage of a stream that includes it': {
    given: {
      policy: emit('<dimension name="API ID" />'),
      requests: [{ body: { ...request.body, stream: true } }],
      answer: {
        headers: { 'Content-Type': 'text/event-stream' },
        body: `data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":1,"total_tokens":8}}\n\ndata: [DONE]\n\n`,
      },
    },
    expect: { metrics: [{ value: 8 }, { value: 7 }, { value: 1 }] },
  },
  'counts a stream that tells no usage': {
    given: {
      policy: emit('<dimension name="API ID" />'),
      requests: [{ body: { ...request.body, stream: true } }],
      answer: {
        headers: { 'Content-Type': 'text/event-stream' },
        body: 'data: {"choices":[{"delta":{"content":"a b c"}}]}\n\ndata: [DONE]\n\n',
      },
    },
    expect: { metrics: [{ value: 5 }, { value: 2 }, { value: 3 }] },
  },
  'emits nothing for an error of the model': {
    given: { policy: emit('<dimension name="API ID" />'), requests: [request], answer: { status: 429, body: {} } },
    expect: { metrics: [] },
  },
  'emits nothing for what is no call of a model': {
    given: { policy: emit('<dimension name="API ID" />'), requests: [{ body: { hello: 1 } }], answer },
    expect: { metrics: [] },
  },
  'an answer that cannot be read is told in the trace': {
    given: {
      policy: emit('<dimension name="API ID" />'),
      requests: [request],
      answer: { ...answer, headers: { 'Content-Encoding': 'zstd' } },
    },
    expect: {
      metrics: [],
      last: { status: 200, traces: [{ level: 'error', message: expect.stringContaining('zstd') }] },
    },
  },
  'emits only the kind that is asked for': {
    given: {
      policy: '<llm-emit-token-metric value-type="prompt-tokens"><dimension name="API ID" /></llm-emit-token-metric>',
      requests: [request],
      answer,
    },
    expect: { metrics: [{ name: 'Prompt Tokens', value: 2 }] },
  },
  'needs a dimension': {
    given: '<llm-emit-token-metric />',
    mistakes: ['needs a child <dimension>'],
  },
  'needs the value of a dimension that is not known': {
    given: emit('<dimension name="Team" />'),
    mistakes: ["The dimension 'Team' needs the attribute 'value'"],
  },
};

describe('azure-openai-emit-token-metric, llm-emit-token-metric', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
