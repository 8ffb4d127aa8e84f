import { Problem } from '@vigia/problem';
import { z } from 'zod';
import { type ResourceDefinition, text } from '../definition.ts';
import { oneOf } from '../schema-parts.ts';

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const type = 'Microsoft.Authorization/roleAssignments';

const roleGuidOf = (roleDefinitionId: string): string => roleDefinitionId.split('/').at(-1)?.toLowerCase() ?? '';

export const authorizationTypes: readonly ResourceDefinition[] = [
  {
    type,
    noun: 'Role assignment',
    isExtension: true,
    isTracked: false,
    secrets: [],
    needsIfMatch: false,
    name: { pattern: guid, maxLength: 36 },
    envelope: [],
    properties: z.object({
      roleDefinitionId: z.string().min(1),
      principalId: z.string().regex(guid),
      principalType: oneOf('ServicePrincipal', 'User', 'Group', 'ForeignGroup', 'Device').optional(),
      description: z.string().optional(),
      condition: z.string().optional(),
      conditionVersion: z.string().optional(),
      delegatedManagedIdentityResourceId: z.string().optional(),
    }),
    readOnly: ['scope', 'createdOn', 'updatedOn', 'createdBy', 'updatedBy'],
    mistakeCode: 'BadRequest',
    place: { kind: 'folder', folder: 'roleAssignments', file: 'roleAssignmentInformation.json' },
    normalize: (properties) => ({
      ...properties,
      roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roleGuidOf(text(properties['roleDefinitionId']))}`,
      principalId: text(properties['principalId']).toLowerCase(),
    }),
    check(resource, world, report) {
      const { roleDefinitionId, principalId, condition } = resource.properties;
      const role = roleGuidOf(text(roleDefinitionId));
      if (condition !== undefined)
        report('properties.condition', 'Conditions on role assignments are not supported by Vigia.');
      if (!guid.test(role) || !world.knownRoleDefinition(role))
        throw new Problem({
          code: 'RoleDefinitionDoesNotExist',
          status: 400,
          message: `The specified role definition with ID '${role}' does not exist.`,
        });
      const same = world
        .list(type, resource.parent)
        .find(
          (other) =>
            other.key !== resource.key &&
            other.parent === resource.parent &&
            roleGuidOf(text(other.properties['roleDefinitionId'])) === role &&
            other.properties['principalId'] === principalId,
        );
      if (same)
        throw new Problem({
          code: 'RoleAssignmentExists',
          status: 409,
          message: `The role assignment already exists. The ID of the conflicting role assignment is ${same.name.replaceAll('-', '')}.`,
        });
    },
    show: ({ properties, parent, facts }, world) => ({
      ...properties,
      roleDefinitionId: `/subscriptions/${world.subscriptionId}${text(properties['roleDefinitionId'])}`,
      principalType: properties['principalType'] ?? 'ServicePrincipal',
      scope: world.get(parent)?.id ?? parent,
      createdOn: facts.createdAt,
      updatedOn: facts.createdAt,
    }),
  },
];
