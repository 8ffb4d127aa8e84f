import type { Problem } from '@vigia/problem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Change, ResourceStore } from './index.ts';
import {
  account,
  cognitiveServicesUser,
  group,
  type Installation,
  labAtOnce,
  newInstallation,
  patch,
  put,
  remove,
  service,
  subscription,
  workspace,
} from './installation.fixture.ts';

let installation: Installation;
let store: ResourceStore;

const api = `${service}/apis/azure-openai`;
const settings = `${account}/providers/Microsoft.Insights/diagnosticSettings`;
const roles = `${account}/providers/Microsoft.Authorization/roleAssignments`;
const role = `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${cognitiveServicesUser}`;
const principalId = '44444444-4444-4444-4444-444444444444';
const toWorkspace = { workspaceId: workspace, logs: [{ category: 'Audit', enabled: true }] };
const tracked = { location: 'eastus', sku: { name: 'Standard' } };
const publisher = { publisherName: 'C', publisherEmail: 'c@c' };
const withInbound = (inside: string): string => `<policies>\n<inbound>\n${inside}\n</inbound>\n</policies>`;

async function refusal(changes: readonly Change[]): Promise<Problem> {
  try {
    await store.change(changes);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('It was not refused.');
}

describe('refused, and nothing changes', () => {
  beforeAll(async () => {
    installation = await newInstallation();
    store = await installation.open();
    await labAtOnce(store);
    await store.change([
      put(`${service}/namedValues/host`, { displayName: 'host', value: 'a.example' }),
      put(`${service}/policyFragments/common`, { value: '<fragment><set-header name="{{host}}"/></fragment>' }),
      put(`${service}/backends/aoai`, { url: 'https://a.example', protocol: 'http' }),
      put(`${service}/policies/policy`, {
        format: 'rawxml',
        value: withInbound('<include-fragment fragment-id="common" /><set-backend-service backend-id="aoai" />'),
      }),
      put(`${service}/products/second`, { displayName: 'Second' }),
    ]);
    for (const name of ['two', 'three', 'four', 'five']) await store.change([put(`${settings}/${name}`, toWorkspace)]);
  });
  afterAll(() => installation.remove());

  type Case = readonly [string, readonly Change[], number, string, string | RegExp, string?];
  const validation = 'One or more fields contain incorrect values:';
  const cases: readonly Case[] = [
    [
      'an id that is none',
      [put('/nonsense', {})],
      400,
      'InvalidResourceId',
      "'/nonsense' is not the id of a resource.",
    ],
    [
      'a type that is not there',
      [put(`${service}/caches/default`, {})],
      400,
      'InvalidResourceType',
      "The resource type 'Microsoft.ApiManagement/service/caches' is not supported by Vigia.",
    ],
    [
      'another subscription',
      [put('/subscriptions/99999999-9999-9999-9999-999999999999/resourceGroups/x', undefined, { location: 'eastus' })],
      404,
      'SubscriptionNotFound',
      "The subscription '99999999-9999-9999-9999-999999999999' could not be found.",
    ],
    [
      'a resource group that is missing',
      [put(`${subscription}/resourceGroups/none/providers/Microsoft.ApiManagement/service/x`, publisher, tracked)],
      404,
      'ResourceGroupNotFound',
      "Resource group 'none' could not be found.",
    ],
    [
      'a resource group that is missing further up',
      [put(`${subscription}/resourceGroups/none/providers/Microsoft.ApiManagement/service/x/apis/a`, {})],
      404,
      'ResourceGroupNotFound',
      "Resource group 'none' could not be found.",
    ],
    [
      'a service that is missing',
      [put(`${group}/providers/Microsoft.ApiManagement/service/none/apis/a`, {})],
      404,
      'ParentResourceNotFound',
      "Can not perform requested operation on nested resource. Parent resource 'none' not found.",
    ],
    [
      'an API that is missing',
      [put(`${service}/apis/none/operations/o`, { displayName: 'o', method: 'GET', urlTemplate: '/' })],
      404,
      'ResourceNotFound',
      'Api not found.',
    ],
    [
      'a change of what is missing',
      [patch(`${service}/products/none`, {})],
      404,
      'ResourceNotFound',
      'Product not found.',
    ],
    [
      'a change of a whole resource that is missing',
      [patch(`${group}/providers/Microsoft.ApiManagement/service/none`, {})],
      404,
      'ResourceNotFound',
      "The Resource 'Microsoft.ApiManagement/service/none' under resource group 'rg-activategenai' was not found.",
    ],
    ['a stale ETag', [patch(api, {}, 'AAAAAAAAAAA=')], 412, 'PreconditionFailed', /was changed since/],
    [
      'every mistake of a body at once',
      [put(`${service}/products/p`, { displayName: '', state: 'open', subscriptionRequired: 'yes' })],
      400,
      'ValidationError',
      validation,
      "displayName: 'displayName' must have at least 1 characters.|subscriptionRequired: 'subscriptionRequired' must be of type boolean, and is string.|state: 'state' must be one of notPublished, published, and is 'open'.",
    ],
    [
      'a required property that is missing',
      [put(`${service}/apis/b`, { displayName: 'B' })],
      400,
      'ValidationError',
      validation,
      "path: 'path' is required.",
    ],
    [
      'mistakes of several changes at once',
      [put(`${service}/apis/b`, { displayName: 'B' }), put(`${service}/tags/t`, {})],
      400,
      'ValidationError',
      validation,
      "path: 'path' is required.|displayName: 'displayName' is required.",
    ],
    [
      'a body of diagnostics over Azure’s limit',
      [
        put(`${api}/diagnostics/azuremonitor`, {
          loggerId: '/loggers/azuremonitor',
          frontend: { request: { body: { bytes: 8193 } } },
        }),
      ],
      400,
      'ValidationError',
      validation,
      "frontend.request.body.bytes: 'frontend.request.body.bytes' must have at most 8192 as its value.",
    ],
    [
      'a logger that is missing',
      [put(`${api}/diagnostics/azuremonitor`, { loggerId: '/loggers/none' })],
      400,
      'ValidationError',
      validation,
      "loggerId: Logger not found: 'none'.",
    ],
    [
      'a name with characters that names cannot have',
      [put(`${service}/products/a*b`, { displayName: 'x' })],
      400,
      'ValidationError',
      validation,
      "name: 'a*b' is not a name of a product: it must match /^[^*#&+:<>?]+$/.",
    ],
    [
      'a name longer than folders can have',
      [put(`${service}/products/${'é'.repeat(200)}`, { displayName: 'x' })],
      400,
      'ValidationError',
      validation,
      'name: The name must have at most 240 bytes: it names a folder.',
    ],
    [
      'a policy by another name',
      [put(`${api}/policies/other`, { value: withInbound('') })],
      400,
      'ValidationError',
      validation,
      "name: The name must be 'policy', and is 'other'.",
    ],
    [
      'a second API at one path',
      [put(`${service}/apis/b`, { displayName: 'B', path: '/OpenAI/' })],
      400,
      'ValidationError',
      validation,
      "path: Cannot create API 'b' with the same Path '/OpenAI/' as API 'azure-openai'.",
    ],
    [
      'a second operation at one place',
      [
        put(`${api}/operations/again`, {
          displayName: 'again',
          method: 'POST',
          urlTemplate: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
        }),
      ],
      400,
      'ValidationError',
      validation,
      "urlTemplate: Operation 'ChatCompletions_Create' has the same method and URL template: POST /deployments/{deployment-id}/chat/completions?api-version={api-version}.",
    ],
    [
      'a template parameter that nobody describes',
      [
        put(`${api}/operations/x`, {
          displayName: 'x',
          method: 'GET',
          urlTemplate: '/x/{a}',
          templateParameters: [{ name: 'b', type: 'string' }],
        }),
      ],
      400,
      'ValidationError',
      validation,
      "templateParameters: The parameter 'a' of the template is not described.|templateParameters: The parameter 'b' is not in the template.",
    ],
    [
      'an API of a kind that is not run',
      [put(`${service}/apis/b`, { displayName: 'B', path: 'b', type: 'websocket' })],
      400,
      'ValidationError',
      validation,
      "type: APIs of the type 'websocket' are not supported by Vigia yet; expected 'http'.",
    ],
    [
      'a product of the same name',
      [put(`${service}/products/p`, { displayName: 'openai' })],
      400,
      'ValidationError',
      validation,
      "displayName: Product with the display name 'openai' already exists: 'openai'.",
    ],
    [
      'a product link to no API',
      [put(`${service}/products/openai/apis/none`)],
      400,
      'ValidationError',
      validation,
      "name: Api not found: 'none'.",
    ],
    [
      'a subscription to no product',
      [put(`${service}/subscriptions/s`, { displayName: 's', scope: '/products/none' })],
      400,
      'ValidationError',
      validation,
      "scope: Product not found: 'none'.",
    ],
    [
      'a subscription to something else',
      [put(`${service}/subscriptions/s`, { displayName: 's', scope: '/users/1' })],
      400,
      'ValidationError',
      validation,
      "scope: '/users/1' is not a scope; expected /apis, /apis/{apiId}, /products/{productId} or the service's id.",
    ],
    [
      'a named value of the same display name',
      [put(`${service}/namedValues/other`, { displayName: 'HOST', value: 'x' })],
      400,
      'ValidationError',
      validation,
      "displayName: A property with the name 'HOST' already exists: 'host'.",
    ],
    [
      'a named value without a value',
      [put(`${service}/namedValues/none`, { displayName: 'none', secret: true })],
      400,
      'ValidationError',
      validation,
      'value: The value is required. (A secret one may stand in the file once; Vigia moves it into the vault.)',
    ],
    [
      'a pool of what is not there, with a URL',
      [put(`${service}/backends/pool`, { url: 'https://x', pool: { services: [{ id: '/backends/none' }] } })],
      400,
      'ValidationError',
      validation,
      "pool.services[0].id: Backend not found: 'none'.|url: A pool has no URL of its own.",
    ],
    [
      'a pool in a pool',
      [
        put(`${service}/backends/inner`, { pool: { services: [{ id: '/backends/aoai' }] } }),
        put(`${service}/backends/outer`, { pool: { services: [{ id: '/backends/inner' }] } }),
      ],
      400,
      'ValidationError',
      validation,
      "pool.services[0].id: 'inner' is a pool itself and cannot be a member.",
    ],
    [
      'a circuit breaker that counts nothing',
      [
        put(`${service}/backends/b`, {
          url: 'https://b',
          protocol: 'http',
          circuitBreaker: {
            rules: [{ name: 'r', failureCondition: { percentage: 5, interval: 'PT1M' }, tripDuration: 'PT1M' }],
          },
        }),
      ],
      400,
      'ValidationError',
      validation,
      "circuitBreaker.rules[0].failureCondition.percentage: A percentage is not supported by Vigia yet; give 'count'.|circuitBreaker.rules[0].failureCondition: Nothing counts as a failure: give statusCodeRanges or errorReasons.",
    ],
    [
      'a policy with mistakes, by their places',
      [put(`${api}/policies/policy`, { format: 'rawxml', value: withInbound('<nonsense />\n  <nonsense />') })],
      400,
      'ValidationError',
      validation,
      "nonsense: Error in element 'nonsense' on line 3, column 1: The policy 'nonsense' does not exist. Make it first.|nonsense: Error in element 'nonsense' on line 4, column 3: The policy 'nonsense' does not exist. Make it first.",
    ],
    [
      'a bare section with a mistake, by its place in what was given',
      [put(`${api}/policies/policy`, { format: 'rawxml', value: '\n<inbound>\n <nonsense />\n</inbound>' })],
      400,
      'ValidationError',
      validation,
      "nonsense: Error in element 'nonsense' on line 3, column 2: The policy 'nonsense' does not exist. Make it first.",
    ],
    [
      'a policy from a link',
      [put(`${api}/policies/policy`, { format: 'xml-link', value: 'https://x' })],
      400,
      'ValidationError',
      validation,
      "format: The format 'xml-link' is not supported; expected xml or rawxml.",
    ],
    [
      'deleting a named value that a policy uses through a fragment',
      [remove(`${service}/namedValues/host`)],
      400,
      'ValidationError',
      validation,
      `named-value: The policy ${service}/policyFragments/common uses what would change. Error in element 'named-value' on line 1, column 29: The named value 'host' does not exist. Make it first.`,
    ],
    [
      'giving a used named value another name',
      [patch(`${service}/namedValues/host`, { properties: { displayName: 'host2' } })],
      400,
      'ValidationError',
      validation,
      `named-value: The policy ${service}/policyFragments/common uses what would change. Error in element 'named-value' on line 1, column 29: The named value 'host' does not exist. Make it first.`,
    ],
    [
      'deleting a used backend',
      [remove(`${service}/backends/aoai`)],
      400,
      'ValidationError',
      validation,
      `set-backend-service: The policy ${service}/policies/policy uses what would change. Error in element 'set-backend-service' on line 3, column 63: The backend 'aoai' does not exist. Make it first.`,
    ],
    [
      'deleting a product with a subscription',
      [remove(`${service}/products/openai`)],
      400,
      'ValidationError',
      validation,
      `id: Product 'openai' cannot be deleted: subscription 'aoai-test' uses it (${service}/subscriptions/aoai-test).`,
    ],
    [
      'deleting a logger that a diagnostic uses',
      [remove(`${service}/loggers/azuremonitor`)],
      400,
      'ValidationError',
      validation,
      `id: Logger 'azuremonitor' cannot be deleted: diagnostic 'azuremonitor' uses it (${api}/diagnostics/azuremonitor).`,
    ],
    [
      'deleting what is built in',
      [remove(`${service}/groups/developers`)],
      400,
      'ValidationError',
      validation,
      "id: Group 'developers' is built in and cannot be deleted.",
    ],
    [
      'a service without its place and tier',
      [put(`${group}/providers/Microsoft.ApiManagement/service/other`, publisher)],
      400,
      'ValidationError',
      validation,
      'location: The location property is required for this definition.|sku: The sku property is required for this definition.',
    ],
    [
      'a region that is none',
      [put(`${subscription}/resourceGroups/g2`, undefined, { location: 'moon' })],
      400,
      'InvalidRequestContent',
      /^The provided location 'moon' is not available/,
    ],
    [
      'another region for what is there',
      [put(service, publisher, { ...tracked, location: 'westus' })],
      409,
      'InvalidResourceLocation',
      /already exists in location 'eastus'/,
    ],
    [
      'an identity that is not made here',
      [patch(service, { identity: { type: 'UserAssigned' } })],
      400,
      'ValidationError',
      validation,
      "identity.type: The identity type 'UserAssigned' is not supported by Vigia; expected SystemAssigned or None.",
    ],
    [
      'a sub domain that is taken',
      [
        put(
          `${group}/providers/Microsoft.CognitiveServices/accounts/b`,
          { customSubDomainName: 'OpenAI-Contoso' },
          { location: 'eastus', kind: 'OpenAI', sku: { name: 'S0' } },
        ),
      ],
      409,
      'CustomDomainInUse',
      /'openai-contoso' is already used/,
    ],
    [
      'a category that is none',
      [put(`${settings}/lab`, { ...toWorkspace, logs: [{ category: 'GatewayLogs', enabled: true }] })],
      400,
      'BadRequest',
      "Category 'GatewayLogs' is not supported.",
    ],
    [
      'a sixth diagnostic setting',
      [put(`${settings}/six`, toWorkspace)],
      409,
      'Conflict',
      /has already 5 diagnostic settings/,
    ],
    [
      'a workspace that is missing',
      [put(`${settings}/lab`, { ...toWorkspace, workspaceId: `${workspace}x` })],
      400,
      'BadRequest',
      "Workspace not found: 'law-contosox'.",
    ],
    [
      'a destination that is not written to',
      [put(`${settings}/lab`, { ...toWorkspace, storageAccountId: '/x' })],
      400,
      'BadRequest',
      /^The destination 'storageAccountId' is not supported/,
    ],
    [
      'diagnostic settings of something that has none',
      [put(`${api}/providers/Microsoft.Insights/diagnosticSettings/x`, toWorkspace)],
      400,
      'ResourceTypeNotSupported',
      /does not support diagnostic settings/,
    ],
    [
      'deleting a workspace that is sent to',
      [remove(workspace)],
      400,
      'InvalidRequestContent',
      /^Workspace 'law-contoso' cannot be deleted: diagnostic setting/,
    ],
    [
      'the same role again',
      [
        put(`${roles}/55555555-5555-5555-5555-555555555555`, { roleDefinitionId: role, principalId }),
        put(`${roles}/66666666-6666-6666-6666-666666666666`, { roleDefinitionId: role, principalId }),
      ],
      409,
      'RoleAssignmentExists',
      /^The role assignment already exists/,
    ],
    [
      'a role that is none',
      [
        put(`${roles}/55555555-5555-5555-5555-555555555555`, {
          roleDefinitionId: '77777777-7777-7777-7777-777777777777',
          principalId,
        }),
      ],
      400,
      'RoleDefinitionDoesNotExist',
      /7777/,
    ],
    [
      'a secret that cannot be renewed',
      [{ kind: 'renewSecret', id: account, secret: 'key3' }],
      400,
      'BadRequest',
      "Account 'openai-contoso' has no secret 'key3' that can be made anew.",
    ],
    [
      'a good change before a bad one',
      [put(`${service}/products/good`, { displayName: 'Good' }), patch(`${service}/products/none`, {})],
      404,
      'ResourceNotFound',
      'Product not found.',
    ],
  ];
  test.each(cases.map((one) => [one[0], one] as const))(
    '%s',
    async (_name, [, changes, status, code, message, details]) => {
      const files = installation.files();
      const before = store.snapshot();
      const problem = await refusal(changes);
      expect(problem).toMatchObject({ status, code });
      if (message instanceof RegExp) expect(problem.message).toMatch(message);
      else expect(problem.message).toBe(message);
      if (details !== undefined)
        expect(problem.details.map((one) => `${one.target}: ${one.message}`).join('|')).toBe(details);
      expect(installation.files()).toEqual(files);
      expect(store.snapshot()).toBe(before);
    },
  );
});

describe('changes', () => {
  beforeEach(async () => {
    installation = await newInstallation();
    store = await installation.open();
    await labAtOnce(store);
    return () => installation.remove();
  });

  const change = async (...changes: Change[]) => (await store.change(changes))[0];
  const gateway = () => store.snapshot().services[0];

  test('tell whether the resource was there, and give it an ETag that changes', async () => {
    const tag = `${service}/tags/t`;
    const first = await change(put(tag, { displayName: 'T' }));
    const second = await change(put(tag, { displayName: 'T2' }));
    expect([first?.existed, second?.existed]).toEqual([false, true]);
    expect(first?.resource?.etag).toMatch(/^[A-Za-z0-9+/]{11}=$/);
    expect(second?.resource?.etag).not.toBe(first?.resource?.etag);
    expect(await change({ ...patch(tag, {}), ifMatch: `"${second?.resource?.etag}"` } as Change)).toMatchObject({
      existed: true,
    });
    expect(await change(remove(tag))).toEqual({ id: tag, existed: true });
    expect(await change({ kind: 'delete', id: tag })).toEqual({ id: tag, existed: false });
    expect(store.get(tag)).toBeUndefined();
  });

  test('PATCH merges objects, replaces lists, and takes away what is null', async () => {
    await change(patch(api, { properties: { protocols: ['http', 'HTTPS'], serviceUrl: null } }));
    const { properties } = store.get(api) ?? {};
    expect(properties).toMatchObject({ protocols: ['http', 'https'], serviceUrl: null, path: 'openai' });
    expect(properties?.['subscriptionKeyParameterNames']).toEqual({ header: 'api-key', query: 'subscription-key' });
    expect(gateway()?.apis[0]?.serviceUrl).toBeUndefined();
  });

  test('an identity is new each time it is turned on, and gone when it is off', async () => {
    const first = store.get(service)?.identity;
    await change(patch(service, { sku: { name: 'Premium', capacity: 2 } }));
    expect(store.get(service)?.identity).toEqual(first);
    await change(put(service, publisher, { location: 'eastus', sku: { name: 'Standard', capacity: 1 } }));
    expect(store.get(service)?.identity).toEqual(first);
    await change(patch(service, { identity: { type: 'None' } }));
    expect(store.get(service)?.identity).toBeUndefined();
    expect(gateway()?.identity).toBeUndefined();
    await change(patch(service, { identity: { type: 'systemassigned' } }));
    expect(store.get(service)?.identity).toMatchObject({ type: 'SystemAssigned' });
    expect(store.get(service)?.identity?.principalId).not.toBe(first?.principalId);
  });

  test('a renewed key counts at once, and only it', async () => {
    const id = `${service}/subscriptions/aoai-test`;
    const before = { ...gateway()?.subscriptions[1], key: store.secret(id, 'primaryKey') };
    await change({ kind: 'renewSecret', id, secret: 'primaryKey' });
    expect(store.secret(id, 'primaryKey')).not.toBe(before.key);
    expect(gateway()?.subscriptions[1]?.primaryKey).not.toBe(before.primaryKey);
    expect(gateway()?.subscriptions[1]?.secondaryKey).toBe(before.secondaryKey);
  });

  test('given keys are kept, in the vault only, and are not given twice', async () => {
    const id = `${service}/subscriptions/own`;
    const created = await change(put(id, { displayName: 'own', scope: '/apis', primaryKey: 'my-own-key-1' }));
    expect(created?.resource?.properties['primaryKey']).toBeUndefined();
    expect(store.secret(id, 'primaryKey')).toBe('my-own-key-1');
    expect(JSON.stringify(installation.files())).not.toContain('my-own-key-1');
    const again = put(`${service}/subscriptions/own2`, {
      displayName: 'o',
      scope: '/apis',
      secondaryKey: 'my-own-key-1',
    });
    expect((await refusal([again])).details).toMatchObject([{ target: 'secondaryKey' }]);
  });

  test.each([
    ['/apis', { kind: 'allApis' }],
    [`${service}/apis`, { kind: 'allApis' }],
    ['/apis/AZURE-OPENAI', { kind: 'api', id: 'azure-openai' }],
    [`${api}/`, { kind: 'api', id: 'azure-openai' }],
    ['/products/openai', { kind: 'product', id: 'openai' }],
    [`${service.toLowerCase()}/products/openai`, { kind: 'product', id: 'openai' }],
    [service, { kind: 'service' }],
    ['/', { kind: 'service' }],
  ])('a subscription of the scope %s', async (scope, expected) => {
    await change(put(`${service}/subscriptions/s`, { displayName: 's', scope, ownerId: '/users/1' }));
    expect(gateway()?.subscriptions[2]).toMatchObject({ id: 's', scope: expected, ownerId: '1' });
  });

  test('a secret named value is in the vault, and no secret any more when it says so', async () => {
    const id = `${service}/namedValues/token`;
    await change(put(id, { displayName: 'token', value: 'shy-value', secret: true }));
    expect(store.get(id)?.properties).toEqual({ displayName: 'token', secret: true, tags: [] });
    expect(store.secret(id, 'value')).toBe('shy-value');
    expect(gateway()?.namedValues).toEqual([{ name: 'token', value: 'shy-value', secret: true }]);
    expect(JSON.stringify(installation.files())).not.toContain('shy-value');
    await change(patch(id, { properties: { tags: ['a'] } }));
    expect(store.secret(id, 'value')).toBe('shy-value');
    await change(patch(id, { properties: { secret: false } }));
    expect(store.get(id)?.properties).toMatchObject({ value: 'shy-value', secret: false });
    expect(store.secret(id, 'value')).toBe('shy-value');
  });

  test('credentials of a backend stay out of its file, unless they are named values', async () => {
    const id = `${service}/backends/b`;
    const file = 'resourceGroups/rg-activategenai/service/apim-contoso/backends/b/backendInformation.json';
    const body = (key: string) => ({
      url: 'https://b.example',
      protocol: 'http',
      credentials: { header: { 'api-key': [key] } },
    });
    await change(put(id, body('in-the-clear')));
    expect(installation.read(file)).not.toContain('credentials');
    expect(store.get(id)?.properties['credentials']).toEqual({ header: { 'api-key': ['in-the-clear'] } });
    expect(gateway()?.backends[0]?.credentials).toEqual({ header: { 'api-key': ['in-the-clear'] } });
    await change(patch(id, { properties: { title: 'T' } }));
    expect(gateway()?.backends[0]?.credentials).toEqual({ header: { 'api-key': ['in-the-clear'] } });
    await change(put(id, body('{{key}}')));
    expect(installation.read(file)).toContain('{{key}}');
    await change(put(id, { url: 'https://b.example', protocol: 'http' }));
    expect(gateway()?.backends[0]).toEqual({ id: 'b', url: 'https://b.example' });
  });

  test('a pool, its members and their circuit breakers', async () => {
    const rule = {
      name: 'r',
      failureCondition: {
        count: 3,
        interval: 'PT1M30S',
        statusCodeRanges: [{ min: 429, max: 429 }],
        errorReasons: ['Timeout'],
      },
      tripDuration: 'P1DT1H',
      acceptRetryAfter: true,
    };
    await store.change([
      put(`${service}/backends/pool`, {
        type: 'pool',
        pool: { services: [{ id: `${service}/backends/one`, priority: 1, weight: 3 }, { id: '/backends/two' }] },
      }),
      put(`${service}/backends/one`, { url: 'https://one', protocol: 'http', circuitBreaker: { rules: [rule] } }),
      put(`${service}/backends/two`, { url: 'https://two', protocol: 'http' }),
    ]);
    expect(gateway()?.backends).toEqual([
      {
        id: 'pool',
        url: '',
        pool: {
          services: [
            { id: 'one', priority: 1, weight: 3 },
            { id: 'two', priority: 0, weight: 1 },
          ],
        },
      },
      {
        id: 'one',
        url: 'https://one',
        circuitBreaker: {
          count: 3,
          interval: 90_000,
          tripDuration: 90_000_000,
          acceptRetryAfter: true,
          statusCodeRanges: [{ min: 429, max: 429 }],
          countsErrors: true,
        },
      },
      { id: 'two', url: 'https://two' },
    ]);
    expect(store.get(`${service}/backends/pool`)?.properties).toMatchObject({
      type: 'Pool',
      pool: { services: [{ id: `${service}/backends/one` }, { id: `${service}/backends/two` }] },
    });
    expect((await refusal([remove(`${service}/backends/two`)])).details[0]?.message).toMatch(/cannot be deleted/);
  });

  test('the described answers of an operation go to the gateway, with their examples', async () => {
    await change(
      put(`${api}/operations/x`, {
        displayName: 'x',
        method: 'GET',
        urlTemplate: '/x',
        responses: [
          {
            statusCode: 200,
            representations: [
              { contentType: 'application/json', examples: { a: { value: { b: 1 } }, c: { value: 'text' } } },
            ],
          },
        ],
      }),
    );
    expect(gateway()?.apis[0]?.operations[1]?.responses).toEqual([
      { statusCode: 200, representations: [{ contentType: 'application/json', examples: ['{"b":1}', 'text'] }] },
    ]);
  });

  test('what a logger logs in with is shown as Azure shows it', async () => {
    const id = `${service}/loggers/ai`;
    await change(put(id, { loggerType: 'applicationInsights', credentials: { connectionString: 'shy-string' } }));
    const shown = store.get(id)?.properties ?? {};
    expect(shown['credentials']).toEqual({
      connectionString: expect.stringMatching(/^\{\{Logger-Credentials--[0-9a-f]+\}\}$/),
    });
    await change(put(id, shown));
    expect(store.secret(id, 'credentials')).toBe('{"connectionString":"shy-string"}');
    expect(JSON.stringify(installation.files())).not.toContain('shy-string');
  });

  test('deleting an API takes its links, its subscriptions and all below it along', async () => {
    await change(put(`${service}/subscriptions/direct`, { displayName: 'd', scope: '/apis/azure-openai' }));
    await change(remove(api));
    expect(gateway()).toMatchObject({ apis: [], products: [{ id: 'openai', apis: [] }] });
    expect(gateway()?.subscriptions.map(({ id }) => id)).toEqual(['master', 'aoai-test']);
    expect(Object.keys(installation.files()).filter((path) => path.includes('azure-openai'))).toEqual([]);
    expect(store.secret(`${service}/subscriptions/direct`, 'primaryKey')).toBeUndefined();
  });

  test('deleting a product and its subscriptions together', async () => {
    await store.change([remove(`${service}/subscriptions/aoai-test`), remove(`${service}/products/openai`)]);
    expect(gateway()?.products).toEqual([]);
  });

  test('deleting the resource group deletes everything', async () => {
    await change(remove(group));
    expect(store.status().resources).toBe(0);
    expect(installation.files()).toEqual({});
    expect(store.snapshot()).toMatchObject({ services: [], accounts: [], roleAssignments: [] });
  });

  test('a bare section is kept as a whole document', async () => {
    const policy = store.get(`${api}/policies/policy`);
    expect(policy?.properties).toMatchObject({ format: 'rawxml', value: expect.stringMatching(/^<policies>/) });
    await change(put(`${api}/policies/policy`, { value: withInbound('<a b=&quot;1&quot; />') }));
    expect(gateway()?.apis[0]?.policy).toBe(withInbound('<a b="1" />'));
  });

  test('a revision is a copy of its API until it is changed', async () => {
    const second = `${api};rev=2`;
    await change(put(second, { sourceApiId: api, apiRevisionDescription: 'try' }));
    expect(store.get(second)?.properties).toMatchObject({ apiRevision: '2', isCurrent: false, path: 'openai' });
    expect(store.get(`${api};rev=1`)?.id).toBe(api);
    expect(store.get(`${second}/operations/ChatCompletions_Create`)).toBeDefined();
    await change(remove(`${second}/policies/policy`));
    expect(gateway()?.apis).toMatchObject([
      { id: 'azure-openai', revision: '1', isCurrent: true, policy: expect.any(String) },
      { id: 'azure-openai', revision: '2', isCurrent: false, path: 'openai' },
    ]);
    expect(gateway()?.apis[1]?.policy).toBeUndefined();
    await change(remove(api));
    expect(gateway()?.apis).toEqual([]);
  });

  test('versions of one set share a path, and stand behind it', async () => {
    await store.change([
      put(`${service}/apiVersionSets/set`, { displayName: 'Set', versioningScheme: 'Segment' }),
      put(`${service}/apis/v1`, {
        displayName: 'V',
        path: 'v',
        apiVersion: 'v1',
        apiVersionSetId: '/apiVersionSets/set',
      }),
      put(`${service}/apis/v2`, {
        displayName: 'V',
        path: 'v',
        apiVersion: 'v2',
        apiVersionSetId: `${service}/apiVersionSets/set`,
      }),
    ]);
    expect(gateway()?.apis.slice(1)).toMatchObject([
      { id: 'v1', version: 'v1', path: 'v/v1' },
      { id: 'v2', version: 'v2', path: 'v/v2' },
    ]);
  });

  test('the service’s own diagnostic and policy', async () => {
    await store.change([
      put(`${service}/policies/policy`, { format: 'rawxml', value: withInbound('') }),
      put(`${service}/diagnostics/azuremonitor`, { loggerId: '/loggers/azuremonitor', verbosity: 'error' }),
      put(`${service}/loggers/ai`, { loggerType: 'applicationInsights' }),
      put(`${service}/diagnostics/applicationinsights`, { loggerId: '/loggers/ai' }),
    ]);
    expect(gateway()).toMatchObject({
      policy: withInbound(''),
      diagnostic: { verbosity: 'error', alwaysLogErrors: false, samplingPercentage: 100, logClientIp: false },
    });
    await change(put(`${service}/diagnostics/azuremonitor`, { loggerId: '/loggers/ai' }));
    expect(gateway()?.diagnostic).toBeUndefined();
  });

  test('a second account has an address of its own', async () => {
    const second = `${group}/providers/Microsoft.CognitiveServices/accounts/second`;
    await change(put(second, {}, { location: 'swedencentral', kind: 'AIServices', sku: { name: 'S0' } }));
    expect(store.get(second)?.properties['endpoint']).toBe('http://127.0.0.1:7082/second/');
    expect(store.snapshot().accounts[1]).toMatchObject({
      isDefault: false,
      regionName: 'Sweden Central',
      subDomain: 'second',
    });
  });

  test('unknown properties are kept, and said to have no effect', async () => {
    await change(put(`${service}/tags/t`, { displayName: 'T', colour: 'red' }));
    expect(store.get(`${service}/tags/t`)?.properties).toEqual({ displayName: 'T', colour: 'red' });
    await store.close();
    const again = await installation.open();
    expect(again.status().faults).toMatchObject([
      {
        file: expect.stringContaining('tags/t/tagInformation.json'),
        diagnostic: { severity: 'warning', line: 4, column: 15 },
      },
    ]);
    expect(again.get(`${service}/tags/t`)?.properties).toEqual({ displayName: 'T', colour: 'red' });
  });

  test('publishing is waited for, and only where the snapshot changed', async () => {
    const before = installation.published();
    await change(put(`${service}/tags/t`, { displayName: 'T' }));
    expect(installation.published()).toBe(before);
    await change(put(`${service}/products/p`, { displayName: 'P' }));
    expect(installation.published()).toBe(before + 1);
  });

  test('changes at the same time come one after the other', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => change(put(`${service}/products/${name}`, { displayName: name }))));
    expect(gateway()?.products.map(({ id }) => id)).toEqual(['openai', ...names]);
  });
});
