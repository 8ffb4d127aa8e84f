import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type RequestListener, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createBackendClient } from '@vigia/backend';
import type { DiagnosticSnapshot, LogRecord, ServiceSnapshot, Snapshot } from '@vigia/contract';
import { BackendFailure, BytesBody, defaultResponse, type Pipeline, type PolicyContext } from '@vigia/policy';
import type { Exchange } from '@vigia/record';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from './index.ts';

const secret = Buffer.from('a secret of thirty-two bytes ...');
const hash = (key: string): string => createHmac('sha256', secret).update(key).digest('hex');
const whole = { headers: ['x-test'], bodyBytes: 8192, maskedHeaders: [], maskedQuery: [] };
const diagnostic: DiagnosticSnapshot = {
  alwaysLogErrors: true,
  samplingPercentage: 100,
  verbosity: 'information',
  logClientIp: true,
  frontendRequest: whole,
  frontendResponse: whole,
  backendRequest: whole,
  backendResponse: whole,
};

const chatPath = '/openai/deployments/gpt/chat/completions?api-version=2023-05-15';

function snapshotOf(serviceUrl: string, given: { version?: number; key?: string; path?: string } = {}): Snapshot {
  const operation = (id: string, method: string, urlTemplate: string) => ({ id, displayName: id, method, urlTemplate });
  const service = {
    id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ApiManagement/service/apim',
    name: 'apim',
    location: 'eastus',
    regionName: 'East US',
    sku: 'Developer',
    hosts: ['apim.azure-api.net'],
    isDefault: true,
    namedValues: [],
    fragments: [],
    apis: [
      {
        id: 'azure-openai',
        displayName: 'Azure OpenAI',
        revision: '1',
        isCurrent: true,
        path: given.path ?? 'openai',
        serviceUrl,
        protocols: ['https'],
        subscriptionRequired: true,
        subscriptionKeyParameterNames: { header: 'api-key', query: 'key' },
        operations: [
          operation(
            'ChatCompletions_Create',
            'POST',
            '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
          ),
          operation('get', 'GET', '/any/*'),
          operation('head', 'HEAD', '/any/*'),
          operation('post', 'POST', '/any/*'),
        ],
        diagnostic,
      },
    ],
    products: [],
    subscriptions: [
      {
        id: 'sub-1',
        displayName: 'sub-1',
        scope: { kind: 'allApis' },
        state: 'active',
        primaryKey: hash(given.key ?? 'right'),
        secondaryKey: hash('second'),
        allowTracing: false,
        createdDate: '2026-01-01T00:00:00Z',
      },
    ],
    backends: [],
    exports: [],
  } satisfies ServiceSnapshot;
  return {
    version: given.version ?? 1,
    createdAt: '2026-01-01T00:00:00Z',
    tenantId: 't',
    subscriptionId: 's',
    keyHashSecret: secret.toString('base64'),
    services: [service],
    accounts: [],
    roleAssignments: [],
  };
}

/** A pipeline that does what an empty policy document does; `before` and `after` stand for policies. */
function plainPipeline(given: PipelineParts = {}): Pipeline {
  const fail: Pipeline['fail'] = async (context, error, response) => {
    context.lastError = error;
    context.response = response;
  };
  return {
    preflight: () => false,
    needs: { requestBody: given.requestBody ?? false, responseBody: given.responseBody ?? false },
    fail,
    run: async (context) => {
      try {
        given.before?.(context);
        context.response = await context.services.forward(context, {
          timeoutMs: given.timeoutMs ?? 5000,
          followRedirects: false,
          bufferRequestBody: false,
          bufferResponse: false,
        });
        given.after?.(context);
      } catch (error) {
        const reason = error instanceof BackendFailure ? error.reason : 'Unknown';
        const response = defaultResponse({ kind: 'internalServerError', activityId: context.requestId });
        await fail(
          context,
          { source: 'forward-request', reason, message: String(error), section: 'backend' },
          response,
        );
      }
    },
  };
}

interface PipelineParts {
  readonly requestBody?: boolean;
  readonly responseBody?: boolean;
  readonly timeoutMs?: number;
  readonly before?: (context: PolicyContext) => void;
  readonly after?: (context: PolicyContext) => void;
}

interface Bed {
  readonly gateway: Gateway;
  readonly port: number;
  readonly exchanges: Exchange[];
  readonly backendUrl: string;
  exchange(): Promise<Exchange>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listening(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function bed(
  listener: RequestListener,
  given: PipelineParts & { options?: Partial<GatewayOptions>; serviceUrl?: string } = {},
): Promise<Bed> {
  const { url } = await listening(listener);
  const exchanges: Exchange[] = [];
  const waiting: ((exchange: Exchange) => void)[] = [];
  const backend = createBackendClient();
  const gateway = await createGateway({
    snapshot: snapshotOf(`${given.serviceUrl ?? url}/base`),
    compiler: { compile: () => ({ pipeline: plainPipeline(given), diagnostics: [], places: [] }) },
    spool: { admit: () => true, write: () => Promise.resolve() },
    backend,
    toRecord: (exchange) => {
      exchanges.push(exchange);
      for (const give of waiting.splice(0)) give(exchange);
      return { id: exchange.correlationId, rows: [] };
    },
    tokens: { text: async () => 0, chat: async () => 0 },
    managedIdentityToken: () => Promise.reject(new Error('no identity')),
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...given.options,
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  closers.push(async () => {
    await gateway.close({ graceMs: 0 });
    await backend.destroy();
  });
  const exchange = (): Promise<Exchange> =>
    exchanges[0] ? Promise.resolve(exchanges[0]) : new Promise((resolve) => waiting.push(resolve));
  return { gateway, port, exchanges, backendUrl: url, exchange };
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
  readonly agent?: Agent;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** When each chunk came. */
  readonly chunks: readonly string[];
  readonly isComplete: boolean;
}

function call(port: number, { method = 'POST', path = chatPath, headers, body, agent }: Call = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request({
      host: '127.0.0.1',
      port,
      method,
      path,
      agent: agent ?? false,
      headers: { 'api-key': 'right', ...headers },
    });
    req.on('error', reject);
    req.on('response', (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A cut answer is an error and a close; `complete` says which.
      res.on('error', () => undefined);
      res.on('close', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: Buffer.concat(chunks),
          chunks: chunks.map(String),
          isComplete: res.complete,
        }),
      );
    });
    req.end(body);
  });
}

const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

describe('a call through the gateway', () => {
  test('arrives at the backend as it was sent, and comes back as it was answered', async () => {
    let seen: { url?: string; headers?: IncomingMessage['headers']; body?: string } = {};
    const it = await bed((req, res) => {
      const parts: Buffer[] = [];
      req.on('data', (part: Buffer) => parts.push(part));
      req.on('end', () => {
        seen = { url: req.url ?? '', headers: req.headers, body: Buffer.concat(parts).toString() };
        res.writeHead(201, 'Made', [
          'X-Test',
          'a',
          'Set-Cookie',
          'a=1',
          'Set-Cookie',
          'b=2',
          'Keep-Alive',
          'timeout=9',
        ]);
        res.end('{"answer":1}');
      });
    });
    const answer = await call(it.port, {
      path: `${chatPath}&key=secret&x=a+b%2f`,
      headers: { 'x-test': 'q', connection: 'close, x-hop', 'x-hop': '1' },
      body: '{"question":1}',
    });
    expect(answer).toMatchObject({ status: 201, isComplete: true });
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(String(answer.body)).toBe('{"answer":1}');
    expect(seen.url).toBe('/base/deployments/gpt/chat/completions?api-version=2023-05-15&x=a+b%2f');
    expect(seen.body).toBe('{"question":1}');
    expect(seen.headers).toMatchObject({
      'api-key': 'right',
      host: it.backendUrl.slice(7),
      'x-forwarded-for': '127.0.0.1',
      'content-length': '14',
    });
    expect(seen.headers).not.toHaveProperty('x-hop');
    expect(it.exchanges).toHaveLength(1);
    const exchange = await it.exchange();
    expect(exchange).toMatchObject({
      subscriptionId: 'sub-1',
      method: 'POST',
      url: `http://127.0.0.1:${it.port}${chatPath}&key=secret&x=a+b%2f`,
      callerIpAddress: '127.0.0.1',
      isClientComplete: true,
      backend: { url: `${it.backendUrl}${seen.url}`, isComplete: true, response: { status: 201, bytes: 12 } },
      response: { status: 201, bytes: 12, headers: { 'X-Test': 'a', 'Set-Cookie': 'a=1, b=2' } },
    });
    expect(exchange.operation?.id).toBe('ChatCompletions_Create');
    expect(textOf(exchange.request.body)).toBe('{"question":1}');
    expect(textOf(exchange.backend?.request.body)).toBe('{"question":1}');
    expect(textOf(exchange.backend?.response?.body)).toBe('{"answer":1}');
    expect(textOf(exchange.response?.body)).toBe('{"answer":1}');
    expect(exchange.lastError).toBeUndefined();
  });

  test('passes each event of a stream before the next one exists', async () => {
    let sendNext: (() => void) | undefined;
    const it = await bed((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: {"choices":[{"delta":{"content":"a"}}]}\n\n');
      sendNext = () => res.end('data: {"choices":[{"delta":{"content":"b"}}]}\n\ndata: [DONE]\n\n');
    });
    const req = request({
      host: '127.0.0.1',
      port: it.port,
      method: 'POST',
      path: chatPath,
      headers: { 'api-key': 'right' },
    }).end('{}');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const [first] = (await once(res, 'data')) as [Buffer];
    expect(String(first)).toContain('"a"');
    expect(it.exchanges).toHaveLength(0);
    sendNext?.();
    await once(res, 'end');
    const exchange = await it.exchange();
    expect(textOf(exchange.response?.body)).toMatch(/"a"[\s\S]*"b"[\s\S]*\[DONE\]/);
    expect(exchange.timeToFirstToken).toBeGreaterThan(0);
  });

  test('keeps 300 KB and a 2 MB question whole, gzip as gzip', async () => {
    const big = Buffer.from('x'.repeat(300 * 1024));
    const packed = gzipSync(big);
    const question = 'q'.repeat(2 * 1024 * 1024);
    const it = await bed((req, res) => {
      req.resume().on('end', () => {
        const isPacked = req.headers['accept-encoding'] === 'gzip';
        res.writeHead(200, isPacked ? { 'content-encoding': 'gzip' } : { 'content-length': big.length });
        res.end(isPacked ? packed : big);
      });
    });
    const plain = await call(it.port, { body: question });
    expect(plain.body.equals(big)).toBe(true);
    const gzip = await call(it.port, { headers: { 'accept-encoding': 'gzip' } });
    expect(gzip.body.equals(packed)).toBe(true);
    expect(gzip.headers['content-encoding']).toBe('gzip');
    expect(it.exchanges.map((each) => each.backend?.response?.body?.byteLength)).toEqual([big.length, packed.length]);
    expect(it.exchanges[0]?.request.body?.byteLength).toBe(question.length);
    expect(it.exchanges[0]?.backend?.request.bytes).toBe(question.length);
  });

  test.each([
    ['HEAD', 200, ''],
    ['GET', 204, ''],
    ['GET', 304, ''],
    ['GET', 200, 'body'],
  ])('%s answered with %i has the body "%s"', async (method, status, body) => {
    const it = await bed((_req, res) => {
      res.writeHead(status, status === 200 ? { 'content-length': '4' } : {});
      res.end(status === 200 ? 'body' : undefined);
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (const _ of [1, 2]) {
      const answer = await call(it.port, { method, path: '/openai/any/x', agent });
      expect([answer.status, String(answer.body)]).toEqual([status, body]);
    }
    agent.destroy();
    expect(it.exchanges.map((each) => each.backend?.isComplete)).toEqual([true, true]);
  });

  test('a body that a policy replaced goes out with its own length', async () => {
    const it = await bed((_req, res) => res.end('backend'), {
      responseBody: true,
      requestBody: true,
      before: (context) => context.request.body?.replace(new TextEncoder().encode('other question')),
      after: (context) => {
        expect(textOf(context.response?.body?.bytes)).toBe('backend');
        if (context.response) context.response.body = new BytesBody('policy says');
      },
    });
    const answer = await call(it.port, { body: 'question' });
    expect([String(answer.body), answer.headers['content-length']]).toEqual(['policy says', '11']);
    const exchange = await it.exchange();
    expect(textOf(exchange.request.body)).toBe('question');
    expect(textOf(exchange.backend?.request.body)).toBe('other question');
    expect(textOf(exchange.backend?.response?.body)).toBe('backend');
    expect(textOf(exchange.response?.body)).toBe('policy says');
  });

  test('100 Continue is sent when the body is wanted', async () => {
    const it = await bed((req, res) => void req.pipe(res));
    const req = request({
      host: '127.0.0.1',
      port: it.port,
      method: 'POST',
      path: '/openai/any/x',
      headers: { 'api-key': 'right', expect: '100-continue', 'content-length': '2' },
    });
    req.flushHeaders();
    await once(req, 'continue');
    req.end('ok');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect(String(await res.toArray())).toBe('ok');
  });
});

const keyHeader = (port: number): string =>
  `AzureApiManagementKey realm="https://127.0.0.1:${port}/openai",name="api-key",type="header"`;

describe('refusals are answered as API Management answers them, and leave an exchange', () => {
  const missing =
    '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }';
  const invalid =
    '{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription." }';
  const notFound = '{ "statusCode": 404, "message": "Resource not found" }';
  const cases: Record<string, readonly [Call, number, string, string | undefined]> = {
    'no key': [{ headers: { 'api-key': '' } }, 401, missing, 'SubscriptionKeyNotFound'],
    'a wrong key': [{ headers: { 'api-key': 'wrong' } }, 401, invalid, 'SubscriptionKeyInvalid'],
    'a wrong header beside a right query': [
      { headers: { 'api-key': 'wrong' }, path: `${chatPath}&key=right` },
      401,
      invalid,
      'SubscriptionKeyInvalid',
    ],
    'no api-version': [{ path: '/openai/deployments/gpt/chat/completions' }, 404, notFound, 'OperationNotFound'],
    'another method, without a key': [
      { method: 'PUT', headers: { 'api-key': '' } },
      404,
      notFound,
      'OperationNotFound',
    ],
    'another API': [{ path: '/nothing' }, 404, notFound, 'OperationNotFound'],
  };
  test.each(Object.entries(cases))('%s', async (_name, [given, status, body, reason]) => {
    const it = await bed((_req, res) => res.end('backend'));
    const answer = await call(it.port, given);
    expect([answer.status, String(answer.body)]).toEqual([status, body]);
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? keyHeader(it.port) : undefined);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(it.exchanges).toHaveLength(1);
    expect(it.exchanges[0]).toMatchObject({ isClientComplete: true, response: { status }, lastError: { reason } });
    expect(it.exchanges[0]?.backend).toBeUndefined();
  });

  test('a body over the limit is 413', async () => {
    const it = await bed((req, res) => void req.resume().on('end', () => res.end()), {
      options: { limits: { bodyBytes: 10 } },
    });
    expect((await call(it.port, { body: 'x'.repeat(11) })).status).toBe(413);
    const chunked = await call(it.port, { body: 'x'.repeat(11), headers: { 'transfer-encoding': 'chunked' } });
    expect(chunked.status).toBe(413);
    expect(it.exchanges.map((each) => each.lastError?.reason)).toEqual(['RequestBodyTooLarge', 'RequestBodyTooLarge']);
  });

  test('what is no HTTP gets 400 and is counted', async () => {
    const it = await bed((_req, res) => res.end());
    const socket = connect(it.port, '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    expect(String(await socket.toArray())).toContain('400 Bad Request');
    expect(it.gateway.status().counts.malformed).toBe(1);
  });
});

describe('no answer ends without its record', () => {
  const held = () => {
    let keep: (() => void) | undefined;
    let asked: (() => void) | undefined;
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const write = (_record: LogRecord): Promise<void> => {
      asked?.();
      return new Promise((resolve) => {
        keep = resolve;
      });
    };
    return { spool: { admit: () => true, write }, wasAsked, keep: () => keep?.() };
  };
  const answers: Record<string, RequestListener> = {
    'an answer with a length': (_req, res) => res.writeHead(200, { 'content-length': 4 }).end('body'),
    'a chunked answer': (_req, res) => {
      res.write('bo');
      res.end('dy');
    },
    'a stream of events': (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: x\n\n');
      res.end('data: [DONE]\n\n');
    },
    'an answer without a body': (_req, res) => res.writeHead(204).end(),
  };
  test.each(Object.entries(answers))('%s', async (_name, listener) => {
    const spool = held();
    const it = await bed(listener, { options: { spool: spool.spool } });
    let isEnded = false;
    const answer = call(it.port).then((all) => {
      isEnded = true;
      return all;
    });
    await spool.wasAsked;
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(isEnded).toBe(false);
    spool.keep();
    expect((await answer).isComplete).toBe(true);
  });

  test('a record that cannot be written withholds the answer: 503 before its head, a cut after it', async () => {
    const spool = { admit: () => true, write: () => Promise.reject(new Error('disk full')) };
    const it = await bed((_req, res) => res.end('backend'), { options: { spool } });
    const refused = await call(it.port, { headers: { 'api-key': 'wrong' } });
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await call(it.port)).isComplete).toBe(false);
    expect(it.gateway.status().counts.unrecorded).toBe(2);
  });

  test('a spool that admits nothing is 503 with Retry-After, and no backend call', async () => {
    let calls = 0;
    const it = await bed((_req, res) => res.end(String(calls++)), {
      options: { spool: { admit: () => false, write: () => Promise.resolve() } },
    });
    const answer = await call(it.port);
    expect([answer.status, String(answer.body)]).toEqual([
      503,
      '{ "statusCode": 503, "message": "Service Unavailable" }',
    ]);
    expect(answer.headers['retry-after']).toBe('5');
    expect([calls, it.exchanges.length, it.gateway.status().counts.blocked]).toEqual([0, 0, 1]);
  });
});

describe('endings', () => {
  test('a backend that is not there: 500, BackendConnectionFailure', async () => {
    const { server, url } = await listening(() => undefined);
    server.close();
    const it = await bed((_req, res) => res.end(), { serviceUrl: url });
    expect((await call(it.port)).status).toBe(500);
    const exchange = await it.exchange();
    expect(exchange).toMatchObject({ response: { status: 500 }, lastError: { reason: 'BackendConnectionFailure' } });
    expect(exchange.backend).toBeDefined();
    expect(exchange.backend?.response).toBeUndefined();
  });

  test('a backend that says nothing in time: 500, Timeout', async () => {
    const it = await bed(() => undefined, { timeoutMs: 50 });
    expect((await call(it.port)).status).toBe(500);
    expect(await it.exchange()).toMatchObject({ lastError: { reason: 'Timeout' }, response: { status: 500 } });
  });

  test.each([
    ['with a length', { 'content-length': '100' }],
    ['chunked', {}],
  ])('a backend that breaks off %s: the client gets no end', async (_name, headers) => {
    const it = await bed((_req, res) => {
      res.writeHead(200, headers as Record<string, string>);
      res.write('half', () => res.destroy());
    });
    const answer = await call(it.port);
    expect([answer.status, String(answer.body), answer.isComplete]).toEqual([200, 'half', false]);
    expect(await it.exchange()).toMatchObject({
      isClientComplete: false,
      lastError: { reason: 'BackendConnectionFailure' },
      backend: { isComplete: false, response: { status: 200, bytes: 4 } },
    });
  });

  test('a client that leaves before the answer: the backend call ends too', async () => {
    let isLeft: ((value: unknown) => void) | undefined;
    const left = new Promise((resolve) => {
      isLeft = resolve;
    });
    let arrived: (() => void) | undefined;
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const it = await bed((_req, res) => {
      res.on('close', () => isLeft?.(true));
      arrived?.();
    });
    const req = request({
      host: '127.0.0.1',
      port: it.port,
      method: 'POST',
      path: chatPath,
      headers: { 'api-key': 'right' },
    });
    req.on('error', () => undefined).end('{}');
    await isThere;
    req.destroy();
    await left;
    const exchange = await it.exchange();
    expect(exchange).toMatchObject({ isClientComplete: false, lastError: { reason: 'ClientConnectionFailure' } });
    expect(exchange.response).toBeUndefined();
  });

  test('a client that leaves inside a stream leaves what it got', async () => {
    const it = await bed((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: x\n\n');
    });
    const req = request({
      host: '127.0.0.1',
      port: it.port,
      method: 'POST',
      path: chatPath,
      headers: { 'api-key': 'right' },
    });
    req.on('error', () => undefined).end('{}');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    res.on('error', () => undefined);
    await once(res, 'data');
    req.destroy();
    const exchange = await it.exchange();
    expect(exchange).toMatchObject({
      isClientComplete: false,
      lastError: { reason: 'ClientConnectionFailure', source: 'transfer-response' },
      response: { status: 200, bytes: 9 },
      backend: { isComplete: false },
    });
  });

  test('a client that reads slowly slows the backend', async () => {
    let written = 0;
    const total = 64 * 1024 * 1024;
    const it = await bed((_req, res) => {
      const piece = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        while (written < total) {
          written += piece.length;
          if (!res.write(piece)) return void res.once('drain', more);
        }
        res.end();
      };
      more();
    });
    const req = request({
      host: '127.0.0.1',
      port: it.port,
      method: 'POST',
      path: chatPath,
      headers: { 'api-key': 'right' },
    });
    req.end('{}');
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    let before = -1;
    // Until the sockets are full on both sides nothing more can be written.
    while (before !== written) {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(written).toBeLessThan(total);
    let bytes = 0;
    for await (const chunk of res) bytes += (chunk as Buffer).length;
    expect(bytes).toBe(total);
  });

  test('close waits for the grace, then cuts, and what was cut leaves its exchange', async () => {
    let arrived: (() => void) | undefined;
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const it = await bed(() => arrived?.());
    const answer = call(it.port).catch((error: unknown) => error);
    await isThere;
    expect(it.gateway.status().inFlight).toBe(1);
    await it.gateway.close({ graceMs: 20 });
    expect(await answer).toBeInstanceOf(Error);
    expect(it.exchanges).toHaveLength(1);
    expect(it.exchanges[0]?.lastError?.message).toBe('The gateway stopped before the answer was whole.');
  });
});

test('a new snapshot counts from the next request; the one in flight ends on its own', async () => {
  let finish: (() => void) | undefined;
  let arrived: (() => void) | undefined;
  const isThere = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const it = await bed((req, res) => {
    if (req.headers['x-test'] !== 'slow') return void res.end('fast');
    finish = () => res.end('slow');
    arrived?.();
  });
  const slow = call(it.port, { headers: { 'x-test': 'slow' } });
  await isThere;
  await it.gateway.apply(snapshotOf(`${it.backendUrl}/base`, { version: 2, key: 'new' }));
  expect(it.gateway.status().snapshotVersion).toBe(2);
  expect((await call(it.port)).status).toBe(401);
  expect((await call(it.port, { headers: { 'api-key': 'new' } })).status).toBe(200);
  finish?.();
  expect(String((await slow).body)).toBe('slow');
});

test('200 mixed requests at once: exactly one exchange each', async () => {
  const it = await bed((req, res) => {
    req.resume().on('end', () => {
      const kind = req.headers['x-test'];
      if (kind === 'cut') return res.write('half', () => res.destroy());
      if (kind === 'stream') {
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write('data: 1\n\n');
        return setImmediate(() => res.end('data: [DONE]\n\n'));
      }
      return res.end('x'.repeat(5000));
    });
  });
  const kinds = ['plain', 'stream', 'cut', 'wrong', 'missing', 'leave'];
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const calls = Array.from({ length: 200 }, async (_, index) => {
    const kind = kinds[index % kinds.length] ?? 'plain';
    if (kind === 'leave') {
      const req = request({
        host: '127.0.0.1',
        port: it.port,
        method: 'POST',
        path: chatPath,
        headers: { 'api-key': 'right', 'x-test': 'stream' },
      });
      req.on('error', () => undefined).end('{}');
      const [res] = (await once(req, 'response')) as [IncomingMessage];
      res.on('error', () => undefined);
      req.destroy();
      return;
    }
    const answer = await call(it.port, {
      agent,
      headers: { 'x-test': kind, ...(kind === 'wrong' ? { 'api-key': 'no' } : {}) },
      ...(kind === 'missing' ? { path: '/nowhere' } : {}),
      body: '{}',
    });
    expect(answer.status).toBe({ wrong: 401, missing: 404 }[kind] ?? 200);
    expect(answer.isComplete).toBe(kind !== 'cut');
  });
  await Promise.all(calls);
  agent.destroy();
  await it.gateway.close({ graceMs: 2000 });
  expect(it.exchanges).toHaveLength(200);
  expect(new Set(it.exchanges.map((each) => each.correlationId)).size).toBe(200);
  expect(it.gateway.status()).toMatchObject({ inFlight: 0, counts: { accepted: 200, unrecorded: 0 } });
});
