import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTokenizer } from '@vigia/tokenizer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, type StartedService, startService } from '../testing/started-service.ts';

let started: StartedService;
beforeAll(async () => {
  started = await startService();
});
afterAll(() => started[Symbol.asyncDispose]());

const path = (deployment = 'text-turbo', version = '2024-10-21') =>
  `/deployments/${deployment}/chat/completions?api-version=${version}`;
const hello = [{ role: 'user' as const, content: 'Hello!' }];
const question = [{ role: 'user' as const, content: 'What is a token?' }];
const teacher = { role: 'system' as const, content: 'The system is an AI teacher that helps people learn about AI' };

const labFile = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'corpora', 'lab', 'chat-request.json');

describe('prompt tokens', () => {
  it.each<[string, object, number]>([
    ['a greeting', { messages: hello }, 9],
    [
      'the lab’s prompt',
      {
        model: 'gpt-35-turbo',
        messages: [{ role: 'user', content: 'Hello! What does an API Management Service in Azure do?' }],
      },
      19,
    ],
    ['the AI teacher', { messages: [teacher, { role: 'user', content: 'What is artificial intelligence?' }] }, 28],
  ])('of %s', async (_name, body, tokens) => {
    const answer = (await (await started.post(path(), body)).json()) as { usage: { prompt_tokens: number } };
    expect(answer.usage.prompt_tokens).toBe(tokens);
  });
  it.skipIf(!existsSync(labFile))('of the lab’s file (skipped where ../shared is missing)', async () => {
    const answer = (await (await started.post(path(), readFileSync(labFile, 'utf8'))).json()) as {
      usage: { prompt_tokens: number };
    };
    expect(answer.usage.prompt_tokens).toBe(19);
  });
});

describe('a whole answer', () => {
  it('has Azure’s keys in Azure’s order and ends in a line break', async () => {
    const response = await started.post(path('gpt-4o', '2025-04-01-preview'), { messages: question });
    const text = await response.text();
    expect(text.endsWith('}\n')).toBe(true);
    const answer = JSON.parse(text);
    expect(Object.keys(answer)).toEqual([
      'choices',
      'created',
      'id',
      'model',
      'object',
      'prompt_filter_results',
      'system_fingerprint',
      'usage',
    ]);
    expect(Object.keys(answer.choices[0])).toEqual([
      'content_filter_results',
      'finish_reason',
      'index',
      'logprobs',
      'message',
    ]);
    expect(answer.choices[0].message).toEqual({
      annotations: [],
      content: expect.stringContaining('token'),
      refusal: null,
      role: 'assistant',
    });
    expect(answer).toMatchObject({
      object: 'chat.completion',
      model: 'gpt-4o-2024-11-20',
      id: expect.stringMatching(/^chatcmpl-/),
    });
    expect(Math.abs(answer.created - Date.now() / 1000)).toBeLessThan(5);
    expect(answer.prompt_filter_results).toEqual([
      {
        prompt_index: 0,
        content_filter_results: {
          hate: safe,
          jailbreak: { detected: false, filtered: false },
          self_harm: safe,
          sexual: safe,
          violence: safe,
        },
      },
    ]);
    const tokenizer = await openTokenizer('gpt-4o');
    expect(answer.usage).toEqual({
      completion_tokens: tokenizer?.count(answer.choices[0].message.content),
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: 0,
        rejected_prediction_tokens: 0,
      },
      prompt_tokens: 12,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      total_tokens: 12 + answer.usage.completion_tokens,
    });
  });
  const safe = { filtered: false, severity: 'safe' };

  it.each([
    ['2023-05-15', ['choices', 'created', 'id', 'model', 'object', 'usage'], ['content', 'role'], 3],
    [
      '2023-06-01-preview',
      ['choices', 'created', 'id', 'model', 'object', 'prompt_filter_results', 'usage'],
      ['content', 'role'],
      3,
    ],
    [
      '2024-02-01',
      ['choices', 'created', 'id', 'model', 'object', 'prompt_filter_results', 'system_fingerprint', 'usage'],
      ['content', 'role'],
      3,
    ],
    [
      '2024-10-21',
      ['choices', 'created', 'id', 'model', 'object', 'prompt_filter_results', 'system_fingerprint', 'usage'],
      ['content', 'refusal', 'role'],
      5,
    ],
  ])('of version %s has the fields of that version', async (version, keys, message, usage) => {
    const answer = (await (await started.post(path('text-turbo', version), { messages: hello })).json()) as {
      choices: { message: object }[];
      usage: object;
    };
    expect(Object.keys(answer)).toEqual(keys);
    expect(Object.keys(answer.choices[0]?.message ?? {})).toEqual(message);
    expect(Object.keys(answer.usage)).toHaveLength(usage);
    const stream = eventsOf(
      await (await started.post(path('text-turbo', version), { messages: hello, stream: true })).text(),
    );
    expect(stream[0]?.includes('prompt_filter_results')).toBe(keys.includes('prompt_filter_results'));
    expect(stream.some((event) => event.includes('content_filter_results'))).toBe(
      keys.includes('prompt_filter_results'),
    );
  });

  it.each([
    ['text-turbo', 'gpt-35-turbo'],
    ['oldest', 'gpt-35-turbo'],
    ['gpt-4o', 'gpt-4o-2024-11-20'],
  ])('of %s names the model %s, whatever the body says', async (deployment, model) => {
    const answer = await started.azure().chat.completions.create({ model: deployment, messages: hello });
    expect(answer.model).toBe(model);
  });

  it('has the headers of Azure', async () => {
    const { headers } = await started.post(path(), { messages: hello });
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('apim-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-request-id')).not.toBe(headers.get('apim-request-id'));
    expect(headers.get('x-ms-region')).toBe('East US');
    expect(headers.get('x-ms-deployment-name')).toBe('text-turbo');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(Number(headers.get('x-ratelimit-remaining-tokens'))).toBeGreaterThan(0);
    expect(started.calls.at(-1)?.correlationId).toBe(headers.get('apim-request-id'));
  });

  it('is the same for the same body and seed, another one for another seed', async () => {
    const content = async (seed?: number) =>
      (
        await started
          .azure()
          .chat.completions.create({ model: 'text-turbo', messages: question, ...(seed === undefined ? {} : { seed }) })
      ).choices[0]?.message.content;
    expect(await content(1)).toBe(await content(1));
    expect(await content()).toBe(await content());
    const several = await Promise.all([1, 2, 3, 4, 5].map(content));
    expect(new Set(several).size).toBeGreaterThan(1);
  });
  it('has as many choices as n, different ones, all of them charged', async () => {
    const answer = await started.azure().chat.completions.create({ model: 'text-turbo', messages: question, n: 3 });
    const texts = answer.choices.map(({ message }) => message.content ?? '');
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(texts).size).toBe(3);
    const tokenizer = await openTokenizer('gpt-35-turbo');
    expect(answer.usage?.completion_tokens).toBe(texts.reduce((sum, text) => sum + (tokenizer?.count(text) ?? 0), 0));
  });
  it.each([
    ['max_tokens', { max_tokens: 7 }],
    ['max_completion_tokens', { max_completion_tokens: 7 }],
  ])('is cut by %s', async (_name, limit) => {
    const answer = await started.azure().chat.completions.create({ model: 'text-turbo', messages: question, ...limit });
    expect(answer.choices[0]?.finish_reason).toBe('length');
    expect(answer.usage?.completion_tokens).toBe(7);
  });
  it('ends before a stop sequence', async () => {
    const create = (stop?: string[]) =>
      started.azure().chat.completions.create({ model: 'text-turbo', messages: question, ...(stop ? { stop } : {}) });
    const whole = (await create()).choices[0]?.message.content ?? '';
    const answer = (await create([' unit'])).choices[0];
    expect(answer).toMatchObject({
      finish_reason: 'stop',
      message: { content: whole.slice(0, whole.indexOf(' unit')) },
    });
  });
  it('has log probabilities where asked for', async () => {
    const answer = await started.azure().chat.completions.create({
      model: 'text-turbo',
      messages: question,
      logprobs: true,
      top_logprobs: 2,
      max_tokens: 5,
    });
    const content = answer.choices[0]?.logprobs?.content ?? [];
    expect(content).toHaveLength(5);
    expect(content.map(({ token }) => token).join('')).toBe(answer.choices[0]?.message.content);
    for (const one of content) {
      expect(one.logprob).toBeLessThanOrEqual(0);
      expect(one.top_logprobs).toHaveLength(2);
      expect(one.top_logprobs[0]).toMatchObject({ token: one.token, logprob: one.logprob });
    }
  });
  it('is given by a reasoning model under max_completion_tokens', async () => {
    const answer = await started
      .azure()
      .chat.completions.create({ model: 'thinker', messages: question, max_completion_tokens: 50 });
    expect(answer.model).toBe('o3-mini-2025-01-31');
  });
});

describe('a stream', () => {
  const events = async (body: object, version = '2024-10-21') => {
    const response = await started.post(path('text-turbo', version), { stream: true, messages: question, ...body });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
    const all = eventsOf(text);
    expect(all.at(-1)).toBe('[DONE]');
    return all.slice(0, -1).map((event) => JSON.parse(event));
  };

  it('comes in Azure’s order: filter, role, a token each, finish, [DONE]', async () => {
    const [filter, role, ...rest] = await events({ max_tokens: 6 });
    expect(filter).toEqual({
      choices: [],
      created: 0,
      id: '',
      model: '',
      object: '',
      prompt_filter_results: expect.any(Array),
    });
    expect(role.choices[0]).toEqual({
      content_filter_results: {},
      delta: { content: '', refusal: null, role: 'assistant' },
      finish_reason: null,
      index: 0,
      logprobs: null,
    });
    const finish = rest.pop();
    expect(finish.choices[0]).toMatchObject({ delta: {}, finish_reason: 'length' });
    expect(rest).toHaveLength(6);
    for (const chunk of rest) {
      expect(chunk).toMatchObject({
        id: role.id,
        created: role.created,
        model: 'gpt-35-turbo',
        object: 'chat.completion.chunk',
      });
      expect(Object.keys(chunk.choices[0].delta)).toEqual(['content']);
      expect(chunk.choices[0].content_filter_results.violence).toEqual({ filtered: false, severity: 'safe' });
      expect('usage' in chunk).toBe(false);
    }
  });
  it('tells usage where asked for, and null before', async () => {
    const all = await events({ max_tokens: 6, stream_options: { include_usage: true } });
    expect(all.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 12, completion_tokens: 6, total_tokens: 18 },
    });
    expect(all.slice(1, -1).every((chunk) => chunk.usage === null)).toBe(true);
  });
  it.each(['2023-05-15', '2024-10-21', '2025-04-01-preview'])(
    'says what the whole answer says, in version %s',
    async (version) => {
      const client = started.azure(version);
      const whole = await client.chat.completions.create({ model: 'text-turbo', messages: [teacher, ...question] });
      const stream = await client.chat.completions.create({
        model: 'text-turbo',
        messages: [teacher, ...question],
        stream: true,
      });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
      expect(text).toBe(whole.choices[0]?.message.content);
      expect(started.calls.at(-1)).toMatchObject({
        isStreaming: true,
        usage: { completionTokens: whole.usage?.completion_tokens },
      });
    },
  );
  it('has the same log probabilities as the whole answer', async () => {
    const body = { messages: question, logprobs: true, top_logprobs: 1, max_tokens: 8 };
    const whole = (await (await started.post(path(), body)).json()) as {
      choices: { logprobs: { content: unknown[] } }[];
    };
    const streamed = (await events(body)).flatMap((chunk) => chunk.choices[0]?.logprobs?.content ?? []);
    expect(streamed).toEqual(whole.choices[0]?.logprobs.content);
  });
  it('mixes n choices', async () => {
    const all = await events({ n: 2, max_tokens: 4 });
    expect(all.filter((chunk) => chunk.choices[0]?.delta.role).map((chunk) => chunk.choices[0].index)).toEqual([0, 1]);
    expect(all.filter((chunk) => chunk.choices[0]?.finish_reason).map((chunk) => chunk.choices[0].index)).toEqual([
      0, 1,
    ]);
  });
});

describe('tools', () => {
  const weather = {
    type: 'function' as const,
    function: {
      name: 'get_weather',
      description: 'The weather of a city',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  };
  const asked = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];

  it('are called, and their results told', async () => {
    const client = started.azure();
    const first = await client.chat.completions.create({ model: 'gpt-4o', messages: asked, tools: [weather] });
    const message = first.choices[0]?.message;
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    expect(message).toMatchObject({
      content: null,
      tool_calls: [
        {
          type: 'function',
          id: expect.stringMatching(/^call_/),
          function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
        },
      ],
    });
    expect(first.usage?.completion_tokens).toBeGreaterThan(0);
    if (message === undefined) throw new TypeError('no message');
    const second = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [
        ...asked,
        message,
        { role: 'tool', tool_call_id: message.tool_calls?.[0]?.id ?? '', content: '{"temperature":31}' },
      ],
      tools: [weather],
    });
    expect(second.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringContaining('31') },
    });
  });
  it('are streamed piece by piece, in the order of the facts', async () => {
    const text = await (await started.post(path('gpt-4o'), { messages: asked, tools: [weather], stream: true })).text();
    const [, first, ...rest] = eventsOf(text)
      .slice(0, -1)
      .map((event) => JSON.parse(event));
    expect(first.choices[0].delta).toEqual({
      content: null,
      refusal: null,
      role: 'assistant',
      tool_calls: [
        {
          function: { arguments: '', name: 'get_weather' },
          id: expect.stringMatching(/^call_/),
          index: 0,
          type: 'function',
        },
      ],
    });
    expect(rest.pop().choices[0]).toMatchObject({ delta: {}, finish_reason: 'tool_calls' });
    expect(rest.map((chunk) => chunk.choices[0].delta.tool_calls[0].function.arguments).join('')).toBe(
      '{"city":"Paris"}',
    );
    expect(rest.length).toBeGreaterThan(1);
  });
});

describe('JSON', () => {
  it('json_object is an object', async () => {
    const answer = await started.azure().chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'What is a token? Answer as JSON with keys term and meaning.' }],
      response_format: { type: 'json_object' },
    });
    expect(Object.keys(JSON.parse(answer.choices[0]?.message.content ?? ''))).toEqual(['term', 'meaning']);
  });
  it('json_schema fits the schema', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, people: { type: 'integer' } },
      required: ['city', 'people'],
      additionalProperties: false,
    };
    const answer = await started.azure().chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'There are 12 people in Recife.' }],
      response_format: { type: 'json_schema', json_schema: { name: 'place', strict: true, schema } },
    });
    expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({ city: 'Recife', people: 12 });
  });
});

it('/openai/v1: the body’s model is the deployment, the key a bearer token', async () => {
  const answer = await started.openAi.chat.completions.create({ model: 'text-turbo', messages: hello });
  expect(answer.usage?.prompt_tokens).toBe(9);
  expect(started.calls.at(-1)).toMatchObject({ apiVersion: 'v1', auth: 'key', deployment: { name: 'text-turbo' } });
});

describe('a long answer', () => {
  const messages = [
    { role: 'user' as const, content: 'Write a very long text about Azure API Management, as long as you can.' },
  ];

  it('of 90 000 tokens has exactly so many, more than 300 KB, and lets others have their turn', {
    timeout: 120_000,
  }, async () => {
    const order: string[] = [];
    const whole = started.post(path('gpt-4o'), { messages, max_tokens: 90_000 }).then(async (response) => {
      const text = await response.text();
      order.push('long');
      return text;
    });
    await expect.poll(() => started.service.status().active).toBe(1);
    for (const _ of [1, 2, 3]) {
      await (await started.post(path('gpt-4o'), { messages: hello })).text();
      order.push('short');
    }
    const text = await whole;
    expect(order).toEqual(['short', 'short', 'short', 'long']);
    const answer = JSON.parse(text);
    expect(text.length).toBeGreaterThan(300_000);
    expect(answer.choices[0].finish_reason).toBe('length');
    expect(answer.usage.completion_tokens).toBe(90_000);
    const tokenizer = await openTokenizer('gpt-4o');
    expect(tokenizer?.count(answer.choices[0].message.content)).toBe(90_000);
  });
  it('begins to stream long before it ends', async () => {
    const records = started.calls.length;
    const stop = new AbortController();
    const response = await started.post(
      path('gpt-4o'),
      { messages, max_tokens: 90_000, stream: true },
      { signal: stop.signal },
    );
    const first = await response.body?.getReader().read();
    expect(first?.value?.length).toBeGreaterThan(0);
    expect(started.calls).toHaveLength(records);
    stop.abort();
    await expect.poll(() => started.calls.length).toBe(records + 1);
    expect(started.calls.at(-1)?.usage?.completionTokens).toBeLessThan(90_000);
  });
});
