import { createHmac } from 'node:crypto';
import type {
  AccountSnapshot,
  ApiSnapshot,
  BackendSnapshot,
  DiagnosticSnapshot,
  JsonValue,
  LogExportSnapshot,
  ManagedIdentitySnapshot,
  OperationSnapshot,
  RoleAssignmentSnapshot,
  ServiceSnapshot,
  Snapshot,
  SubscriptionSnapshot,
} from '@vigia/contract';
import { list, object, type Stored, text, type World } from './definition.ts';
import { diagnosticCategoriesOf } from './diagnostic-categories.ts';
import { diagnosticSnapshot } from './diagnostic-snapshot.ts';
import { regions } from './regions.ts';
import type { ResourceSet } from './resource-set.ts';
import { apiType, operationType, revisionOf } from './types/apis.ts';
import { backendType, choiceOf, credentialsOf } from './types/backends.ts';
import { capacityOf, endpointOf, isDefaultAccount, subDomainOf } from './types/cognitive-services.ts';
import { workspaceKeyOf } from './types/diagnostic-settings.ts';
import { productApiType, productType } from './types/products.ts';
import { isDefaultService } from './types/service.ts';
import { fragmentType, namedValueType, scopeOf, subscriptionType } from './types/service-entities.ts';
import { absoluteKey, serviceType } from './types/service-entity.ts';

export interface SnapshotFacts {
  readonly version: number;
  readonly createdAt: string;
  /** Base64. */
  readonly keyHashSecret: string;
}

export type SnapshotWorld = World & Pick<ResourceSet, 'below'>;

/** The resources as the gateway and the embedded Azure OpenAI read them. Keeps what was made of APIs that did not change. */
export class SnapshotCompiler {
  /** By the API's key. */
  readonly #apis = new Map<string, ApiSnapshot>();

  /** What was made of this API is no longer true. */
  forget(key: string): void {
    const match = /^.*\/providers\/microsoft\.apimanagement\/service\/[^/]+\/apis\/[^/]+/.exec(key);
    if (match !== null) this.#apis.delete(match[0]);
    // Version sets and loggers are looked up by APIs.
    else if (/\/(apiversionsets|loggers)\//.test(key)) this.#apis.clear();
    // A path of a revision is that of its API.
    if (match !== null)
      for (const known of this.#apis.keys()) if (known.startsWith(`${match[0]};rev=`)) this.#apis.delete(known);
  }

  clear(): void {
    this.#apis.clear();
  }

  compile(world: SnapshotWorld, { version, createdAt, keyHashSecret }: SnapshotFacts): Snapshot {
    const all = `/subscriptions/${world.subscriptionId}`;
    const secret = Buffer.from(keyHashSecret, 'base64');
    const hash = (key: string, name: string): string =>
      createHmac('sha256', secret)
        .update(world.secret(key, name) ?? '', 'utf8')
        .digest('hex');
    return {
      version,
      createdAt,
      tenantId: world.tenantId,
      subscriptionId: world.subscriptionId,
      keyHashSecret,
      services: world.list(serviceType, all).map((service) => this.#service(service, world, hash)),
      accounts: world
        .list('Microsoft.CognitiveServices/accounts', all)
        .map((account) => accountSnapshot(account, world, hash)),
      roleAssignments: world.list('Microsoft.Authorization/roleAssignments', all).map(roleAssignmentSnapshot),
    };
  }

  #service(service: Stored, world: SnapshotWorld, hash: Hash): ServiceSnapshot {
    const location = service.envelope.location ?? '';
    const policy = policyOf(service, world);
    const diagnostic = diagnosticOf(service, world);
    return {
      id: service.id,
      name: service.name,
      location,
      regionName: regions[location] ?? location,
      sku: service.envelope.sku?.name ?? '',
      hosts: hostsOf(service),
      isDefault: isDefaultService(service.key, world),
      ...identityOf(service, world),
      ...(policy === undefined ? {} : { policy }),
      namedValues: world.list(namedValueType, service.key).map((value) => ({
        name: text(value.properties['displayName']),
        value: text(value.properties['value']) || (world.secret(value.key, 'value') ?? ''),
        secret: value.properties['secret'] === true,
      })),
      fragments: world
        .list(fragmentType, service.key)
        .map(({ name, properties }) => ({ id: name, document: text(properties['value']) })),
      apis: world.list(apiType, service.key).map((api) => this.#api(api, world)),
      products: world.list(productType, service.key).map((product) => {
        const own = policyOf(product, world);
        return {
          id: product.name,
          displayName: text(product.properties['displayName']),
          state: product.properties['state'] === 'published' ? ('published' as const) : ('notPublished' as const),
          subscriptionRequired: product.properties['subscriptionRequired'] !== false,
          apis: world
            .list(productApiType, product.key)
            .map(({ name }) => world.get(`${service.key}/apis/${name.toLowerCase()}`)?.name ?? name),
          ...(own === undefined ? {} : { policy: own }),
        };
      }),
      subscriptions: world
        .list(subscriptionType, service.key)
        .map((subscription) => subscriptionSnapshot(subscription, service, world, hash)),
      backends: world.list(backendType, service.key).map((backend) => backendSnapshot(backend, world)),
      ...(diagnostic === undefined ? {} : { diagnostic }),
      exports: exportsOf(service, world),
    };
  }

  #api(api: Stored, world: SnapshotWorld): ApiSnapshot {
    const known = this.#apis.get(api.key);
    if (known !== undefined) return known;
    const made = apiSnapshot(api, world);
    this.#apis.set(api.key, made);
    return made;
  }
}

type Hash = (key: string, name: string) => string;

const hostsOf = (service: Stored): readonly string[] => [
  ...new Set([
    `${service.name.toLowerCase()}.azure-api.net`,
    ...list(service.properties['hostnameConfigurations'])
      .map(object)
      .filter(({ type }) => type === 'Proxy')
      .map(({ hostName }) => text(hostName).toLowerCase())
      .filter((host) => host !== ''),
  ]),
];

function identityOf({ facts }: Stored, { tenantId }: World): { identity?: ManagedIdentitySnapshot } {
  const { principalId, clientId } = facts;
  return principalId === undefined || clientId === undefined ? {} : { identity: { principalId, clientId, tenantId } };
}

function policyOf({ key, definition }: Stored, world: World): string | undefined {
  const policy = world.get(`${key}/policies/policy`);
  return policy === undefined || definition.place.kind !== 'folder' ? undefined : text(policy.properties['value']);
}

/** Only `azuremonitor` with a logger of that kind: the others go to places that Vigia does not write to. */
function diagnosticOf({ key }: Stored, world: World): DiagnosticSnapshot | undefined {
  const diagnostic = world.get(`${key}/diagnostics/azuremonitor`);
  if (diagnostic === undefined) return undefined;
  const logger = world.get(absoluteKey(text(diagnostic.properties['loggerId']), diagnostic.key));
  return logger?.properties['loggerType'] === 'azureMonitor' ? diagnosticSnapshot(diagnostic.properties) : undefined;
}

function apiSnapshot(api: Stored, world: SnapshotWorld): ApiSnapshot {
  const { api: name, revision } = revisionOf(api.name);
  const current = revision === undefined ? api : (world.get(`${api.parent}/apis/${name.toLowerCase()}`) ?? api);
  const { properties } = api;
  const names = object(properties['subscriptionKeyParameterNames']);
  const version = text(current.properties['apiVersion']);
  const path = text(current.properties['path']).replace(/^\/+|\/+$/g, '');
  const serviceUrl = text(properties['serviceUrl']);
  const protocols = list(properties['protocols']).map(text);
  const policy = policyOf(api, world);
  const diagnostic = diagnosticOf(api, world);
  return {
    id: name,
    displayName: text(properties['displayName']),
    revision: revision ?? (text(properties['apiRevision']) || '1'),
    isCurrent: revision === undefined,
    ...(version === '' ? {} : { version }),
    // The one scheme of versions that there is puts them behind the path.
    path: version === '' ? path : path === '' ? version : `${path}/${version}`,
    ...(serviceUrl === '' ? {} : { serviceUrl }),
    protocols: protocols.length === 0 ? ['https'] : protocols,
    subscriptionRequired: properties['subscriptionRequired'] !== false,
    subscriptionKeyParameterNames: {
      header: text(names['header']) || 'Ocp-Apim-Subscription-Key',
      query: text(names['query']) || 'subscription-key',
    },
    operations: world.list(operationType, api.key).map((operation) => {
      const own = policyOf(operation, world);
      return {
        id: operation.name,
        displayName: text(operation.properties['displayName']),
        method: text(operation.properties['method']),
        urlTemplate: text(operation.properties['urlTemplate']),
        ...(own === undefined ? {} : { policy: own }),
        ...responsesOf(operation),
      };
    }),
    ...(policy === undefined ? {} : { policy }),
    ...(diagnostic === undefined ? {} : { diagnostic }),
  };
}

/** Described answers; an example's value is the text of a body, or is printed as JSON. */
function responsesOf(operation: Stored): Pick<OperationSnapshot, 'responses'> {
  const responses = list(operation.properties['responses']).map(object);
  if (responses.length === 0) return {};
  return {
    responses: responses.map(({ statusCode, representations }) => ({
      statusCode: Number(statusCode),
      representations: list(representations)
        .map(object)
        .map(({ contentType, examples }) => ({
          contentType: text(contentType),
          examples: Object.values(object(examples as JsonValue | undefined))
            .map((example) => object(example)['value'])
            .filter((value) => value !== undefined)
            .map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
        })),
    })),
  };
}

function subscriptionSnapshot(subscription: Stored, service: Stored, world: World, hash: Hash): SubscriptionSnapshot {
  const { properties } = subscription;
  const scope = scopeOf(text(properties['scope'])) ?? { kind: 'service' };
  const owner = text(properties['ownerId']).split('/').at(-1) ?? '';
  return {
    id: subscription.name,
    displayName: text(properties['displayName']),
    scope:
      scope.kind === 'api' || scope.kind === 'product'
        ? {
            kind: scope.kind,
            id: world.get(`${service.key}/${scope.kind}s/${scope.name.toLowerCase()}`)?.name ?? scope.name,
          }
        : { kind: scope.kind },
    state: (text(properties['state']) || 'active') as SubscriptionSnapshot['state'],
    primaryKey: hash(subscription.key, 'primaryKey'),
    secondaryKey: hash(subscription.key, 'secondaryKey'),
    ...(owner === '' ? {} : { ownerId: owner }),
    allowTracing: properties['allowTracing'] === true,
    createdDate: subscription.facts.createdAt,
  };
}

function backendSnapshot(backend: Stored, world: World): BackendSnapshot {
  const given = credentialsOf(backend, world);
  const { header, query, authorization, managedIdentity } = given ?? {};
  const identity = object(managedIdentity);
  const scheme = object(authorization);
  const credentials: BackendSnapshot['credentials'] = {
    ...(header === undefined ? {} : { header: object(header) as Record<string, string[]> }),
    ...(query === undefined ? {} : { query: object(query) as Record<string, string[]> }),
    ...(authorization === undefined
      ? {}
      : { authorization: { scheme: text(scheme['scheme']), parameter: text(scheme['parameter']) } }),
    ...(managedIdentity === undefined
      ? {}
      : {
          managedIdentity: {
            resource: text(identity['resource']),
            ...(identity['clientId'] === undefined ? {} : { clientId: text(identity['clientId']) }),
          },
        }),
  };
  return {
    id: backend.name,
    url: text(backend.properties['url']),
    ...choiceOf(backend),
    ...(given === undefined ? {} : { credentials }),
  };
}

function accountSnapshot(account: Stored, world: SnapshotWorld, hash: Hash): AccountSnapshot {
  const location = account.envelope.location ?? '';
  const subDomain = subDomainOf(account);
  return {
    id: account.id,
    name: account.name,
    location,
    regionName: regions[location] ?? location,
    kind: account.envelope.kind ?? '',
    subDomain,
    endpoint: endpointOf(account, world),
    hosts: ['openai', 'cognitiveservices'].map((service) => `${subDomain.toLowerCase()}.${service}.azure.com`),
    isDefault: isDefaultAccount(account, world),
    key1: hash(account.key, 'key1'),
    key2: hash(account.key, 'key2'),
    disableLocalAuth: account.properties['disableLocalAuth'] === true,
    deployments: world.list('Microsoft.CognitiveServices/accounts/deployments', account.key).map((deployment) => {
      const model = object(deployment.properties['model']);
      return {
        name: deployment.name,
        model: { format: text(model['format']), name: text(model['name']), version: text(model['version']) },
        sku: deployment.envelope.sku?.name ?? 'Standard',
        capacity: capacityOf(deployment),
      };
    }),
    exports: exportsOf(account, world),
  };
}

function exportsOf(resource: Stored, world: SnapshotWorld): readonly LogExportSnapshot[] {
  const known = diagnosticCategoriesOf(resource.definition.type).filter(({ categoryType }) => categoryType === 'Logs');
  return [...world.below(resource.key, 'Microsoft.Insights/diagnosticSettings')].flatMap((setting) => {
    const workspace = world.get(workspaceKeyOf(setting) ?? '');
    const workspaceId = workspace?.facts.customerId?.toLowerCase();
    if (workspaceId === undefined) return [];
    const enabled = list(setting.properties['logs'])
      .map(object)
      .filter((entry) => entry['enabled'] === true);
    const isEnabled = (name: string, groups: readonly string[]): boolean =>
      enabled.some(
        ({ category, categoryGroup }) =>
          text(category).toLowerCase() === name.toLowerCase() ||
          groups.some((group) => group.toLowerCase() === text(categoryGroup).toLowerCase()),
      );
    return [
      {
        settingName: setting.name,
        workspaceId,
        isDedicated: setting.properties['logAnalyticsDestinationType'] === 'Dedicated',
        categories: known.filter(({ name, categoryGroups }) => isEnabled(name, categoryGroups)).map(({ name }) => name),
        allMetrics: list(setting.properties['metrics'])
          .map(object)
          .some((entry) => entry['enabled'] === true),
      },
    ];
  });
}

const roleAssignmentSnapshot = ({ parent, properties }: Stored): RoleAssignmentSnapshot => ({
  scope: parent,
  principalId: text(properties['principalId']),
  roleDefinitionId: text(properties['roleDefinitionId']).split('/').at(-1)?.toLowerCase() ?? '',
});
