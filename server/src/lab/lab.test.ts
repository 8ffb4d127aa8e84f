import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AzureClient, createAzureClient } from '../cli/azure-client.ts';
import { checkLab, inOrderOfNeeds, labSteps } from './check-lab.ts';
import { finishLab } from './finish-lab.ts';
import { labReport, labReportJson } from './lab-report.ts';
import { languageOf } from './language.ts';
import { startLab } from './start-lab.ts';

/**
 * A double of the REST interfaces that keeps whatever is put: enough to see which calls the lab makes and what its
 * steps read. What the real ones answer is tested against a started system.
 */
interface Entry {
  id: string;
  name: string;
  type: string;
  properties: Record<string, unknown>;
  [more: string]: unknown;
}

const subscriptionId = '11111111-1111-1111-1111-111111111111';
const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-activategenai`;
const account = `${group}/providers/Microsoft.CognitiveServices/accounts/openai-contoso`;
const service = `${group}/providers/Microsoft.ApiManagement/service/apim-contoso`;
const api = `${service}/apis/azure-openai`;

let server: Server;
let client: AzureClient;
let store: Map<string, Entry>;
let rows: { chats: number; gateway: number };
let changes: string[];
let refusesKeys: boolean;
let explainsEmptiness: boolean;

beforeEach(async () => {
  store = new Map();
  rows = { chats: 0, gateway: 0 };
  changes = [];
  refusesKeys = false;
  explainsEmptiness = true;
  server = createServer((request, response) => {
    void textOf(request).then((text) => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname);
      const [status, body] = answer(request.method ?? 'GET', path, text === '' ? {} : JSON.parse(text));
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(body === undefined ? '' : JSON.stringify(body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createAzureClient({
    gateway: `${url}/gateway`,
    management: url,
    openai: url,
    subscriptionId,
    tenantId: 't',
    resourceGroup: 'rg-activategenai',
  });
});
afterEach(() => new Promise((done) => server.close(done)));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function answer(method: string, path: string, body: Record<string, unknown>): [number, unknown?] {
  if (path.endsWith('/query')) return [200, rowsOf(String(body['query']))];
  if (path.endsWith('/chat/completions')) {
    rows.chats += 1;
    if (path.startsWith('/gateway/')) rows.gateway += 1;
    return [200, { choices: [] }];
  }
  if (path.endsWith('/listKeys'))
    return refusesKeys ? [400, { error: { code: 'BadRequest', message: 'no' } }] : [200, { key1: 'a', key2: 'b' }];
  if (path.endsWith('/listSecrets')) return [200, { primaryKey: 'p', secondaryKey: 's' }];
  if (path.endsWith('/diagnosticSettingsCategories')) {
    const logs = path.includes('CognitiveServices')
      ? ['Audit', 'RequestResponse', 'Trace']
      : ['GatewayLogs', 'GatewayLlmLogs'];
    const categories = [...logs.map((name) => [name, 'Logs']), ['AllMetrics', 'Metrics']];
    return [
      200,
      {
        value: categories.map(([name, categoryType]) => ({ id: name, name, type: 'x', properties: { categoryType } })),
      },
    ];
  }
  if (method === 'PUT' || method === 'PATCH') return [200, put(path, body)];
  const known = store.get(path);
  if (known) return [200, known];
  const collection =
    /\/(?:resourcegroups|accounts|service|workspaces|deployments|diagnosticSettings|roleAssignments|apis|operations|products|subscriptions)$/i;
  if (collection.test(path)) return [200, { value: childrenOf(path) }];
  return [404, { error: { code: 'ResourceNotFound', message: path } }];
}

const childrenOf = (path: string): Entry[] =>
  [...store.values()]
    .filter(({ id }) => id.startsWith(`${path}/`) && !id.slice(path.length + 1).includes('/'))
    .concat(
      path.endsWith('/products') && path.startsWith(api)
        ? [...store.values()].filter(({ id }) => /\/products\/[^/]+$/.test(id))
        : [],
    );

function put(id: string, body: Record<string, unknown>): Entry {
  changes.push(id);
  const before = store.get(id);
  const given = (body['properties'] ?? {}) as Record<string, unknown>;
  const entry: Entry = {
    ...before,
    ...body,
    id,
    name: id.split('/').at(-1) ?? '',
    type: 'x',
    properties: { ...before?.properties, ...given },
  };
  if (body['identity'])
    entry['identity'] = { type: 'SystemAssigned', principalId: 'aaaaaaaa-0000-4000-8000-000000000001' };
  if (/\/workspaces\/[^/]+$/.test(id)) entry.properties['customerId'] = randomUUID();
  if (/\/accounts\/[^/]+$/.test(id)) entry.properties['endpoint'] = 'https://openai-contoso.openai.azure.com/';
  store.set(id, entry);
  if (given['format'] === 'openapi+json-link') {
    for (const name of ['ChatCompletions_Create', 'Completions_Create']) {
      store.set(`${id}/operations/${name}`, {
        id: `${id}/operations/${name}`,
        name,
        type: 'x',
        properties: { method: 'POST', urlTemplate: '/x' },
      });
    }
  }
  return entry;
}

function rowsOf(query: string): unknown {
  const count = query.startsWith('AzureDiagnostics') ? rows.chats : rows.gateway;
  const isCount = query.endsWith('| count');
  return {
    tables: [{ name: 'PrimaryResult', columns: [{ name: 'Count', type: 'long' }], rows: isCount ? [[count]] : [] }],
    ...(explainsEmptiness ? { emptyResult: { message: 'No results found.' } } : {}),
  };
}

const missingSteps = async (): Promise<readonly string[]> =>
  (await checkLab(client)).filter(({ status }) => status === 'missing').map(({ id }) => id);
const remove = (prefix: string): void => {
  for (const id of [...store.keys()]) if (id === prefix || id.startsWith(`${prefix}/`)) store.delete(id);
};
const entryOf = (id: string): Entry => {
  const entry = store.get(id);
  if (entry === undefined) throw new Error(`${id} is not there`);
  return entry;
};
const change = (id: string, properties: Record<string, unknown>): void => {
  const entry = entryOf(id);
  entry.properties = { ...entry.properties, ...properties };
};

describe('the lab', () => {
  it('from nothing: only what waits for nothing is missing, and each says what to do', async () => {
    const results = await checkLab(client);
    expect(results.filter(({ status }) => status === 'missing').map(({ id }) => id)).toEqual([
      '1.1',
      '1.2',
      '2.1',
      '2.4',
    ]);
    expect(results.map(({ id }) => id)).toEqual([
      '1.1',
      '1.2',
      '1.3',
      '1.4',
      '1.5',
      '2.1',
      '2.2',
      '2.3',
      '2.4',
      '2.5',
      '2.6',
      '2.7',
      '2.8',
      '2.9',
      '2.10',
      '2.11',
      '2.12',
      '2.13',
      '2.14',
    ]);
    expect(results.every((result) => result.status !== 'missing' || result.how.startsWith('vigia '))).toBe(true);
  });

  it('starts with three deployments and a workspace, then is finished by REST, and both once only', async () => {
    await startLab(client);
    expect(childrenOf(`${account}/deployments`).map(({ name }) => name)).toEqual([
      'gpt-35-turbo',
      'gpt-4o',
      'text-embedding-ada-002',
    ]);
    const lines: string[] = [];
    await finishLab(client, (line) => lines.push(line));
    expect((await checkLab(client)).filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      '1.1',
      '2.1, 2.2',
      '2.3',
      '2.5',
      '2.6',
      '2.7',
      '2.8',
      '2.9',
      '2.10',
      '1.2, 1.3',
      '2.11',
    ]);
    changes = [];
    await startLab(client);
    await finishLab(client, () => undefined);
    expect(changes).toEqual([]);
  });

  const takenAway: Record<string, () => void> = {
    '1.1': () => remove(`${account}/providers/Microsoft.Insights`),
    '1.2': () =>
      ['gpt-35-turbo', 'gpt-4o'].forEach((name) => {
        remove(`${account}/deployments/${name}`);
      }),
    '1.3': () => {
      rows.chats = 1;
    },
    '2.1': () => remove(service),
    '2.2': () => {
      entryOf(service)['identity'] = { type: 'None' };
    },
    '2.3': () => remove(`${account}/providers/Microsoft.Authorization`),
    '2.4': () => {
      refusesKeys = true;
    },
    '2.5': () => remove(api),
    '2.6': () => change(api, { subscriptionKeyParameterNames: { header: 'Ocp-Apim-Subscription-Key' } }),
    '2.7': () => remove(`${service}/products/openai/apis`),
    '2.8': () => change(`${service}/subscriptions/aoai-test`, { state: 'suspended' }),
    '2.9': () => remove(`${api}/policies`),
    '2.10': () => remove(`${api}/diagnostics`),
    '2.11': () => {
      rows.gateway = 0;
    },
    '2.13': () => {
      explainsEmptiness = false;
    },
  };
  it.each(Object.entries(takenAway))('without step %s names that step alone', async (id, takeAway) => {
    await startLab(client);
    await finishLab(client, () => undefined);
    takeAway();
    expect(await missingSteps()).toEqual([id]);
  });

  it.each<[string, string, () => void]>([
    [
      'one category off',
      '1.1',
      () =>
        change(`${account}/providers/Microsoft.Insights/diagnosticSettings/lab`, {
          logs: [{ category: 'Audit', enabled: true }],
        }),
    ],
    [
      'the tier Developer',
      '2.1',
      () => {
        entryOf(service)['sku'] = { name: 'Developer' };
      },
    ],
    [
      'a role that calls nothing',
      '2.3',
      () =>
        childrenOf(`${account}/providers/Microsoft.Authorization/roleAssignments`).forEach(({ id }) => {
          change(id, { roleDefinitionId: '/x/acdd72a7-3385-48ef-bd42-f606fba81ae7' });
        }),
    ],
    [
      'the API twice',
      '2.5',
      () => {
        put(`${service}/apis/second`, { properties: { format: 'openapi+json-link', path: 'x' } });
      },
    ],
    [
      'a policy in a comment',
      '2.9',
      () =>
        change(`${api}/policies/policy`, {
          value: '<policies><!-- <authentication-managed-identity/> <set-backend-service/> --></policies>',
        }),
    ],
    [
      'bodies of 0 bytes',
      '2.10',
      () =>
        change(`${api}/diagnostics/azuremonitor`, {
          backend: { request: { body: { bytes: 0 } }, response: { body: { bytes: 0 } } },
        }),
    ],
    ['no GatewayLogs', '2.10', () => remove(`${service}/providers/Microsoft.Insights`)],
    [
      'GatewayLogs in AzureDiagnostics',
      '2.10',
      () =>
        change(`${service}/providers/Microsoft.Insights/diagnosticSettings/lab`, { logAnalyticsDestinationType: null }),
    ],
  ])('with %s names %s', async (_, id, takeAway) => {
    await startLab(client);
    await finishLab(client, () => undefined);
    takeAway();
    expect(await missingSteps()).toEqual([id]);
  });
});

describe('the report', () => {
  it('is English or Brazilian Portuguese, with what is missing and the command', async () => {
    await startLab(client);
    await finishLab(client, () => undefined);
    change(api, { subscriptionKeyParameterNames: { header: 'X' } });
    const results = await checkLab(client);
    const command =
      'vigia apim api update -g rg-activategenai -n apim-contoso --api-id azure-openai --subscription-key-header-name api-key';
    const english = labReport(results, 'en');
    expect(english).toContain(
      `  ✗ 2.6   Subscription key in the header api-key\n          The API azure-openai takes its key from the header X.\n          do: ${command}\n`,
    );
    expect(english).toContain('  · 2.14  Validation of the lab (waits for 2.6)');
    expect(english).toContain('1 step is missing.');
    const portuguese = labReport(results, 'pt-BR');
    expect(portuguese).toContain('✓ 1.1   Configurações de diagnóstico no recurso do OpenAI do Azure');
    expect(portuguese).toContain('A API azure-openai espera a chave de assinatura no cabeçalho X.');
    expect(portuguese).toContain('Falta 1 etapa.');
    expect(labReportJson(results, 'en')).toMatchObject({ ok: false });
  });

  it.each<[string | undefined, Record<string, string>, string]>([
    [undefined, {}, 'en'],
    [undefined, { LANG: 'pt_BR.UTF-8' }, 'pt-BR'],
    [undefined, { LANG: 'pt_BR.UTF-8', LC_ALL: 'C' }, 'en'],
    [undefined, { LANG: 'en_US.UTF-8', LC_MESSAGES: 'pt_PT' }, 'pt-BR'],
    ['en', { LANG: 'pt_BR.UTF-8' }, 'en'],
    ['pt-BR', {}, 'pt-BR'],
  ])('takes its language from --lang %s and %o', (chosen, env, language) => {
    expect(languageOf(chosen, env)).toBe(language);
  });
});

it('steps need only steps that exist, without a circle', () => {
  expect(inOrderOfNeeds(labSteps)).toHaveLength(labSteps.length);
});
