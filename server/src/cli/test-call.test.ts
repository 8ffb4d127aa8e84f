import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from './io.ts';
import { main } from './main.ts';

const subscriptionId = '11111111-1111-1111-1111-111111111111';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-activategenai`;
const account = `${group}/providers/Microsoft.CognitiveServices/accounts/contoso`;
const service = `${group}/providers/Microsoft.ApiManagement/service/apim-contoso`;
const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/law`;
const named = (id: string, properties: object = {}) => ({ id, name: id.split('/').at(-1), type: 'x', properties });
const list = (...value: object[]) => ({ value });

let server: Server;
let url: string;
let calls: { path: string; headers: IncomingMessage['headers']; body: string }[];
let status: number;
/** How often the query finds nothing before the row is there. */
let emptyQueries: number;

const standing: Record<string, unknown> = {
  '/subscriptions': list({ subscriptionId, tenantId: 't' }),
  [`${group}/providers/Microsoft.ApiManagement/service`]: list(named(service)),
  [`${group}/providers/Microsoft.CognitiveServices/accounts`]: list(named(account)),
  [`${account}/deployments`]: list(
    named(`${account}/deployments/ada`, { model: { name: 'text-embedding-ada-002' } }),
    named(`${account}/deployments/chat`, { model: { name: 'gpt-35-turbo' } }),
  ),
  [`${service}/apis`]: list(
    named(`${service}/apis/echo`, { path: 'echo' }),
    named(`${service}/apis/aoai`, { path: 'openai', subscriptionKeyParameterNames: { header: 'api-key', query: 'q' } }),
  ),
  [`${service}/apis/echo/operations`]: list(),
  [`${service}/apis/aoai/operations`]: list(
    named('ChatCompletions_Create', {
      method: 'POST',
      urlTemplate: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
    }),
  ),
  [`${service}/apis/aoai/products`]: list(named('openai')),
  [`${service}/subscriptions`]: list(
    named('master', { scope: service, state: 'active' }),
    named('other', { scope: `${service}/products/other`, state: 'active' }),
    named('off', { scope: `${service}/products/openai`, state: 'suspended' }),
    named('mine', { scope: `${service}/products/openai`, state: 'active' }),
  ),
  [`${service}/subscriptions/mine/listSecrets`]: { primaryKey: 'secret-key', secondaryKey: 'x' },
  [`${service}/providers/Microsoft.Insights/diagnosticSettings`]: list(named('lab', { workspaceId: workspace })),
  [workspace]: named(workspace, { customerId: 'w' }),
  [`${service}/gateways/managed/listDebugCredentials`]: { token: 'debug' },
  [`${service}/gateways/managed/listTrace`]: {
    serviceName: 'apim-contoso',
    traceId: 't-1',
    traceEntries: {
      inbound: [
        { source: 'api-inspector', timestamp: 'x', elapsed: '00:00:00.0000000', data: {} },
        {
          source: 'set-variable',
          timestamp: 'x',
          elapsed: '00:00:00.0000010',
          data: {
            scope: 'api',
            path: 'choose[1]/when[1]/set-variable[1]',
            position: { line: 4, column: 5, fragment: 'f' },
            duration: '00:00:00.0000002',
            message: ['hello'],
            changes: [{ name: 'variables.v', after: '1' }],
          },
        },
      ],
      backend: [],
      outbound: [],
      'on-error': [],
    },
  },
};

beforeEach(async () => {
  calls = [];
  status = 200;
  emptyQueries = 2;
  server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks).toString('utf8');
      const path = (request.url ?? '').replace(/\?api-version=(?!2023-05-15).*/, '');
      const json = (value: unknown, code = 200) =>
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
      if (path.startsWith('/openai/')) {
        calls.push({ path, headers: request.headers, body });
        if (request.headers['apim-debug-authorization'] === 'debug') response.setHeader('Apim-Trace-Id', 't-1');
        json({ id: 'chatcmpl-1', usage: { total_tokens: 5 } }, status);
      } else if (path.endsWith('/query')) {
        calls.push({ path, headers: request.headers, body });
        emptyQueries -= 1;
        json({
          tables: [
            {
              name: 'PrimaryResult',
              columns: [
                { name: 'OperationId', type: 'string' },
                { name: 'ErrorReason', type: 'string' },
              ],
              rows: emptyQueries < 0 ? [['ChatCompletions_Create', '']] : [],
            },
          ],
        });
      } else
        json(standing[path] ?? { error: { code: 'ResourceNotFound', message: path } }, path in standing ? 200 : 404);
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((done) => server.close(done)));

async function run(...words: string[]) {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => '{"messages":[]}',
    env: { VIGIA_DATA: '/nowhere', VIGIA_MANAGEMENT_URL: url, VIGIA_GATEWAY_URL: url },
    columns: undefined,
  };
  return { code: await main(['test', 'call', ...words], io), out, err };
}

describe('a test call', () => {
  it('finds API, deployment and key by itself, shows the answer, and waits for the row', async () => {
    const { code, out, err } = await run('{"model":"gpt-35-turbo","messages":[]}');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(calls[0]).toMatchObject({
      path: '/openai/deployments/chat/chat/completions?api-version=2023-05-15',
      headers: { 'api-key': 'secret-key', 'content-type': 'application/json' },
      body: '{"model":"gpt-35-turbo","messages":[]}',
    });
    expect(out).toContain(
      `POST ${url}/openai/deployments/chat/chat/completions?api-version=2023-05-15\napi-key: ••••\n`,
    );
    expect(out).toContain('"chatcmpl-1"');
    expect(out).toMatch(
      /Row in ApiManagementGatewayLogs, visible \d+ ms after the answer:\n {2}OperationId {2}ChatCompletions_Create\n$/,
    );
    expect(out).not.toContain('secret-key');
    expect(calls.at(-1)?.body).toContain('chatcmpl-1');
  });

  it('takes a prompt, a deployment, a key, and streams', async () => {
    await run('--prompt', 'Hello!', '--deployment', 'gpt-4o', '--subscription-key', 'mine', '--stream', '--no-row');
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatchObject({
      path: '/openai/deployments/gpt-4o/chat/completions?api-version=2023-05-15',
      headers: { 'api-key': 'mine' },
      body: '{"messages":[{"role":"user","content":"Hello!"}],"stream":true}',
    });
  });

  it('fails with the status of the answer, after showing its row', async () => {
    status = 401;
    const { code, out, err } = await run('-');
    expect(code).toBe(1);
    expect(out).toContain('Row in ApiManagementGatewayLogs');
    expect(err).toContain('The call was answered with 401.');
    expect(calls.at(-1)?.body).toContain('ResponseCode == 401');
  });

  it.each<[string, string[], string]>([
    ['no body', [], 'What to send is missing'],
    ['an API that does not exist', ['-p', 'x', '--api-id', 'nobody'], 'No API nobody has the operation'],
    ['an operation that no API has', ['-p', 'x', '--operation-id', 'Images'], 'No API has the operation Images'],
    ['no row within the time', ['-p', 'x', '--timeout', '0.1'], 'has no row in ApiManagementGatewayLogs after 0.1 s'],
  ])('says %s', async (_, words, text) => {
    emptyQueries = 1000;
    const { code, err } = await run(...words);
    expect(code).toBeGreaterThan(0);
    expect(err).toContain(text);
  });
});

describe('a traced call', () => {
  const trace = async () => {
    let out = '';
    const code = await main(['trace', 'call', '{"model":"chat","messages":[]}'], {
      out: (text) => {
        out += text;
      },
      err: () => undefined,
      stdin: async () => '',
      env: { VIGIA_DATA: '/nowhere', VIGIA_MANAGEMENT_URL: url, VIGIA_GATEWAY_URL: url },
      columns: undefined,
    });
    return { code, out };
  };
  it('carries a debug credential that is not shown, and prints what each policy did', async () => {
    const { code, out } = await trace();
    expect(code).toBe(0);
    expect(calls[0]?.headers).toMatchObject({ 'apim-debug-authorization': 'debug', 'api-key': 'secret-key' });
    expect(out).not.toContain('debug');
    expect(out).toContain(
      'Trace t-1\ninbound   00:00:00.0000010      set-variable  api fragment f 4:5  00:00:00.0000002\n                hello\n                variables.v: none → "1"\n',
    );
  });
});
