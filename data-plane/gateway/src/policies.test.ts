import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackendClient } from '@vigia/backend';
import type { BackendSnapshot, ServiceSnapshot, Snapshot } from '@vigia/contract';
import { createPolicyCompiler } from '@vigia/policy';
import type { Exchange } from '@vigia/record';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway } from './index.ts';

/** The policies here are without C#, so that the room needs none for its tests; `send-request` asks it for a response. */
const noCSharp: Parameters<typeof createPolicyCompiler>[0] = {
  compile: () => ({
    diagnostics: [],
    needs: { requestBody: false, responseBody: false },
    type: 'object',
    evaluate: ({ response }) => response,
  }),
};
const secret = Buffer.from('a secret of thirty-two bytes ...');

interface Given {
  readonly inbound?: string;
  readonly backend?: string;
  readonly outbound?: string;
  readonly backends?: readonly BackendSnapshot[];
}

function snapshotOf(
  serviceUrl: string,
  { inbound = '', backend = '<base />', outbound = '', backends = [] }: Given,
): Snapshot {
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
        id: 'openai',
        displayName: 'openai',
        revision: '1',
        isCurrent: true,
        path: 'openai',
        serviceUrl,
        protocols: ['https'],
        subscriptionRequired: true,
        subscriptionKeyParameterNames: { header: 'api-key', query: 'key' },
        policy: `<policies><inbound><base />${inbound}</inbound><backend>${backend}</backend><outbound><base />${outbound}</outbound><on-error><base /></on-error></policies>`,
        operations: ['GET', 'POST'].map((method) => ({ id: method, displayName: method, method, urlTemplate: '/*' })),
      },
    ],
    products: [],
    subscriptions: [
      {
        id: 'sub-1',
        displayName: 'sub-1',
        scope: { kind: 'allApis' },
        state: 'active',
        primaryKey: createHmac('sha256', secret).update('right').digest('hex'),
        secondaryKey: '',
        allowTracing: false,
        createdDate: '2026-01-01T00:00:00Z',
      },
    ],
    backends,
    exports: [],
  } satisfies ServiceSnapshot;
  return {
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    tenantId: 't',
    subscriptionId: 's',
    keyHashSecret: secret.toString('base64'),
    services: [service],
    accounts: [],
    roleAssignments: [],
  };
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function listening(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function bed(url: string, given: Given) {
  const exchanges: Exchange[] = [];
  const backend = createBackendClient();
  const warnings: unknown[] = [];
  const gateway = await createGateway({
    snapshot: snapshotOf(url, given),
    compiler: createPolicyCompiler(noCSharp),
    spool: { admit: () => true, write: () => Promise.resolve() },
    backend,
    toRecord: (exchange) => {
      exchanges.push(exchange);
      return { id: exchange.correlationId, rows: [] };
    },
    tokens: {
      text: async (_model, text) => text.split(/\s+/).filter((word) => word !== '').length,
      chat: async (_model, messages) => messages.length,
    },
    managedIdentityToken: async (_service, resource) => `token for ${resource}`,
    logger: {
      info: () => undefined,
      warn: (...facts) => warnings.push(facts),
      error: (...facts) => warnings.push(facts),
    },
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  closers.push(async () => {
    await gateway.close({ graceMs: 0 });
    await backend.destroy();
  });
  return { gateway, port, exchanges, warnings };
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
const call = (port: number, { method = 'POST', path = '/openai/chat', headers, body }: Call = {}) =>
  new Promise<{ status: number; reason: string; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      const req = request({ host: '127.0.0.1', port, method, path, headers: { 'api-key': 'right', ...headers } });
      req.on('error', reject);
      req.on('response', (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        res.on('end', () =>
          resolve({ status: res.statusCode ?? 0, reason: res.statusMessage ?? '', headers: res.headers, body: text }),
        );
      });
      req.end(body);
    },
  );

const answering =
  (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (req, res) => {
    req.resume().on('end', () => res.writeHead(status, headers).end(body));
  };
const chat = (more: object = {}) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }], ...more }),
});
const stream: RequestListener = (req, res) => {
  req.resume().on('end', () => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: {"choices":[{"delta":{"content":"one two"}}]}\n\n');
    res.end('data: {"choices":[{"delta":{"content":" three"}}]}\n\ndata: [DONE]\n\n');
  });
};
const trips = {
  count: 1,
  interval: 60_000,
  tripDuration: 60_000,
  acceptRetryAfter: false,
  statusCodeRanges: [{ min: 429, max: 429 }],
  countsErrors: true,
};
const pool: BackendSnapshot = {
  id: 'pool',
  url: '',
  pool: {
    services: [
      { id: 'first', priority: 1, weight: 1 },
      { id: 'second', priority: 2, weight: 1 },
    ],
  },
};

describe('backend pools', () => {
  test('a member that fails is left out, the next one takes its place, with its own URL and credentials', async () => {
    const seen: IncomingMessage[] = [];
    const first = await listening(answering('', 429));
    const second = await listening((req, res) => {
      seen.push(req);
      answering('second')(req, res);
    });
    const backends = [
      pool,
      { id: 'first', url: `${first}/one`, circuitBreaker: trips },
      { id: 'second', url: `${second}/two`, credentials: { header: { 'x-own': ['2'] } } },
    ];
    const it = await bed('http://unused.test', { inbound: '<set-backend-service backend-id="pool" />', backends });
    expect((await call(it.port)).status).toBe(429);
    expect(await call(it.port)).toMatchObject({ status: 200, body: 'second' });
    expect(seen[0]?.url).toBe('/two/chat');
    expect(seen[0]?.headers).toMatchObject({ 'x-own': '2', host: second.slice(7) });
    expect(it.exchanges.map(({ backend }) => backend?.id)).toEqual(['first', 'second']);
  });

  test('where all circuits are open the answer is 503, and no call is made', async () => {
    let calls = 0;
    const url = await listening((req, res) => {
      calls++;
      answering('', 429)(req, res);
    });
    const backends = [pool, { id: 'first', url, circuitBreaker: trips }, { id: 'second', url, circuitBreaker: trips }];
    const it = await bed('http://unused.test', { inbound: '<set-backend-service backend-id="pool" />', backends });
    await call(it.port);
    await call(it.port);
    expect(await call(it.port)).toMatchObject({
      status: 503,
      reason: "Backend pool 'pool' is temporarily unavailable",
      body: '{ "statusCode": 503, "message": "Service Unavailable" }',
    });
    expect(calls).toBe(2);
  });
});

describe('calls of policies', () => {
  test('send-request asks another service and gives its answer on', async () => {
    const seen: (string | undefined)[] = [];
    const other = await listening((req, res) => {
      seen.push(req.method, req.url, req.headers['x-a'] as string);
      answering('other', 202, { 'x-b': '1' })(req, res);
    });
    const it = await bed('http://unused.test', {
      inbound: `<send-request mode="new" response-variable-name="r"><set-url>${other}/p?q=1</set-url><set-method>PUT</set-method><set-header name="x-a"><value>v</value></set-header></send-request>
        <return-response response-variable-name="r"><set-status code="203" reason="Other" /></return-response>`,
    });
    // Without C# the variable is no IResponse: status and body are the document's own.
    expect(await call(it.port)).toMatchObject({ status: 203, reason: 'Other' });
    expect(seen).toEqual(['PUT', '/p?q=1', 'v']);
  });

  test('send-one-way-request does not hold the answer up, and close waits for it', async () => {
    let answer: (() => void) | undefined;
    let isAnswered = false;
    const hook = await listening((_req, res) => {
      answer = () => {
        isAnswered = true;
        res.end();
      };
    });
    const it = await bed(await listening(answering('b')), {
      inbound: `<send-one-way-request><set-url>${hook}</set-url></send-one-way-request>`,
    });
    expect((await call(it.port)).body).toBe('b');
    expect(isAnswered).toBe(false);
    while (answer === undefined) await new Promise((resolve) => setImmediate(resolve));
    const closed = it.gateway.close({ graceMs: 5_000 });
    answer();
    await closed;
    expect(isAnswered).toBe(true);
    expect(it.warnings).toEqual([]);
  });
});

describe('preflights', () => {
  const cors =
    '<cors><allowed-origins><origin>https://app.test</origin></allowed-origins><allowed-headers><header>*</header></allowed-headers></cors>';
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://app.test', 'access-control-request-method': 'POST', 'api-key': '' },
  };

  test('are answered by cors without a key, leave a record, and ask no backend', async () => {
    const it = await bed('http://unused.test', { inbound: cors });
    expect(await call(it.port, preflight)).toMatchObject({
      status: 200,
      body: '',
      headers: { 'access-control-allow-origin': 'https://app.test', 'access-control-allow-methods': 'GET,POST' },
    });
    expect(it.exchanges).toMatchObject([{ method: 'OPTIONS', response: { status: 200 } }]);
    expect(it.exchanges[0]?.backend).toBeUndefined();
  });

  test('are no operation where there is no cors', async () => {
    const it = await bed('http://unused.test', {});
    expect((await call(it.port, preflight)).status).toBe(404);
  });
});

describe('state that outlives a request', () => {
  test('an answer of the cache is given without the backend, and the record says so', async () => {
    let calls = 0;
    const url = await listening((req, res) => answering(`answer ${++calls}`)(req, res));
    const it = await bed(url, {
      inbound: '<cache-lookup vary-by-developer="false" vary-by-developer-groups="false" />',
      outbound: '<cache-store duration="60" />',
    });
    const get = { method: 'GET', path: '/openai/models?api-version=1' };
    expect((await call(it.port, get)).body).toBe('answer 1');
    expect((await call(it.port, get)).body).toBe('answer 1');
    expect(it.exchanges.map(({ cache }) => cache)).toEqual(['miss', 'hit']);
    expect(it.exchanges[1]?.backend).toBeUndefined();
  });

  test('a limit lets exactly its calls through, however many come at once', async () => {
    const it = await bed(await listening(answering('b')), {
      inbound: '<rate-limit-by-key calls="50" renewal-period="60" counter-key="all" />',
    });
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(it.port)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(50);
    expect(
      answers.filter(({ status, headers }) => status === 429 && headers['retry-after'] !== undefined),
    ).toHaveLength(150);
  });

  test('a limit is not reset by a new snapshot', async () => {
    const url = await listening(answering('b'));
    const given = { inbound: '<rate-limit-by-key calls="1" renewal-period="60" counter-key="all" />' };
    const it = await bed(url, given);
    await call(it.port);
    await it.gateway.apply({ ...snapshotOf(url, given), version: 2 });
    expect((await call(it.port)).status).toBe(429);
  });
});

describe('tokens', () => {
  test('of a stream are counted while it passes: the next call is refused', async () => {
    const it = await bed(await listening(stream), {
      inbound: '<azure-openai-token-limit counter-key="k" tokens-per-minute="4" estimate-prompt-tokens="false" />',
    });
    const streamed = await call(it.port, chat({ stream: true }));
    expect(streamed.body).toMatch(/one two[\s\S]*three[\s\S]*\[DONE\]/);
    expect(await call(it.port, chat())).toMatchObject({ status: 429 });
  });

  test('are metrics of the record that is kept before the stream ends', async () => {
    const it = await bed(await listening(stream), {
      inbound: '<llm-emit-token-metric namespace="ai"><dimension name="API ID" /></llm-emit-token-metric>',
    });
    await call(it.port, chat({ stream: true }));
    expect(it.exchanges[0]?.metrics).toEqual(
      [
        ['Total Tokens', 4],
        ['Prompt Tokens', 1],
        ['Completion Tokens', 3],
      ].map(([name, value]) => ({ name, value, unit: 'Count', dimensions: { 'API ID': 'openai', Namespace: 'ai' } })),
    );
  });

  test('a semantic cache asks the embeddings backend with its credentials, and gives a stream again', async () => {
    const asked: { url: string | undefined; key: string | undefined; body: string }[] = [];
    const embeddings = await listening((req, res) => {
      let body = '';
      req.on('data', (part: Buffer) => {
        body += String(part);
      });
      req.on('end', () => {
        asked.push({ url: req.url, key: req.headers['api-key'] as string, body });
        res.end('{"data":[{"embedding":[1,0]}]}');
      });
    });
    let calls = 0;
    const url = await listening((req, res) => {
      calls++;
      stream(req, res);
    });
    const it = await bed(url, {
      inbound: '<llm-semantic-cache-lookup score-threshold="0.1" embeddings-backend-id="e" />',
      outbound: '<llm-semantic-cache-store duration="60" />',
      backends: [{ id: 'e', url: `${embeddings}/embeddings`, credentials: { header: { 'api-key': ['k'] } } }],
    });
    const first = await call(it.port, chat({ stream: true }));
    const second = await call(it.port, chat({ stream: true }));
    expect(second.body).toBe(first.body);
    expect(calls).toBe(1);
    expect(asked[0]).toEqual({
      url: expect.stringMatching(/^\/embeddings\?api-version=/),
      key: 'k',
      body: '{"input":"user: hello"}',
    });
    expect(it.exchanges.map(({ cache }) => cache)).toEqual(['miss', 'hit']);
  });
});
