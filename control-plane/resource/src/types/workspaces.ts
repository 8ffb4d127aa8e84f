import { z } from 'zod';
import type { ResourceDefinition } from '../definition.ts';
import { anyRecord, oneOf } from '../schema-parts.ts';

export const workspaces: ResourceDefinition = {
  type: 'Microsoft.OperationalInsights/workspaces',
  noun: 'Workspace',
  isExtension: false,
  isTracked: true,
  secrets: ['primarySharedKey', 'secondarySharedKey'],
  generated: { primarySharedKey: 'base64', secondarySharedKey: 'base64' },
  needsIfMatch: false,
  name: { pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]{2,61})[A-Za-z0-9]$/, maxLength: 63 },
  envelope: ['location', 'tags'],
  requires: ['location'],
  properties: z.object({
    sku: z
      .object({
        name: oneOf(
          'PerGB2018',
          'CapacityReservation',
          'Free',
          'Standalone',
          'PerNode',
          'Standard',
          'Premium',
          'LACluster',
        ),
        capacityReservationLevel: z.number().int().optional(),
      })
      .optional(),
    retentionInDays: z.number().int().min(30).max(730).optional(),
    workspaceCapping: z.object({ dailyQuotaGb: z.number().min(-1) }).optional(),
    publicNetworkAccessForIngestion: oneOf('Enabled', 'Disabled').optional(),
    publicNetworkAccessForQuery: oneOf('Enabled', 'Disabled').optional(),
    features: anyRecord.optional(),
    forceCmkForQuery: z.boolean().optional(),
    defaultDataCollectionRuleResourceId: z.string().optional(),
  }),
  readOnly: ['customerId', 'provisioningState', 'createdDate', 'modifiedDate', 'privateLinkScopedResources', 'source'],
  mistakeCode: 'InvalidRequestContent',
  place: { kind: 'folder', folder: 'workspaces', file: 'workspaceInformation.json' },
  facts: ['customerId'],
  defaults: {
    sku: { name: 'PerGB2018' },
    retentionInDays: 30,
    publicNetworkAccessForIngestion: 'Enabled',
    publicNetworkAccessForQuery: 'Enabled',
  },
  show: ({ facts }) => ({
    customerId: facts.customerId,
    provisioningState: 'Succeeded',
    createdDate: facts.createdAt,
  }),
};
