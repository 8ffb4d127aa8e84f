import { Problem } from '@vigia/problem';
import { z } from 'zod';
import { list, object, type ResourceDefinition, type Stored, text } from '../definition.ts';
import { diagnosticCategoriesOf } from '../diagnostic-categories.ts';
import { anything, oneOf } from '../schema-parts.ts';

const type = 'Microsoft.Insights/diagnosticSettings';
const settingsPerResource = 5;
const destinations = [
  'storageAccountId',
  'eventHubAuthorizationRuleId',
  'eventHubName',
  'serviceBusRuleId',
  'marketplacePartnerId',
];

/** Ids in files leave the subscription out, so that a folder can move to another installation. */
export const withoutSubscription = (id: string): string => id.replace(/^\/subscriptions\/[^/]+(?=\/)/i, '');
export const withSubscription = (id: string, subscriptionId: string): string =>
  /^\/subscriptions\//i.test(id) ? id : `/subscriptions/${subscriptionId}${id}`;

/** `/subscriptions/{id}` of a key. */
export const subscriptionOf = (key: string): string => key.split('/').slice(0, 3).join('/');

/** Key of the workspace that a setting sends to. */
export const workspaceKeyOf = (setting: Stored): string | undefined => {
  const id = text(setting.properties['workspaceId']);
  return id === '' ? undefined : withSubscription(id, subscriptionOf(setting.key).split('/')[2] ?? '').toLowerCase();
};

export const diagnosticSettings: ResourceDefinition = {
  type,
  noun: 'Diagnostic setting',
  isExtension: true,
  isTracked: false,
  secrets: [],
  needsIfMatch: false,
  name: { pattern: /^[^*#&+:<>?/\\%]+$/, maxLength: 260 },
  envelope: [],
  properties: z.object({
    workspaceId: z.string().optional(),
    storageAccountId: z.string().optional(),
    eventHubAuthorizationRuleId: z.string().optional(),
    eventHubName: z.string().optional(),
    serviceBusRuleId: z.string().optional(),
    marketplacePartnerId: z.string().optional(),
    logAnalyticsDestinationType: oneOf('Dedicated', 'AzureDiagnostics').optional(),
    logs: z
      .array(
        z.object({
          category: z.string().optional(),
          categoryGroup: z.string().optional(),
          enabled: z.boolean(),
          retentionPolicy: z.object({ enabled: z.boolean(), days: z.number().int().min(0) }).optional(),
        }),
      )
      .optional(),
    metrics: z
      .array(
        z.object({
          category: z.string().optional(),
          timeGrain: z.string().optional(),
          enabled: z.boolean(),
          retentionPolicy: anything.optional(),
        }),
      )
      .optional(),
  }),
  readOnly: [],
  mistakeCode: 'BadRequest',
  place: { kind: 'folder', folder: 'diagnosticSettings', file: 'diagnosticSettingInformation.json' },
  normalize: (properties) =>
    properties['workspaceId'] === undefined
      ? properties
      : { ...properties, workspaceId: withoutSubscription(text(properties['workspaceId']).replace(/\/+$/, '')) },
  references(resource) {
    const to = workspaceKeyOf(resource);
    return to === undefined ? [] : [{ property: 'workspaceId', to, noun: 'Workspace', onDelete: 'refuse' }];
  },
  check(resource, world, report) {
    const scope = world.get(resource.parent);
    const scopeType = scope?.definition.type ?? 'Microsoft.Resources/subscriptions';
    const known = diagnosticCategoriesOf(scopeType);
    if (known.length === 0)
      throw new Problem({
        code: 'ResourceTypeNotSupported',
        status: 400,
        message: `The resource type '${scopeType.toLowerCase()}' does not support diagnostic settings.`,
      });
    for (const destination of destinations)
      if (resource.properties[destination] !== undefined)
        report(
          destination,
          `The destination '${destination}' is not supported by Vigia; send to a workspace (workspaceId).`,
        );
    if (resource.properties['workspaceId'] === undefined)
      report('workspaceId', 'A diagnostic setting needs a destination: workspaceId.');
    list(resource.properties['logs']).forEach((entry, index) => {
      const { category, categoryGroup } = object(entry);
      if ((category === undefined) === (categoryGroup === undefined))
        report(`logs[${index}]`, "Exactly one of 'category' and 'categoryGroup' must be given.");
      else if (category !== undefined && !isKnown(text(category), 'Logs'))
        report(`logs[${index}].category`, `Category '${text(category)}' is not supported.`);
      else if (
        categoryGroup !== undefined &&
        !known.some(({ categoryGroups }) => categoryGroups.some((group) => sameText(group, text(categoryGroup))))
      )
        report(`logs[${index}].categoryGroup`, `Category group '${text(categoryGroup)}' is not supported.`);
    });
    list(resource.properties['metrics']).forEach((entry, index) => {
      const category = text(object(entry)['category']);
      if (!isKnown(category, 'Metrics'))
        report(`metrics[${index}].category`, `Category '${category}' is not supported.`);
    });
    const siblings = world.list(type, resource.parent).filter(({ parent }) => parent === resource.parent);
    if (siblings.length > settingsPerResource)
      throw new Problem({
        code: 'Conflict',
        status: 409,
        message: `The resource has already ${settingsPerResource} diagnostic settings, which is the highest number; delete one first.`,
      });

    function isKnown(name: string, categoryType: 'Logs' | 'Metrics'): boolean {
      return known.some((one) => one.categoryType === categoryType && sameText(one.name, name));
    }
  },
  show: ({ properties }, world) => ({
    ...properties,
    ...(properties['workspaceId'] === undefined
      ? {}
      : { workspaceId: withSubscription(text(properties['workspaceId']), world.subscriptionId) }),
    logAnalyticsDestinationType: properties['logAnalyticsDestinationType'] ?? null,
    logs: properties['logs'] ?? [],
    metrics: properties['metrics'] ?? [],
  }),
};

const sameText = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
