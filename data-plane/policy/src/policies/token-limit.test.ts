import { describe, expect, it } from 'vitest';
import { expectedOf, type PolicyCase, resultOf } from '../run-policy.fixture.ts';

const chat = (words: number, more: object = {}) => ({
  body: { messages: [{ role: 'user', content: Array(words).fill('word').join(' ') }], ...more },
});
const usage = (prompt: number, completion: number) => ({
  body: {
    choices: [{ message: { content: 'one two three' } }],
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  },
});
const limit = (attributes: string) =>
  `<azure-openai-token-limit counter-key="@(context.Subscription.Id)" ${attributes} />`;
const perMinute = (tokens: number, estimates: boolean, more = '') =>
  limit(`tokens-per-minute="${tokens}" estimate-prompt-tokens="${estimates}" ${more}`);
const stream = (...pieces: readonly string[]) => ({
  headers: { 'Content-Type': 'text/event-stream' },
  body: `${pieces.map((content) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`).join('')}data: [DONE]\n\n`,
});

/** Tokens are words here. */
const cases: Record<string, PolicyCase> = {
  'without an estimate the call that crosses the limit passes, and the next is refused': {
    given: { policy: perMinute(100, false), requests: [chat(5), chat(5)], answer: usage(80, 40) },
    expect: {
      outcomes: [
        { status: 200 },
        {
          status: 429,
          headers: { 'retry-after': '60' },
          body: '{ "statusCode": 429, "message": "Token limit is exceeded. Try again in 60 seconds." }',
          error: { source: 'azure-openai-token-limit', reason: 'TokenLimitExceeded' },
          forwarded: [],
        },
      ],
    },
  },
  'with an estimate a prompt over the limit is refused before the backend is asked': {
    given: { policy: perMinute(10, true), requests: [chat(6), chat(6)], answer: usage(6, 1) },
    expect: { outcomes: [{ status: 200 }, { status: 429, forwarded: [] }] },
  },
  'a prompt that can never fit is refused without a wait': {
    given: { policy: perMinute(10, true), requests: [chat(11)] },
    expect: { last: { status: 429, body: '{ "statusCode": 429, "message": "Token limit is exceeded." }' } },
  },
  'the real usage takes the place of the estimate': {
    given: {
      policy: perMinute(100, true, 'remaining-tokens-variable-name="left" tokens-consumed-variable-name="used"'),
      requests: [chat(5)],
      answer: usage(8, 12),
    },
    expect: { last: { variables: { left: 80, used: 20 } } },
  },
  'the numbers stand in headers of the answer': {
    given: {
      policy: perMinute(100, true, 'remaining-tokens-header-name="x-left" tokens-consumed-header-name="x-used"'),
      requests: [chat(5)],
      answer: usage(8, 12),
    },
    expect: { last: { headers: { 'x-left': '80', 'x-used': '20' } } },
  },
  'a minute later all tokens are there again': {
    given: { policy: perMinute(10, false), requests: [chat(1), { ...chat(1), after: 60_000 }], answer: usage(10, 10) },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'of a stream prompt and completion are estimated, also where the document says no': {
    given: {
      policy: perMinute(100, false, 'remaining-tokens-variable-name="left"'),
      requests: [chat(10, { stream: true })],
      answer: stream('one two ', 'three'),
    },
    expect: { last: { variables: { left: 87 } } },
  },
  'a stream that used too much stops the next call': {
    given: {
      policy: perMinute(12, true),
      requests: [chat(10, { stream: true }), chat(1)],
      answer: stream('one two ', 'three'),
    },
    expect: { outcomes: [{ status: 200 }, { status: 429 }] },
  },
  'keys count for themselves': {
    given: {
      policy: perMinute(10, false),
      requests: [chat(1), { ...chat(1), subscription: 'b' }],
      answer: usage(10, 10),
    },
    expect: { outcomes: [{ status: 200 }, { status: 200 }] },
  },
  'policies with one key share one counter': {
    given: {
      policy: `${perMinute(100, true, 'remaining-tokens-variable-name="first"')}<llm-token-limit
        counter-key="@(context.Subscription.Id)" tokens-per-minute="50" estimate-prompt-tokens="true"
        remaining-tokens-variable-name="second" />`,
      requests: [chat(5)],
      answer: usage(10, 10),
    },
    expect: { last: { variables: { first: 80, second: 30 } } },
  },
  'a quota answers 403 with the time until its period is over': {
    given: {
      policy: limit('token-quota="20" token-quota-period="Hourly" estimate-prompt-tokens="false"'),
      requests: [chat(1), chat(1)],
      answer: usage(10, 10),
      now: Date.UTC(2026, 0, 14, 10, 38, 27),
    },
    expect: {
      last: {
        status: 403,
        headers: { 'retry-after': '1293' },
        body: '{ "statusCode": 403, "message": "Token quota is exceeded. Try again in 21 minutes and 33 seconds." }',
        error: { reason: 'TokenQuotaExceeded' },
      },
    },
  },
  'a monthly quota begins on the first, in UTC': {
    given: {
      policy: limit('token-quota="20" token-quota-period="Monthly" estimate-prompt-tokens="false"'),
      requests: [chat(1), chat(1), { ...chat(1), after: 86_400_000 * 24 + 3_600_000 * 14 }],
      answer: usage(10, 10),
      now: Date.UTC(2026, 0, 7, 10),
    },
    expect: {
      outcomes: [{}, { status: 403, body: expect.stringContaining('in 24 days, 14 hours.') }, { status: 200 }],
    },
  },
  'limit and quota together: what the quota refuses is not counted on the limit': {
    given: {
      policy: limit(
        'tokens-per-minute="100" token-quota="5" token-quota-period="Daily" estimate-prompt-tokens="true" remaining-tokens-variable-name="left" remaining-quota-tokens-variable-name="quota"',
      ),
      requests: [chat(4), chat(4), { ...chat(1) }],
      answer: { body: { usage: { prompt_tokens: 4, completion_tokens: 0, total_tokens: 4 } } },
    },
    expect: {
      outcomes: [{ variables: { left: 96, quota: 1 } }, { status: 403 }, { status: 200, variables: { left: 92 } }],
    },
  },
  'a picture counts 1200 tokens': {
    given: {
      policy: perMinute(5_000, true, 'tokens-consumed-variable-name="used"'),
      requests: [
        { body: { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:,' } }] }] } },
      ],
      answer: { status: 500 },
    },
    expect: { last: { variables: { used: 1_200 } } },
  },
  'the Responses API names its tokens input and output': {
    given: {
      policy: perMinute(100, false, 'tokens-consumed-variable-name="used"'),
      requests: [{ body: { model: 'gpt-4o', input: [{ role: 'user', content: 'hello' }] } }],
      answer: { body: { usage: { input_tokens: 3, output_tokens: 4 } } },
    },
    expect: { last: { variables: { used: 7 } } },
  },
  'embeddings count their input': {
    given: {
      policy: perMinute(3, true),
      requests: [{ body: { input: ['one two', 'three four'] } }],
    },
    expect: { last: { status: 429 } },
  },
  'needs a limit or a quota': {
    given: '<llm-token-limit counter-key="k" estimate-prompt-tokens="true" />',
    mistakes: ["'tokens-per-minute', 'token-quota', or both"],
  },
  'needs the period of a quota': {
    given: '<llm-token-limit counter-key="k" estimate-prompt-tokens="true" token-quota="5" />',
    mistakes: ['go together'],
  },
  'knows the periods': {
    given:
      '<llm-token-limit counter-key="k" estimate-prompt-tokens="true" token-quota="5" token-quota-period="Fortnightly" />',
    mistakes: ['must be one of Hourly, Daily, Weekly, Monthly, Yearly'],
  },
};

describe('azure-openai-token-limit, llm-token-limit', () => {
  it.each(Object.entries(cases))('%s', async (_name, one) => {
    expect(await resultOf(one)).toMatchObject(expectedOf(one));
  });
});
