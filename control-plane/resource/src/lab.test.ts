import { createHmac } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Snapshot } from '@vigia/contract';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openMasterKey, type ResourceStore, readSnapshot } from './index.ts';
import {
  account,
  cognitiveServicesUser,
  filesBelow,
  finishLab,
  group,
  type Installation,
  newInstallation,
  service,
  workspace,
} from './installation.fixture.ts';

let installation: Installation;
let store: ResourceStore;

beforeEach(async () => {
  installation = await newInstallation();
  store = await installation.open();
  await finishLab(store);
});
afterEach(() => installation.remove());

const rg = 'resourceGroups/rg-activategenai';
const apim = `${rg}/service/apim-contoso`;
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

describe('the finished lab', () => {
  test('is this tree of files', () => {
    expect(Object.keys(installation.files())).toEqual(
      [
        `${rg}/resourceGroupInformation.json`,
        `${rg}/accounts/openai-contoso/accountInformation.json`,
        `${rg}/accounts/openai-contoso/deployments/gpt-35-turbo/deploymentInformation.json`,
        `${rg}/accounts/openai-contoso/diagnosticSettings/lab/diagnosticSettingInformation.json`,
        `${rg}/accounts/openai-contoso/roleAssignments/33333333-3333-3333-3333-333333333333/roleAssignmentInformation.json`,
        `${rg}/workspaces/law-contoso/workspaceInformation.json`,
        `${apim}/serviceInformation.json`,
        `${apim}/apis/azure-openai/apiInformation.json`,
        `${apim}/apis/azure-openai/diagnostics/azuremonitor/diagnosticInformation.json`,
        `${apim}/apis/azure-openai/operations/ChatCompletions_Create/operationInformation.json`,
        `${apim}/apis/azure-openai/policy.xml`,
        `${apim}/apis/azure-openai/schemas/components/schemaInformation.json`,
        `${apim}/apis/azure-openai/specification.json`,
        `${apim}/diagnosticSettings/lab/diagnosticSettingInformation.json`,
        `${apim}/groups/administrators/groupInformation.json`,
        `${apim}/groups/developers/groupInformation.json`,
        `${apim}/groups/guests/groupInformation.json`,
        `${apim}/loggers/azuremonitor/loggerInformation.json`,
        `${apim}/products/openai/apis/azure-openai/productApiInformation.json`,
        `${apim}/products/openai/productInformation.json`,
        `${apim}/subscriptions/aoai-test/subscriptionInformation.json`,
        `${apim}/subscriptions/master/subscriptionInformation.json`,
        `${apim}/users/1/userInformation.json`,
      ].sort(),
    );
  });

  test.each([
    [`${rg}/resourceGroupInformation.json`, json({ location: 'eastus' })],
    [
      `${apim}/serviceInformation.json`,
      json({
        location: 'eastus',
        sku: { name: 'Standard', capacity: 1 },
        identity: { type: 'SystemAssigned' },
        properties: { publisherEmail: 'admin@contoso.com', publisherName: 'Contoso' },
      }),
    ],
    [
      `${apim}/apis/azure-openai/apiInformation.json`,
      json({
        properties: {
          displayName: 'Azure OpenAI',
          path: 'openai',
          serviceUrl: 'https://openai-contoso.openai.azure.com/openai',
          subscriptionRequired: true,
          subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
        },
      }),
    ],
    [`${apim}/products/openai/apis/azure-openai/productApiInformation.json`, '{}\n'],
    [
      `${apim}/subscriptions/aoai-test/subscriptionInformation.json`,
      json({ properties: { displayName: 'AOAI Test', scope: '/products/openai', state: 'active' } }),
    ],
    [`${apim}/apis/azure-openai/specification.json`, '{"openapi":"3.0.0"}'],
    [
      `${apim}/diagnosticSettings/lab/diagnosticSettingInformation.json`,
      json({
        properties: {
          workspaceId:
            '/resourceGroups/rg-activategenai/providers/Microsoft.OperationalInsights/workspaces/law-contoso',
          logs: [{ categoryGroup: 'allLogs', enabled: true }],
          metrics: [{ category: 'AllMetrics', enabled: true }],
        },
      }),
    ],
  ])('%s reads so', (path, text) => {
    expect(installation.read(path)).toBe(text);
  });

  test('is the same after a restart: resources, files, snapshot', async () => {
    const files = installation.files();
    const snapshot = store.snapshot();
    const resources = allOf(store);
    await store.close();
    const again = await installation.open();
    expect(again.status()).toEqual({ snapshotVersion: snapshot.version, resources: 22, faults: [] });
    expect(allOf(again)).toEqual(resources);
    expect(installation.files()).toEqual(files);
    expect(again.snapshot()).toEqual(snapshot);
  });

  test('is made anew from its folder alone, with new identities and keys', async () => {
    const principal = store.get(service)?.identity?.principalId;
    await store.close();
    for (const gone of ['snapshot', 'secrets/vault.sealed'])
      rmSync(join(installation.folder, gone), { recursive: true });
    const files = installation.files();
    const again = await installation.open();
    expect(again.status()).toMatchObject({ resources: 22, faults: [] });
    expect(installation.files()).toEqual(files);
    expect(again.get(service)?.identity?.principalId).not.toBe(principal);
    expect(again.secret(`${service}/subscriptions/aoai-test`, 'primaryKey')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('leaves no secret in clear anywhere on the disk', () => {
    const secrets = [
      ...['master', 'aoai-test'].flatMap((name) =>
        ['primaryKey', 'secondaryKey'].map((key) => store.secret(`${service}/subscriptions/${name}`, key)),
      ),
      store.secret(account, 'key1'),
      store.secret(account, 'key2'),
      store.secret(workspace, 'primarySharedKey'),
    ];
    expect(secrets).not.toContain(undefined);
    for (const [path, bytes] of Object.entries(filesBelow(installation.folder)))
      for (const secret of secrets) expect(bytes.includes(secret ?? ''), path).toBe(false);
    expect(statSync(join(installation.folder, 'secrets', 'master.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(installation.folder, 'secrets', 'vault.sealed')).mode & 0o777).toBe(0o600);
    expect(statSync(join(installation.folder, 'snapshot', 'snapshot.sealed')).mode & 0o777).toBe(0o600);
  });

  test('holds only the imported API, and what Azure makes with a service', () => {
    const names = (type: string) =>
      store.list({ type: `Microsoft.ApiManagement/service/${type}`, under: service }).map(({ name }) => name);
    expect(names('apis')).toEqual(['azure-openai']);
    expect(names('products')).toEqual(['openai']);
    expect(names('subscriptions')).toEqual(['master', 'aoai-test']);
    expect(names('groups')).toEqual(['administrators', 'developers', 'guests']);
    expect(names('users')).toEqual(['1']);
    expect(names('loggers')).toEqual(['azuremonitor']);
  });

  test('shows computed properties, and no secrets', () => {
    expect(store.get(service.toUpperCase().replace('/SUBSCRIPTIONS', '/subscriptions'))).toMatchObject({
      id: service,
      location: 'eastus',
      identity: { type: 'SystemAssigned', principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      properties: { gatewayUrl: 'http://127.0.0.1:7080', provisioningState: 'Succeeded', platformVersion: 'stv2' },
    });
    expect(store.get(account)?.properties).toMatchObject({ endpoint: 'http://127.0.0.1:7082/' });
    expect(store.get(workspace)?.properties['customerId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(store.get(`${service}/subscriptions/aoai-test`)?.properties).toEqual({
      displayName: 'AOAI Test',
      scope: `${service}/products/openai`,
      state: 'active',
      allowTracing: false,
      createdDate: expect.stringMatching(/^2026-/),
    });
    expect(store.secret(account, 'key1')).toMatch(/^[A-Za-z0-9]{84}$/);
    expect(store.attachment(`${service}/apis/azure-openai`, 'specification')).toEqual({
      format: 'json',
      text: '{"openapi":"3.0.0"}',
    });
  });
});

describe('the snapshot of the lab', () => {
  let snapshot: Snapshot;
  beforeEach(async () => {
    const masterKey = await openMasterKey(join(installation.folder, 'secrets'));
    snapshot = await readSnapshot(join(installation.folder, 'snapshot', 'snapshot.sealed'), masterKey);
  });

  test('is what the store has in force', () => {
    expect(snapshot).toEqual(store.snapshot());
  });

  test('has the API with its policy, operation and diagnostic', () => {
    const [found] = snapshot.services;
    expect(found).toMatchObject({
      id: service,
      location: 'eastus',
      regionName: 'East US',
      sku: 'Standard',
      hosts: ['apim-contoso.azure-api.net'],
      isDefault: true,
      products: [{ id: 'openai', state: 'published', subscriptionRequired: true, apis: ['azure-openai'] }],
    });
    expect(found?.policy).toBeUndefined();
    expect(found?.diagnostic).toBeUndefined();
    const none = { headers: [], bodyBytes: 0, maskedHeaders: [], maskedQuery: [] };
    expect(found?.apis).toEqual([
      {
        id: 'azure-openai',
        displayName: 'Azure OpenAI',
        revision: '1',
        isCurrent: true,
        path: 'openai',
        serviceUrl: 'https://openai-contoso.openai.azure.com/openai',
        protocols: ['https'],
        subscriptionRequired: true,
        subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
        operations: [
          {
            id: 'ChatCompletions_Create',
            displayName: 'Creates a completion for the chat message',
            method: 'POST',
            urlTemplate: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
          },
        ],
        policy: expect.stringMatching(/^<policies>\n<inbound>\n<base \/>/),
        diagnostic: {
          alwaysLogErrors: true,
          samplingPercentage: 100,
          verbosity: 'information',
          logClientIp: true,
          frontendRequest: { ...none, headers: ['User-Agent'], bodyBytes: 8192 },
          frontendResponse: none,
          backendRequest: none,
          backendResponse: { ...none, bodyBytes: 1024, maskedHeaders: [{ name: 'X-Secret', mode: 'Hide' }] },
          largeLanguageModel: {
            requestMessages: true,
            requestMaxBytes: 262_144,
            responseMessages: false,
            responseMaxBytes: 32_768,
          },
        },
      },
    ]);
  });

  test('knows keys by their hash, and scopes by their kind', () => {
    const hash = (key: string | undefined): string =>
      createHmac('sha256', Buffer.from(snapshot.keyHashSecret, 'base64'))
        .update(key ?? '')
        .digest('hex');
    const test = `${service}/subscriptions/aoai-test`;
    expect(snapshot.services[0]?.subscriptions).toMatchObject([
      { id: 'master', scope: { kind: 'service' }, state: 'active' },
      {
        id: 'aoai-test',
        scope: { kind: 'product', id: 'openai' },
        primaryKey: hash(store.secret(test, 'primaryKey')),
        secondaryKey: hash(store.secret(test, 'secondaryKey')),
      },
    ]);
    expect(snapshot.accounts[0]).toMatchObject({
      key1: hash(store.secret(account, 'key1')),
      key2: hash(store.secret(account, 'key2')),
    });
  });

  test('has the account with its hosts, deployment and exports, groups of categories expanded', () => {
    const workspaceId = store.get(workspace)?.properties['customerId'];
    expect(snapshot.accounts).toMatchObject([
      {
        subDomain: 'openai-contoso',
        endpoint: 'http://127.0.0.1:7082/',
        hosts: ['openai-contoso.openai.azure.com', 'openai-contoso.cognitiveservices.azure.com'],
        isDefault: true,
        disableLocalAuth: false,
        deployments: [
          {
            name: 'gpt-35-turbo',
            model: { format: 'OpenAI', name: 'gpt-35-turbo', version: '0613' },
            sku: 'Standard',
            capacity: 120,
          },
        ],
      },
    ]);
    expect(snapshot.accounts[0]?.exports).toEqual([
      {
        settingName: 'lab',
        workspaceId,
        isDedicated: false,
        categories: ['Audit', 'RequestResponse', 'AzureOpenAIRequestUsage', 'ManagedNetworkEvents', 'Trace'],
        allMetrics: true,
      },
    ]);
    expect(snapshot.services[0]?.exports[0]?.categories).toEqual(
      expect.arrayContaining(['GatewayLogs', 'GatewayLlmLogs']),
    );
  });

  test('has the role of the service at the account', () => {
    const { identity } = snapshot.services[0] ?? {};
    expect(identity).toMatchObject({ principalId: store.get(service)?.identity?.principalId });
    expect(snapshot.roleAssignments).toEqual([
      { scope: account.toLowerCase(), principalId: identity?.principalId, roleDefinitionId: cognitiveServicesUser },
    ]);
  });

  test('cannot be read with another key', async () => {
    const file = join(installation.folder, 'snapshot', 'snapshot.sealed');
    await expect(readSnapshot(file, Buffer.alloc(32))).rejects.toThrow(/master key/);
    expect(readFileSync(file, 'latin1')).not.toContain('azure-openai');
  });
});

const allOf = (store: ResourceStore) =>
  [
    'Microsoft.Resources/resourceGroups',
    ...['', '/apis', '/apis/operations', '/apis/policies', '/products', '/subscriptions', '/apis/diagnostics'].map(
      (rest) => `Microsoft.ApiManagement/service${rest}`,
    ),
    'Microsoft.CognitiveServices/accounts',
    'Microsoft.OperationalInsights/workspaces',
    'Microsoft.Authorization/roleAssignments',
    'Microsoft.Insights/diagnosticSettings',
  ].flatMap((type) => store.list({ type, under: group.slice(0, group.indexOf('/resourceGroups')) }));
