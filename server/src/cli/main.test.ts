import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { commandGroups, commands } from './commands.ts';
import type { Io } from './io.ts';
import { main } from './main.ts';

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly version: string | null;
  readonly body: unknown;
  readonly ifMatch: string | undefined;
}
type Answer = { readonly status?: number; readonly body?: unknown };

const subscriptionId = '11111111-1111-1111-1111-111111111111';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-activategenai`;
const account = `${group}/providers/Microsoft.CognitiveServices/accounts/contoso`;
const service = `${group}/providers/Microsoft.ApiManagement/service/apim-contoso`;
const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/law`;
const resource = (id: string, properties: object = {}, more: object = {}) => ({
  id,
  name: id.split('/').at(-1),
  type: 'x',
  properties,
  ...more,
});

let server: Server;
let folder: string;
let url: string;
let seen: Seen[] = [];
let answers: Record<string, Answer> = {};

const standing: Record<string, Answer> = {
  [`GET ${group}/providers/Microsoft.CognitiveServices/accounts`]: {
    body: {
      value: [
        resource(account, { endpoint: 'https://contoso.openai.azure.com/' }, { kind: 'OpenAI', location: 'eastus' }),
      ],
    },
  },
  [`GET ${group}/providers/Microsoft.ApiManagement/service`]: {
    body: {
      value: [
        resource(
          service,
          {},
          { identity: { type: 'SystemAssigned', principalId: 'aaaaaaaa-0000-4000-8000-000000000001' } },
        ),
      ],
    },
  },
  [`GET ${group}/providers/Microsoft.OperationalInsights/workspaces`]: {
    body: { value: [resource(workspace, { customerId: 'w' })] },
  },
  [`GET ${workspace}`]: { body: resource(workspace, { customerId: 'w' }) },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vigia-cli-'));
  server = createServer((request, response) => {
    void record(request).then((call) => {
      seen.push(call);
      const answer = answers[`${call.method} ${call.path}`] ?? standing[`${call.method} ${call.path}`];
      const found = answer ?? {
        status: 404,
        body: { error: { code: 'ResourceNotFound', message: `No ${call.method} ${call.path}` } },
      };
      response.writeHead(found.status ?? 200, { 'content-type': 'application/json' });
      response.end(found.body === undefined ? '' : JSON.stringify(found.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, 'run'));
  const addresses = { gateway: url, management: url, openai: url };
  writeFileSync(
    join(folder, 'run', 'vigia.json'),
    JSON.stringify({
      pid: 1,
      dataFolder: folder,
      version: '0',
      addresses,
      tenantId: 't',
      subscriptionId,
      resourceGroup: 'rg-activategenai',
      statusUrl: `${url}/status`,
      statusToken: 's',
    }),
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await new Promise((done) => server.close(done));
});
beforeEach(() => {
  seen = [];
  answers = {};
});

async function record(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const at = new URL(request.url ?? '/', 'http://x');
  return {
    method: request.method ?? '',
    path: decodeURIComponent(at.pathname),
    version: at.searchParams.get('api-version'),
    body: text === '' ? undefined : JSON.parse(text),
    ifMatch: request.headers['if-match'],
  };
}

async function run(words: readonly string[], input = '') {
  let out = '';
  let err = '';
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    stdin: async () => input,
    env: { VIGIA_DATA: folder },
    columns: undefined,
  };
  return { code: await main(words, io), out, err };
}

describe('a command becomes the REST call that az makes', () => {
  const cases: Record<string, { words: string; call: Partial<Seen> }> = {
    'group create': {
      words: 'group create -n rg-x',
      call: {
        method: 'PUT',
        path: `/subscriptions/${subscriptionId}/resourceGroups/rg-x`,
        version: '2022-12-01',
        body: { location: 'eastus' },
      },
    },
    'keys list, the account found by itself': {
      words: 'cognitiveservices account keys list',
      call: { method: 'POST', path: `${account}/listKeys` },
    },
    'keys regenerate': {
      words: 'cognitiveservices account keys regenerate --key-name key2',
      call: { method: 'POST', path: `${account}/regenerateKey`, body: { keyName: 'Key2' } },
    },
    'deployment create': {
      words:
        'cognitiveservices account deployment create --deployment-name d --model-name gpt-4o --model-version 2024-11-20 --sku-capacity 5',
      call: {
        method: 'PUT',
        path: `${account}/deployments/d`,
        body: {
          sku: { name: 'Standard', capacity: 5 },
          properties: { model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' } },
        },
      },
    },
    'apim create with an identity': {
      words: 'apim create -n apim-contoso --enable-managed-identity',
      call: {
        method: 'PUT',
        path: service,
        version: '2024-06-01-preview',
        body: {
          location: 'eastus',
          sku: { name: 'Standard', capacity: 1 },
          identity: { type: 'SystemAssigned' },
          properties: { publisherName: 'Contoso', publisherEmail: 'admin@contoso.com' },
        },
      },
    },
    'apim update takes the identity away': {
      words: 'apim update --enable-managed-identity false',
      call: { method: 'PATCH', path: service, ifMatch: '*', body: { identity: { type: 'None' } } },
    },
    'api import from a URL': {
      words: 'apim api import --path openai --specification-url http://127.0.0.1/spec.json',
      call: {
        method: 'PUT',
        path: `${service}/apis/azure-openai`,
        body: { properties: { format: 'openapi+json-link', value: 'http://127.0.0.1/spec.json', path: 'openai' } },
      },
    },
    'api update keeps the other name of the key': {
      words: 'apim api update --api-id a --subscription-key-header-name api-key',
      call: {
        method: 'PATCH',
        path: `${service}/apis/a`,
        body: { properties: { subscriptionKeyParameterNames: { header: 'api-key', query: 'q' } } },
      },
    },
    'product api add': {
      words: 'apim product api add --product-id p --api-id a',
      call: { method: 'PUT', path: `${service}/products/p/apis/a`, body: undefined },
    },
    'subscription create': {
      words: 'apim subscription create --sid s --product-id p',
      call: {
        method: 'PUT',
        path: `${service}/subscriptions/s`,
        body: { properties: { displayName: 's', scope: '/products/p', state: 'active' } },
      },
    },
    'policy set of an operation': {
      words: 'apim policy set --api-id a --operation-id o --file - --set Endpoint=contoso',
      call: {
        method: 'PUT',
        path: `${service}/apis/a/operations/o/policies/policy`,
        body: { properties: { format: 'rawxml', value: '<inbound>contoso</inbound>' } },
      },
    },
    'role assignment by names': {
      words: 'role assignment create --assignee apim-contoso --role Reader --scope contoso',
      call: {
        method: 'PUT',
        body: {
          properties: {
            roleDefinitionId: '/roles/reader',
            principalId: 'aaaaaaaa-0000-4000-8000-000000000001',
            principalType: 'ServicePrincipal',
          },
        },
      },
    },
    'diagnostic settings with every category': {
      words: 'monitor diagnostic-settings create -n lab --resource contoso',
      call: {
        method: 'PUT',
        path: `${account}/providers/Microsoft.Insights/diagnosticSettings/lab`,
        version: '2021-05-01-preview',
        body: {
          properties: {
            workspaceId: workspace,
            logs: [{ category: 'Audit', enabled: true }],
            metrics: [{ category: 'AllMetrics', enabled: true }],
          },
        },
      },
    },
    'rest with a placeholder': {
      words: 'rest get /subscriptions/{subscriptionId}/resourcegroups',
      call: { method: 'GET', path: `/subscriptions/${subscriptionId}/resourcegroups`, version: '2022-12-01' },
    },
  };
  it.each(Object.entries(cases))('%s', async (_, { words, call }) => {
    answers = {
      [`GET ${service}`]: { body: resource(service, {}, { sku: { name: 'Standard', capacity: 1 } }) },
      [`GET ${service}/apis/a`]: {
        body: resource('a', { subscriptionKeyParameterNames: { header: 'h', query: 'q' } }),
      },
      [`GET ${account}/providers/Microsoft.Authorization/roleDefinitions`]: {
        body: { value: [resource('/roles/reader')] },
      },
      [`GET ${account}/providers/Microsoft.Insights/diagnosticSettingsCategories`]: {
        body: {
          value: [resource('/Audit', { categoryType: 'Logs' }), resource('/AllMetrics', { categoryType: 'Metrics' })],
        },
      },
    };
    // Whatever changes something is answered with an empty object: only the call itself is looked at here.
    const open = new Proxy(answers, {
      get: (target, key) =>
        Reflect.get(target, key) ?? (/^(PUT|PATCH|POST) /.test(String(key)) ? { body: {} } : undefined),
    });
    answers = open;
    if (words.startsWith('rest'))
      answers = { [`GET /subscriptions/${subscriptionId}/resourcegroups`]: { body: { value: [] } } };
    const { code, err } = await run(words.split(' '), '<inbound><<Endpoint>></inbound>');
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(seen.at(-1)).toMatchObject(call);
  });
});

describe('results', () => {
  it('are a table, a part of them, or JSON', async () => {
    const table = await run(['cognitiveservices', 'account', 'list', '-o', 'table']);
    expect(table.out).toBe(
      'Name     Kind    Location  Endpoint\n-------  ------  --------  ---------------------------------\ncontoso  OpenAI  eastus    https://contoso.openai.azure.com/\n',
    );
    expect(
      (await run(['cognitiveservices', 'account', 'list', '--query', '[0].properties.endpoint', '-o', 'tsv'])).out,
    ).toBe('https://contoso.openai.azure.com/\n');
    expect(JSON.parse((await run(['cognitiveservices', 'account', 'list'])).out)).toMatchObject([{ name: 'contoso' }]);
  });
});

describe('failures', () => {
  it('print Azure’s envelope readably and end with 1', async () => {
    answers = {
      [`PUT ${service}/policies/policy`]: {
        status: 400,
        body: {
          error: {
            code: 'ValidationError',
            message: 'One or more fields contain incorrect values:',
            details: [{ code: 'ValidationError', target: 'base', message: 'Error in element on line 3, column 10' }],
          },
        },
      },
    };
    const { code, err } = await run(['apim', 'policy', 'set', '--file', '-'], '<x/>');
    expect(code).toBe(1);
    expect(err).toContain(
      'ValidationError: One or more fields contain incorrect values:\n  ValidationError base: Error in element on line 3, column 10\n',
    );
    expect(err).toContain('status 400');
  });

  it.each<[string, string[], number, string]>([
    ['an unknown command', ['aipm'], 2, 'unknown command'],
    ['a missing option', ['apim', 'api', 'show'], 2, '--api-id'],
    ['a wrong choice', ['query', 'x', '--format', 'xml'], 2, 'xml'],
    ['no query', ['query'], 2, 'The query is missing'],
    ['a body that is not JSON', ['rest', 'PUT', '/x', '--body', '{'], 2, 'not JSON'],
    ['an unreadable file', ['query', '--file', '/nowhere.kql'], 1, '/nowhere.kql'],
    [
      'nobody listening',
      ['--management-url', 'http://127.0.0.1:1', 'group', 'list'],
      1,
      'Nothing answers at http://127.0.0.1:1',
    ],
    ['no running system', ['--data', '/nowhere', 'group', 'list'], 1, 'vigia up'],
    ['an address that is none', ['--management-url', 'nonsense', 'group', 'list'], 2, 'nonsense'],
    ['a path beyond --query', ['group', 'list', '--query', '[?x]'], 2, '[?x]'],
  ])('%s', async (_, words, code, text) => {
    answers = { [`GET /subscriptions/${subscriptionId}/resourcegroups`]: { body: { value: [] } } };
    const result = await run(words);
    expect({ code: result.code, says: result.err.includes(text) }, result.err).toEqual({ code, says: true });
    expect(result.err).not.toContain('    at ');
  });
});

describe('query', () => {
  const answer = (rows: unknown[][], more: object = {}): Answer => ({
    body: {
      tables: [
        {
          name: 'PrimaryResult',
          columns: [
            { name: 'model', type: 'string' },
            { name: 'tokens', type: 'long' },
          ],
          rows,
        },
      ],
      ...more,
    },
  });
  const at = 'POST /v1/workspaces/w/query';

  it.each<[string, string, string]>([
    ['table', 'table', 'model  tokens\n-----  ------\n日本       19\na|b"c       2\n'],
    ['csv', 'csv', 'model,tokens\r\n日本,19\r\n"a|b""c",2\r\n'],
    ['markdown', 'markdown', '| model | tokens |\n| --- | ---: |\n| 日本 | 19 |\n| a\\|b"c | 2 |\n'],
    [
      'json',
      'json',
      `${JSON.stringify(
        [
          { model: '日本', tokens: 19 },
          { model: 'a|b"c', tokens: 2 },
        ],
        undefined,
        2,
      )}\n`,
    ],
  ])('prints %s', async (_, format, expected) => {
    answers = {
      [at]: answer([
        ['日本', 19],
        ['a|b"c', 2],
      ]),
    };
    const { code, out } = await run(['query', '-', '--format', format, '--timespan', 'P1D'], 'T');
    expect({ code, out }).toEqual({ code: 0, out: expected });
    expect(seen.at(-1)?.body).toEqual({ query: 'T', timespan: 'P1D' });
  });

  it('puts a caret under the mistake and prints the corrected query', async () => {
    const diagnostic = {
      code: 'KS006',
      severity: 'error',
      message: 'The | is missing before take.',
      start: 2,
      length: 4,
      line: 2,
      column: 1,
      hint: 'write | take 100',
    };
    answers = {
      [at]: {
        status: 400,
        body: {
          error: {
            code: 'BadArgumentError',
            message: 'x',
            innererror: { code: 'SyntaxError', message: 'y' },
            diagnostics: [diagnostic],
            fix: { text: 'T\n| take 100', description: 'd' },
          },
        },
      },
    };
    const { code, err } = await run(['query', 'T\ntake 100']);
    expect(code).toBe(1);
    expect(err).toBe(
      '2:1 error KS006: The | is missing before take.\n  take 100\n  ^^^^\n  hint: write | take 100\n\nCorrected query:\n\nT\n| take 100\n',
    );
  });

  it('says of an empty result where it looked', async () => {
    answers = {
      [at]: answer([], {
        emptyResult: {
          start: '2026-01-01T00:00:00Z',
          end: '2026-01-01T01:00:00Z',
          tables: [{ name: 'T', newest: '2025-12-31T10:00:00Z' }],
        },
      }),
    };
    const { code, err } = await run(['query', 'T', '--timespan', 'PT1H']);
    expect(code).toBe(0);
    expect(err).toContain('from 2026-01-01T00:00:00Z to 2026-01-01T01:00:00Z');
    expect(err).toContain('The newest row of T is of 2025-12-31T10:00:00Z.');
    expect(err).toContain('--timespan P30D');
  });
});

describe('status', () => {
  it('tells addresses and processes, and fails until ready', async () => {
    const body = {
      ready: true,
      version: '0.1.0',
      addresses: { gateway: url },
      subscriptionId,
      processes: [{ name: 'gateway', state: 'running', pid: 7, restarts: 2 }],
    };
    answers = {
      'GET /status': { body },
      [`GET /subscriptions/${subscriptionId}/providers/Microsoft.OperationalInsights/workspaces`]: {
        body: { value: [resource(workspace, { customerId: 'w' })] },
      },
    };
    const ready = await run(['status']);
    expect(ready.code).toBe(0);
    expect(ready.out).toMatch(/Workspace law +w\n/);
    expect(ready.out).toMatch(/gateway +running +7 +2/);
    answers = { 'GET /status': { body } };
    const withoutControlPlane = await run(['status', '--format', 'json']);
    expect(withoutControlPlane.code).toBe(0);
    expect(JSON.parse(withoutControlPlane.out)).toEqual(body);
    answers = { 'GET /status': { body: { ...body, ready: false } } };
    const notYet = await run(['status', '--wait', '--timeout', '0.2', '--format', 'json']);
    expect(notYet.code).toBe(1);
    expect(JSON.parse(notYet.out)).toMatchObject({ ready: false });
    expect(notYet.err).toContain('Not ready after 0.2 s');
  });
});

describe('help', () => {
  it('has an example for each command, and a summary for each word', async () => {
    for (const { name, examples } of commands) {
      expect(
        examples.every((example) => example.startsWith(name)),
        name,
      ).toBe(true);
      const words = name.split(' ');
      for (let count = 1; count < words.length; count += 1)
        expect(commandGroups, name).toHaveProperty([words.slice(0, count).join(' ')]);
    }
    const { code, out } = await run(['apim', 'api', 'import', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('vigia apim api import --path openai');
    expect((await run(['up', '--help'])).out).toContain('--gateway-port');
  });
});
