import type { ResourceDefinition } from './definition.ts';
import type { ResourceType } from './interface.ts';
import { apiTypes } from './types/apis.ts';
import { authorizationTypes } from './types/authorization.ts';
import { backendTypes } from './types/backends.ts';
import { cognitiveServicesTypes } from './types/cognitive-services.ts';
import { diagnosticSettings } from './types/diagnostic-settings.ts';
import { diagnosticTypes } from './types/diagnostics.ts';
import { policyTypes } from './types/policies.ts';
import { productTypes } from './types/products.ts';
import { resourceGroups } from './types/resource-groups.ts';
import { serviceTypes } from './types/service.ts';
import { serviceEntityTypes } from './types/service-entities.ts';
import { workspaces } from './types/workspaces.ts';

/** Every type that there is, parents before children. */
export const definitions: readonly ResourceDefinition[] = [
  resourceGroups,
  workspaces,
  ...cognitiveServicesTypes,
  ...serviceTypes,
  ...serviceEntityTypes,
  ...backendTypes,
  ...apiTypes,
  ...productTypes,
  ...policyTypes,
  ...diagnosticTypes,
  diagnosticSettings,
  ...authorizationTypes,
];

const byType = new Map(definitions.map((definition) => [definition.type.toLowerCase(), definition]));

/** Types as the management REST needs to know them. */
export const resourceTypes: readonly ResourceType[] = definitions;

export const definitionOf = (type: string): ResourceDefinition | undefined => byType.get(type.toLowerCase());

/** Azure's casing of a type, or of the beginning of one; what is not known stays as it was given. */
export function spellingOf(type: string): string {
  const known = byType.get(type.toLowerCase());
  if (known !== undefined) return known.type;
  const slash = type.lastIndexOf('/');
  const start = `${type.slice(0, slash).toLowerCase()}/`;
  const relative = definitions.find((definition) => definition.type.toLowerCase().startsWith(start));
  return relative === undefined ? type : `${relative.type.slice(0, slash)}${type.slice(slash)}`;
}

/** `Microsoft.ApiManagement/service` of `Microsoft.ApiManagement/service/apis`; undefined: below a resource group. */
export const parentTypeOf = (type: string): string | undefined => {
  const parts = type.split('/');
  return parts.length > 2 ? parts.slice(0, -1).join('/') : undefined;
};
