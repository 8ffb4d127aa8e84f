import { createHash } from 'node:crypto';
import type { JsonObject } from '@vigia/contract';
import { z } from 'zod';
import { object, type Reference, type ResourceDefinition, type Stored, text } from '../definition.ts';
import { anyRecord, nameText, oneOf, textUpTo } from '../schema-parts.ts';
import { absoluteKey, serviceEntity, serviceKeyOf, serviceType, shownId, withRelative } from './service-entity.ts';

const keyInService = ({ parent, name }: { readonly parent: string; readonly name: string }): string =>
  `${parent}/${name}`;

export const isSecretNamedValue = (properties: Stored['properties']): boolean => properties['secret'] === true;

const namedValues = serviceEntity('namedValues', {
  noun: 'Property',
  secrets: ['value'],
  isSecret: (_name, properties) => isSecretNamedValue(properties),
  properties: z.object({
    displayName: z
      .string()
      .min(1)
      .max(256)
      .regex(/^[A-Za-z0-9\-._]+$/),
    value: z.string().min(1).max(4096).optional(),
    secret: z.boolean().optional(),
    tags: z.array(z.string()).max(32).optional(),
    keyVault: anyRecord.optional(),
  }),
  place: { kind: 'folder', folder: 'named values', file: 'namedValueInformation.json' },
  defaults: { secret: false, tags: [] },
  check(resource, world, report) {
    const { displayName, value, keyVault } = resource.properties;
    if (keyVault !== undefined)
      report('keyVault', 'Values from Azure Key Vault are not supported by Vigia; give the value itself.');
    else if (value === undefined && world.secret(resource.key, 'value') === undefined)
      report(
        'value',
        'The value is required. (A secret one may stand in the file once; Vigia moves it into the vault.)',
      );
    const name = text(displayName).toLowerCase();
    const same = world
      .list(resource.definition.type, resource.parent)
      .find((other) => other.key !== resource.key && text(other.properties['displayName']).toLowerCase() === name);
    if (same) report('displayName', `A property with the name '${text(displayName)}' already exists: '${same.name}'.`);
  },
});

/** What Azure shows instead of a logger's credentials. */
const maskOf = (key: string, name: string): string =>
  `{{Logger-Credentials--${createHash('sha256').update(`${key}/${name}`).digest('hex').slice(0, 24)}}}`;

const loggers = serviceEntity('loggers', {
  noun: 'Logger',
  secrets: ['credentials'],
  properties: z.object({
    loggerType: oneOf('azureMonitor', 'applicationInsights', 'azureEventHub'),
    description: textUpTo(256).optional(),
    credentials: z.record(z.string(), z.string()).optional(),
    isBuffered: z.boolean().optional(),
    resourceId: z.string().optional(),
  }),
  place: { kind: 'folder', folder: 'loggers', file: 'loggerInformation.json' },
  defaults: { isBuffered: true },
  // Whoever writes back what a GET has shown means: as they are.
  normalize(properties) {
    const values = Object.values(object(properties['credentials']));
    if (values.length === 0 || !values.every((value) => text(value).startsWith('{{Logger-Credentials--')))
      return properties;
    const { credentials: _shown, ...rest } = properties;
    return rest;
  },
  show(resource, world) {
    const secret = world.secret(resource.key, 'credentials');
    if (secret === undefined) return {};
    const names = Object.keys(JSON.parse(secret) as JsonObject);
    return { credentials: Object.fromEntries(names.map((name) => [name, maskOf(resource.key, name)])) };
  },
});

const apiVersionSets = serviceEntity('apiVersionSets', {
  noun: 'Api version set',
  properties: z.object({
    displayName: nameText(100),
    versioningScheme: oneOf('Segment', 'Query', 'Header'),
    versionQueryName: nameText(100).optional(),
    versionHeaderName: nameText(100).optional(),
    description: z.string().optional(),
  }),
  place: { kind: 'folder', folder: 'version sets', file: 'versionSetInformation.json' },
  check(resource, _world, report) {
    const scheme = text(resource.properties['versioningScheme']);
    if (scheme !== 'Segment')
      report(
        'versioningScheme',
        `The versioning scheme '${scheme}' is not supported by Vigia yet; expected 'Segment'.`,
      );
  },
});

const groups = serviceEntity('groups', {
  noun: 'Group',
  properties: z.object({
    displayName: nameText(300),
    description: textUpTo(1000).optional(),
    type: oneOf('custom', 'system', 'external').optional(),
    externalId: z.string().optional(),
  }),
  readOnly: ['builtIn'],
  builtIn: ['administrators', 'developers', 'guests'],
  place: { kind: 'folder', folder: 'groups', file: 'groupInformation.json' },
  defaults: { type: 'custom' },
  show: ({ name }) => ({ builtIn: ['administrators', 'developers', 'guests'].includes(name.toLowerCase()) }),
});

const users = serviceEntity('users', {
  noun: 'User',
  secrets: ['password'],
  properties: z.object({
    firstName: nameText(100),
    lastName: nameText(100),
    email: nameText(254),
    password: z.string().optional(),
    state: oneOf('active', 'blocked', 'pending', 'deleted').optional(),
    note: z.string().optional(),
    identities: z.array(anyRecord).optional(),
  }),
  readOnly: ['registrationDate', 'groups', 'confirmation', 'appType'],
  builtIn: ['1'],
  place: { kind: 'folder', folder: 'users', file: 'userInformation.json' },
  defaults: { state: 'active', identities: [] },
  check(resource, world, report) {
    const email = text(resource.properties['email']).toLowerCase();
    const isTaken = world
      .list(resource.definition.type, resource.parent)
      .some((other) => other.key !== resource.key && text(other.properties['email']).toLowerCase() === email);
    if (isTaken) report('email', 'A user with this email already exists.');
  },
  show: ({ facts }) => ({ registrationDate: facts.createdAt }),
});

const tags = serviceEntity('tags', {
  noun: 'Tag',
  properties: z.object({ displayName: nameText(160) }),
  place: { kind: 'folder', folder: 'tags', file: 'tagInformation.json' },
  check: uniqueDisplayName,
});

/** What a subscription opens, by its relative scope. */
export type SubscriptionScope =
  | { readonly kind: 'service' | 'allApis' }
  | { readonly kind: 'api' | 'product'; readonly name: string };

/** undefined: no scope of a subscription. */
export function scopeOf(relative: string): SubscriptionScope | undefined {
  if (relative === '/') return { kind: 'service' };
  if (/^\/apis$/i.test(relative)) return { kind: 'allApis' };
  const match = /^\/(apis|products)\/([^/]+)$/i.exec(relative);
  if (match === null) return undefined;
  return { kind: match[1]?.toLowerCase() === 'apis' ? 'api' : 'product', name: match[2] ?? '' };
}

const states = ['suspended', 'active', 'expired', 'submitted', 'rejected', 'cancelled'] as const;

const subscriptions = serviceEntity('subscriptions', {
  noun: 'Subscription',
  secrets: ['primaryKey', 'secondaryKey'],
  generated: { primaryKey: 'hex32', secondaryKey: 'hex32' },
  builtIn: ['master'],
  properties: z.object({
    displayName: nameText(100),
    scope: z.string().min(1),
    ownerId: z.string().optional(),
    primaryKey: nameText(256).optional(),
    secondaryKey: nameText(256).optional(),
    state: oneOf(...states).optional(),
    allowTracing: z.boolean().optional(),
    stateComment: z.string().optional(),
    expirationDate: z.string().optional(),
  }),
  readOnly: ['createdDate', 'startDate', 'endDate', 'notificationDate'],
  place: { kind: 'folder', folder: 'subscriptions', file: 'subscriptionInformation.json' },
  defaults: { state: 'active', allowTracing: false },
  normalize: (properties, context) =>
    withRelative(withRelative(properties, 'scope', keyInService(context)), 'ownerId', keyInService(context)),
  references(resource) {
    const found: Reference[] = [];
    const relative = text(resource.properties['scope']);
    const scope = scopeOf(relative);
    if (scope?.kind === 'api' || scope?.kind === 'product') {
      found.push({
        property: 'scope',
        to: absoluteKey(relative, resource.key),
        noun: scope.kind === 'api' ? 'Api' : 'Product',
        onDelete: scope.kind === 'api' ? 'cascade' : 'refuse',
      });
    }
    const owner = text(resource.properties['ownerId']);
    if (owner !== '')
      found.push({ property: 'ownerId', to: absoluteKey(owner, resource.key), noun: 'User', onDelete: 'refuse' });
    return found;
  },
  check(resource, world, report) {
    const relative = text(resource.properties['scope']);
    if (scopeOf(relative) === undefined)
      report(
        'scope',
        `'${relative}' is not a scope; expected /apis, /apis/{apiId}, /products/{productId} or the service's id.`,
      );
    const keys = keysOf(resource);
    for (const other of world.list(resource.definition.type, resource.parent)) {
      if (other.key === resource.key) continue;
      for (const [name, key] of keys)
        if (key !== undefined && keysOf(other).some(([, taken]) => taken === key))
          report(name, 'The key is already in use by another subscription.');
    }
    function keysOf({ key }: Stored) {
      return ['primaryKey', 'secondaryKey'].map((name) => [name, world.secret(key, name)] as const);
    }
  },
  show(resource, world) {
    const service = world.get(serviceKeyOf(resource.key))?.id ?? '';
    const owner = text(resource.properties['ownerId']);
    return {
      scope: shownId(text(resource.properties['scope']), service),
      ...(owner === '' ? {} : { ownerId: shownId(owner, service) }),
      createdDate: resource.facts.createdAt,
    };
  },
});

/** Names that people read must not be there twice. */
export function uniqueDisplayName(
  ...[resource, world, report]: Parameters<NonNullable<ResourceDefinition['check']>>
): void {
  const name = text(resource.properties['displayName']);
  const same = world
    .list(resource.definition.type, resource.parent)
    .find(
      (other) =>
        other.key !== resource.key && text(other.properties['displayName']).toLowerCase() === name.toLowerCase(),
    );
  if (same)
    report(
      'displayName',
      `${resource.definition.noun} with the display name '${name}' already exists: '${same.name}'.`,
    );
}

export const serviceEntityTypes: readonly ResourceDefinition[] = [
  apiVersionSets,
  namedValues,
  loggers,
  groups,
  users,
  tags,
  subscriptions,
];

export const namedValueType = `${serviceType}/namedValues`;
export const fragmentType = `${serviceType}/policyFragments`;
export const subscriptionType = `${serviceType}/subscriptions`;
