import { openTokenizer } from '@vigia/tokenizer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, eventsOf, key, type StartedService, startService } from '../testing/started-service.ts';

let started: StartedService;
beforeAll(async () => {
  started = await startService();
});
afterAll(() => started[Symbol.asyncDispose]());

const tokenizer = async () => {
  const found = await openTokenizer('gpt-35-turbo');
  if (found === undefined) throw new TypeError('no tokenizer');
  return found;
};

describe('completions', () => {
  const path = '/deployments/oldest/completions?api-version=2024-10-21';
  const complete = async (body: object) => {
    const response = await started.post(path, body);
    const answer = await response.json();
    expect([response.status, answer]).toEqual([200, answer]);
    return answer as {
      choices: {
        text: string;
        index: number;
        finish_reason: string;
        logprobs: {
          tokens: string[];
          token_logprobs: (number | null)[];
          text_offset: number[];
          top_logprobs: unknown[] | null;
        } | null;
      }[];
      usage: { prompt_tokens: number; completion_tokens: number };
      object: string;
      id: string;
    };
  };

  it('have 16 tokens where nothing is said, and Azure’s fields', async () => {
    const answer = await complete({ prompt: 'What is a token?' });
    expect(answer).toMatchObject({
      object: 'text_completion',
      id: expect.stringMatching(/^cmpl-/),
      usage: { prompt_tokens: 5, completion_tokens: 16 },
    });
    expect(Object.keys(answer)).toEqual([
      'choices',
      'created',
      'id',
      'model',
      'object',
      'system_fingerprint',
      'prompt_filter_results',
      'usage',
    ]);
    expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', index: 0, logprobs: null });
    expect((await tokenizer()).count(answer.choices[0]?.text ?? '')).toBe(16);
  });
  it.each<[string, object, string]>([
    ['echo puts the prompt first', { prompt: 'What is a token?', echo: true }, 'What is a token?'],
    ['echo alone, with no token more', { prompt: 'What is a token?', echo: true, max_tokens: 0 }, 'What is a token?'],
    ['a suffix is taken', { prompt: 'What is a token?', suffix: ' The end.', max_tokens: 200 }, ''],
  ])('%s', async (_name, body, start) => {
    const [choice] = (await complete(body)).choices;
    expect(choice?.text.startsWith(start)).toBe(true);
    if ('max_tokens' in body && body.max_tokens === 0)
      expect(choice).toMatchObject({ text: start, finish_reason: 'length' });
  });
  it('several prompts, as text and as tokens, with n choices each', async () => {
    const ids = (await tokenizer()).encode('What is KQL?');
    const answer = await complete({ prompt: ['What is a token?', 'What is KQL?'], n: 2 });
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    const asTokens = await complete({ prompt: ids });
    const asText = await complete({ prompt: 'What is KQL?' });
    expect(asTokens.choices[0]?.text).toBe(asText.choices[0]?.text);
    expect(asTokens.usage).toEqual(asText.usage);
  });
  it('best_of charges every candidate and gives the likeliest', async () => {
    const one = await complete({ prompt: 'What is a token?', max_tokens: 10 });
    const best = await complete({ prompt: 'What is a token?', max_tokens: 10, best_of: 4 });
    expect(best.choices).toHaveLength(1);
    expect(best.usage.completion_tokens).toBe(4 * one.usage.completion_tokens);
  });
  it('log probabilities with offsets; an echoed first token has none', async () => {
    const answer = await complete({ prompt: 'What is a token?', logprobs: 2, echo: true, max_tokens: 4 });
    const logprobs = answer.choices[0]?.logprobs;
    expect(logprobs?.tokens.join('')).toBe(answer.choices[0]?.text);
    expect(logprobs?.tokens).toHaveLength(9);
    expect(logprobs?.token_logprobs[0]).toBeNull();
    expect(logprobs?.token_logprobs.slice(1).every((value) => value !== null && value <= 0)).toBe(true);
    let offset = 0;
    for (const [index, token] of (logprobs?.tokens ?? []).entries()) {
      expect(logprobs?.text_offset[index]).toBe(offset);
      offset += token.length;
    }
    expect(logprobs?.top_logprobs).toHaveLength(9);
  });
  it('stream the same text, with usage where asked for', async () => {
    const whole = await complete({ prompt: 'What is a token?', max_tokens: 12 });
    const text = await (
      await started.post(path, {
        prompt: 'What is a token?',
        max_tokens: 12,
        stream: true,
        stream_options: { include_usage: true },
      })
    ).text();
    const [filter, ...events] = eventsOf(text)
      .slice(0, -1)
      .map((event) => JSON.parse(event));
    expect(filter).toMatchObject({ choices: [], prompt_filter_results: expect.any(Array) });
    expect(events.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(events.flatMap((event) => event.choices.map((choice: { text: string }) => choice.text)).join('')).toBe(
      whole.choices[0]?.text,
    );
    expect(events.at(-2).choices[0].finish_reason).toBe('length');
  });
  it.each<[string, object, string]>([
    ['best_of below n', { prompt: 'x', n: 3, best_of: 2 }, 'best_of must be greater than or equal to n'],
    ['best_of in a stream', { prompt: 'x', best_of: 2, stream: true }, 'best_of'],
    ['a prompt that is none', { prompt: 3 }, "Invalid type for 'prompt'"],
    ['token ids that are none', { prompt: [99_999_999] }, 'Invalid token id'],
    [
      'a prompt beyond the window',
      { prompt: 'word '.repeat(4_090), max_tokens: 100 },
      "This model's maximum context length is 4096 tokens, however you requested 4191 tokens (4091 in your prompt; 100 for the completion).",
    ],
  ])('%s is refused', async (_name, body, message) => {
    const response = await started.post(path, body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
  it('by the official client', async () => {
    const answer = await started.azure().completions.create({ model: 'oldest', prompt: 'What is a token?' });
    expect(answer.choices[0]?.text.length).toBeGreaterThan(10);
  });
});

describe('embeddings', () => {
  const path = (deployment = 'text-ada-002') => `/deployments/${deployment}/embeddings?api-version=2024-10-21`;
  const embed = async (body: object, deployment?: string) =>
    (await (await started.post(path(deployment), body)).json()) as {
      data: { embedding: number[]; index: number }[];
      usage: object;
      model: string;
    };
  const dot = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);

  it('are unit vectors, the same for the same text, nearer for like texts', async () => {
    const texts = ['How do I enable diagnostic logging?', 'how do I enable diagnostic logs', 'A recipe for apple cake'];
    const { data } = await embed({ input: texts });
    const [one = [], like = [], other = []] = data.map(({ embedding }) => embedding);
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(one).toHaveLength(1536);
    expect(dot(one, one)).toBeCloseTo(1, 5);
    expect(dot(one, like)).toBeGreaterThan(dot(one, other) + 0.3);
    expect((await embed({ input: texts[0] })).data[0]?.embedding).toEqual(one);
  });
  it('have the form of Azure: indented, without completion tokens', async () => {
    const response = await started.post(path(), { input: 'abc' });
    const text = await response.text();
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
    expect(JSON.parse(text)).toMatchObject({
      object: 'list',
      model: 'text-embedding-ada-002',
      data: [{ object: 'embedding', index: 0 }],
      usage: { prompt_tokens: 1, total_tokens: 1 },
    });
    expect(started.calls.at(-1)).toMatchObject({
      operationName: 'embeddings_create',
      usage: { promptTokens: 1, completionTokens: 0 },
    });
  });
  it('as base64 are the same numbers, little-endian', async () => {
    const numbers = (await embed({ input: 'abc' })).data[0]?.embedding ?? [];
    const answer = (await (await started.post(path(), { input: 'abc', encoding_format: 'base64' })).json()) as {
      data: { embedding: string }[];
    };
    const bytes = Buffer.from(answer.data[0]?.embedding ?? '', 'base64');
    expect(Array.from({ length: 1536 }, (_, index) => bytes.readFloatLE(index * 4))).toEqual(numbers);
    const official = await started.azure().embeddings.create({ model: 'text-ada-002', input: 'abc' });
    expect(official.data[0]?.embedding).toEqual(numbers);
  });
  it('of token ids are those of their text', async () => {
    const ids = (await tokenizer()).encode('hello world');
    const [asIds, asText] = [await embed({ input: [ids, ids] }), await embed({ input: 'hello world' })];
    expect(asIds.data).toHaveLength(2);
    expect(asIds.data[1]?.embedding).toEqual(asText.data[0]?.embedding);
    expect((await embed({ input: ids })).data).toHaveLength(1);
  });
  it('can be shorter on the third generation', async () => {
    const { data } = await embed({ input: 'hello', dimensions: 256 }, 'small-3');
    expect(data[0]?.embedding).toHaveLength(256);
    expect(dot(data[0]?.embedding ?? [], data[0]?.embedding ?? [])).toBeCloseTo(1, 5);
  });
  it.each<[string, object, string, string]>([
    ['no input', {}, 'text-ada-002', "Missing required parameter: 'input'."],
    ['an empty input', { input: '' }, 'text-ada-002', "'$.input' is invalid."],
    [
      'dimensions on the second generation',
      { input: 'a', dimensions: 10 },
      'text-ada-002',
      'This model does not support specifying dimensions.',
    ],
    ['too many dimensions', { input: 'a', dimensions: 1537 }, 'small-3', 'Must be less than or equal to 1536.'],
    [
      'too many inputs',
      { input: Array.from({ length: 2049 }, () => 'a') },
      'small-3',
      "Invalid 'input': array too long.",
    ],
    [
      'too long an input',
      { input: 'word '.repeat(8_200) },
      'small-3',
      "This model's maximum context length is 8192 tokens, however you requested 8201 tokens (8201 in your prompt; 0 for the completion).",
    ],
  ])('%s is refused', async (_name, body, deployment, message) => {
    const response = await started.post(path(deployment), body);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(message);
  });
});

describe('listings', () => {
  const get = async (path: string) => {
    const response = await fetch(`${started.url}/openai${path}`, { headers: { 'api-key': key } });
    return {
      status: response.status,
      body: (await response.json()) as { data?: { id: string }[]; id?: string; object?: string; error?: unknown },
    };
  };
  it('of models: the base models, each once', async () => {
    const { body } = await get('/models?api-version=2024-10-21');
    expect(body.data?.map(({ id }) => id)).toEqual([
      'gpt-35-turbo-0125',
      'gpt-35-turbo-0301',
      'gpt-4o-2024-11-20',
      'o3-mini-2025-01-31',
      'text-embedding-ada-002-2',
      'text-embedding-3-small-1',
    ]);
  });
  it('of models on v1: the deployments', async () => {
    const models: string[] = [];
    for await (const model of started.openAi.models.list()) models.push(model.id);
    expect(models).toEqual(accountOf().deployments.map(({ name }) => name));
  });
  it('of one model, by its name or its deployment’s', async () => {
    expect(await get('/models/gpt-35-turbo-0125?api-version=2024-10-21')).toMatchObject({
      status: 200,
      body: { id: 'gpt-35-turbo-0125', object: 'model' },
    });
    expect(await get('/v1/models/text-turbo')).toMatchObject({ status: 200, body: { id: 'text-turbo' } });
    expect(await get('/models/none?api-version=2024-10-21')).toMatchObject({ status: 404 });
  });
  it('of deployments', async () => {
    expect((await get('/deployments?api-version=2023-05-15')).body.data?.[0]).toMatchObject({
      id: 'text-turbo',
      model: 'gpt-35-turbo-0125',
      object: 'deployment',
    });
  });
  it('of operations, as the OpenAPI document that the lab imports', async () => {
    const document = (await (await fetch(`${started.url}/openai/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/deployments/{deployment-id}/chat/completions',
        '/deployments/{deployment-id}/completions',
        '/deployments/{deployment-id}/embeddings',
      ]),
    );
  });
});
