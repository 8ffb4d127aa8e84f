import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  account,
  createLabParts,
  group,
  type Management,
  send,
  service,
  startManagement,
  subscriptionId,
  tenantId,
  workspace,
} from './management.fixture.ts';

let management: Management;
beforeAll(async () => {
  management = await startManagement();
  await createLabParts(management);
});
afterAll(() => management.close());

const get = async (path: string) => (await send(management, { path })).json;
const post = (path: string, body?: unknown) => send(management, { method: 'POST', path, body });
const put = (path: string, body: unknown) => send(management, { method: 'PUT', path, body });
const names = (list: { readonly value: readonly { readonly name: string }[] }) => list.value.map(({ name }) => name);
const subscription = `/subscriptions/${subscriptionId}`;

describe('Microsoft.Resources', () => {
  it('subscriptions and tenants', async () => {
    expect(await get('/subscriptions')).toMatchObject({ value: [{ id: subscription, tenantId, state: 'Enabled' }] });
    expect(await get(subscription)).toMatchObject({ subscriptionId, tenantId });
    expect(await get('/tenants')).toMatchObject({ value: [{ id: `/tenants/${tenantId}`, tenantId }] });
  });

  it('regions', async () => {
    expect((await get(`${subscription}/locations`)).value).toContainEqual(
      expect.objectContaining({ name: 'eastus', displayName: 'East US' }),
    );
  });

  it('providers: all, one, registered', async () => {
    expect((await get(`${subscription}/providers`)).value.map((each: { namespace: string }) => each.namespace)).toEqual(
      [
        'Microsoft.Resources',
        'Microsoft.ApiManagement',
        'Microsoft.CognitiveServices',
        'Microsoft.OperationalInsights',
        'Microsoft.Insights',
        'Microsoft.Authorization',
      ],
    );
    const one = await get(`${subscription}/providers/microsoft.cognitiveservices`);
    expect(one.registrationState).toBe('Registered');
    expect(one.resourceTypes.map((each: { resourceType: string }) => each.resourceType)).toEqual(
      expect.arrayContaining(['accounts', 'accounts/deployments']),
    );
    expect((await post(`${subscription}/providers/Microsoft.ApiManagement/register`)).status).toBe(200);
    expect((await send(management, { path: `${subscription}/providers/Contoso.X` })).json.error.code).toBe(
      'InvalidResourceNamespace',
    );
  });

  it('resources of a group and of the subscription, without properties, filtered', async () => {
    const all = await get(`${group}/resources`);
    expect(names(all).sort()).toEqual(['apim-lab', 'law-lab', 'openai-lab']);
    expect(all.value[0]).not.toHaveProperty('properties');
    const filtered = (filter: string) =>
      get(`${subscription}/resources?$filter=${encodeURIComponent(filter)}`).then(names);
    expect(await filtered("resourceType eq 'microsoft.apimanagement/service'")).toEqual(['apim-lab']);
    expect(await filtered("resourceGroup eq 'none'")).toEqual([]);
  });

  it('groups by tag: name and value of one and the same tag', async () => {
    await put(`${subscription}/resourceGroups/tagged`, { location: 'westus', tags: { env: 'test', owner: 'ana' } });
    const filtered = (filter: string) =>
      get(`${subscription}/resourcegroups?$filter=${encodeURIComponent(filter)}`).then(names);
    expect(await filtered("tagName eq 'env' and tagValue eq 'test'")).toEqual(['tagged']);
    expect(await filtered("tagName eq 'env' and tagValue eq 'ana'")).toEqual([]);
  });

  it('a group goes with all that is in it', async () => {
    await put(`${subscription}/resourceGroups/gone`, { location: 'westus' });
    const inside = `${subscription}/resourceGroups/gone/providers/Microsoft.OperationalInsights/workspaces/law-gone`;
    await put(inside, { location: 'westus' });
    expect((await send(management, { method: 'DELETE', path: `${subscription}/resourceGroups/gone` })).status).toBe(
      200,
    );
    expect((await send(management, { path: inside })).json.error.code).toBe('ResourceGroupNotFound');
  });
});

describe('Microsoft.CognitiveServices', () => {
  it.each([
    ['openai-lab', false],
    ['free-name', true],
  ])('checkDomainAvailability of %s: %s', async (subdomainName, isSubdomainAvailable) => {
    const { json } = await post(`${subscription}/providers/Microsoft.CognitiveServices/checkDomainAvailability`, {
      subdomainName,
      type: 'Microsoft.CognitiveServices/accounts',
    });
    expect(json).toMatchObject({ isSubdomainAvailable, subdomainName });
  });

  it('usages are the capacities of the deployments; skus; models as given', async () => {
    await put(`${account}/deployments/gpt-4o`, {
      sku: { name: 'Standard', capacity: 30 },
      properties: { model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' } },
    });
    expect((await get(`${account}/usages`)).value).toEqual([
      expect.objectContaining({ name: expect.objectContaining({ value: 'OpenAI.Standard.gpt-4o' }), currentValue: 30 }),
    ]);
    expect((await get(`${account}/skus`)).value[0].sku.name).toBe('S0');
    expect((await get(`${account}/models`)).value).toEqual([
      expect.objectContaining({ format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' }),
    ]);
  });

  it('an account without local authentication lists no keys, and the refusal is in the audit log', async () => {
    const path = `${group}/providers/Microsoft.CognitiveServices/accounts/tokens-only`;
    await put(path, {
      location: 'eastus',
      kind: 'OpenAI',
      sku: { name: 'S0' },
      properties: { disableLocalAuth: true },
    });
    const { status, json } = await post(`${path}/listKeys`);
    expect([status, json.error.message]).toEqual([400, 'Failed to list key. disableLocalAuth is set to be true']);
    expect(management.keyActions.at(-1)).toMatchObject({ accountId: path, operationName: 'ListKey', status: 400 });
  });

  it('keys of an account that is not there are nobody’s: 404, and nothing in the audit log', async () => {
    const before = management.keyActions.length;
    expect((await post(`${account}x/listKeys`)).status).toBe(404);
    expect(management.keyActions).toHaveLength(before);
  });

  it('nothing is kept of deleted accounts', async () => {
    expect(await get(`${subscription}/providers/Microsoft.CognitiveServices/deletedAccounts`)).toEqual({ value: [] });
  });
});

describe('Microsoft.OperationalInsights', () => {
  it('shared keys, and new ones', async () => {
    const { json: first } = await post(`${workspace}/sharedKeys`);
    expect(first.primarySharedKey).not.toBe(first.secondarySharedKey);
    const { json: second } = await post(`${workspace}/regenerateSharedKey`);
    expect(second.primarySharedKey).not.toBe(first.primarySharedKey);
  });

  it('tables of a workspace: all, one in any case, none; changes are refused by name', async () => {
    expect(names(await get(`${workspace}/tables`))).toEqual(['Requests']);
    expect(await get(`${workspace}/tables/requests`)).toMatchObject({
      id: `${workspace}/tables/Requests`,
      properties: {
        plan: 'Analytics',
        retentionInDays: 30,
        schema: {
          name: 'Requests',
          standardColumns: [
            { name: 'TimeGenerated', type: 'dateTime' },
            { name: 'IsSlow', type: 'boolean' },
            { name: 'Name', type: 'string' },
          ],
        },
      },
    });
    expect((await get(`${workspace}/tables/None_CL`)).error.code).toBe('ResourceNotFound');
    expect((await get(`${workspace}x/tables`)).error.code).toBe('ResourceNotFound');
    const { status, json } = await put(`${workspace}/tables/None_CL`, { properties: {} });
    expect([status, json.error.code]).toEqual([501, 'NotImplemented']);
  });
});

describe('Microsoft.Insights', () => {
  const categories = (scope: string) => `${scope}/providers/microsoft.insights/diagnosticSettingsCategories`;
  it('categories by type of resource, one by name', async () => {
    expect(names(await get(categories(service)))).toEqual(
      expect.arrayContaining(['GatewayLogs', 'GatewayLlmLogs', 'AllMetrics']),
    );
    expect(await get(`${categories(account)}/requestresponse`)).toMatchObject({
      name: 'RequestResponse',
      properties: { categoryType: 'Logs', categoryGroups: ['allLogs'] },
    });
    expect((await get(categories(group))).error.code).toBe('ResourceTypeNotSupported');
    expect((await get(categories(`${service}x`))).error.code).toBe('ResourceNotFound');
  });

  it('a setting that is not there', async () => {
    const { error } = await get(`${account}/providers/Microsoft.Insights/diagnosticSettings/none`);
    expect([error.code, error.message]).toEqual([
      'ResourceNotFound',
      expect.stringContaining('diagnosticSettings/none'),
    ]);
  });
});

describe('Microsoft.Authorization', () => {
  const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
  const assign = (scope: string, properties: Readonly<Record<string, unknown>>) =>
    put(`${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
      properties: {
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
        ...properties,
      },
    });

  it('role definitions by name, by id, at any scope', async () => {
    const at = (scope: string, rest: string) =>
      get(`${scope}/providers/Microsoft.Authorization/roleDefinitions${rest}`);
    expect((await at(service, `?$filter=${encodeURIComponent("roleName eq 'reader'")}`)).value).toHaveLength(1);
    const one = await at('', `/${reader}`);
    expect(one).toMatchObject({
      id: `/providers/Microsoft.Authorization/roleDefinitions/${reader}`,
      properties: { roleName: 'Reader', type: 'BuiltInRole', permissions: [{ actions: ['*/read'] }] },
    });
    expect((await at(subscription, `/${reader}`)).id).toBe(`${subscription}${one.id}`);
    expect((await at(group, `/${randomUUID()}`)).error.code).toBe('RoleDefinitionDoesNotExist');
    expect((await at(`${service}x`, '')).error.code).toBe('ResourceNotFound');
  });

  it('who is not known needs a principalType; the same role twice is a conflict', async () => {
    const stranger = randomUUID();
    const unknown = await assign(group, { principalId: stranger });
    expect([unknown.status, unknown.json.error.code]).toEqual([400, 'PrincipalNotFound']);
    expect((await assign(group, { principalId: stranger, principalType: 'User' })).status).toBe(201);
    const twice = await assign(group, { principalId: stranger, principalType: 'User' });
    expect([twice.status, twice.json.error.code]).toEqual([409, 'RoleAssignmentExists']);
    const { identity } = await get(service);
    expect((await assign(account, { principalId: identity.principalId })).status).toBe(201);
  });

  it('a list shows what is at, above and below; atScope() not what is below', async () => {
    const count = async (scope: string, filter = '') =>
      (await get(`${scope}/providers/Microsoft.Authorization/roleAssignments${filter}`)).value.length;
    expect(await count(subscription)).toBe(2);
    expect(await count(account)).toBe(2);
    expect(await count(workspace)).toBe(1);
    expect(await count(group, '?$filter=atScope()')).toBe(1);
    expect(await count(group)).toBe(2);
  });
});

describe('Microsoft.ApiManagement', () => {
  const check = (name: unknown) =>
    post(`${subscription}/providers/Microsoft.ApiManagement/checkNameAvailability`, { name });
  it.each([
    ['free', { nameAvailable: true, reason: 'Valid' }],
    ['APIM-lab', { nameAvailable: false, reason: 'AlreadyExists' }],
    ['1st', { nameAvailable: false, reason: 'Invalid' }],
  ])('checkNameAvailability of %s', async (name, expected) => {
    expect((await check(name)).json).toMatchObject(expected);
  });

  it('a deleted service cannot be found: what Terraform asks before it creates one', async () => {
    const { status } = await send(management, {
      path: `${subscription}/providers/Microsoft.ApiManagement/locations/eastus/deletedservices/apim-lab`,
    });
    expect(status).toBe(404);
  });

  it('a secret named value shows its value to listValue alone', async () => {
    const path = `${service}/namedValues/token`;
    const made = await put(path, { properties: { displayName: 'token', value: 'hidden-one', secret: true } });
    expect([made.status, made.text.includes('hidden-one')]).toEqual([201, false]);
    expect((await send(management, { path })).text).not.toContain('hidden-one');
    expect((await post(`${path}/listValue`)).json).toEqual({ value: 'hidden-one' });
  });

  it.each([
    ['a link to an API that is not there', 'products/openai/apis/none', undefined],
    ['a subscription to a product that is not there', 'subscriptions/x', { displayName: 'X', scope: '/products/none' }],
  ])('%s is refused and names it', async (_, path, properties) => {
    const { status, text } = await put(`${service}/${path}`, properties && { properties });
    expect([400, 404]).toContain(status);
    expect(text).toMatch(/(?:Api|Product).*not found|none/i);
  });

  it('revision 1 is the API itself', async () => {
    expect((await get(`${service}/apis/a;rev=1`)).name).toBe('a');
    expect((await get(`${service}/apis/a;rev=1/operations`)).value).toEqual([]);
    expect((await send(management, { path: `${service}/apis/a;rev=2` })).status).toBe(404);
  });

  it('a new revision takes along what its source has', async () => {
    await put(`${service}/apis/a/operations/read`, {
      properties: { displayName: 'Read', method: 'GET', urlTemplate: '/x' },
    });
    const made = await put(`${service}/apis/a;rev=2`, {
      properties: { path: 'a', apiRevision: '2', sourceApiId: `${service}/apis/a`, apiRevisionDescription: 'Second' },
    });
    expect([made.status, made.text]).toEqual([201, made.text]);
    expect(made.json.properties).toMatchObject({ displayName: 'A', apiRevision: '2', isCurrent: false });
    expect(names(await get(`${service}/apis/a;rev=2/operations`))).toEqual(['read']);
    expect((await get(`${service}/apis/a/revisions`)).value).toMatchObject([
      { apiId: '/apis/a;rev=1', isCurrent: true },
      { apiId: '/apis/a;rev=2', isCurrent: false, description: 'Second' },
    ]);
    const missing = await put(`${service}/apis/b`, {
      properties: { displayName: 'B', path: 'b', sourceApiId: '/apis/none' },
    });
    expect([missing.status, missing.json.error.details[0].target]).toEqual([400, 'sourceApiId']);
  });

  it('policy fragments know who includes them', async () => {
    const fragment = `${service}/policyFragments/shared`;
    await put(fragment, { properties: { format: 'rawxml', value: '<fragment><base /></fragment>' } });
    await put(`${service}/apis/a/policies/policy`, {
      properties: {
        format: 'rawxml',
        value: '<policies><inbound><include-fragment fragment-id="shared" /></inbound></policies>',
      },
    });
    expect((await post(`${fragment}/listReferences`)).json).toEqual({
      value: [{ id: `${service}/apis/a/policies/policy` }],
      count: 1,
    });
  });

  it('groups of products, version sets of APIs, where they are asked for', async () => {
    await put(`${service}/products/openai/groups/developers`, undefined);
    expect((await get(`${service}/products?expandGroups=true`)).value[0].properties.groups).toMatchObject([
      { name: 'developers' },
    ]);
    expect((await get(`${service}/products`)).value[0].properties).not.toHaveProperty('groups');
  });

  it.each(['?export=true&format=openapi%2Bjson-link', '?export=true&format=swagger-link'])(
    '%s is refused by name',
    async (query) => {
      const { status, json } = await send(management, { path: `${service}/apis/a${query}` });
      expect([status, json.error.message]).toEqual([501, expect.stringMatching(/export of an API as '.*link'/)]);
    },
  );

  it('deleteRevisions', async () => {
    const path = `${service}/apis/a?deleteRevisions=true`;
    expect((await send(management, { method: 'DELETE', path, headers: { 'if-match': '*' } })).status).toBe(200);
    expect(names(await get(`${service}/apis`))).toEqual([]);
  });
});

describe('beside other routes of the server', () => {
  it.each([true, false])('case sensitive %s: each gets its own', async (caseSensitive) => {
    const app = fastify({ routerOptions: { caseSensitive } });
    const query =
      '/subscriptions/:s/resourceGroups/:g/providers/:namespace/:type/:name/providers/Microsoft.Insights/logs';
    app.get(query, async () => 'query');
    app.get('/v1/*', async () => 'v1');
    await app.register(management.routes);
    const answer = async (url: string) =>
      (await app.inject({ url: `${url}?api-version=2024-05-01` })).body.slice(0, 60);
    expect(await answer(`${account}/providers/Microsoft.Insights/logs`)).toBe('query');
    expect(await answer(`/v1${account}/query`)).toBe('v1');
    expect(await answer(`${account}/providers/Microsoft.Insights/diagnosticSettings`)).toBe('{"value":[]}');
    expect(await answer(account.replace('subscriptions', 'Subscriptions'))).toContain(subscription);
    await app.close();
  });
});
