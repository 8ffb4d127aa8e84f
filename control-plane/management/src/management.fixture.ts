import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { roleDefinitions } from '@vigia/access';
import { completeDocument, toRawXml, toXml } from '@vigia/policy';
import { openMasterKey, openResourceStore, type ResourceStore } from '@vigia/resource';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';
import type { DefinitionInput, ImportedApi } from './import/import-definition.ts';
import type { GatewayTracing, KeyAction } from './management-options.ts';
import { managementRoutes } from './management-routes.ts';

export const subscriptionId = '11111111-2222-3333-4444-555555555555';
export const tenantId = '99999999-8888-7777-6666-555555555555';
export const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-lab`;
export const service = `${group}/providers/Microsoft.ApiManagement/service/apim-lab`;
export const account = `${group}/providers/Microsoft.CognitiveServices/accounts/openai-lab`;
export const workspace = `${group}/providers/Microsoft.OperationalInsights/workspaces/law-lab`;

const addresses = {
  gateway: 'http://127.0.0.1:7080',
  management: 'http://127.0.0.1:7081',
  openai: 'http://127.0.0.1:7082',
};

export interface Management {
  readonly app: FastifyInstance;
  readonly store: ResourceStore;
  readonly keyActions: readonly KeyAction[];
  readonly errors: readonly string[];
  /** What an import calls; a test puts its own in. */
  importer: (input: DefinitionInput) => Promise<ImportedApi>;
  /** The routes once more, for another server. */
  readonly routes: FastifyPluginAsync;
  close(): Promise<void>;
}

const silent = { info: () => undefined, warn: () => undefined };

/** The routes over a real store in a temporary folder. Policies are kept as they come: their checks are tested elsewhere. */
export async function startManagement(tracing?: GatewayTracing): Promise<Management> {
  const folder = mkdtempSync(join(tmpdir(), 'vigia-management-'));
  const errors: string[] = [];
  const logger = {
    ...silent,
    error: (message: string, facts?: Readonly<Record<string, unknown>>) => {
      errors.push(`${message} ${JSON.stringify(facts)}`);
    },
  };
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  const secretsFolder = join(folder, 'secrets');
  const store = await openResourceStore({
    configFolder: join(folder, 'config'),
    secretsFolder,
    snapshotFile: join(folder, 'snapshot', 'snapshot.sealed'),
    masterKey: await openMasterKey(secretsFolder),
    tenantId,
    subscriptionId,
    addresses,
    policy: { check: () => [], completeDocument, toRawXml },
    publish: async () => undefined,
    clock,
    logger,
  });
  // As the server makes it: SDKs put a scope that begins with a slash behind another one.
  const app = fastify({ routerOptions: { ignoreDuplicateSlashes: true } });
  const keyActions: KeyAction[] = [];
  const management: Management = {
    app,
    store,
    keyActions,
    errors,
    importer: () => Promise.reject(new Error('this test imports nothing')),
    routes: managementRoutes({
      store,
      importer: (input) => management.importer(input),
      roleDefinitions,
      policies: { toXml, toRawXml },
      addresses,
      tenantId,
      subscriptionId,
      ...(tracing ? { tracing } : {}),
      tables: [
        {
          name: 'Requests',
          columns: [
            { name: 'TimeGenerated', type: 'datetime' },
            { name: 'IsSlow', type: 'bool' },
            { name: 'Name', type: 'string' },
          ],
        },
      ],
      models: [{ format: 'OpenAI', name: 'gpt-4o', version: '2024-11-20' }],
      onKeyAction: async (action) => {
        keyActions.push(action);
      },
      clock,
      logger,
    }),
    async close() {
      await app.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await app.register(management.routes);
  return management;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  /** The body as it is. */
  readonly text?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly version?: string;
}

/** Path and query with the api-version. */
export const addressOf = ({ path, version = '2024-05-01' }: Pick<Call, 'path' | 'version'>): string =>
  version === '' || path.includes('api-version=')
    ? path
    : `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into is what the wire brought
  readonly json: any;
}

export async function send({ app }: Management, call: Call): Promise<Answer> {
  const payload = call.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  const { statusCode, headers, body } = await app.inject({
    method: (call.method ?? 'GET') as 'GET',
    url: addressOf(call),
    headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...call.headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const isJson = String(headers['content-type']).startsWith('application/json') && body !== '';
  return { status: statusCode, headers, text: body, json: isJson ? JSON.parse(body) : undefined };
}

/** Group, workspace, account, service with one API and one product: what most calls need. */
export async function createLabParts(management: Management): Promise<void> {
  const parts: readonly (readonly [string, unknown])[] = [
    [group, { location: 'eastus' }],
    [workspace, { location: 'eastus', properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 } }],
    [
      account,
      {
        location: 'eastus',
        kind: 'OpenAI',
        sku: { name: 'S0' },
        properties: { customSubDomainName: 'openai-lab', publicNetworkAccess: 'Enabled' },
      },
    ],
    [
      service,
      {
        location: 'eastus',
        sku: { name: 'Standard', capacity: 1 },
        identity: { type: 'SystemAssigned' },
        properties: { publisherEmail: 'ops@contoso.com', publisherName: 'Contoso' },
      },
    ],
    [`${service}/apis/a`, { properties: { displayName: 'A', path: 'a', protocols: ['https'] } }],
    [`${service}/products/openai`, { properties: { displayName: 'OpenAI', state: 'published' } }],
  ];
  for (const [path, body] of parts) {
    const { status, text } = await send(management, { method: 'PUT', path, body });
    if (status !== 201) throw new Error(`PUT ${path}: ${status} ${text}`);
  }
}
