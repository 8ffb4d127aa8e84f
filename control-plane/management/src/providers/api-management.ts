import type { Resource } from '@vigia/resource';
import type { Provider } from '../rules.ts';
import { apiRoutes, apiRules } from './api-management/apis.ts';
import { byFields } from './api-management/entity-filter.ts';
import { gatewayTracingRoutes } from './api-management/gateway-tracing.ts';
import { namedValueRoutes } from './api-management/named-values.ts';
import { policyRoutes, policyRules } from './api-management/policies.ts';
import { productRoutes, productRules } from './api-management/products.ts';
import { serviceRoutes, serviceRules } from './api-management/service.ts';
import { serviceType } from './api-management/service-id.ts';
import { subscriptionRoutes, subscriptionRules } from './api-management/subscriptions.ts';

/** Types of which only the list is special: the fields that Azure lets a `$filter` name. */
const filtered: Readonly<Record<string, readonly string[]>> = {
  'apis/schemas': ['contentType'],
  'apis/diagnostics': [],
  diagnostics: [],
  backends: ['title', 'url'],
  namedValues: ['displayName', 'tags'],
  loggers: ['loggerType', 'description', 'resourceId'],
  groups: ['displayName', 'description', 'externalId'],
  users: ['firstName', 'lastName', 'email', 'state', 'registrationDate', 'note'],
  tags: ['displayName'],
  apiVersionSets: ['displayName', 'versioningScheme'],
};

export const apiManagement: Provider = {
  namespace: 'Microsoft.ApiManagement',
  apiVersions: [
    '2025-03-01-preview',
    '2024-10-01-preview',
    '2024-06-01-preview',
    '2024-05-01',
    '2023-05-01-preview',
    '2022-08-01',
    '2021-08-01',
    '2019-12-01',
  ],
  types: [
    ...serviceRules,
    ...apiRules,
    ...productRules,
    ...subscriptionRules,
    ...policyRules,
    ...Object.entries(filtered).map(([path, fields]) => ({
      type: `${serviceType}/${path}`,
      filter: byFields<Resource>(fields),
    })),
  ],
  routes: [
    ...serviceRoutes,
    ...apiRoutes,
    ...productRoutes,
    ...subscriptionRoutes,
    ...namedValueRoutes,
    ...policyRoutes,
    ...gatewayTracingRoutes,
  ],
  notHere: [
    'operations',
    'skus',
    'gateways',
    'service/allPolicies',
    'service/apis/issues',
    'service/apis/releases',
    'service/apis/resolvers',
    'service/apis/tagDescriptions',
    'service/apis/tags',
    'service/apis/operations/tags',
    'service/apis/operationsByTags',
    'service/apis/wikis',
    'service/apisByTags',
    'service/authorizationProviders',
    'service/authorizationServers',
    'service/caches',
    'service/certificates',
    'service/contentTypes',
    'service/documentations',
    'service/eventGridFilters',
    'service/gateways',
    'service/groups/users',
    'service/identityProviders',
    'service/issues',
    'service/locations',
    'service/networkstatus',
    'service/notifications',
    'service/openidConnectProviders',
    'service/policyDescriptions',
    'service/policyRestrictions',
    'service/portalconfigs',
    'service/portalRevisions',
    'service/portalsettings',
    'service/privateEndpointConnections',
    'service/products/apiLinks',
    'service/products/groupLinks',
    'service/products/tags',
    'service/products/wikis',
    'service/productsByTags',
    'service/quotas',
    'service/reports',
    'service/schemas',
    'service/settings',
    'service/skus',
    'service/tagResources',
    'service/templates',
    'service/tenant',
    'service/users/groups',
    'service/users/identities',
    'service/users/keys',
    'service/workspaces',
  ],
};
