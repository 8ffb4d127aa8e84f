import { z } from 'zod';
import type { ResourceDefinition, World } from '../definition.ts';
import { anyRecord, anything, oneOf } from '../schema-parts.ts';
import { serviceType } from './service-entity.ts';

/** The service that takes requests for no known host: the first that was created. */
export const isDefaultService = (key: string, world: Pick<World, 'list' | 'subscriptionId'>): boolean =>
  world.list(serviceType, `/subscriptions/${world.subscriptionId}`)[0]?.key === key;

export const serviceTypes: readonly ResourceDefinition[] = [
  {
    type: serviceType,
    noun: 'Service',
    isExtension: false,
    isTracked: true,
    secrets: [],
    needsIfMatch: false,
    name: { pattern: /^[a-zA-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/, maxLength: 50 },
    envelope: ['location', 'tags', 'sku', 'identity'],
    requires: ['location', 'sku'],
    skus: [
      'Developer',
      'Standard',
      'Premium',
      'Basic',
      'Consumption',
      'Isolated',
      'BasicV2',
      'StandardV2',
      'PremiumV2',
    ],
    properties: z.object({
      publisherEmail: z.string().min(1).max(100),
      publisherName: z.string().min(1).max(100),
      notificationSenderEmail: z.string().max(100).optional(),
      virtualNetworkType: oneOf('None', 'External', 'Internal').optional(),
      virtualNetworkConfiguration: anything.optional(),
      hostnameConfigurations: z.array(anyRecord).optional(),
      certificates: z.array(anyRecord).optional(),
      customProperties: z.record(z.string(), z.string()).optional(),
      enableClientCertificate: z.boolean().optional(),
      disableGateway: z.boolean().optional(),
      apiVersionConstraint: z.object({ minApiVersion: z.string().optional() }).optional(),
      publicNetworkAccess: oneOf('Enabled', 'Disabled').optional(),
      publicIpAddressId: z.string().optional(),
      natGatewayState: oneOf('Enabled', 'Disabled').optional(),
      legacyPortalStatus: oneOf('Enabled', 'Disabled').optional(),
      developerPortalStatus: oneOf('Enabled', 'Disabled').optional(),
      additionalLocations: z.array(anyRecord).optional(),
      restore: z.boolean().optional(),
    }),
    readOnly: [
      'gatewayUrl',
      'gatewayRegionalUrl',
      'managementApiUrl',
      'portalUrl',
      'developerPortalUrl',
      'scmUrl',
      'publicIPAddresses',
      'privateIPAddresses',
      'createdAtUtc',
      'provisioningState',
      'targetProvisioningState',
      'platformVersion',
      'outboundPublicIPAddresses',
      'privateEndpointConnections',
    ],
    mistakeCode: 'ValidationError',
    place: { kind: 'folder', folder: 'service', file: 'serviceInformation.json' },
    facts: ['identity'],
    defaults: {
      notificationSenderEmail: 'apimgmt-noreply@mail.windowsazure.com',
      virtualNetworkType: 'None',
      hostnameConfigurations: [],
      customProperties: {},
      enableClientCertificate: false,
      disableGateway: false,
      publicNetworkAccess: 'Enabled',
      natGatewayState: 'Disabled',
      apiVersionConstraint: {},
    },
    show: ({ id, facts }, { addresses }) => ({
      gatewayUrl: addresses.gateway,
      managementApiUrl: `${addresses.management}${id}`,
      portalUrl: addresses.management,
      developerPortalUrl: addresses.management,
      provisioningState: 'Succeeded',
      targetProvisioningState: '',
      createdAtUtc: facts.createdAt,
      platformVersion: 'stv2',
    }),
    children: [
      {
        path: 'groups/administrators',
        properties: {
          displayName: 'Administrators',
          description: 'Manage the service: its APIs, products, policies and subscriptions.',
          type: 'system',
        },
      },
      {
        path: 'groups/developers',
        properties: {
          displayName: 'Developers',
          description: 'Signed-in users who build applications with the APIs.',
          type: 'system',
        },
      },
      {
        path: 'groups/guests',
        properties: {
          displayName: 'Guests',
          description: 'Visitors who are not signed in.',
          type: 'system',
        },
      },
      {
        path: 'users/1',
        properties: {
          firstName: 'Administrator',
          lastName: 'Vigia',
          email: 'administrator@vigia.localhost',
          state: 'active',
        },
      },
      {
        path: 'subscriptions/master',
        properties: {
          displayName: 'Built-in all-access subscription',
          scope: '/',
          state: 'active',
          allowTracing: true,
        },
      },
      { path: 'loggers/azuremonitor', properties: { loggerType: 'azureMonitor' } },
    ],
  },
];
