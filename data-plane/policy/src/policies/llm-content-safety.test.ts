import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const backends = [{ id: 'safety', url: 'https://safety.test' }];
const safety = (children: string, attributes = '') =>
  `<llm-content-safety backend-id="safety" ${attributes}>${children}</llm-content-safety>`;
const hate = '<categories><category name="Hate" threshold="4" /></categories>';
const requests = [
  {
    body: {
      messages: [
        { role: 'system', content: 'be kind' },
        { role: 'user', content: 'hello' },
      ],
    },
  },
];
const severity = (value: number) => () => ({ body: { categoriesAnalysis: [{ category: 'Hate', severity: value }] } });
const refused = {
  status: 403,
  body: '{ "statusCode": 403, "message": "Request failed content safety check." }',
  error: { source: 'llm-content-safety' },
};

const cases: Record<string, PolicyCase> = {
  'a prompt below the threshold passes': {
    given: { policy: safety(hate), backends, requests, send: severity(3) },
    expect: {
      sent: [{ url: expect.stringMatching(/^\/contentsafety\/text:analyze\?api-version=/), backendId: 'safety' }],
      last: { status: 200 },
    },
  },
  'a prompt at the threshold is refused with 403, and the model is not asked': {
    given: { policy: safety(hate), backends, requests, send: severity(4) },
    expect: { last: { ...refused, forwarded: [] } },
  },
  'the text of all messages is sent, with the categories': {
    given: { policy: safety(hate), backends, requests, send: severity(0) },
    expect: {
      sent: [{ body: '{"text":"be kind\\nhello","categories":["Hate"],"outputType":"FourSeverityLevels"}' }],
    },
  },
  'an attack by prompt is refused': {
    given: {
      policy: safety('', 'shield-prompt="true"'),
      backends,
      requests,
      send: () => ({ body: { userPromptAnalysis: { attackDetected: true } } }),
    },
    expect: { sent: [{ url: expect.stringContaining('text:shieldPrompt') }], last: refused },
  },
  'a prompt that is no attack passes': {
    given: {
      policy: safety('', 'shield-prompt="true"'),
      backends,
      requests,
      send: () => ({ body: { userPromptAnalysis: { attackDetected: false } } }),
    },
    expect: { last: { status: 200 } },
  },
  'a word of a blocklist is refused': {
    given: {
      policy: safety('<blocklists><id>words</id></blocklists>'),
      backends,
      requests,
      send: () => ({ body: { blocklistsMatch: [{ blocklistName: 'words' }] } }),
    },
    expect: { sent: [{ body: expect.stringContaining('"blocklistNames":["words"]') }], last: refused },
  },
  'a service that refuses the call is no pass': {
    given: { policy: safety(hate), backends, requests, send: () => ({ status: 401, body: {} }) },
    expect: { last: refused },
  },
  'completions are checked where it says so': {
    given: {
      policy: safety(hate, 'enforce-on-completions="true"'),
      backends,
      requests,
      answer: { body: { choices: [{ message: { content: 'bad' } }] } },
      send: (call) => severity(new TextDecoder().decode(call.body).includes('bad') ? 6 : 0)(),
    },
    expect: { last: { ...refused, forwarded: [{}] } },
  },
  'in outbound it checks the answer': {
    given: {
      policy: '',
      outbound: safety(hate),
      backends,
      requests,
      answer: { body: { choices: [{ message: { content: 'bad' } }] } },
      send: severity(6),
    },
    expect: { sent: [{ body: expect.stringContaining('"text":"bad"') }], last: refused },
  },
  'a body that is no call of a model is checked whole': {
    given: { policy: safety(hate), backends, requests: [{ body: 'strange' }], send: severity(0) },
    expect: { sent: [{ body: expect.stringContaining('"text":"strange"') }], last: { status: 200 } },
  },
  'a body that cannot be read does not pass': {
    given: {
      policy: safety(hate),
      backends,
      requests: [{ body: 'x', headers: { 'Content-Encoding': 'zstd' } }],
      send: severity(0),
    },
    expect: { last: refused },
  },
  'a long prompt is sent in windows': {
    given: {
      policy: safety(hate),
      backends,
      requests: [{ body: { messages: [{ role: 'user', content: 'x'.repeat(10_001) }] } }],
      send: severity(0),
    },
    expect: { sent: [{}, {}], last: { status: 200 } },
  },
  'the backend must exist': {
    given: { policy: safety(hate), backends: [] },
    mistakes: ["Backend with id 'safety' could not be found."],
  },
  'knows the categories and thresholds': {
    given: { policy: safety('<categories><category name="Anger" threshold="9" /></categories>'), backends },
    mistakes: ['must be one of Hate, SelfHarm, Sexual, Violence', 'between 0 and 7'],
  },
};

describe('llm-content-safety', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
