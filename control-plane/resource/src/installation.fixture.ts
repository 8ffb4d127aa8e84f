import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Diagnostic } from '@vigia/contract';
import {
  type Change,
  openMasterKey,
  openResourceStore,
  type PolicyTools,
  type ResourceBody,
  type ResourceStore,
  type ResourceStoreOptions,
} from './index.ts';

export const subscriptionId = '11111111-1111-1111-1111-111111111111';
export const tenantId = '22222222-2222-2222-2222-222222222222';
export const subscription = `/subscriptions/${subscriptionId}`;
export const group = `${subscription}/resourceGroups/rg-activategenai`;
export const service = `${group}/providers/Microsoft.ApiManagement/service/apim-contoso`;
export const account = `${group}/providers/Microsoft.CognitiveServices/accounts/openai-contoso`;
export const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/law-contoso`;
export const cognitiveServicesUser = 'a97b65f3-24c7-4388-baec-2e87135dc908';

export const put = (id: string, properties?: ResourceBody['properties'], envelope: ResourceBody = {}): Change => ({
  kind: 'put',
  id,
  body: { ...envelope, ...(properties === undefined ? {} : { properties }) },
});
export const patch = (id: string, body: ResourceBody, ifMatch = '*'): Change => ({ kind: 'patch', id, body, ifMatch });
export const remove = (id: string): Change => ({ kind: 'delete', id, ifMatch: '*' });

/**
 * Stands for the policy room, which this one may not use: it knows tags that do not close, and the names that a
 * document refers to. The real compiler is tested where the server composes them.
 */
export const policyTools: PolicyTools = {
  check(document, { namedValues = [], fragments = [], backends = [] }) {
    const found: Diagnostic[] = [];
    const look = (pattern: RegExp, known: (name: string) => boolean, subject: string, what: string) => {
      for (const match of document.matchAll(pattern)) {
        const name = match[1] ?? '';
        if (known(name)) continue;
        const before = document.slice(0, match.index);
        found.push({
          code: 'policy.reference',
          severity: 'error',
          message: `The ${what} '${name}' does not exist.`,
          start: match.index,
          length: match[0].length,
          line: before.split('\n').length,
          column: match.index - before.lastIndexOf('\n'),
          hint: 'Make it first.',
          subject,
        });
      }
    };
    look(/\{\{([^{}]+)\}\}/g, (name) => namedValues.some((one) => one.name === name), 'named-value', 'named value');
    look(
      /<include-fragment fragment-id="([^"]+)"/g,
      (name) => fragments.some(({ id }) => id === name),
      'include-fragment',
      'fragment',
    );
    look(/backend-id="([^"]+)"/g, (name) => backends.some(({ id }) => id === name), 'set-backend-service', 'backend');
    look(/<(nonsense)\b/g, () => false, 'nonsense', 'policy');
    return found;
  },
  completeDocument: (text) =>
    /^\s*<inbound>/.test(text)
      ? `<policies>\n${text.trim()}\n<backend>\n<base />\n</backend>\n<outbound>\n<base />\n</outbound>\n<on-error>\n<base />\n</on-error>\n</policies>`
      : text,
  toRawXml: (document) => document.replaceAll('&quot;', '"'),
};

/** A data folder of its own, and stores on it. */
export interface Installation {
  readonly folder: string;
  readonly config: string;
  readonly masterKey: Uint8Array;
  /** Times that a snapshot was published. */
  readonly published: () => number;
  open(given?: Partial<ResourceStoreOptions>): Promise<ResourceStore>;
  /** Relative to `config/`. */
  read(path: string): string;
  write(path: string, text: string): Promise<void>;
  /** Every file of `config/` with its text. */
  files(): Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function newInstallation(): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-resource-'));
  const config = join(folder, 'config');
  const masterKey = await openMasterKey(join(folder, 'secrets'));
  const stores: ResourceStore[] = [];
  let published = 0;
  let now = Date.UTC(2026, 0, 1);
  return {
    folder,
    config,
    masterKey,
    published: () => published,
    async open(given = {}) {
      const store = await openResourceStore({
        configFolder: config,
        secretsFolder: join(folder, 'secrets'),
        snapshotFile: join(folder, 'snapshot', 'snapshot.sealed'),
        masterKey,
        tenantId,
        subscriptionId,
        addresses: {
          gateway: 'http://127.0.0.1:7080',
          management: 'http://127.0.0.1:7081',
          openai: 'http://127.0.0.1:7082',
        },
        policy: policyTools,
        knownRoleDefinition: (guid) => guid === cognitiveServicesUser,
        publish: async () => {
          published += 1;
        },
        clock: { now: () => (now += 1000) },
        logger: { info() {}, warn() {}, error() {} },
        ...given,
      });
      stores.push(store);
      return store;
    },
    read: (path) => readFileSync(join(config, path), 'utf8'),
    async write(path, text) {
      await mkdir(dirname(join(config, path)), { recursive: true });
      writeFileSync(join(config, path), text);
    },
    files: () => (existsSync(config) ? filesBelow(config) : {}),
    async remove() {
      for (const store of stores) await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

export function filesBelow(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort())
    if (statSync(join(folder, name)).isFile()) found[name] = readFileSync(join(folder, name), 'latin1');
  return found;
}

export const labPolicy = `<inbound>
<base />
<set-header name="api-key" exists-action="delete" />
<set-backend-service base-url="https://openai-contoso.openai.azure.com/openai" />
</inbound>
`;

/** The lab, call by call; the identity that the service gets is known only after the fifth. */
function labCalls(principalId: () => string | undefined): readonly (() => readonly Change[])[] {
  const location = 'eastus';
  const api = `${service}/apis/azure-openai`;
  return [
    () => [put(group, undefined, { location })],
    () => [put(workspace, { sku: { name: 'PerGB2018' }, retentionInDays: 30 }, { location })],
    () => [
      put(
        account,
        { customSubDomainName: 'openai-contoso', publicNetworkAccess: 'Enabled' },
        { location, kind: 'OpenAI', sku: { name: 'S0' } },
      ),
    ],
    () => [
      put(
        `${account}/deployments/gpt-35-turbo`,
        { model: { format: 'OpenAI', name: 'gpt-35-turbo', version: '0613' } },
        { sku: { name: 'Standard', capacity: 120 } },
      ),
    ],
    () => [
      put(
        service,
        { publisherName: 'Contoso', publisherEmail: 'admin@contoso.com' },
        { location: 'East US', sku: { name: 'Standard', capacity: 1 }, identity: { type: 'SystemAssigned' } },
      ),
    ],
    () => [
      put(`${account}/providers/Microsoft.Authorization/roleAssignments/33333333-3333-3333-3333-333333333333`, {
        principalId: principalId(),
        principalType: 'ServicePrincipal',
        roleDefinitionId: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${cognitiveServicesUser}`,
      }),
    ],
    () => [
      put(api, {
        displayName: 'Azure OpenAI',
        path: 'openai',
        serviceUrl: 'https://openai-contoso.openai.azure.com/openai',
        subscriptionRequired: true,
      }),
      put(`${api}/operations/ChatCompletions_Create`, {
        displayName: 'Creates a completion for the chat message',
        method: 'post',
        urlTemplate: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
        templateParameters: [
          { name: 'deployment-id', type: 'string', required: true },
          { name: 'api-version', type: 'string', required: true },
        ],
      }),
      put(`${api}/schemas/components`, {
        contentType: 'application/vnd.oai.openapi.components+json',
        document: { components: { schemas: {} } },
      }),
      { kind: 'attach', id: api, file: 'specification', format: 'json', text: '{"openapi":"3.0.0"}' },
    ],
    () => [
      patch(api, { properties: { subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' } } }),
    ],
    () => [
      put(`${service}/products/openai`, { displayName: 'OpenAI', state: 'published', subscriptionRequired: true }),
    ],
    () => [put(`${service}/products/openai/apis/azure-openai`)],
    () => [
      put(`${service}/subscriptions/aoai-test`, {
        displayName: 'AOAI Test',
        scope: '/products/openai',
        state: 'active',
      }),
    ],
    () => [put(`${api}/policies/policy`, { format: 'rawxml', value: labPolicy })],
    () => [
      put(`${api}/diagnostics/azuremonitor`, {
        loggerId: `${service}/loggers/azuremonitor`,
        alwaysLog: 'allErrors',
        sampling: { samplingType: 'fixed', percentage: 100 },
        verbosity: 'information',
        logClientIp: true,
        frontend: { request: { headers: ['User-Agent'], body: { bytes: 8192 } } },
        backend: {
          response: { body: { bytes: 1024 }, dataMasking: { headers: [{ value: 'X-Secret', mode: 'Hide' }] } },
        },
        largeLanguageModel: { logs: 'enabled', requests: { messages: 'all', maxSizeInBytes: 262_144 } },
      }),
    ],
    () =>
      [account, service].map((resource) =>
        put(`${resource}/providers/Microsoft.Insights/diagnosticSettings/lab`, {
          workspaceId: workspace,
          logs: [{ categoryGroup: 'allLogs', enabled: true }],
          metrics: [{ category: 'AllMetrics', enabled: true }],
        }),
      ),
  ];
}

/** The lab from its start to its end, as its REST calls arrive here. */
export async function finishLab(store: ResourceStore): Promise<void> {
  for (const call of labCalls(() => store.get(service)?.identity?.principalId)) await store.change(call());
}

/** The same in two lists of changes, for tests that begin where the lab ends. */
export async function labAtOnce(store: ResourceStore): Promise<void> {
  const calls = labCalls(() => store.get(service)?.identity?.principalId);
  await store.change(calls.slice(0, 5).flatMap((call) => call()));
  await store.change(calls.slice(5).flatMap((call) => call()));
}

/** Waits for what an edit brings; fails with what it last saw. */
export async function until<T>(look: () => T, isRight: (value: T) => boolean, timeoutMs = 10_000): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const value = look();
    if (isRight(value)) return value;
    if (performance.now() > end) throw new Error(`Not within ${timeoutMs} ms; last seen: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
