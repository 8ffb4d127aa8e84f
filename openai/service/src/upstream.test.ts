import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { key, type StartedService, startService } from '../testing/started-service.ts';
import type { Upstream } from './upstream.ts';

interface Seen {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

/** A small service that speaks OpenAI, as `answer` says. */
async function upstreamServer(
  answer: RequestListener,
): Promise<{ readonly url: string; readonly seen: Seen[]; readonly server: Server }> {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8');
    for await (const chunk of incoming) text += chunk;
    seen.push({ url: incoming.url ?? '', headers: incoming.headers, body: JSON.parse(text) });
    answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, server };
}

async function start(upstream: Omit<Upstream, 'account' | 'deployment'>): Promise<StartedService> {
  const started = await startService({ upstreams: [{ account: 'AOAI-lab', deployment: 'Text-Turbo', ...upstream }] });
  open.push(started);
  return started;
}

const chat = (version = '2024-10-21') => `/deployments/text-turbo/chat/completions?api-version=${version}`;
const hello = { messages: [{ role: 'user', content: 'Hello!' }] };
const answer = {
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' } }],
  model: 'm',
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
};
const json =
  (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(value));
  };

describe('a call to an upstream', () => {
  it.each<
    [
      string,
      Omit<Upstream, 'account' | 'deployment' | 'baseUrl'>,
      string,
      string,
      Readonly<Record<string, string>>,
      string | undefined,
    ]
  >([
    [
      'Azure with a key',
      { api: 'azure', auth: { key: 'k' } },
      chat('2024-02-01'),
      '/openai/deployments/Text-Turbo/chat/completions?api-version=2024-02-01',
      { 'api-key': 'k' },
      undefined,
    ],
    [
      'Azure with an identity',
      { api: 'azure', auth: { token: async () => 't' }, model: 'real' },
      chat(),
      '/openai/deployments/real/chat/completions?api-version=2024-10-21',
      { authorization: 'Bearer t' },
      undefined,
    ],
    [
      'Azure with its own version',
      { api: 'azure', auth: { key: 'k' }, apiVersion: '2025-04-01-preview' },
      chat(),
      '/openai/deployments/Text-Turbo/chat/completions?api-version=2025-04-01-preview',
      {},
      undefined,
    ],
    [
      'Azure from v1',
      { api: 'azure', auth: { key: 'k' } },
      '/v1/chat/completions',
      '/openai/deployments/Text-Turbo/chat/completions?api-version=2024-10-21',
      {},
      'text-turbo',
    ],
    [
      'an OpenAI-compatible server with a key',
      { api: 'openai', auth: { key: 'k' }, model: 'llama' },
      chat(),
      '/chat/completions',
      { authorization: 'Bearer k' },
      'llama',
    ],
    [
      'an OpenAI-compatible server without one',
      { api: 'openai', auth: { none: true } },
      chat(),
      '/chat/completions',
      {},
      'Text-Turbo',
    ],
  ])('%s', async (_name, upstream, path, url, headers, model) => {
    const server = await upstreamServer(json(200, answer));
    const started = await start({ ...upstream, baseUrl: `${server.url}/` });
    const response = await started.post(path, { ...hello, ...(path.startsWith('/v1') ? { model: 'text-turbo' } : {}) });
    expect([response.status, await response.json()]).toEqual([200, answer]);
    expect(server.seen).toHaveLength(1);
    expect(server.seen[0]?.url).toBe(url);
    expect(server.seen[0]?.headers).toMatchObject({ 'content-type': 'application/json', ...headers });
    // The caller's own key stays here.
    expect(JSON.stringify(server.seen[0]?.headers)).not.toContain(key);
    expect(server.seen[0]?.body).toEqual({ ...hello, ...(model === undefined ? {} : { model }) });
    expect(started.calls[0]).toMatchObject({
      status: 200,
      usage: { promptTokens: 3, completionTokens: 2, totalTokens: 5 },
    });
  });

  it('has one header of each name, the upstream’s own where it has one', async () => {
    const server = await upstreamServer(
      json(200, answer, {
        'x-request-id': 'theirs',
        'x-ratelimit-remaining-tokens': '7',
        'set-cookie': 'a=b',
        server: 'x',
      }),
    );
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    const call = request(`${started.url}/openai${chat()}`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
    });
    call.end(JSON.stringify(hello));
    const [response] = await once(call, 'response');
    response.resume();
    const names = response.rawHeaders
      .filter((_: string, index: number) => index % 2 === 0)
      .map((name: string) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(response.headers).toMatchObject({
      'content-type': 'application/json',
      'x-request-id': 'theirs',
      'x-ratelimit-remaining-tokens': '7',
    });
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('passes errors on, with their code but not their words in the record', async () => {
    const error = { error: { code: 'content_filter', message: 'the prompt said: secret words' } };
    const server = await upstreamServer(json(429, error, { 'retry-after': '9' }));
    const started = await start({ api: 'azure', baseUrl: server.url, auth: { key: 'k' } });
    const response = await started.post(chat(), hello);
    expect([response.status, response.headers.get('retry-after'), await response.json()]).toEqual([429, '9', error]);
    expect(started.calls[0]).toMatchObject({
      status: 429,
      resultDescription: 'The upstream answered 429 (content_filter).',
    });
    expect(started.calls[0]?.usage).toBeUndefined();
  });
});

describe('a streamed call', () => {
  const chunk = (content: string, more: object = {}) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }], ...more })}\n\n`;

  it.each<[string, readonly string[], object]>([
    [
      'with usage in it',
      [
        chunk('Hel'),
        chunk('lo'),
        `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 4, completion_tokens: 6 } })}\n\n`,
        'data: [DONE]\n\n',
      ],
      { promptTokens: 4, completionTokens: 6, totalTokens: 10 },
    ],
    [
      'without: counted',
      [chunk('Hello'), chunk('!'), 'data: [DONE]\n\n'],
      { promptTokens: 9, completionTokens: 2, totalTokens: 11 },
    ],
    [
      'without [DONE], in lines of other systems',
      [': comment\r\n\r\n', `event: x\r\n${chunk('Hello').replace('\n\n', '\r\n\r\n')}`],
      { promptTokens: 9, completionTokens: 1, totalTokens: 10 },
    ],
  ])('%s passes byte for byte', async (_name, events, usage) => {
    const server = await upstreamServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of events) response.write(event);
      response.end();
    });
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    const response = await started.post(chat(), { ...hello, stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe(events.join(''));
    expect(server.seen[0]?.headers.accept).toBe('text/event-stream');
    expect(started.calls[0]).toMatchObject({ isStreaming: true, usage });
  });

  it('passes each event when it comes, not when the next one does', async () => {
    let finish = () => {};
    const server = await upstreamServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('first'));
      finish = () => void response.end('data: [DONE]\n\n');
    });
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    const response = await started.post(chat(), { ...hello, stream: true });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(chunk('first'));
    finish();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('data: [DONE]\n\n');
  });

  it('that breaks off breaks off here, and is recorded', async () => {
    const server = await upstreamServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('Hello'), () => response.destroy());
    });
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    await expect(
      started.post(chat(), { ...hello, stream: true }).then((response) => response.text()),
    ).rejects.toThrow();
    await expect.poll(() => started.calls.length).toBe(1);
    expect(started.logged).toEqual(['A stream broke off']);
  });

  it('that the client leaves is left there, too', async () => {
    let left = () => {};
    const isLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const server = await upstreamServer((_request, response) => {
      response.on('close', () => left());
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk('Hello'));
    });
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    const stop = new AbortController();
    const response = await started.post(chat(), { ...hello, stream: true }, { signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
    await isLeft;
    await expect.poll(() => started.calls.length).toBe(1);
    expect(started.calls[0]).toMatchObject({ usage: { promptTokens: 9, completionTokens: 1 } });
  });
});

describe('an upstream that fails', () => {
  it('is not there: 502', async () => {
    const started = await start({ api: 'openai', baseUrl: 'http://127.0.0.1:1', auth: { none: true } });
    const response = await started.post(chat(), hello);
    expect([response.status, await response.text()]).toEqual([
      502,
      '{"error":{"code":"UpstreamUnreachable","message": "The configured upstream 127.0.0.1:1 could not be reached."}}',
    ]);
    expect(started.logged).toEqual(['A call was refused']);
  });
  it('sends nothing: 504', async () => {
    const server = await upstreamServer(() => {});
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true }, timeoutMs: 60 });
    const response = await started.post(chat(), hello);
    expect([response.status, (await response.json()) as object]).toEqual([
      504,
      { error: { code: 'UpstreamTimeout', message: expect.stringContaining('60 ms') } },
    ]);
  });
  it('stops in the middle of a stream: cut after its patience', async () => {
    const server = await upstreamServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {}\n\n');
    });
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true }, timeoutMs: 60 });
    await expect(
      started.post(chat(), { ...hello, stream: true }).then((response) => response.text()),
    ).rejects.toThrow();
  });
  it('breaks off a whole answer: 502', async () => {
    const server = await upstreamServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"choices"', () => response.destroy());
    });
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    expect((await started.post(chat(), hello)).status).toBe(502);
  });
  it('has no token to be called with: 502', async () => {
    const refusing = async (): Promise<string> => {
      throw new Error('the login endpoint is away');
    };
    const started = await start({ api: 'azure', baseUrl: 'http://127.0.0.1:1', auth: { token: refusing } });
    const response = await started.post(chat(), hello);
    expect([response.status, await response.text()]).toEqual([
      502,
      '{"error":{"code":"UpstreamCredential","message": "No token could be had for the configured upstream 127.0.0.1:1."}}',
    ]);
  });
  it('is left when the client leaves before the answer: 499', async () => {
    let arrived = () => {};
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const server = await upstreamServer(() => arrived());
    const started = await start({ api: 'openai', baseUrl: server.url, auth: { none: true } });
    const stop = new AbortController();
    const call = started.post(chat(), hello, { signal: stop.signal }).catch(() => undefined);
    await isThere;
    stop.abort();
    await call;
    await expect.poll(() => started.calls.length).toBe(1);
    expect(started.calls[0]).toMatchObject({ status: 499 });
    expect(started.logged).toEqual([]);
  });
});

it('other deployments are answered by the embedded model', async () => {
  const started = await start({ api: 'openai', baseUrl: 'http://127.0.0.1:1', auth: { none: true } });
  expect((await started.post('/deployments/gpt-4o/chat/completions?api-version=2024-10-21', hello)).status).toBe(200);
});
