import type { AzureClient, Resource } from '../cli/azure-client.ts';
import {
  type Api,
  type ApiWithOperations,
  apisOf,
  chatOperationId,
  isChatModel,
  type ModelDeployment,
  operationNamed,
  type SubscriptionProperties,
} from '../cli/chat-api.ts';
import { RestError } from '../cli/command-error.ts';
import type { DiagnosticProperties } from '../cli/commands/apim-diagnostic.ts';
import { resourcesOf, type WorkspaceProperties } from '../cli/find-resource.ts';

/** The one name that the lab fixes. */
export const labGroup = 'rg-activategenai';

export interface SettingProperties {
  readonly workspaceId?: string | null;
  /** `Dedicated`: resource-specific tables; else AzureDiagnostics. */
  readonly logAnalyticsDestinationType?: string | null;
  readonly logs?: readonly {
    readonly category?: string | null;
    readonly categoryGroup?: string | null;
    readonly enabled: boolean;
  }[];
  readonly metrics?: readonly { readonly category: string; readonly enabled: boolean }[];
}
export interface AssignmentProperties {
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly scope?: string;
}
export interface ProductFacts {
  readonly product: Resource<{ readonly state?: string; readonly displayName?: string }>;
  readonly apis: readonly string[];
}

export interface AccountFacts {
  readonly account: Resource<{ readonly endpoint?: string }>;
  readonly deployments: readonly Resource<ModelDeployment>[];
  readonly settings: readonly Resource<SettingProperties>[];
  readonly assignments: readonly Resource<AssignmentProperties>[];
  /** Asked for when a step needs them: each asking leaves an Audit event. None: the account takes no keys. */
  readonly keys: () => Promise<readonly string[]>;
}

export interface ServiceFacts {
  readonly service: Resource;
  readonly settings: readonly Resource<SettingProperties>[];
  readonly apis: readonly ApiWithOperations[];
  /** The API that has the chat operation; with the most of its settings done where several do. */
  readonly api: ApiWithOperations | undefined;
  readonly products: readonly ProductFacts[];
  readonly subscriptions: readonly Resource<SubscriptionProperties>[];
  /** Policy document of the API, as saved. */
  readonly policy: string | undefined;
  /** What counts for the API: its own, else the service's. */
  readonly diagnostic: DiagnosticProperties | undefined;
}

/** What the running system is, read once through its public interfaces; the steps look at nothing else but rows. */
export interface LabFacts {
  readonly client: AzureClient;
  readonly workspaces: readonly Resource<WorkspaceProperties>[];
  readonly account: AccountFacts | undefined;
  readonly service: ServiceFacts | undefined;
  readonly hasGroup: boolean;
}

export async function readLabFacts(client: AzureClient): Promise<LabFacts> {
  const group = await client.find(client.groupId(labGroup));
  if (group === undefined) return { client, workspaces: [], account: undefined, service: undefined, hasGroup: false };
  const [workspaces, accounts, services] = await Promise.all([
    resourcesOf(client, 'workspace', labGroup),
    resourcesOf(client, 'account', labGroup),
    resourcesOf(client, 'service', labGroup),
  ]);
  const [accountFacts, serviceFacts] = await Promise.all([
    Promise.all(accounts.map((each) => readAccount(client, each))),
    Promise.all(services.map((each) => readService(client, each))),
  ]);
  return {
    client,
    hasGroup: true,
    workspaces: workspaces as unknown as readonly Resource<WorkspaceProperties>[],
    // Where there are several, the lab was done in the one that has most of it.
    account: best(accountFacts, ({ settings, deployments, assignments }) => [
      hasChat(deployments),
      settings.length > 0,
      assignments.length > 0,
    ]),
    service: best(serviceFacts, ({ api, policy, service, diagnostic }) => [
      api !== undefined,
      policy !== undefined,
      service.identity?.principalId !== undefined,
      diagnostic !== undefined,
    ]),
  };
}

const hasChat = (deployments: readonly Resource<ModelDeployment>[]): boolean =>
  deployments.some(({ properties }) => isChatModel(properties.model.name));

function best<T>(all: readonly T[], signs: (each: T) => readonly boolean[]): T | undefined {
  const count = (each: T): number => signs(each).filter(Boolean).length;
  return all.reduce<T | undefined>(
    (found, each) => (found === undefined || count(each) > count(found) ? each : found),
    undefined,
  );
}

async function readAccount(client: AzureClient, account: Resource): Promise<AccountFacts> {
  const [deployments, settings, assignments] = await Promise.all([
    client.list<Resource<ModelDeployment>>(`${account.id}/deployments`),
    client.list<Resource<SettingProperties>>(`${account.id}/providers/Microsoft.Insights/diagnosticSettings`),
    client.list<Resource<AssignmentProperties>>(`${account.id}/providers/Microsoft.Authorization/roleAssignments`),
  ]);
  let keys: Promise<readonly string[]> | undefined;
  return {
    account,
    deployments,
    settings,
    assignments,
    keys: () => {
      keys ??= readKeys(client, account.id);
      return keys;
    },
  };
}

/** An account that takes no keys refuses to list them; that is a finding, not a failure. */
async function readKeys(client: AzureClient, account: string): Promise<readonly string[]> {
  try {
    const { key1, key2 } = await client.arm<{ key1?: string; key2?: string }>('POST', `${account}/listKeys`);
    return [key1, key2].filter((key) => key !== undefined && key !== '') as string[];
  } catch (error) {
    if (error instanceof RestError && error.status < 500) return [];
    throw error;
  }
}

async function readService(client: AzureClient, service: Resource): Promise<ServiceFacts> {
  const [settings, apis, products, subscriptions] = await Promise.all([
    client.list<Resource<SettingProperties>>(`${service.id}/providers/Microsoft.Insights/diagnosticSettings`),
    apisOf(client, service.id),
    client.list<ProductFacts['product']>(`${service.id}/products`),
    client.list<Resource<SubscriptionProperties>>(`${service.id}/subscriptions`),
  ]);
  const candidates = apis.filter((each) => operationNamed(each, chatOperationId) !== undefined);
  const read = await Promise.all(
    candidates.map(async (api) => ({ api, ...(await readApi(client, service.id, api.api)) })),
  );
  const chosen = best(read, ({ policy, own, api }) => [
    policy !== undefined,
    own !== undefined,
    keyHeaderOf(api.api) === 'api-key',
  ]);
  return {
    service,
    settings,
    apis,
    api: chosen?.api,
    products: await Promise.all(
      products.map(async (product) => ({
        product,
        apis: (await client.list(`${service.id}/products/${encodeURIComponent(product.name)}/apis`)).map(
          ({ name }) => name,
        ),
      })),
    ),
    subscriptions,
    policy: chosen?.policy,
    diagnostic:
      chosen?.own ??
      (await client.find<Resource<DiagnosticProperties>>(`${service.id}/diagnostics/azuremonitor`))?.properties,
  };
}

async function readApi(client: AzureClient, service: string, api: Api) {
  const path = `${service}/apis/${encodeURIComponent(api.name)}`;
  const [policy, own] = await Promise.all([
    client.find<Resource<{ value: string }>>(`${path}/policies/policy?format=rawxml`),
    client.find<Resource<DiagnosticProperties>>(`${path}/diagnostics/azuremonitor`),
  ]);
  return { policy: policy?.properties.value, own: own?.properties };
}

export const keyHeaderOf = (api: Api): string =>
  api.properties.subscriptionKeyParameterNames?.header ?? 'Ocp-Apim-Subscription-Key';
