import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ResourceStore } from './index.ts';
import { type Installation, labAtOnce, newInstallation, put, service, until } from './installation.fixture.ts';

let installation: Installation;
let store: ResourceStore;

const apim = 'resourceGroups/rg-activategenai/service/apim-contoso';
const apiFile = `${apim}/apis/azure-openai/apiInformation.json`;
const policyFile = `${apim}/apis/azure-openai/policy.xml`;
const api = `${service}/apis/azure-openai`;

beforeEach(async () => {
  installation = await newInstallation();
  store = await installation.open();
  await labAtOnce(store);
});
afterEach(() => installation.remove());

const gateway = () => store.snapshot().services[0];
const errors = () => store.status().faults.filter(({ diagnostic }) => diagnostic.severity === 'error');
const edit = (path: string, change: (text: string) => string) =>
  installation.write(path, change(installation.read(path)));
const noFaults = (): Promise<unknown> => until(errors, (found) => found.length === 0);

describe('an edit of a file', () => {
  test('is in force within a second, and published', async () => {
    const before = installation.published();
    const start = performance.now();
    await edit(apiFile, (text) => text.replace('"openai"', '"ai"'));
    await until(gateway, (found) => found?.apis[0]?.path === 'ai');
    expect(performance.now() - start).toBeLessThan(1000);
    await until(installation.published, (count) => count === before + 1);
    expect(store.get(api)?.properties['path']).toBe('ai');
  });

  test('keeps its form: the file is not written again', async () => {
    const text = '{"properties":{"path":"ai","displayName":"Azure OpenAI"}}';
    await installation.write(apiFile, text);
    await until(gateway, (found) => found?.apis[0]?.path === 'ai');
    expect(installation.read(apiFile)).toBe(text);
    await store.close();
    store = await installation.open();
    expect(installation.read(apiFile)).toBe(text);
    expect(gateway()?.apis[0]?.path).toBe('ai');
  });

  test('that brings back an earlier text counts too', async () => {
    const first = installation.read(apiFile);
    await installation.write(apiFile, first.replace('"openai"', '"ai"'));
    await until(gateway, (found) => found?.apis[0]?.path === 'ai');
    await store.change([{ kind: 'patch', id: api, body: { properties: { path: 'rest' } } }]);
    await installation.write(apiFile, first.replace('"openai"', '"ai"'));
    await until(gateway, (found) => found?.apis[0]?.path === 'ai');
  });

  test('of a policy takes a bare section', async () => {
    await installation.write(policyFile, '<inbound>\n<new />\n</inbound>\n');
    await until(gateway, (found) => found?.apis[0]?.policy?.includes('<new />') === true);
    expect(gateway()?.apis[0]?.policy).toMatch(/^<policies>/);
  });

  test('of a secret moves it into the vault and out of the file', async () => {
    const path = `${apim}/named values/token/namedValueInformation.json`;
    await installation.write(path, '{"properties":{"displayName":"token","secret":true,"value":"shy-value"}}');
    await until(gateway, (found) => found?.namedValues[0]?.value === 'shy-value');
    await until(
      () => installation.read(path),
      (text) => !text.includes('shy-value'),
    );
    expect(store.secret(`${service}/namedValues/token`, 'value')).toBe('shy-value');
    await store.close();
    store = await installation.open();
    expect(gateway()?.namedValues).toEqual([{ name: 'token', value: 'shy-value', secret: true }]);
  });
});

describe('folders', () => {
  test('a new one is a new resource, with keys where it needs some', async () => {
    await installation.write(
      `${apim}/subscriptions/by-hand/subscriptionInformation.json`,
      '{"properties":{"displayName":"By hand","scope":"/apis"}}',
    );
    await until(gateway, (found) => found?.subscriptions.some(({ id }) => id === 'by-hand') === true);
    expect(store.secret(`${service}/subscriptions/by-hand`, 'primaryKey')).toMatch(/^[0-9a-f]{32}$/);
  });

  test('a tree that is copied in is read once, whole', async () => {
    const before = installation.published();
    cpSync(join(installation.config, apim, 'apis/azure-openai'), join(installation.config, apim, 'apis/copy'), {
      recursive: true,
    });
    await edit(`${apim}/apis/copy/apiInformation.json`, (text) => text.replace('"openai"', '"copy"'));
    await until(gateway, (found) => found?.apis.length === 2 && found.apis[1]?.operations.length === 1);
    await noFaults();
    expect(gateway()?.apis[1]).toMatchObject({ id: 'copy', path: 'copy', policy: expect.any(String) });
    expect(installation.published()).toBe(before + 1);
  });

  test('one that is removed is a resource less', async () => {
    rmSync(join(installation.config, apim, 'apis/azure-openai'), { recursive: true });
    rmSync(join(installation.config, apim, 'products/openai/apis'), { recursive: true });
    await until(gateway, (found) => found?.apis.length === 0);
    expect(errors()).toEqual([]);
  });

  test('an API with a specification and nothing imported from it is said', async () => {
    const file = `${apim}/apis/dropped/specification.yaml`;
    await installation.write(file, 'openapi: 3.0.0\n');
    await installation.write(
      `${apim}/apis/dropped/apiInformation.json`,
      '{"properties":{"displayName":"D","path":"d"}}',
    );
    await until(gateway, (found) => found?.apis.length === 2);
    expect(store.status().faults).toMatchObject([{ file, diagnostic: { severity: 'warning', code: 'NotImported' } }]);
    expect(store.attachment(`${service}/apis/dropped`, 'specification')).toEqual({
      format: 'yaml',
      text: 'openapi: 3.0.0\n',
    });
  });

  test('one that is moved away and back', async () => {
    const here = join(installation.config, apim, 'subscriptions/aoai-test');
    const away = join(installation.folder, 'away');
    const key = store.secret(`${service}/subscriptions/aoai-test`, 'primaryKey');
    renameSync(here, away);
    await until(gateway, (found) => found?.subscriptions.length === 1);
    expect(store.secret(`${service}/subscriptions/aoai-test`, 'primaryKey')).toBeUndefined();
    renameSync(away, here);
    await until(gateway, (found) => found?.subscriptions.length === 2);
    // A checkout does the same to files for a moment; nobody may lose a key by it.
    expect(store.secret(`${service}/subscriptions/aoai-test`, 'primaryKey')).toBe(key);
  });

  test('everything moved away and back, over a restart: identities, keys and dates are as they were', async () => {
    const facts = () => ({
      identity: gateway()?.identity,
      subscriptions: gateway()?.subscriptions,
      accounts: store.snapshot().accounts,
    });
    const before = facts();
    const all = join(installation.config, 'resourceGroups');
    renameSync(all, join(installation.folder, 'away'));
    await until(
      () => store.status().resources,
      (count) => count === 0,
    );
    await store.close();
    store = await installation.open();
    renameSync(join(installation.folder, 'away'), all);
    await until(gateway, (found) => found !== undefined);
    await noFaults();
    expect(facts()).toEqual(before);
  });

  test('the configuration folder itself taken away is no order to delete; another in its place counts', async () => {
    const before = store.snapshot();
    const away = join(installation.folder, 'away');
    renameSync(installation.config, away);
    await until(errors, (found) => found[0]?.diagnostic.code === 'FolderMissing');
    expect(store.snapshot()).toBe(before);
    cpSync(away, installation.config, { recursive: true });
    await noFaults();
    await edit(apiFile, (text) => text.replace('"openai"', '"ai"'));
    await until(gateway, (found) => found?.apis[0]?.path === 'ai');
  });

  test('one that is replaced by another of its name is still watched', async () => {
    const here = join(installation.config, apim, 'apis');
    renameSync(here, join(installation.folder, 'away'));
    cpSync(join(installation.folder, 'away'), here, { recursive: true });
    // Seen first, so that the edit below is not found by the reading that the replacement has caused.
    await edit(policyFile, (text) => text.replace('api-key', 'key'));
    await until(gateway, (found) => found?.apis[0]?.policy?.includes('"key"') === true);
    await edit(apiFile, (text) => text.replace('"openai"', '"ai"'));
    await until(gateway, (found) => found?.apis[0]?.path === 'ai');
  });

  test('what is built in comes back', async () => {
    rmSync(join(installation.config, apim, 'groups'), { recursive: true });
    await until(
      () => Object.keys(installation.files()).filter((path) => path.includes('/groups/')).length,
      (count) => count === 3,
    );
    expect(store.get(`${service}/groups/guests`)).toBeDefined();
  });

  test('without the API’s own file, what is below it is a mistake, and stays', async () => {
    rmSync(join(installation.config, apiFile));
    await until(errors, (found) => found.length > 0);
    expect(errors()).toContainEqual(
      expect.objectContaining({
        file: `${apim}/apis/azure-openai/operations/ChatCompletions_Create/operationInformation.json`,
        diagnostic: expect.objectContaining({ code: 'ResourceNotFound', message: 'Api not found.' }),
      }),
    );
    expect(gateway()?.apis[0]?.operations).toHaveLength(1);
  });

  test('names nothing outside: a name that leads up is no resource', async () => {
    await installation.write(`${apim}/tags/%2e%2e/tagInformation.json`, '{"properties":{"displayName":"x"}}');
    symlinkSync('/etc', join(installation.config, apim, 'linked'));
    await until(
      () => store.status().faults,
      (found) => found.length === 2,
    );
    expect(store.status().faults).toMatchObject([
      { file: `${apim}/linked`, diagnostic: { severity: 'warning', message: expect.stringContaining('Links') } },
      { file: `${apim}/tags/%2e%2e`, diagnostic: { severity: 'warning' } },
    ]);
  });

  test('what tools leave behind is passed over', async () => {
    for (const path of [
      'README.md',
      '.git/HEAD',
      `${apim}/.DS_Store`,
      `${apim}/policy.xml~`,
      'configuration.prod.yaml',
    ])
      await installation.write(path, 'x');
    mkdirSync(join(installation.config, apim, 'backends'));
    await installation.write(`${apim}/products/openai/policy.xml`, '<policies />');
    await until(gateway, (found) => found?.products[0]?.policy !== undefined);
    expect(store.status().faults).toEqual([]);
  });
});

describe('a mistake keeps the last good state, and is told by its place until it is mended', () => {
  const cases: readonly (readonly [string, string, (text: string) => string, object])[] = [
    [
      'JSON',
      apiFile,
      (text) => text.replace('"path": "openai",', '"path": "openai"'),
      {
        file: apiFile,
        diagnostic: { code: 'JsonSyntax', line: 5, column: 5, message: "Expected ',' or '}', found '\"'." },
      },
    ],
    [
      'a wrong value',
      apiFile,
      (text) => text.replace('"subscriptionRequired": true', '"subscriptionRequired": "yes"'),
      { file: apiFile, diagnostic: { code: 'ValidationError', line: 6, column: 29, subject: 'subscriptionRequired' } },
    ],
    [
      'a property that is missing',
      apiFile,
      (text) => text.replace('"path"', '"pth"'),
      { file: apiFile, diagnostic: { line: 2, column: 17, message: "'path' is required." } },
    ],
    [
      'a reference to nothing',
      `${apim}/subscriptions/aoai-test/subscriptionInformation.json`,
      (text) => text.replace('/products/openai', '/products/none'),
      {
        file: `${apim}/subscriptions/aoai-test/subscriptionInformation.json`,
        diagnostic: { line: 4, column: 14, message: "Product not found: 'none'." },
      },
    ],
    [
      'a policy',
      policyFile,
      (text) => text.replace('<set-header', '  <nonsense /><set-header'),
      { file: policyFile, diagnostic: { code: 'policy.reference', line: 4, column: 3, subject: 'nonsense' } },
    ],
    [
      'a secret without a value',
      `${apim}/named values/new/namedValueInformation.json`,
      () => '{"properties": {"displayName": "new", "secret": true}}',
      { diagnostic: { message: expect.stringContaining('moves it into the vault') } },
    ],
  ];
  test.each(cases)('%s', async (_name, path, spoil, expected) => {
    const before = store.snapshot();
    const files = installation.files();
    const text = files[path];
    await installation.write(path, spoil(text ?? ''));
    await until(errors, (found) => found.length > 0);
    expect(errors()).toMatchObject([expected]);
    expect(store.snapshot()).toBe(before);

    // At the next start too.
    await store.close();
    store = await installation.open();
    expect(errors()).toMatchObject([expected]);
    expect(store.snapshot()).toEqual(before);

    // REST goes on meanwhile, and does not take the mistake for the truth.
    await store.change([put(`${service}/products/meanwhile`, { displayName: 'Meanwhile' })]);
    expect(gateway()?.products).toHaveLength(2);
    expect(errors()).toMatchObject([expected]);

    if (text === undefined) rmSync(join(installation.config, path));
    else await installation.write(path, text);
    await noFaults();
    expect(gateway()?.products).toHaveLength(2);
  });

  test('several at once', async () => {
    await edit(apiFile, (text) => text.replace('"path"', '"pth"'));
    await edit(policyFile, (text) => text.replace('<set-header', '<nonsense /><set-header'));
    await until(errors, (found) => found.length === 2);
    expect(errors().map(({ file }) => file)).toEqual(expect.arrayContaining([apiFile, policyFile]));
  });

  test('overwritten by REST, it is mended', async () => {
    await installation.write(apiFile, '{');
    await until(errors, (found) => found.length === 1);
    await store.change([{ kind: 'patch', id: api, body: { properties: { path: 'rest' } } }]);
    await noFaults();
    expect(gateway()?.apis[0]?.path).toBe('rest');
  });

  test('a service by hand gets what Azure makes with one', async () => {
    await installation.write('resourceGroups/second/resourceGroupInformation.json', '{"location": "westeurope"}');
    await installation.write(
      'resourceGroups/second/service/other/serviceInformation.json',
      '{"location":"westeurope","sku":{"name":"Developer","capacity":1},"properties":{"publisherName":"x","publisherEmail":"x@x"}}',
    );
    await until(
      () => store.snapshot().services,
      (found) => found.length === 2,
    );
    await noFaults();
    expect(store.snapshot().services[1]).toMatchObject({
      isDefault: false,
      regionName: 'West Europe',
      subscriptions: [{ id: 'master' }],
    });
  });
});
