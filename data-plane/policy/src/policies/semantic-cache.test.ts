import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

/** Two directions: questions about cats, and the rest. */
const embedding = ({ body }: { readonly body?: Uint8Array }) => {
  const text = new TextDecoder().decode(body);
  return { body: { data: [{ embedding: text.includes('cat') ? [1, text.includes('big') ? 0.1 : 0, 0] : [0, 1, 0] }] } };
};
const backends = [{ id: 'embeddings', url: 'https://aoai.test/openai/deployments/e/embeddings' }];
const lookup = (attributes = '', children = '') =>
  `<azure-openai-semantic-cache-lookup score-threshold="0.05" embeddings-backend-id="embeddings" ${attributes}>${children}</azure-openai-semantic-cache-lookup>`;
const outbound = '<azure-openai-semantic-cache-store duration="60" />';
const ask = (content: string, more: object = {}) => ({ body: { messages: [{ role: 'user', content }], ...more } });
const common = { backends, outbound, send: embedding, answer: { body: { choices: [] } } };
const asked = { forwarded: [{}] };
const fromCache = { forwarded: [] };

const cases: Record<string, PolicyCase> = {
  'a question that means the same gets the answer of the first': {
    given: { ...common, policy: lookup(), requests: [ask('a cat'), ask('a big cat')] },
    expect: { outcomes: [asked, { ...fromCache, status: 200, body: '{"choices":[]}' }] },
  },
  'another question goes to the model': {
    given: { ...common, policy: lookup(), requests: [ask('a cat'), ask('a dog')] },
    expect: { outcomes: [asked, asked] },
  },
  'a stricter threshold wants a closer question': {
    given: {
      ...common,
      policy: lookup().replace('0.05', '0.001'),
      requests: [ask('a cat'), ask('a big cat'), ask('a cat')],
    },
    expect: { outcomes: [asked, asked, fromCache] },
  },
  'the prompt is embedded by the backend that is named': {
    given: { ...common, policy: lookup(), requests: [ask('a cat')] },
    expect: { sent: [{ method: 'POST', backendId: 'embeddings', body: '{"input":"user: a cat"}' }] },
  },
  'the managed identity signs that call': {
    given: { ...common, policy: lookup('embeddings-backend-auth="system-assigned"'), requests: [ask('a cat')] },
    expect: { sent: [{ headers: { authorization: 'Bearer token for https://cognitiveservices.azure.com' } }] },
  },
  'answers are kept apart by vary-by': {
    given: {
      ...common,
      policy: lookup('', '<vary-by>@(context.Subscription.Id)</vary-by>'),
      requests: [ask('a cat'), { ...ask('a cat'), subscription: 'b' }, ask('a cat')],
    },
    expect: { outcomes: [asked, asked, fromCache] },
  },
  'answers of models are kept apart': {
    given: { ...common, policy: lookup(), requests: [ask('a cat', { model: 'a' }), ask('a cat', { model: 'b' })] },
    expect: { outcomes: [asked, asked] },
  },
  'streams are kept whole, apart from other answers': {
    given: {
      ...common,
      policy: lookup(),
      requests: [ask('a cat', { stream: true }), ask('a cat', { stream: true }), ask('a cat')],
      answer: { headers: { 'Content-Type': 'text/event-stream' }, body: 'data: [DONE]\n\n' },
    },
    expect: { outcomes: [asked, { ...fromCache, body: 'data: [DONE]\n\n' }, asked] },
  },
  'messages of the system may be left out': {
    given: {
      ...common,
      policy: lookup('ignore-system-messages="true"'),
      requests: [
        {
          body: {
            messages: [
              { role: 'system', content: 'about a cat' },
              { role: 'user', content: 'hi' },
            ],
          },
        },
      ],
    },
    expect: { sent: [{ body: '{"input":"user: hi"}' }] },
  },
  'a long talk is not looked up': {
    given: {
      ...common,
      policy: lookup('max-message-count="1"'),
      requests: [
        {
          body: {
            messages: [
              { role: 'user', content: 'a' },
              { role: 'user', content: 'b' },
            ],
          },
        },
      ],
    },
    expect: { sent: [], last: asked },
  },
  'a look-up that fails is silent, and the trace says why': {
    given: { ...common, policy: lookup(), requests: [ask('a cat')], send: () => ({ status: 401, body: {} }) },
    expect: { last: { status: 200, ...asked, traces: [{ level: 'error', message: expect.stringContaining('401') }] } },
  },
  'errors of the model are not kept': {
    given: { ...common, policy: lookup(), requests: [ask('a cat'), ask('a cat')], answer: { status: 429 } },
    expect: { outcomes: [asked, asked] },
  },
  'an answer lives as long as its duration': {
    given: { ...common, policy: lookup(), requests: [ask('a cat'), { ...ask('a cat'), after: 60_000 }] },
    expect: { outcomes: [asked, asked] },
  },
  'the backend must exist': {
    given: { policy: lookup(), backends: [] },
    mistakes: ["Backend with id 'embeddings' could not be found."],
  },
  'the threshold is between 0 and 1': {
    given: { policy: lookup().replace('0.05', '2'), backends },
    mistakes: ['between 0 and 1'],
  },
};

describe('semantic-cache-lookup, semantic-cache-store', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
