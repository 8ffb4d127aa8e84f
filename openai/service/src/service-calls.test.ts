import { once } from 'node:events';
import { request } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { accountOf, eventsOf, key, startService } from '../testing/started-service.ts';

const chat = '/deployments/text-turbo/chat/completions?api-version=2024-10-21';
const hello = { messages: [{ role: 'user', content: 'Hello!' }] };
const long = { messages: [{ role: 'user', content: 'Write a very long text about KQL, as long as you can.' }] };

/** A promise and the function that keeps it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('no answer ends before its record is kept', () => {
  it.each<[string, object, RegExp]>([
    ['a whole answer', hello, /^$/],
    ['a stream', { ...hello, stream: true }, /finish_reason":"stop"(?![\s\S]*DONE)/],
  ])('%s', async (_name, body, before) => {
    const { opened, open } = gate();
    const writing = gate();
    await using started = await startService({
      spool: {
        admit: () => true,
        write: async () => {
          writing.open();
          await opened;
        },
      },
    });
    const response = started.post(chat, body);
    await writing.opened;
    const seen = { text: '', isOver: false };
    const reading = (async () => {
      const { body: stream } = await response;
      const decoder = new TextDecoder();
      for await (const bytes of stream as unknown as AsyncIterable<Uint8Array>)
        seen.text += decoder.decode(bytes, { stream: true });
      seen.isOver = true;
    })();
    // What was sent already has time to arrive: many turns of both ends of the socket.
    for (let turn = 0; turn < 200 && !before.test(seen.text); turn += 1) await nextTurn();
    for (let turn = 0; turn < 50; turn += 1) await nextTurn();
    expect(seen.text).toMatch(before);
    expect(seen.isOver).toBe(false);
    expect(started.calls).toHaveLength(1);
    open();
    await reading;
    expect(seen.text).toMatch(/\}\n$|data: \[DONE\]\n\n$/);
    // The record tells the bytes that the client got, the last ones too.
    expect(started.calls[0]).toMatchObject({ status: 200, responseLength: Buffer.byteLength(seen.text) });
  });

  it('a record that cannot be kept: no answer, or a broken stream', async () => {
    await using started = await startService({
      spool: {
        admit: () => true,
        write: async () => {
          throw new Error('the disk is full');
        },
      },
    });
    const response = await started.post(chat, hello);
    expect(response.status).toBe(503);
    await expect(started.post(chat, { ...hello, stream: true }).then((stream) => stream.text())).rejects.toThrow();
    expect(started.logged).toHaveLength(2);
  });

  it('a spool that admits nothing: 503 before anything is done', async () => {
    await using started = await startService({ spool: { admit: () => false, write: async () => {} } });
    const response = await started.post(chat, hello);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.text()).toContain('ServiceUnavailable');
    expect(started.calls).toEqual([]);
  });

  it('nobody asks for records: nothing is written', async () => {
    await using started = await startService({
      toRecord: () => undefined,
      spool: {
        admit: () => true,
        write: async () => {
          throw new Error('written');
        },
      },
    });
    expect((await started.post(chat, hello)).status).toBe(200);
  });
});

describe('a record', () => {
  it('tells what became known of the call', async () => {
    await using started = await startService();
    const body = JSON.stringify(hello);
    const response = await started.post(chat, body);
    const text = await response.text();
    expect(started.calls).toEqual([
      {
        correlationId: response.headers.get('apim-request-id'),
        tenantId: 't',
        account: accountOf(),
        deployment: accountOf().deployments[0],
        operationName: 'ChatCompletions_Create',
        apiVersion: '2024-10-21',
        receivedAt: expect.any(Number),
        durationMs: expect.any(Number),
        timeToResponseMs: expect.any(Number),
        callerIpAddress: '127.0.0.1',
        auth: 'key',
        isStreaming: false,
        status: 200,
        requestLength: Buffer.byteLength(body),
        responseLength: Buffer.byteLength(text),
        usage: { promptTokens: 9, completionTokens: expect.any(Number), totalTokens: expect.any(Number) },
      },
    ]);
  });
  it('says 499 of a client that left before the answer', async () => {
    const arrived = gate();
    const { opened, open } = gate();
    await using started = await startService({
      authenticate: async () => {
        arrived.open();
        await opened;
        return { objectId: 'o' };
      },
    });
    const call = request(`${started.url}/openai${chat}`, {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
    });
    call.on('error', () => {});
    call.end(JSON.stringify(hello));
    await arrived.opened;
    call.destroy();
    // The service learns of it when the socket closes; only then may the call go on.
    for (let turn = 0; turn < 200; turn += 1) await nextTurn();
    open();
    await expect.poll(() => started.calls.length).toBe(1);
    expect(started.calls[0]).toMatchObject({ status: 499, responseLength: 0 });
    expect(started.logged).toEqual([]);
  });
  it('of a stream that was left counts what had been generated', async () => {
    await using started = await startService();
    const call = request(`${started.url}/openai${chat}`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
    });
    call.on('error', () => {});
    call.end(JSON.stringify({ ...long, stream: true, max_tokens: 15_000 }));
    const [response] = await once(call, 'response');
    await once(response, 'data');
    call.destroy();
    await expect.poll(() => started.calls.length).toBe(1);
    expect(started.calls[0]?.status).toBe(200);
    expect(started.calls[0]?.usage?.completionTokens).toBeLessThan(15_000);
    expect(started.service.status().active).toBe(0);
  });
  it('of a long answer that was left before its end is not generated to the end', async () => {
    await using started = await startService();
    const call = request(`${started.url}/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21`, {
      method: 'POST',
      headers: { 'api-key': key, 'content-type': 'application/json' },
    });
    call.on('error', () => {});
    call.end(JSON.stringify({ ...long, max_tokens: 120_000 }));
    await expect.poll(() => started.service.status().active).toBe(1);
    call.destroy();
    await expect.poll(() => started.calls.length).toBe(1);
    expect(started.calls[0]).toMatchObject({ status: 499 });
  });
});

describe('rate limits', () => {
  const tiny = (operation = 'chat/completions', version = '2024-10-21') =>
    `/deployments/tiny/${operation}?api-version=${version}`;

  it('calls: one a window of ten seconds for each thousand tokens', async () => {
    let now = 1_700_000_000_000;
    await using started = await startService({ clock: { now: () => now } });
    const first = await started.post(tiny(), hello);
    expect(first.status).toBe(200);
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('x-ratelimit')))).toMatchObject({
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-limit-tokens': '1000',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-remaining-tokens': '984',
    });
    now += 4_000;
    const second = await started.post(tiny(), hello);
    expect([
      second.status,
      second.headers.get('retry-after'),
      second.headers.get('x-ratelimit-remaining-requests'),
    ]).toEqual([429, '6', '0']);
    expect(await second.text()).toBe(
      '{"error":{"code":"429","message": "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 6 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit."}}',
    );
    expect(started.calls.at(-1)).toMatchObject({ status: 429 });
    now += 6_000;
    expect((await started.post(tiny(), hello)).status).toBe(200);
  });
  it.each([
    ['2024-10-21', 'ChatCompletions_Create'],
    ['2023-05-15', 'Creates a completion for the chat message'],
  ])('tokens: by what may be generated; version %s names the operation %s', async (version, name) => {
    await using started = await startService();
    const response = await started.post(tiny('chat/completions', version), { ...hello, max_tokens: 1_001 });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(await response.text()).toContain(
      `Requests to the ${name} Operation under Azure OpenAI API version ${version} have exceeded token rate limit`,
    );
  });
  it('can be switched off', async () => {
    await using started = await startService({ enforceRateLimits: false });
    for (let turn = 0; turn < 3; turn += 1) expect((await started.post(tiny(), hello)).status).toBe(200);
  });
});

describe('which account is meant', () => {
  const other = accountOf({
    id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/other',
    name: 'other',
    subDomain: 'other-domain',
    hosts: ['other-domain.openai.azure.com'],
    isDefault: false,
    regionName: 'Brazil South',
  });
  it.each([
    ['no host that is known: the default', '127.0.0.1', '/openai', 200, 'aoai-lab'],
    ['the host', 'other-domain.openai.azure.com', '/openai', 200, 'other'],
    ['the host in other letters and with a port', 'Other-Domain.OpenAI.azure.com:443', '/openai', 200, 'other'],
    ['the path', '127.0.0.1', '/other/openai', 200, 'other'],
    ['the path by the sub-domain', '127.0.0.1', '/other-domain/openai', 200, 'other'],
    ['a path that is no account', '127.0.0.1', '/none/openai', 404, undefined],
    [
      'a path into another account than the host’s',
      'other-domain.openai.azure.com',
      '/aoai-lab/openai',
      404,
      undefined,
    ],
    ['a path in other letters', '127.0.0.1', '/OpenAI', 200, 'aoai-lab'],
  ])('%s', async (_name, host, prefix, status, account) => {
    await using started = await startService({ accounts: [accountOf(), other] });
    const call = request(`${started.url}${prefix}${chat}`, {
      method: 'POST',
      headers: { host, 'api-key': key, 'content-type': 'application/json' },
    });
    call.end(JSON.stringify(hello));
    const [response] = await once(call, 'response');
    response.resume();
    await once(response, 'end');
    expect(response.statusCode).toBe(status);
    expect(started.calls.at(-1)?.account.name).toBe(account);
    if (account === 'other') expect(response.headers['x-ms-region']).toBe('Brazil South');
  });
  it('deployments are found in any letters', async () => {
    await using started = await startService();
    expect((await started.post('/deployments/TEXT-Turbo/chat/completions?api-version=2024-10-21', hello)).status).toBe(
      200,
    );
  });
});

describe('the pace', () => {
  it.each([false, true])('of so many tokens a second (streamed: %s)', async (stream) => {
    await using started = await startService({ tokensPerSecond: 100 });
    const start = performance.now();
    const response = await started.post(chat, { ...long, max_tokens: 20, stream });
    await response.text();
    // 20 tokens at 100 a second are 200 ms, timers being late but never early by more than rounding.
    expect(performance.now() - start).toBeGreaterThan(190);
    expect(started.calls[0]?.durationMs).toBeGreaterThan(185);
  });
  it('faster than timers tick is kept by the plan', async () => {
    await using started = await startService({ tokensPerSecond: 20_000 });
    const start = performance.now();
    const text = await (await started.post(chat, { ...long, max_tokens: 2_000, stream: true })).text();
    expect(eventsOf(text).length).toBeGreaterThan(2_000);
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});

describe('the end of the service', () => {
  it('lets calls on their way end and refuses new ones', async () => {
    const started = await startService({ tokensPerSecond: 100 });
    const answer = started.post(chat, { ...long, max_tokens: 10 }).then((response) => response.text());
    await expect.poll(() => started.service.status().active).toBe(1);
    await started.service.close({ graceMs: 5_000 });
    expect(JSON.parse(await answer)).toMatchObject({ usage: { completion_tokens: 10 } });
    expect(started.service.status()).toMatchObject({ isListening: false, active: 0, calls: 1 });
  });
  it('cuts what takes longer than its grace, and keeps the record', async () => {
    const started = await startService({ tokensPerSecond: 1 });
    const answer = started.post(chat, { ...long, max_tokens: 100, stream: true }).then((response) => response.text());
    const failed = expect(answer).rejects.toThrow();
    await expect.poll(() => started.service.status().active).toBe(1);
    await started.service.close({ graceMs: 50 });
    await failed;
    await expect.poll(() => started.calls.length).toBe(1);
  });
});
