import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { DiagnosticSnapshot, LogExportSnapshot, MessageLogging, ServiceSnapshot } from '@vigia/contract';
import { describe, expect, it } from 'vitest';
import type { Exchange, SeenMessage } from './exchange.ts';
import { gatewayRecord } from './gateway-record.ts';
import { chunksOf } from './llm-rows.ts';

const workspaceId = '11111111-1111-1111-1111-111111111111';
const logging = (bodyBytes = 8192, headers: readonly string[] = []): MessageLogging => ({
  headers,
  bodyBytes,
  maskedHeaders: [],
  maskedQuery: [],
});
const diagnostic: DiagnosticSnapshot = {
  alwaysLogErrors: true,
  samplingPercentage: 100,
  verbosity: 'information',
  logClientIp: true,
  frontendRequest: logging(8192, ['content-type', 'api-key']),
  frontendResponse: logging(),
  backendRequest: logging(),
  backendResponse: logging(),
  largeLanguageModel: {
    requestMessages: true,
    requestMaxBytes: 32768,
    responseMessages: true,
    responseMaxBytes: 32768,
  },
};
const everything: LogExportSnapshot = {
  settingName: 's',
  workspaceId,
  isDedicated: true,
  categories: ['GatewayLogs', 'GatewayLlmLogs'],
  allMetrics: false,
};
const serviceOf = (exports: readonly LogExportSnapshot[] = [everything]): ServiceSnapshot => ({
  id: '/subscriptions/S/resourceGroups/rg-activategenai/providers/Microsoft.ApiManagement/service/apim-Lab',
  name: 'apim-Lab',
  location: 'eastus',
  regionName: 'East US',
  sku: 'Developer',
  hosts: [],
  isDefault: true,
  namedValues: [],
  fragments: [],
  apis: [],
  products: [],
  subscriptions: [],
  backends: [],
  exports,
});
const messageOf = (text: string | Uint8Array, headers: Record<string, string> = {}): SeenMessage => {
  const body = typeof text === 'string' ? Buffer.from(text) : text;
  return { headers: { 'Content-Type': 'application/json', ...headers }, bytes: body.length, body };
};
const asked = JSON.stringify({
  model: 'gpt-35-turbo',
  messages: [{ role: 'user', content: 'Hello! What does an API Management Service in Azure do?' }],
});
const answered = JSON.stringify({
  choices: [{ finish_reason: 'stop', index: 0, message: { content: 'It manages.', role: 'assistant' } }],
  id: 'chatcmpl-9',
  model: 'gpt-35-turbo',
  usage: { completion_tokens: 379, prompt_tokens: 19, total_tokens: 398 },
});
const path = '/openai/deployments/chat/chat/completions?api-version=2023-05-15';
const request = messageOf(asked, { 'api-key': 'secret' });

const exchangeOf = (response: SeenMessage, more: Partial<Exchange> = {}, status = 200): Exchange => ({
  correlationId: '22222222-2222-2222-2222-222222222222',
  service: serviceOf(),
  api: {
    id: 'azure-openai',
    displayName: 'Azure OpenAI',
    revision: '1',
    isCurrent: true,
    path: 'openai',
    protocols: ['https'],
    subscriptionRequired: true,
    subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
    operations: [],
  },
  operation: { id: 'ChatCompletions_Create', displayName: 'Chat', method: 'POST', urlTemplate: '/x' },
  receivedAt: Date.parse('2026-01-02T03:04:05.678Z'),
  callerIpAddress: '127.0.0.7',
  method: 'POST',
  url: `http://apim-lab.azure-api.net${path}&subscription-key=secret`,
  clientProtocol: 'HTTP/1.1',
  request,
  response: { ...response, status },
  backend: {
    id: 'aoai',
    method: 'POST',
    url: `https://lab.openai.azure.com${path}`,
    protocol: 'HTTP/1.1',
    request,
    response: { ...response, status },
    time: 12.4,
    isComplete: true,
  },
  isClientComplete: true,
  clientTime: 1,
  totalTime: 20.6,
  cache: 'none',
  errors: [],
  traceRecords: [],
  diagnostic,
  ...more,
});
const { backend: _backend, ...noBackend } = exchangeOf(request);
const error = (source: string, reason: string, section?: string) => ({
  source,
  reason,
  message: 'm',
  elapsed: 3.2,
  ...(section === undefined ? {} : { section }),
});
const rowsOf = async (exchange: Exchange, table: string) =>
  ((await gatewayRecord(exchange))?.rows ?? []).filter((row) => row.table === table).map(({ values }) => values);
const log = async (exchange: Exchange) => {
  const [row] = await rowsOf(exchange, 'ApiManagementGatewayLogs');
  if (row === undefined) throw new Error('no row');
  return row;
};

describe('a row of ApiManagementGatewayLogs', () => {
  it('of a success has the facts, the bodies and no secret', async () => {
    const row = await log(exchangeOf(messageOf(answered)));
    expect(row).toMatchObject({
      TimeGenerated: '2026-01-02T03:04:05.678Z',
      OperationName: 'Microsoft.ApiManagement/GatewayLogs',
      Category: 'GatewayLogs',
      Region: 'East US',
      ApiId: 'azure-openai',
      ApiRevision: '1',
      OperationId: 'ChatCompletions_Create',
      ResponseCode: 200,
      BackendResponseCode: 200,
      IsRequestSuccess: true,
      Cache: 'none',
      BackendTime: 12,
      TotalTime: 21,
      CallerIpAddress: '127.0.0.7',
      BackendResponseBody: answered,
      ResponseBody: answered,
      BackendRequestBody: asked,
      RequestBody: asked,
      RequestHeaders: { 'Content-Type': 'application/json', 'api-key': '***' },
      Url: `http://apim-lab.azure-api.net${path}&subscription-key=***`,
      _ResourceId:
        '/subscriptions/s/resourcegroups/rg-activategenai/providers/microsoft.apimanagement/service/apim-lab',
    });
    expect(JSON.stringify(row)).not.toContain('secret');
    expect(row).not.toHaveProperty('LastErrorReason');
  });

  it.each<[string, Exchange, object, readonly string[]]>([
    [
      'a missing key',
      {
        ...noBackend,
        response: { ...messageOf('{}'), status: 401 },
        lastError: error('authorization', 'SubscriptionKeyNotFound', 'inbound'),
      },
      {
        ResponseCode: 401,
        IsRequestSuccess: false,
        LastErrorSource: 'authorization',
        LastErrorReason: 'SubscriptionKeyNotFound',
        LastErrorElapsed: 3,
      },
      ['BackendUrl', 'BackendResponseCode', 'ApimSubscriptionId'],
    ],
    [
      'an unknown operation',
      (({ api: _api, operation: _operation, ...rest }) => ({
        ...rest,
        response: { ...messageOf('{}'), status: 404 },
        lastError: error('configuration', 'OperationNotFound', 'backend'),
      }))(noBackend),
      { ResponseCode: 404, LastErrorReason: 'OperationNotFound', IsRequestSuccess: false },
      ['ApiId', 'OperationId'],
    ],
    [
      'a limit',
      {
        ...noBackend,
        response: { ...messageOf('{}'), status: 429 },
        lastError: error('rate-limit', 'RateLimitExceeded', 'inbound'),
      },
      { ResponseCode: 429, LastErrorSource: 'rate-limit', Errors: [{ reason: 'RateLimitExceeded' }] },
      [],
    ],
    [
      'a backend that is down',
      exchangeOf(
        messageOf('{}'),
        {
          lastError: error('forward-request', 'BackendConnectionFailure', 'backend'),
          backend: {
            method: 'POST',
            url: `https://x${path}`,
            protocol: 'HTTP/1.1',
            request,
            time: 2,
            isComplete: false,
          },
        },
        500,
      ),
      { ResponseCode: 500, BackendResponseCode: 0, LastErrorReason: 'BackendConnectionFailure' },
      ['BackendResponseBody'],
    ],
    [
      'a client that left',
      exchangeOf(messageOf(answered), { isClientComplete: false }),
      {
        ResponseCode: 0,
        IsRequestSuccess: false,
        BackendResponseCode: 200,
        LastErrorReason: 'ClientConnectionFailure',
      },
      [],
    ],
    ['a redirection', exchangeOf(messageOf(''), {}, 302), { ResponseCode: 302, IsRequestSuccess: true }, []],
  ])('of %s', async (_title, exchange, columns, absent) => {
    const row = await log(exchange);
    expect(row).toMatchObject(columns);
    for (const column of absent) expect(row[column]).toBeUndefined();
  });

  it.each<[string, string | Uint8Array, Record<string, string>, number, string]>([
    ['whole beyond 8 KB', 'é'.repeat(20_000), {}, 8192, 'é'.repeat(20_000)],
    ['cut on a border of characters', 'aéé', {}, 4, 'aé'],
    ['cut at a border', 'aéé', {}, 5, 'aéé'],
    ['cut before a long character', 'ab😀', {}, 5, 'ab'],
    ['from gzip', gzipSync('Olá'), { 'content-encoding': 'gzip' }, 8192, 'Olá'],
    ['from br', brotliCompressSync('Olá'), { 'Content-Encoding': 'br' }, 8192, 'Olá'],
    ['from deflate', deflateSync('Olá'), { 'content-encoding': 'deflate' }, 8192, 'Olá'],
    [
      'binary',
      Uint8Array.of(0xff, 0xfe, 0x41),
      { 'Content-Type': 'image/png' },
      8192,
      '[binary body of 3 bytes, image/png]',
    ],
    [
      'of an unknown coding',
      'x',
      { 'content-encoding': 'zz' },
      8192,
      '[zz body of 1 bytes, not decoded: this coding is not known]',
    ],
  ])('has a body %s', async (_title, body, headers, bytes, expected) => {
    const row = await log(
      exchangeOf(messageOf(body, headers), { diagnostic: { ...diagnostic, backendResponse: logging(bytes) } }),
    );
    expect(row['BackendResponseBody']).toBe(expected);
    expect(row['TraceRecords'] !== undefined).toBe(_title.startsWith('cut') && expected !== body);
  });

  it('has no body and no header where none is configured', async () => {
    const row = await log(
      exchangeOf(messageOf(answered), { diagnostic: { ...diagnostic, frontendRequest: logging(0) } }),
    );
    expect(row['RequestBody']).toBeUndefined();
    expect(row['RequestHeaders']).toBeUndefined();
    const { diagnostic: _none, ...bare } = exchangeOf(messageOf(answered));
    expect((await log(bare))['BackendResponseBody']).toBeUndefined();
  });

  it('is an AzureDiagnostics row where the setting is not Dedicated', async () => {
    const exchange = exchangeOf(messageOf(answered), { service: serviceOf([{ ...everything, isDedicated: false }]) });
    const [row] = await rowsOf(exchange, 'AzureDiagnostics');
    expect(row).toMatchObject({
      ResourceProvider: 'MICROSOFT.APIMANAGEMENT',
      Resource: 'APIM-LAB',
      ResourceGroup: 'RG-ACTIVATEGENAI',
      DurationMs: 21,
      CallerIPAddress: '127.0.0.7',
      ResultType: 'Succeeded',
      AdditionalFields: {
        responseCode_d: 200,
        apiId_s: 'azure-openai',
        isRequestSuccess_b: true,
        backendResponseBody_s: answered,
      },
    });
    expect(await rowsOf(exchange, 'ApiManagementGatewayLogs')).toEqual([]);
  });
});

describe('a streamed answer', () => {
  const head = { id: 'chatcmpl-9', created: 1, model: 'gpt-35-turbo', object: 'chat.completion.chunk' };
  const delta = (content: string, finish: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta: content === '' ? {} : { role: 'assistant', content }, finish_reason: finish }],
  });
  const sse = (events: readonly object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
  const stream = (text: string | Uint8Array) => messageOf(text, { 'Content-Type': 'text/event-stream; charset=utf-8' });

  it('with usage is one object with it', async () => {
    const usage = { prompt_tokens: 19, completion_tokens: 2, total_tokens: 21 };
    const text = sse([delta('Hello'), delta(' world'), delta('', 'stop'), { ...head, choices: [], usage }]);
    const exchange = exchangeOf(stream(`${text}data: [DONE]\n\n`));
    const row = await log(exchange);
    const body = JSON.parse(String(row['BackendResponseBody']));
    expect(body).toMatchObject({ object: 'chat.completion', model: 'gpt-35-turbo', usage });
    expect(body.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'Hello world' } });
    expect(row['ResponseBody']).toBe(row['BackendResponseBody']);
    expect(await rowsOf(exchange, 'VigiaTokenUsage')).toMatchObject([
      { TokenSource: 'reported', IsStreamCompletion: true, TotalTokens: 21 },
    ]);
  });

  it.each([
    ['whole', sse([delta('Hello'), delta(' world'), delta('', 'stop')]), 'stop', 'Hello world', 2],
    ['cut in an event', sse([delta('Hello'), delta(' world')]).slice(0, -30), null, 'Hello', 1],
  ])('without usage is counted and marked: %s', async (_title, text, finish, content, completion) => {
    const exchange = exchangeOf(stream(text), { isClientComplete: finish !== null });
    const body = JSON.parse(String((await log(exchange))['BackendResponseBody']));
    expect(body.choices[0]).toMatchObject({ finish_reason: finish, message: { content } });
    const counted = { prompt_tokens: 19, completion_tokens: completion, total_tokens: 19 + completion };
    expect(body.usage).toEqual(counted);
    expect(await rowsOf(exchange, 'VigiaTokenUsage')).toMatchObject([
      { TokenSource: 'tokenised', PromptTokens: 19, CompletionTokens: completion, TotalTokens: 19 + completion },
    ]);
  });

  it('cut inside a character keeps what came before it', async () => {
    const bytes = Buffer.from(sse([delta('Hello'), delta('olá 世界')]));
    const cut = bytes.subarray(0, bytes.indexOf('世') + 1);
    const body = JSON.parse(String((await log(exchangeOf(stream(cut))))['BackendResponseBody']));
    expect(body.choices[0].message.content).toBe('Hello');
  });

  it('of a model that nobody knows is estimated', async () => {
    const unknown = { ...delta('Hello'), model: 'llama-3' };
    expect(await rowsOf(exchangeOf(stream(sse([unknown]))), 'VigiaTokenUsage')).toMatchObject([
      { TokenSource: 'estimated', ModelName: 'llama-3' },
    ]);
  });
});

describe('tokens and messages', () => {
  it('are one row with counts and rows with messages', async () => {
    const exchange = exchangeOf(messageOf(answered));
    expect(await rowsOf(exchange, 'ApiManagementGatewayLlmLog')).toMatchObject([
      {
        DeploymentName: 'chat',
        ModelName: 'gpt-35-turbo',
        PromptTokens: 19,
        CompletionTokens: 379,
        TotalTokens: 398,
        ApiVersion: '2023-05-15',
        RequestId: 'chatcmpl-9',
        IsStreamCompletion: false,
      },
      { SequenceNumber: 0, RequestMessages: JSON.parse(asked).messages },
      { SequenceNumber: 0, ResponseMessages: [{ content: 'It manages.', role: 'assistant' }] },
    ]);
    expect(await rowsOf(exchange, 'VigiaTokenUsage')).toMatchObject([
      { TokenSource: 'reported', TotalTokens: 398, Source: 'gateway' },
    ]);
  });

  it('are unknown, not 0, for an error, and no row for a refused key', async () => {
    const failed = exchangeOf(messageOf('{"error":{"code":"429"}}'), {}, 429);
    expect(await rowsOf(failed, 'VigiaTokenUsage')).toMatchObject([
      { TokenSource: 'none', TotalTokens: null, PromptTokens: null },
    ]);
    expect(await rowsOf(failed, 'ApiManagementGatewayLlmLog')).toEqual([]);
    expect(await rowsOf({ ...noBackend, response: { ...messageOf('{}'), status: 401 } }, 'VigiaTokenUsage')).toEqual(
      [],
    );
  });

  it.each(['x', 'é', '"', '😀'])('a long message of %j comes back from its chunks', (letter) => {
    const content = letter.repeat(50_000);
    const chunks = chunksOf(
      [
        { role: 'system', content: 'a' },
        { role: 'user', content },
      ],
      32768,
    );
    expect(chunks.length).toBeGreaterThan(1);
    for (const chunk of chunks) expect(Buffer.byteLength(JSON.stringify(chunk))).toBeLessThanOrEqual(32768);
    const parts = chunks.flat().slice(1) as { role: string; content: string }[];
    expect(parts.map((part) => part.content).join('')).toBe(content);
    expect(new Set(parts.map((part) => part.role))).toEqual(new Set(['user']));
  });

  it('stop at 2 MB a side', () => {
    const chunks = chunksOf([{ role: 'user', content: 'x'.repeat(5_000_000) }], 262144);
    const size = chunks.reduce((sum, chunk) => sum + Buffer.byteLength(JSON.stringify(chunk)), 0);
    expect(size).toBeLessThanOrEqual(2 * 1024 * 1024);
    expect(size).toBeGreaterThan(2 * 1024 * 1024 - 32768 * 2);
  });
});

describe('what is recorded at all', () => {
  const tables = async (exchange: Exchange) => (await gatewayRecord(exchange))?.rows.map(({ table }) => table) ?? [];
  const withExport = (more: Partial<LogExportSnapshot>) =>
    exchangeOf(messageOf(answered), { service: serviceOf([{ ...everything, ...more }]) });

  it('nothing without an export, or with its categories off', async () => {
    expect(await gatewayRecord(exchangeOf(messageOf(answered), { service: serviceOf([]) }))).toBeUndefined();
    expect(await gatewayRecord(withExport({ categories: [] }))).toBeUndefined();
  });

  it('only the categories that are on', async () => {
    expect(await tables(withExport({ categories: ['GatewayLogs'] }))).toEqual([
      'ApiManagementGatewayLogs',
      'VigiaTokenUsage',
    ]);
    expect(await tables(withExport({ categories: ['GatewayLlmLogs'] }))).not.toContain('ApiManagementGatewayLogs');
    const metrics = await rowsOf(withExport({ categories: [], allMetrics: true }), 'VigiaMetricSample');
    expect(metrics.map((row) => row['MetricName'])).toEqual([
      'Requests',
      'Duration',
      'BackendDuration',
      'TotalRequests',
      'SuccessfulRequests',
    ]);
  });

  it('the share that the sampling leaves, and every error', async () => {
    const sampled = { ...diagnostic, samplingPercentage: 25 };
    let kept = 0;
    for (let n = 0; n < 2000; n += 1)
      kept += (await tables(exchangeOf(messageOf('{}'), { correlationId: `c-${n}`, diagnostic: sampled }))).filter(
        (table) => table === 'ApiManagementGatewayLogs',
      ).length;
    expect(kept / 2000).toBeGreaterThan(0.2);
    expect(kept / 2000).toBeLessThan(0.3);
    const none = { ...diagnostic, samplingPercentage: 0 };
    expect(await tables(exchangeOf(messageOf('{}'), { diagnostic: none }, 500))).toContain('ApiManagementGatewayLogs');
    expect(await tables(exchangeOf(messageOf(answered), { diagnostic: none }))).toEqual(['VigiaTokenUsage']);
  });
});
