import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importDefinition } from './import/import-definition.ts';
import {
  account,
  type Call,
  group,
  type Management,
  send,
  service,
  startManagement,
  subscriptionId,
  workspace,
} from './management.fixture.ts';

/** The calls of the monitoring lab, in its order, as `vigia lab` and the system tests send them. */
const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const cognitiveServicesUser = 'a97b65f3-24c7-4388-baec-2e87135dc908';
const api = `${service}/apis/azure-openai`;

const operation = (operationId: string) => ({
  operationId,
  parameters: [
    { in: 'path', name: 'deployment-id', required: true, schema: { type: 'string' } },
    { in: 'query', name: 'api-version', required: true, schema: { type: 'string' } },
  ],
  responses: { 200: { description: 'OK' } },
});
const definition = (paths: Readonly<Record<string, string>>) =>
  JSON.stringify({
    openapi: '3.0.0',
    info: { title: 'Azure OpenAI Service API', version: '2023-05-15' },
    servers: [
      { url: 'https://{endpoint}/openai', variables: { endpoint: { default: 'your-resource-name.openai.azure.com' } } },
    ],
    paths: Object.fromEntries(Object.entries(paths).map(([path, id]) => [path, { post: operation(id) }])),
  });
const threeOperations = definition({
  '/deployments/{deployment-id}/completions': 'Completions_Create',
  '/deployments/{deployment-id}/embeddings': 'embeddings_create',
  '/deployments/{deployment-id}/chat/completions': 'ChatCompletions_Create',
});

let management: Management;
let specificationServer: Server;
let specificationUrl: string;
let served = threeOperations;
beforeAll(async () => {
  management = await startManagement();
  management.importer = (input) =>
    importDefinition(input, { maxBytes: 4_000_000, allowLoopback: true, timeoutMs: 5_000 });
  specificationServer = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(served);
  });
  await new Promise<void>((done) => specificationServer.listen(0, '127.0.0.1', done));
  specificationUrl = `http://127.0.0.1:${(specificationServer.address() as AddressInfo).port}/inference.json`;
});
afterAll(async () => {
  specificationServer.close();
  await management.close();
});

const call = (given: Call) => send(management, given);
const ok = async (status: number, given: Call) => {
  const answer = await call(given);
  expect([answer.status, answer.text]).toEqual([status, answer.text]);
  return answer.json;
};
const put = (path: string, body?: unknown): Call => ({ method: 'PUT', path, body });

describe('before the lab', () => {
  it('nothing is there: 404, then a group, a workspace, an account with a model', async () => {
    expect((await call({ path: group })).status).toBe(404);
    expect(await ok(201, put(group, { location: 'eastus' }))).toMatchObject({
      id: group,
      type: 'Microsoft.Resources/resourceGroups',
      name: 'rg-lab',
      location: 'eastus',
      properties: { provisioningState: 'Succeeded' },
    });
    expect((await call({ method: 'HEAD', path: group })).status).toBe(204);
    const workspaces = `${group}/providers/Microsoft.OperationalInsights/workspaces`;
    expect(await ok(200, { path: workspaces })).toEqual({ value: [] });
    const created = await ok(
      201,
      put(workspace, { location: 'eastus', properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 } }),
    );
    expect(created.properties.customerId).toMatch(guid);

    const made = await ok(
      201,
      put(account, {
        location: 'eastus',
        kind: 'OpenAI',
        sku: { name: 'S0' },
        properties: { customSubDomainName: 'openai-lab', publicNetworkAccess: 'Enabled' },
      }),
    );
    expect(made).toMatchObject({
      kind: 'OpenAI',
      sku: { name: 'S0' },
      properties: { endpoint: 'http://127.0.0.1:7082/' },
    });
    expect(JSON.stringify(made)).not.toMatch(/key1/);
    const deployment = await ok(
      201,
      put(`${account}/deployments/gpt-35-turbo`, {
        sku: { name: 'Standard', capacity: 120 },
        properties: { model: { format: 'OpenAI', name: 'gpt-35-turbo', version: '0613' } },
      }),
    );
    expect(deployment).toMatchObject({ name: 'gpt-35-turbo', sku: { name: 'Standard', capacity: 120 } });
    expect((await ok(200, { path: `${account}/deployments` })).value).toHaveLength(1);
  });

  it('a workspace is found across the subscription by its customerId', async () => {
    const { value } = await ok(200, {
      path: `/subscriptions/${subscriptionId}/providers/Microsoft.OperationalInsights/workspaces`,
    });
    expect(value).toEqual([expect.objectContaining({ id: workspace })]);
  });
});

describe('1: diagnostic settings', () => {
  const setting = `${account}/providers/Microsoft.Insights/diagnosticSettings/lab`;
  it('categories, 200 at once, the list, DELETE with and without one', async () => {
    const { value } = await ok(200, { path: `${account}/providers/Microsoft.Insights/diagnosticSettingsCategories` });
    const named = (kind: string) =>
      value
        .filter(({ properties }: { properties: { categoryType: string } }) => properties.categoryType === kind)
        .map(({ name }: { name: string }) => name);
    expect(named('Logs')).toEqual(expect.arrayContaining(['Audit', 'RequestResponse', 'Trace']));
    expect(named('Metrics')).toEqual(['AllMetrics']);

    const body = {
      properties: {
        workspaceId: workspace,
        logs: named('Logs').map((category: string) => ({ category, enabled: true })),
        metrics: [{ category: 'AllMetrics', enabled: true }],
      },
    };
    const saved = await ok(200, put(setting, body));
    expect(saved).toMatchObject({
      id: setting,
      type: 'Microsoft.Insights/diagnosticSettings',
      properties: body.properties,
    });
    expect((await ok(200, { path: setting.replace(/\/lab$/, '') })).value).toHaveLength(1);
    expect((await call({ method: 'DELETE', path: setting, headers: { 'if-match': '*' } })).status).toBe(200);
    expect((await call({ method: 'DELETE', path: setting })).status).toBe(204);
    await ok(200, put(setting, body));
  });

  it('a category that does not exist is refused by name', async () => {
    const { status, text } = await call(
      put(`${account}/providers/Microsoft.Insights/diagnosticSettings/wrong`, {
        properties: { workspaceId: workspace, logs: [{ category: 'Everything', enabled: true }] },
      }),
    );
    expect(status).toBe(400);
    expect(text).toContain("Category 'Everything' is not supported");
  });
});

describe('4 and 5: the service, the keys of the account', () => {
  it('a service with an identity', async () => {
    const made = await ok(
      201,
      put(service, {
        location: 'East US',
        sku: { name: 'Standard', capacity: 1 },
        identity: { type: 'SystemAssigned' },
        properties: { publisherEmail: 'ops@contoso.com', publisherName: 'Contoso' },
      }),
    );
    expect(made.identity).toMatchObject({ type: 'SystemAssigned', principalId: expect.stringMatching(guid) });
    expect(made.properties).toMatchObject({ gatewayUrl: 'http://127.0.0.1:7080', provisioningState: 'Succeeded' });
  });

  it('regenerateKey changes one key; each call about keys is told to the audit log before its answer', async () => {
    const before = await ok(200, { method: 'POST', path: `${account}/listKeys` });
    const after = await ok(200, { method: 'POST', path: `${account}/regenerateKey`, body: { keyName: 'Key1' } });
    expect(after.key1).not.toBe(before.key1);
    expect(after.key2).toBe(before.key2);
    const refused = await call({ method: 'POST', path: `${account}/regenerateKey`, body: { keyName: 'Key3' } });
    expect(refused.status).toBe(400);
    expect(
      management.keyActions.slice(-3).map(({ operationName, status, accountId }) => [operationName, status, accountId]),
    ).toEqual([
      ['ListKey', 200, account],
      ['RegenerateKey', 200, account],
      ['RegenerateKey', 400, account],
    ]);
    expect(management.keyActions.at(-1)).toMatchObject({
      correlationId: expect.stringMatching(guid),
      callerIpAddress: '127.0.0.1',
      durationMs: 0,
    });
  });
});

describe('6: import', () => {
  const importApi = (properties: Readonly<Record<string, unknown>>) =>
    call(put(api, { properties: { path: 'openai', ...properties } }));
  const operations = async () => {
    const { value } = await ok(200, { path: `${api}/operations` });
    return Object.fromEntries(
      value.map(({ name, properties }: { name: string; properties: { urlTemplate: string } }) => [
        name,
        properties.urlTemplate,
      ]),
    );
  };

  it('from a link: operations, ids and paths as in the document', async () => {
    const answer = await importApi({ format: 'openapi+json-link', value: specificationUrl });
    expect([answer.status, answer.text]).toEqual([201, answer.text]);
    expect(answer.json.properties).toMatchObject({
      displayName: 'Azure OpenAI Service API',
      path: 'openai',
      serviceUrl: 'https://your-resource-name.openai.azure.com/openai',
      protocols: ['https'],
      subscriptionRequired: true,
    });
    expect(answer.json.properties).not.toHaveProperty('value');
    expect(await operations()).toEqual({
      Completions_Create: '/deployments/{deployment-id}/completions?api-version={api-version}',
      embeddings_create: '/deployments/{deployment-id}/embeddings?api-version={api-version}',
      ChatCompletions_Create: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
    });
    expect(management.store.attachment(api, 'specification')?.format).toBe('json');
  });

  it('again by text: the same API; what nobody says stays, operations that are gone go, policies of the others stay', async () => {
    const names = { header: 'api-key', query: 'subscription-key' };
    await ok(200, {
      method: 'PATCH',
      path: api,
      body: { properties: { subscriptionKeyParameterNames: names, description: 'Ours' } },
      headers: { 'if-match': '*' },
    });
    const policy =
      '<policies><inbound><base /></inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>';
    for (const name of ['ChatCompletions_Create', 'Completions_Create']) {
      await ok(
        201,
        put(`${api}/operations/${name}/policies/policy`, { properties: { format: 'rawxml', value: policy } }),
      );
    }
    const answer = await importApi({
      format: 'openapi+json',
      value: definition({
        // Another id for the same method and template: still the same operation.
        '/deployments/{deployment-id}/chat/completions': 'Chat_Create',
        '/deployments/{deployment-id}/images': 'Images_Create',
      }),
      displayName: 'From the body',
    });
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    expect(answer.json.properties).toMatchObject({
      displayName: 'From the body',
      description: 'Ours',
      subscriptionKeyParameterNames: names,
    });
    expect(Object.keys(await operations()).sort()).toEqual(['ChatCompletions_Create', 'Images_Create']);
    expect((await call({ path: `${api}/operations/ChatCompletions_Create/policies/policy` })).status).toBe(200);
    expect((await ok(200, { path: `${service}/apis` })).value).toHaveLength(1);
    await importApi({ format: 'openapi+json', value: threeOperations });
    expect(Object.keys(await operations())).toHaveLength(3);
    expect((await call({ path: `${api}/operations/Completions_Create/policies/policy` })).status).toBe(404);
  });

  it.each([
    [
      'an unreachable host',
      { format: 'openapi+json-link', value: 'http://127.0.0.1:1/x.json' },
      /ECONNREFUSED|refused|reach/i,
    ],
    ['no OpenAPI', { format: 'openapi+json', value: '{"name":"package"}' }, /OpenAPI/],
    ['a format without its value', { format: 'openapi+json' }, /value/],
    ['a value without its format', { value: '{}' }, /format/],
    [
      'an unknown way with query parameters',
      { format: 'openapi+json', value: '{}', translateRequiredQueryParameters: 'x' },
      /template/,
    ],
    [
      'an operation that the store refuses',
      {
        format: 'openapi+json',
        value: threeOperations.replace('"title":"Azure OpenAI Service API"', `"title":"x"`),
        serviceUrl: 'not a url',
      },
      /serviceUrl/,
    ],
  ])('%s leaves the API as it was', async (_, properties, message) => {
    const before = [await ok(200, { path: api }), await operations()];
    const answer = await importApi(properties);
    expect([answer.status, answer.json.error.code]).toEqual([400, 'ValidationError']);
    expect(answer.text).toMatch(message);
    expect([await ok(200, { path: api }), await operations()]).toEqual(before);
  });

  it('a required query parameter stays a query parameter where the call says so', async () => {
    await importApi({ format: 'openapi+json', value: threeOperations, translateRequiredQueryParameters: 'query' });
    expect(Object.values(await operations())).toContain('/deployments/{deployment-id}/chat/completions');
    await importApi({ format: 'openapi+json', value: threeOperations });
  });

  it('another document behind the link is another API after the next import', async () => {
    served = definition({ '/deployments/{deployment-id}/models': 'Models_List' });
    expect((await importApi({ format: 'openapi+json-link', value: specificationUrl })).status).toBe(200);
    expect(await operations()).toEqual({
      Models_List: '/deployments/{deployment-id}/models?api-version={api-version}',
    });
    served = threeOperations;
    expect((await importApi({ format: 'openapi+json-link', value: specificationUrl })).status).toBe(200);
  });
});

describe('7: product, link, subscription', () => {
  it('a product shows its APIs, an API its products, a product its subscriptions', async () => {
    const product = `${service}/products/openai`;
    await ok(
      201,
      put(product, { properties: { displayName: 'OpenAI', subscriptionRequired: true, state: 'published' } }),
    );
    expect((await call({ method: 'HEAD', path: `${product}/apis/azure-openai` })).status).toBe(404);
    const link = await ok(201, { method: 'PUT', path: `${product}/apis/azure-openai` });
    expect(link).toMatchObject({
      id: `${product}/apis/azure-openai`,
      type: 'Microsoft.ApiManagement/service/products/apis',
      name: 'azure-openai',
      properties: { path: 'openai', displayName: 'Azure OpenAI Service API' },
    });
    expect((await call({ method: 'PUT', path: `${product}/apis/azure-openai` })).status).toBe(200);
    expect((await call({ method: 'HEAD', path: `${product}/apis/AZURE-openai` })).status).toBe(204);
    expect(await ok(200, { path: `${product}/apis` })).toEqual({ value: [link], count: 1 });
    const { value, count } = await ok(200, { path: `${api}/products` });
    expect([value.map(({ name }: { name: string }) => name), count]).toEqual([['openai'], 1]);

    await ok(
      201,
      put(`${service}/subscriptions/aoai-test`, {
        properties: { displayName: 'AOAI Test', scope: '/products/openai' },
      }),
    );
    const subscriptions = await ok(200, { path: `${product}/subscriptions` });
    expect(subscriptions.value.map(({ name }: { name: string }) => name)).toEqual(['aoai-test']);
    expect(JSON.stringify(subscriptions)).not.toContain('primaryKey');
  });

  it('two keys, each renewed by itself', async () => {
    const subscription = `${service}/subscriptions/aoai-test`;
    const read = () => ok(200, { method: 'POST', path: `${subscription}/listSecrets` });
    const first = await read();
    expect(first.primaryKey).not.toBe(first.secondaryKey);
    await ok(204, { method: 'POST', path: `${subscription}/regeneratePrimaryKey` });
    const second = await read();
    expect(second.secondaryKey).toBe(first.secondaryKey);
    expect(second.primaryKey).not.toBe(first.primaryKey);
    await ok(204, { method: 'POST', path: `${subscription}/regenerateSecondaryKey` });
    expect((await read()).secondaryKey).not.toBe(first.secondaryKey);
  });

  it('the product goes with its subscriptions only where the call says so', async () => {
    const product = `${service}/products/other`;
    await ok(201, put(product, { properties: { displayName: 'Other' } }));
    await ok(
      201,
      put(`${service}/subscriptions/other`, { properties: { displayName: 'Other', scope: '/products/other' } }),
    );
    const remove = (query: string) =>
      call({ method: 'DELETE', path: `${product}${query}`, headers: { 'if-match': '*' } });
    expect((await remove('')).status).toBeGreaterThanOrEqual(400);
    expect((await remove('?deleteSubscriptions=true')).status).toBe(200);
    expect((await call({ path: `${service}/subscriptions/other` })).status).toBe(404);
  });
});

describe('8: policy, role', () => {
  const path = `${api}/policies/policy`;
  const document = `<policies>
  <inbound>
    <base />
    <set-header name="Authorization" exists-action="override">
      <value>@("Bearer " + (string)context.Variables["token"])</value>
    </set-header>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

  it('saved with If-Match *, read as rawxml, as xml, as text', async () => {
    const saved = await call({
      ...put(path, { properties: { format: 'rawxml', value: document } }),
      headers: { 'if-match': '*' },
    });
    expect(saved.status).toBe(201);
    expect((await ok(200, { path: `${path}?format=rawxml` })).properties).toEqual({
      format: 'rawxml',
      value: document,
    });
    const escaped = document.replaceAll('"Bearer "', '&quot;Bearer &quot;').replaceAll('"token"', '&quot;token&quot;');
    const { format, value } = (await ok(200, { path })).properties;
    expect(format).toBe('xml');
    expect([escaped, document]).toContain(value);
    const text = await call({ path, headers: { accept: 'application/vnd.ms-azure-apim.policy.raw+xml' } });
    expect([text.text, text.headers['content-type']]).toEqual([
      document,
      'application/vnd.ms-azure-apim.policy.raw+xml; charset=utf-8',
    ]);
    const accept =
      'application/json, application/vnd.ms-azure-apim.policy+xml, application/vnd.ms-azure-apim.policy.raw+xml';
    expect((await call({ path: `${path}?format=rawxml`, headers: { accept } })).json.properties.value).toBe(document);
    expect((await call({ method: 'HEAD', path })).status).toBe(200);
    expect((await ok(200, { path: `${api}/policies` })).count).toBe(1);
    expect((await call({ path: `${path}?format=html` })).status).toBe(400);
  });

  it('a policy behind a link is refused by the name of its format', async () => {
    const answer = await call(put(path, { properties: { format: 'rawxml-link', value: 'https://contoso.com/p.xml' } }));
    expect([answer.status, answer.json.error.message]).toEqual([
      501,
      "The policy format 'rawxml-link' is not supported by Vigia.",
    ]);
  });

  it('a role for the service’s identity, listed at the account and not at its siblings', async () => {
    const { identity } = await ok(200, { path: service });
    const assignment = `${account}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
    const roles = await ok(200, {
      path: `${account}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq 'Cognitive Services User'`,
      version: '2022-04-01',
    });
    expect(roles.value).toHaveLength(1);
    expect(roles.value[0].name).toBe(cognitiveServicesUser);
    const made = await ok(
      201,
      put(assignment, {
        properties: {
          roleDefinitionId: roles.value[0].id,
          principalId: identity.principalId,
          principalType: 'ServicePrincipal',
        },
      }),
    );
    expect(made.properties).toMatchObject({ principalId: identity.principalId, scope: account });
    const list = (scope: string, filter = '') =>
      ok(200, { path: `${scope}/providers/Microsoft.Authorization/roleAssignments${filter}` }).then(
        ({ value }) => value.length,
      );
    expect(await list(account)).toBe(1);
    expect(await list(group)).toBe(1);
    expect(await list(service)).toBe(0);
    expect(await list(group, '?$filter=atScope()')).toBe(0);
    expect(await list(account, `?$filter=principalId eq '${identity.principalId}'`)).toBe(1);
    expect(await list(account, `?$filter=assignedTo('${randomUUID()}')`)).toBe(0);
    expect((await call({ method: 'DELETE', path: assignment })).status).toBe(200);
    expect((await call({ method: 'DELETE', path: assignment })).status).toBe(204);
    expect((await call({ path: assignment })).json.error.code).toBe('RoleAssignmentNotFound');
  });
});

describe('9: diagnostics of the API', () => {
  it('the logger is there, the diagnostic is saved and found', async () => {
    expect((await call({ path: `${service}/loggers/azuremonitor` })).status).toBe(200);
    const side = { headers: ['Content-Type'], body: { bytes: 8192 } };
    const llm = { messages: 'all', maxSizeInBytes: 262_144 };
    const saved = await ok(
      201,
      put(`${api}/diagnostics/azuremonitor`, {
        properties: {
          loggerId: '/loggers/azuremonitor',
          alwaysLog: 'allErrors',
          sampling: { samplingType: 'fixed', percentage: 100 },
          verbosity: 'information',
          logClientIp: true,
          frontend: { request: side, response: side },
          backend: { request: side, response: side },
          largeLanguageModel: { logs: 'enabled', requests: llm, responses: llm },
        },
      }),
    );
    expect(saved.properties.backend.response.body.bytes).toBe(8192);
    expect((await call({ path: `${service}/diagnostics/azuremonitor` })).status).toBe(404);
  });
});
