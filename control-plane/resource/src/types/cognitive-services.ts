import { Problem } from '@vigia/problem';
import { z } from 'zod';
import { object, type ResourceDefinition, type Stored, text, type World } from '../definition.ts';
import { anyRecord, anything, oneOf } from '../schema-parts.ts';

const accountType = 'Microsoft.CognitiveServices/accounts';

/** Without a sub domain of its own, an account is addressed by its name. */
export const subDomainOf = (account: Stored): string => text(account.properties['customSubDomainName']) || account.name;

/** The account that answers calls that name none: the first that was created. */
export const isDefaultAccount = (account: Stored, world: World): boolean =>
  world.list(accountType, `/subscriptions/${world.subscriptionId}`)[0]?.key === account.key;

export const endpointOf = (account: Stored, world: World): string =>
  isDefaultAccount(account, world) ? `${world.addresses.openai}/` : `${world.addresses.openai}/${account.name}/`;

const accounts: ResourceDefinition = {
  type: accountType,
  noun: 'Account',
  isExtension: false,
  isTracked: true,
  secrets: ['key1', 'key2'],
  generated: { key1: 'openAi', key2: 'openAi' },
  needsIfMatch: false,
  name: { pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, maxLength: 64 },
  envelope: ['location', 'tags', 'kind', 'sku', 'identity'],
  requires: ['location', 'kind', 'sku'],
  kinds: ['OpenAI', 'AIServices'],
  skus: ['S0', 'F0'],
  properties: z.object({
    customSubDomainName: z
      .string()
      .regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/)
      .optional(),
    publicNetworkAccess: oneOf('Enabled', 'Disabled').optional(),
    disableLocalAuth: z.boolean().optional(),
    networkAcls: anyRecord.optional(),
    dynamicThrottlingEnabled: z.boolean().optional(),
    storedCompletionsDisabled: z.boolean().optional(),
    restrictOutboundNetworkAccess: z.boolean().optional(),
    allowedFqdnList: z.array(z.string()).optional(),
    allowProjectManagement: z.boolean().optional(),
    apiProperties: anyRecord.optional(),
    encryption: anything.optional(),
  }),
  readOnly: [
    'endpoint',
    'endpoints',
    'provisioningState',
    'capabilities',
    'dateCreated',
    'callRateLimit',
    'internalId',
    'isMigrated',
    'skuChangeInfo',
    'quotaLimit',
    'privateEndpointConnections',
    'restore',
  ],
  mistakeCode: 'InvalidRequestContent',
  place: { kind: 'folder', folder: 'accounts', file: 'accountInformation.json' },
  facts: ['identity'],
  defaults: { publicNetworkAccess: 'Enabled' },
  check(resource, world) {
    const wanted = subDomainOf(resource).toLowerCase();
    const taken = world
      .list(accountType, `/subscriptions/${world.subscriptionId}`)
      .some((other) => other.key !== resource.key && subDomainOf(other).toLowerCase() === wanted);
    if (taken)
      throw new Problem({
        code: 'CustomDomainInUse',
        status: 409,
        message: `The subdomain name '${wanted}' is already used by another account. Choose a different customSubDomainName.`,
      });
  },
  show(resource, world) {
    const endpoint = endpointOf(resource, world);
    return {
      endpoint,
      endpoints: {
        'OpenAI Language Model Instance API': endpoint,
        'Azure OpenAI Legacy API - Latest moniker': endpoint,
      },
      provisioningState: 'Succeeded',
      dateCreated: resource.facts.createdAt,
      isMigrated: false,
    };
  },
};

const deployments: ResourceDefinition = {
  type: `${accountType}/deployments`,
  noun: 'Deployment',
  isExtension: false,
  isTracked: false,
  secrets: [],
  needsIfMatch: false,
  name: { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/, maxLength: 64 },
  envelope: ['sku', 'tags'],
  skus: [
    'Standard',
    'GlobalStandard',
    'DataZoneStandard',
    'ProvisionedManaged',
    'GlobalProvisionedManaged',
    'DataZoneProvisionedManaged',
    'GlobalBatch',
    'DataZoneBatch',
    'DeveloperTier',
  ],
  properties: z.object({
    model: z.object({
      format: z.string().min(1),
      name: z.string().min(1),
      version: z.string().optional(),
      publisher: z.string().optional(),
      source: z.string().optional(),
      sourceAccount: z.string().optional(),
    }),
    raiPolicyName: z.string().optional(),
    versionUpgradeOption: oneOf(
      'OnceNewDefaultVersionAvailable',
      'OnceCurrentVersionExpired',
      'NoAutoUpgrade',
    ).optional(),
    spilloverDeploymentName: z.string().optional(),
    capacitySettings: anyRecord.optional(),
    scaleSettings: anyRecord.optional(),
    dynamicThrottlingEnabled: z.boolean().optional(),
  }),
  readOnly: ['provisioningState', 'rateLimits', 'capabilities', 'callRateLimit', 'currentCapacity', 'deploymentState'],
  mistakeCode: 'InvalidRequestContent',
  place: { kind: 'folder', folder: 'deployments', file: 'deploymentInformation.json' },
  defaults: { versionUpgradeOption: 'OnceNewDefaultVersionAvailable' },
  check(resource, _world, report) {
    const capacity = resource.envelope.sku?.capacity;
    if (capacity !== undefined && capacity < 1) report('sku.capacity', 'The capacity must be at least 1.');
    const format = text(object(resource.properties['model'])['format']);
    if (format !== 'OpenAI')
      report('properties.model.format', `The model format '${format}' is not supported; expected 'OpenAI'.`);
  },
  show(resource) {
    // Thousands of tokens a minute; Azure allows 6 requests for each of them.
    const capacity = capacityOf(resource);
    return {
      provisioningState: 'Succeeded',
      rateLimits: [
        { key: 'request', renewalPeriod: 60, count: capacity * 6 },
        { key: 'token', renewalPeriod: 60, count: capacity * 1000 },
      ],
    };
  },
};

export const capacityOf = (deployment: Stored): number => deployment.envelope.sku?.capacity ?? 1;

export const cognitiveServicesTypes: readonly ResourceDefinition[] = [accounts, deployments];
