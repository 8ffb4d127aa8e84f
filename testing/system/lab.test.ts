import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { call, callJson, eventually, kql, type StartedSystem, sharedFolder, startSystem } from '@vigia/testing';
import OpenAI, { AzureOpenAI } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The monitoring lab, row by row and in order, by REST and by commands, from what it has before it starts. */
const labFolder = join(sharedFolder, 'corpora', 'lab');
const specification = join(sharedFolder, 'corpora', 'openapi', 'azure-openai-inference-2023-05-15.json');
const isHere = existsSync(labFolder) && existsSync(specification);
if (!isHere) console.log('the lab, row by row: skipped, because ../shared/corpora is missing');
const labFile = (name: string): string => readFileSync(join(labFolder, name), 'utf8');

interface Resource {
  readonly id: string;
  readonly name: string;
  readonly properties: Record<string, unknown>;
  readonly identity?: { readonly principalId: string; readonly tenantId: string };
}

const categories = ['Audit', 'RequestResponse', 'Trace'];
const cognitiveServicesUser = 'a97b65f3-24c7-4388-baec-2e87135dc908';

describe.skipIf(!isHere)('the lab, row by row', () => {
  let system: StartedSystem;
  let group: string;
  let account: Resource;
  let workspace: Resource;
  let workspaceId: string;
  let key: string;
  let service: Resource;
  let apiId: string;
  let subscriptionKey: string;
  let specificationUrl: string;
  let specificationServer: Server;

  const arm = <T>(
    path: string,
    options: { method?: string; json?: unknown; version?: string; headers?: Record<string, string> } = {},
  ): Promise<T> =>
    callJson<T>({
      url: `${system.addresses.management}${path}${path.includes('?') ? '&' : '?'}api-version=${options.version ?? '2024-05-01'}`,
      method: options.method ?? 'GET',
      ...(options.json === undefined ? {} : { json: options.json }),
      ...(options.headers ? { headers: options.headers } : {}),
    });
  const rows = (query: string) => kql(system.addresses.management, workspaceId, query);
  const chat = (
    given: { key?: string; url?: string; body?: unknown; headers?: Record<string, string>; localAddress?: string } = {},
  ) =>
    call({
      url:
        given.url ??
        `${system.addresses.openai}/openai/deployments/gpt-35-turbo/chat/completions?api-version=2023-05-15`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': given.key ?? key, ...given.headers },
      body: JSON.stringify(given.body ?? { messages: [{ role: 'user', content: 'Hello!' }] }),
      ...(given.localAddress ? { localAddress: given.localAddress } : {}),
    });
  const throughGateway = (given: Parameters<typeof chat>[0] = {}) =>
    chat({
      url: `${system.addresses.gateway}/openai/deployments/gpt-35-turbo/chat/completions?api-version=2023-05-15`,
      key: subscriptionKey,
      ...given,
    });
  const setDiagnostics = (on: readonly string[], metrics: boolean) =>
    arm(`${account.id}/providers/Microsoft.Insights/diagnosticSettings/lab`, {
      method: 'PUT',
      version: '2021-05-01-preview',
      json: {
        properties: {
          workspaceId: workspace.id,
          logs: categories.map((category) => ({ category, enabled: on.includes(category) })),
          metrics: [{ category: 'AllMetrics', enabled: metrics }],
        },
      },
    });

  beforeAll(async () => {
    const config = join(mkdtempSync(join(tmpdir(), 'vigia-lab-')), 'vigia.yaml');
    // A faster pace than a person reads at, and a deployment whose real endpoint nobody answers.
    writeFileSync(
      config,
      [
        'openai:',
        '  tokens-per-second: 10000',
        '  upstreams:',
        '    - { account: openai-contoso, deployment: away, baseUrl: "http://127.0.0.1:9", api: azure, key: none }',
      ].join('\n'),
    );
    system = await startSystem({ example: 'lab', flags: ['--config', config] });
    rmSync(dirname(config), { recursive: true });
    group = `/subscriptions/${system.subscriptionId}/resourceGroups/rg-activategenai`;
    const { value: accounts } = await arm<{ value: Resource[] }>(
      `${group}/providers/Microsoft.CognitiveServices/accounts`,
    );
    const { value: workspaces } = await arm<{ value: Resource[] }>(
      `${group}/providers/Microsoft.OperationalInsights/workspaces`,
    );
    expect(accounts).toHaveLength(1);
    expect(workspaces).toHaveLength(1);
    [account] = accounts as [Resource];
    [workspace] = workspaces as [Resource];
    workspaceId = String(workspace.properties['customerId']);
    key = (await arm<{ key1: string }>(`${account.id}/listKeys`, { method: 'POST' })).key1;
    specificationServer = createServer((request, response) => {
      if (request.url === '/inference.json')
        response.writeHead(200, { 'content-type': 'application/json' }).end(readFileSync(specification));
      else if (request.url === '/page.html')
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Repository</title>');
      else if (request.url === '/truncated.json')
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(readFileSync(specification).subarray(0, 9_000));
      else if (request.url === '/nothing.json')
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"name":"package"}');
      else if (request.url === '/version.json')
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"openapi":"4.0.0","info":{"title":"x","version":"1"},"paths":{}}');
      else if (request.url === '/loop') response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/large.json')
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(`{"openapi":"3.0.0","x":"${'x'.repeat(5_000_000)}"}`);
      else response.writeHead(404).end('not found');
    });
    await new Promise<void>((done) => specificationServer.listen(0, '127.0.0.1', done));
    const address = specificationServer.address() as { port: number };
    specificationUrl = `http://127.0.0.1:${address.port}`;
  }, 120_000);

  afterAll(async () => {
    specificationServer?.close();
    await system?.dispose();
  });

  describe('1: diagnostic settings of the Azure OpenAI account', () => {
    it('no row before there are any', async () => {
      expect((await chat()).status).toBe(200);
      expect(await rows('AzureDiagnostics | count')).toEqual([{ Count: 0 }]);
    });

    it.each([
      [['RequestResponse'], false, ['RequestResponse']],
      [['Audit'], false, ['Audit']],
      [['Trace'], false, []],
      [['RequestResponse'], true, ['RequestResponse']],
      [categories, true, ['Audit', 'RequestResponse']],
    ])('categories %j, metrics %s: a call leaves rows of %j and no others', async (on, metrics, expectedOf) => {
      await setDiagnostics(on, metrics);
      const before = await rows('AzureDiagnostics | summarize n = count() by Category');
      const [samplesBefore] = await rows(
        "AzureMetrics | where MetricName == 'AzureOpenAIRequests' | summarize n = sum(Total)",
      );
      const { body } = await chat();
      expect(JSON.parse(body).usage.prompt_tokens).toBe(9);
      const counted = (list: Record<string, unknown>[]) =>
        Object.fromEntries(list.map(({ Category, n }) => [Category, n]));
      const expected = Object.fromEntries(expectedOf.map((name) => [name, Number(counted(before)[name] ?? 0) + 1]));
      const after = await eventually(
        async () => counted(await rows('AzureDiagnostics | summarize n = count() by Category')),
        (found) => expectedOf.every((name) => Number(found[name] ?? 0) >= Number(expected[name])),
        { withinMs: 1_000 },
      );
      expect(after).toEqual({ ...counted(before), ...expected });
      const [samples] = await rows(
        "AzureMetrics | where MetricName == 'AzureOpenAIRequests' | summarize n = sum(Total)",
      );
      expect(Number(samples?.['n'] ?? 0)).toBe(Number(samplesBefore?.['n'] ?? 0) + (metrics ? 1 : 0));
    });

    it('Azure’s columns hold Azure’s values', async () => {
      const [row] = await rows(
        "AzureDiagnostics | where Category == 'RequestResponse' | top 1 by TimeGenerated | extend p = parse_json(properties_s) | project OperationName, ResourceProvider, Resource, ResultSignature, CallerIPAddress, _ResourceId, deployment = tostring(p.modelDeploymentName), model = tostring(p.modelName), stream = tostring(p.streamType)",
      );
      expect(row).toEqual({
        OperationName: 'ChatCompletions_Create',
        ResourceProvider: 'MICROSOFT.COGNITIVESERVICES',
        Resource: account.name.toUpperCase(),
        ResultSignature: '200',
        CallerIPAddress: '127.0.0.***',
        _ResourceId: account.id.toLowerCase(),
        deployment: 'gpt-35-turbo',
        model: 'gpt-35-turbo',
        stream: 'Non-Streaming',
      });
      const [metric] = await rows(
        "AzureMetrics | where MetricName == 'ProcessedPromptTokens' | summarize total = sum(Total), n = sum(Count), grains = make_set(TimeGrain), units = make_set(UnitName)",
      );
      expect(metric).toEqual({ total: 18, n: 2, grains: '["PT1M"]', units: '["Count"]' });
    });

    it('off again: nothing more', async () => {
      await arm(`${account.id}/providers/Microsoft.Insights/diagnosticSettings/lab`, {
        method: 'DELETE',
        version: '2021-05-01-preview',
        headers: { 'if-match': '*' },
      });
      const [before] = await rows('AzureDiagnostics | count');
      await chat();
      await chat();
      await setDiagnostics(['RequestResponse'], true);
      await chat();
      const [after] = await eventually(
        () => rows('AzureDiagnostics | count'),
        ([found]) => Number(found?.['Count']) > Number(before?.['Count']),
      );
      expect(Number(after?.['Count'])).toBe(Number(before?.['Count']) + 1);
      await setDiagnostics(categories, true);
    });

    it('Trace tells of a call that failed inside', async () => {
      await arm(`${account.id}/deployments/away`, {
        method: 'PUT',
        version: '2024-10-01',
        json: {
          sku: { name: 'Standard', capacity: 10 },
          properties: { model: { format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' } },
        },
      });
      const failed = await chat({
        url: `${system.addresses.openai}/openai/deployments/away/chat/completions?api-version=2024-10-21`,
      });
      expect(failed.status).toBeGreaterThanOrEqual(500);
      const [row] = await eventually(
        () =>
          rows(
            "AzureDiagnostics | where Category == 'Trace' | project OperationName, message = tostring(parse_json(properties_s).message)",
          ),
        (found) => found.length === 1,
        { withinMs: 1_000 },
      );
      expect(row).toMatchObject({ OperationName: 'ChatCompletions_Create' });
      expect(String(row?.['message'])).toContain('127.0.0.1:9');
    });

    it('a category that does not exist is refused by name', async () => {
      const answer = await call({
        url: `${system.addresses.management}${account.id}/providers/Microsoft.Insights/diagnosticSettings/wrong?api-version=2021-05-01-preview`,
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          properties: { workspaceId: workspace.id, logs: [{ category: 'Everything', enabled: true }] },
        }),
      });
      expect(answer.status).toBe(400);
      expect(JSON.parse(answer.body).error.message).toContain("Category 'Everything' is not supported");
    });
  });

  describe('2: chat completions by the official client', () => {
    it.each(['2023-05-15', '2024-10-21', '2025-04-01-preview'])(
      'api-version %s: whole, streamed, embeddings',
      async (apiVersion) => {
        const client = new AzureOpenAI({ endpoint: system.addresses.openai, apiKey: key, apiVersion });
        const system_ = {
          role: 'system',
          content: 'The system is an AI teacher that helps people learn about AI',
        } as const;
        const question = { role: 'user', content: 'What is artificial intelligence?' } as const;
        const whole = await client.chat.completions.create({ model: 'gpt-35-turbo', messages: [system_, question] });
        expect(whole.usage?.prompt_tokens).toBe(28);
        const stream = await client.chat.completions.create({
          model: 'gpt-35-turbo',
          messages: [system_, question],
          stream: true,
        });
        let text = '';
        for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? '';
        expect(text).toBe(whole.choices[0]?.message.content);
        const plain = await client.chat.completions.create({ model: 'gpt-35-turbo', messages: [question] });
        expect(plain.choices[0]?.message.content).not.toBe(text);
        const embedding = await client.embeddings.create({ model: 'text-embedding-ada-002', input: 'abc' });
        expect(embedding.data[0]?.embedding).toHaveLength(1536);
      },
    );

    it('/openai/v1 by the plain client', async () => {
      const client = new OpenAI({ baseURL: `${system.addresses.openai}/openai/v1/`, apiKey: key });
      const answer = await client.chat.completions.create({
        model: 'gpt-35-turbo',
        messages: [{ role: 'user', content: 'Hello!' }],
      });
      expect(answer.usage?.prompt_tokens).toBe(9);
    });

    it('the lab’s prompt costs 19 prompt tokens', async () => {
      const { body } = await chat({ body: JSON.parse(labFile('chat-request.json')) });
      expect(JSON.parse(body).usage.prompt_tokens).toBe(19);
    });
  });

  describe('3: the newest events by KQL', () => {
    it('recent-diagnostics.kql has the row within a second after the answer', async () => {
      await chat();
      const [before] = await rows('AzureDiagnostics | count');
      await chat();
      await eventually(
        () => rows('AzureDiagnostics | count'),
        ([found]) => Number(found?.['Count']) > Number(before?.['Count']),
        { withinMs: 1_000, everyMs: 5 },
      );
      const found = await rows(labFile('recent-diagnostics.kql'));
      expect(Object.keys(found[0] ?? {})).toEqual(['TimeGenerated', '_ResourceId', 'Category', 'OperationName']);
      expect(found.length).toBeLessThanOrEqual(100);
    });

    it('as printed in the lab: the pipe is missing, where, and the corrected query', async () => {
      const { code, stdout, stderr } = await system.vigia(
        'query',
        '--file',
        join(labFolder, 'recent-diagnostics-as-printed.kql'),
      );
      expect(code).not.toBe(0);
      const text = stdout + stderr;
      expect(text).toMatch(/2:1/);
      expect(text).toContain('|');
      expect(text.toLowerCase()).toContain('missing');
      expect(text).toContain('| take 100');
      expect(text).toContain('| project TimeGenerated, _ResourceId, Category, OperationName');
    });
  });

  describe('4 and 5: the service, its identity, the keys of the account', () => {
    it('a service with sku and system-assigned identity', async () => {
      service = await arm<Resource>(`${group}/providers/Microsoft.ApiManagement/service/apim-lab`, {
        method: 'PUT',
        json: {
          location: 'East US',
          sku: { name: 'Standard', capacity: 1 },
          identity: { type: 'SystemAssigned' },
          properties: { publisherEmail: 'ops@contoso.com', publisherName: 'Contoso' },
        },
      });
      expect(service.identity?.principalId).toMatch(/^[0-9a-f-]{36}$/);
      expect(service.identity?.tenantId).toMatch(/^[0-9a-f-]{36}$/);
      expect(service.properties['gatewayUrl']).toBe(system.addresses.gateway);
    });

    it('regenerateKey: the old key stops working at once, the other one stays', async () => {
      const before = await arm<{ key1: string; key2: string }>(`${account.id}/listKeys`, { method: 'POST' });
      const after = await arm<{ key1: string; key2: string }>(`${account.id}/regenerateKey`, {
        method: 'POST',
        json: { keyName: 'Key1' },
      });
      expect(after.key2).toBe(before.key2);
      const refused = await chat({ key: before.key1 });
      expect([refused.status, JSON.parse(refused.body).error.code]).toEqual([401, '401']);
      expect((await chat({ key: after.key1 })).status).toBe(200);
      expect((await chat({ key: after.key2 })).status).toBe(200);
      key = after.key1;
    });
  });

  describe('6: import of the 2023-05-15 document', () => {
    const importApi = (properties: Record<string, unknown>) =>
      call({
        url: `${system.addresses.management}${service.id}/apis/azure-openai?api-version=2024-05-01`,
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ properties: { path: 'openai', ...properties } }),
      });

    it('from a URL: operations, ids and paths as in the document', async () => {
      const answer = await importApi({ format: 'openapi+json-link', value: `${specificationUrl}/inference.json` });
      expect([200, 201, 202]).toContain(answer.status);
      apiId = `${service.id}/apis/azure-openai`;
      const api = await arm<Resource>(apiId);
      expect(api.properties['displayName']).toBe('Azure OpenAI Service API');
      expect(api.properties['serviceUrl']).toBe('https://your-resource-name.openai.azure.com/openai');
      const { value } = await arm<{ value: Resource[] }>(`${apiId}/operations`);
      expect(Object.fromEntries(value.map(({ name, properties }) => [name, properties['urlTemplate']]))).toEqual({
        Completions_Create: '/deployments/{deployment-id}/completions?api-version={api-version}',
        embeddings_create: '/deployments/{deployment-id}/embeddings?api-version={api-version}',
        ChatCompletions_Create: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
      });
    });

    it('again by text: the same API, not a second one', async () => {
      const answer = await importApi({ format: 'openapi+json', value: readFileSync(specification, 'utf8') });
      expect([200, 201, 202]).toContain(answer.status);
      const { value } = await arm<{ value: Resource[] }>(`${service.id}/apis`);
      expect(value.map(({ name }) => name)).toEqual(['azure-openai']);
    });

    it.each([
      ['an unreachable host', () => 'http://127.0.0.1:1/inference.json', /ECONNREFUSED|refused|reach/i],
      ['404', () => `${specificationUrl}/missing.json`, /404/],
      ['HTML instead of JSON', () => `${specificationUrl}/page.html`, /HTML/i],
      ['truncated JSON', () => `${specificationUrl}/truncated.json`, /line|truncated|end/i],
      ['no OpenAPI document', () => `${specificationUrl}/nothing.json`, /OpenAPI/i],
      ['an unsupported version', () => `${specificationUrl}/version.json`, /4\.0\.0/],
      ['a redirect loop', () => `${specificationUrl}/loop`, /redirect/i],
      ['a file over the limit', () => `${specificationUrl}/large.json`, /limit|large|4/i],
    ])('%s has an error of its own and leaves the API as it was', async (_name, url, message) => {
      const before = await arm<{ value: Resource[] }>(`${apiId}/operations`);
      const answer = await importApi({ format: 'openapi+json-link', value: url() });
      expect(answer.status).toBe(400);
      const { error } = JSON.parse(answer.body);
      expect(JSON.stringify(error)).toMatch(message);
      expect(error.code).toBe('ValidationError');
      expect(await arm(`${apiId}/operations`)).toEqual(before);
    });
  });

  describe('7: header name, product, subscription, refusals', () => {
    it('header api-key, product, link, subscription with two keys', async () => {
      await arm(apiId, {
        method: 'PATCH',
        headers: { 'if-match': '*' },
        json: { properties: { subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' } } },
      });
      await arm(`${service.id}/products/openai`, {
        method: 'PUT',
        json: { properties: { displayName: 'OpenAI', subscriptionRequired: true, state: 'published' } },
      });
      await arm(`${service.id}/products/openai/apis/azure-openai`, { method: 'PUT' });
      await arm(`${service.id}/subscriptions/aoai-test`, {
        method: 'PUT',
        json: { properties: { displayName: 'AOAI Test', scope: '/products/openai' } },
      });
      const secrets = await arm<{ primaryKey: string; secondaryKey: string }>(
        `${service.id}/subscriptions/aoai-test/listSecrets`,
        { method: 'POST' },
      );
      expect(secrets.primaryKey).not.toBe(secrets.secondaryKey);
      subscriptionKey = secrets.primaryKey;
    });

    it.each([
      [
        'a missing key',
        { 'api-key': '' },
        401,
        '{ "statusCode": 401, "message": "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API." }',
      ],
      [
        'a wrong key',
        { 'api-key': 'wrong' },
        401,
        '{ "statusCode": 401, "message": "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription." }',
      ],
    ])('%s', async (_name, headers, status, body) => {
      const { 'api-key': given } = headers;
      const answer = await call({
        url: `${system.addresses.gateway}/openai/deployments/gpt-35-turbo/chat/completions?api-version=2023-05-15`,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(given === '' ? {} : { 'api-key': given }) },
        body: '{}',
      });
      expect([answer.status, answer.body]).toEqual([status, body]);
      expect(answer.headers['www-authenticate']).toMatch(
        /^AzureApiManagementKey realm=".*\/openai",name="api-key",type="header"$/,
      );
    });

    it('an unknown operation', async () => {
      const answer = await call({
        url: `${system.addresses.gateway}/openai/deployments/x/nothing?api-version=1`,
        headers: { 'api-key': subscriptionKey },
      });
      expect([answer.status, answer.body]).toEqual([404, '{ "statusCode": 404, "message": "Resource not found" }']);
    });
  });

  describe('8: the inbound policy', () => {
    const put = (value: string) =>
      call({
        url: `${system.addresses.management}${apiId}/policies/policy?api-version=2024-05-01`,
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'if-match': '*' },
        body: JSON.stringify({ properties: { format: 'rawxml', value } }),
      });

    it('the placeholder left unfilled is refused with line, column and a hint', async () => {
      const printed = labFile('inbound-policy.xml');
      const at = printed.indexOf('<<');
      const line = printed.slice(0, at).split('\n').length;
      const column = at - printed.lastIndexOf('\n', at);
      const answer = await put(printed);
      expect(answer.status).toBe(400);
      const { error } = JSON.parse(answer.body);
      expect(error.code).toBe('ValidationError');
      expect(JSON.stringify(error.details)).toContain(`line ${line}, column ${column}`);
      expect(JSON.stringify(error.details)).toContain('Azure_OpenAI_Endpoint');
    });

    it('without the role: Azure’s own 401, and the row shows it; with it: at once; taken away: refused', async () => {
      const host = new URL(String(account.properties['endpoint'])).host;
      const saved = await put(labFile('inbound-policy.xml').replace('<<Azure_OpenAI_Endpoint>>', host));
      expect([saved.status, saved.body]).toEqual([201, saved.body]);
      const apimLogs = { category: 'GatewayLogs', enabled: true };
      await arm(`${service.id}/providers/Microsoft.Insights/diagnosticSettings/lab`, {
        method: 'PUT',
        version: '2021-05-01-preview',
        json: {
          properties: {
            workspaceId: workspace.id,
            logAnalyticsDestinationType: 'Dedicated',
            logs: [apimLogs, { category: 'GatewayLlmLogs', enabled: true }],
            metrics: [{ category: 'AllMetrics', enabled: true }],
          },
        },
      });

      const refused = await throughGateway();
      expect(refused.status).toBe(401);
      expect(JSON.parse(refused.body).error.code).toBe('PermissionDenied');
      expect(refused.body).toContain(String(service.identity?.principalId));
      const [row] = await eventually(
        () =>
          rows(
            'ApiManagementGatewayLogs | top 1 by TimeGenerated | project ResponseCode, BackendResponseCode, IsRequestSuccess, OperationId, ProductId, ApimSubscriptionId',
          ),
        (found) => found.length === 1,
        { withinMs: 1_000 },
      );
      expect(row).toEqual({
        ResponseCode: 401,
        BackendResponseCode: 401,
        IsRequestSuccess: false,
        OperationId: 'ChatCompletions_Create',
        ProductId: 'openai',
        ApimSubscriptionId: 'aoai-test',
      });

      const assignment = `${account.id}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
      const grant = () =>
        arm(assignment, {
          method: 'PUT',
          version: '2022-04-01',
          json: {
            properties: {
              roleDefinitionId: `/subscriptions/${system.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${cognitiveServicesUser}`,
              principalId: service.identity?.principalId,
              principalType: 'ServicePrincipal',
            },
          },
        });
      await grant();
      expect((await throughGateway()).status).toBe(200);
      await arm(assignment, { method: 'DELETE', version: '2022-04-01' });
      expect((await throughGateway()).status).toBe(401);
      await grant();
      expect((await throughGateway()).status).toBe(200);
    });

    it('Azure’s own host name of the account works too, and by token only: the key never reached it', async () => {
      const host = `${String(account.properties['customSubDomainName'])}.openai.azure.com`;
      expect((await put(labFile('inbound-policy.xml').replace('<<Azure_OpenAI_Endpoint>>', host))).status).toBe(200);
      expect((await throughGateway()).status).toBe(200);
      const [row] = await eventually(
        () =>
          rows(
            "AzureDiagnostics | where Category == 'RequestResponse' | top 1 by TimeGenerated | project objectId = tostring(parse_json(properties_s).objectId)",
          ),
        ([found]) => found?.['objectId'] === service.identity?.principalId,
      );
      expect(row).toEqual({ objectId: service.identity?.principalId });
    });
  });

  describe('9 and 10: API diagnostics, the test call', () => {
    it('headers and bodies, and the LLM log', async () => {
      const side = { headers: ['Content-Type'], body: { bytes: 8192 } };
      await arm(`${apiId}/diagnostics/azuremonitor`, {
        method: 'PUT',
        version: '2024-06-01-preview',
        json: {
          properties: {
            loggerId: `${service.id}/loggers/azuremonitor`,
            alwaysLog: 'allErrors',
            logClientIp: true,
            verbosity: 'information',
            sampling: { samplingType: 'fixed', percentage: 100 },
            frontend: { request: side, response: side },
            backend: { request: side, response: side },
            largeLanguageModel: {
              logs: 'enabled',
              requests: { messages: 'all', maxSizeInBytes: 262144 },
              responses: { messages: 'all', maxSizeInBytes: 262144 },
            },
          },
        },
      });
      const request = labFile('chat-request.json');
      const answer = await throughGateway({ body: JSON.parse(request) });
      const { usage, model } = JSON.parse(answer.body);
      const [row] = await eventually(
        () => rows('ApiManagementGatewayLogs | where isnotempty(BackendResponseBody) | top 1 by TimeGenerated'),
        (found) => found.length === 1,
        { withinMs: 1_000 },
      );
      expect(row).toMatchObject({
        ResponseCode: 200,
        BackendResponseBody: answer.body,
        ResponseBody: answer.body,
        RequestBody: JSON.stringify(JSON.parse(request)),
        CallerIpAddress: '127.0.0.1',
        ApiId: 'azure-openai',
        OperationName: 'Microsoft.ApiManagement/GatewayLogs',
      });
      const llm = await rows(`ApiManagementGatewayLlmLog | where CorrelationId == '${String(row?.['CorrelationId'])}'`);
      const tokens = llm.filter(({ ModelName }) => ModelName !== '');
      expect(tokens).toHaveLength(1);
      expect(tokens[0]).toMatchObject({
        ModelName: model,
        DeploymentName: 'gpt-35-turbo',
        PromptTokens: 19,
        CompletionTokens: usage.completion_tokens,
        TotalTokens: usage.total_tokens,
        IsStreamCompletion: false,
      });
      expect(JSON.stringify(llm)).toContain('What does an API Management Service in Azure do?');
    });

    it.each([
      [
        'a 40 KB prompt',
        {
          messages: [{ role: 'user', content: `Summarise: ${'a long report about gateways. '.repeat(1_400)}` }],
          max_tokens: 20,
        },
        'gpt-4o',
      ],
      [
        'a 300 KB answer',
        {
          messages: [
            { role: 'user', content: 'Write a very long text about Azure API Management, as long as you can.' },
          ],
          max_tokens: 90_000,
        },
        'gpt-4o',
      ],
    ])('%s is in the row whole', { timeout: 120_000 }, async (name, body, deployment) => {
      const sent = JSON.stringify(body);
      const url = `${system.addresses.gateway}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`;
      const answer = await throughGateway({ url, body });
      expect(answer.status).toBe(200);
      if (name.includes('answer')) expect(answer.body.length).toBeGreaterThan(300_000);
      const [row] = await eventually(
        () =>
          rows(
            'ApiManagementGatewayLogs | top 1 by TimeGenerated | project RequestBody, ResponseBody, BackendResponseBody',
          ),
        ([found]) => found?.['ResponseBody'] === answer.body,
      );
      expect(row).toEqual({ RequestBody: sent, ResponseBody: answer.body, BackendResponseBody: answer.body });
    });

    it('a streamed answer is in the row as the object that the call would have returned whole', async () => {
      const body = { messages: [{ role: 'user', content: 'What is a managed identity?' }], seed: 5 };
      const whole = JSON.parse((await throughGateway({ body })).body);
      const streamed = await throughGateway({ body: { ...body, stream: true } });
      expect(streamed.headers['content-type']).toContain('text/event-stream');
      const [row] = await eventually(
        () => rows('ApiManagementGatewayLogs | top 1 by TimeGenerated | project b = BackendResponseBody, RequestBody'),
        ([found]) => String(found?.['RequestBody']).includes('"stream":true'),
      );
      const kept = JSON.parse(String(row?.['b']));
      expect(kept.object).toBe('chat.completion');
      expect(kept.choices[0].message).toMatchObject({ role: 'assistant', content: whole.choices[0].message.content });
      expect(kept.usage).toMatchObject({
        prompt_tokens: whole.usage.prompt_tokens,
        completion_tokens: whole.usage.completion_tokens,
        total_tokens: whole.usage.total_tokens,
      });
    });

    it('the test call by command prints the answer, then the row', async () => {
      const { code, stdout, stderr } = await system.vigia('test', 'call', join(labFolder, 'chat-request.json'));
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toContain('200');
      expect(stdout).toContain('chat.completion');
      expect(stdout).toContain('ApiManagementGatewayLogs');
      expect(stdout).toContain('ChatCompletions_Create');
    });
  });

  describe('11: tokens by caller and model', () => {
    it('sums and averages are what the clients were told, over 200 mixed calls', { timeout: 120_000 }, async () => {
      // 200 calls within seconds are more than the capacity that a learner's deployment has.
      for (const [name, version] of [
        ['gpt-35-turbo', '0613'],
        ['gpt-4o', '2024-11-20'],
      ])
        await arm(`${account.id}/deployments/${name}`, {
          method: 'PUT',
          version: '2024-10-01',
          json: {
            sku: { name: 'Standard', capacity: 10_000 },
            properties: { model: { format: 'OpenAI', name, version } },
          },
        });
      const [mark] = await rows('print t = now()');
      const told = new Map<string, { prompt: number; completion: number; total: number; calls: number }>();
      const models = ['gpt-35-turbo', 'gpt-4o'];
      const one = async (index: number): Promise<void> => {
        const localAddress = `127.0.0.${2 + (index % 4)}`;
        const deployment = models[index % 2] as string;
        const url = `${system.addresses.gateway}/openai/deployments/${deployment}/chat/completions?api-version=2024-10-21`;
        const messages = [{ role: 'user', content: `Question ${index}: what does a gateway do?` }];
        const kind = index % 10;
        if (kind === 7) {
          expect((await throughGateway({ url, localAddress, key: 'wrong', body: { messages } })).status).toBe(401);
          return;
        }
        if (kind === 8) {
          expect((await throughGateway({ url, localAddress, body: { messages: [] } })).status).toBe(400);
          return;
        }
        if (kind === 9) {
          await call({
            url,
            method: 'POST',
            headers: { 'content-type': 'application/json', 'api-key': subscriptionKey },
            body: JSON.stringify({
              messages: [{ role: 'user', content: 'Write a very long text about Azure API Management.' }],
              max_tokens: 20_000,
              stream: true,
            }),
            localAddress,
            hangUpAfter: 10,
          }).then(
            ({ status }) => expect(status).toBe('a call that was hung up'),
            () => undefined,
          );
          return;
        }
        const isStreamed = kind >= 4;
        const answer = await throughGateway({
          url,
          localAddress,
          body: {
            messages,
            max_tokens: 30,
            ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
          },
        });
        expect(answer.status).toBe(200);
        const events = isStreamed
          ? answer.body
              .split('\n')
              .filter((line) => line.startsWith('data: {'))
              .map((line) => JSON.parse(line.slice(6)))
          : [JSON.parse(answer.body)];
        const usage = events.map((event) => event.usage).find((value) => value);
        const model = events.map((event) => event.model).find((value) => value);
        const sum = told.get(`${localAddress} ${model}`) ?? { prompt: 0, completion: 0, total: 0, calls: 0 };
        told.set(`${localAddress} ${model}`, {
          prompt: sum.prompt + usage.prompt_tokens,
          completion: sum.completion + usage.completion_tokens,
          total: sum.total + usage.total_tokens,
          calls: sum.calls + 1,
        });
      };
      for (let start = 0; start < 200; start += 20)
        await Promise.all(Array.from({ length: 20 }, (_, index) => one(start + index)));

      const accepted = await eventually(
        () => rows(`ApiManagementGatewayLogs | where TimeGenerated > datetime(${String(mark?.['t'])}) | count`),
        ([found]) => Number(found?.['Count']) >= 200,
      );
      expect(accepted).toEqual([{ Count: 200 }]);

      const hungUp = `ApiManagementGatewayLogs | where ResponseCode == 0 | where TimeGenerated > datetime(${String(mark?.['t'])}) | count`;
      expect(await rows(hungUp)).toEqual([{ Count: 20 }]);

      const query = labFile('tokens-by-ip-and-model.kql');
      const all = await callJson<{ tables: { columns: { name: string; type: string }[]; rows: unknown[][] }[] }>({
        url: `${system.addresses.management}/v1/workspaces/${workspaceId}/query`,
        method: 'POST',
        json: { query },
      });
      expect(all.tables[0]?.columns.map(({ name }) => name)).toEqual([
        'ip',
        'model',
        'sum_prompttokens',
        'sum_completiontokens',
        'sum_totaltokens',
        'avg_totaltokens',
      ]);
      const found = new Map(
        (all.tables[0]?.rows ?? [])
          .filter(([ip]) => ip !== '127.0.0.1')
          .map(([ip, model, ...sums]) => [`${String(ip)} ${String(model)}`, sums.map(Number)]),
      );
      expect([...found.keys()].sort()).toEqual([...told.keys()].sort());
      for (const [who, { prompt, completion, total, calls }] of told) {
        const [p, c, t, average] = found.get(who) ?? [];
        expect([who, p, c, t]).toEqual([who, prompt, completion, total]);
        expect(average).toBeCloseTo(total / calls, 6);
      }
    });
  });

  describe('12: an empty result', () => {
    it('says over which range it looked, where the newest row is, and how to widen', async () => {
      const { stdout, stderr, code } = await system.vigia(
        'query',
        "ApiManagementGatewayLogs | where ApiId == 'none'",
        '--timespan',
        'PT1M',
      );
      expect(code).toBe(0);
      const text = stdout + stderr;
      expect(text).toMatch(/PT1M|\d{4}-\d{2}-\d{2}T/);
      expect(text).toContain('ApiManagementGatewayLogs');
      expect(text).toMatch(/--timespan/);
    });
  });

  describe('13: vigia lab check', () => {
    it('is green at the end', async () => {
      const { code, stdout, stderr } = await system.vigia('lab', 'check');
      expect(`${code} ${stdout} ${stderr}`).toMatch(/^0 /);
    });
  });
});
