import { Problem, type ProblemDetail } from '@vigia/problem';
import type { ResourceDefinition } from './definition.ts';
import { parseResourceId } from './resource-id.ts';
import { definitionOf } from './type-table.ts';

/** Azure's 404 for an id: its words depend on the type. */
export function notFound(id: string): Problem {
  const parsed = parseResourceId(id);
  if (parsed === undefined)
    return new Problem({ code: 'InvalidResourceId', status: 400, message: `'${id}' is not the id of a resource.` });
  const definition = definitionOf(parsed.type);
  if (definition?.type === 'Microsoft.Resources/resourceGroups')
    return new Problem({
      code: 'ResourceGroupNotFound',
      status: 404,
      message: `Resource group '${parsed.name}' could not be found.`,
    });
  if (parsed.type === 'Microsoft.Resources/subscriptions')
    return new Problem({
      code: 'SubscriptionNotFound',
      status: 404,
      message: `The subscription '${parsed.subscriptionId}' could not be found.`,
    });
  if (definition?.type === 'Microsoft.Authorization/roleAssignments')
    return new Problem({
      code: 'RoleAssignmentNotFound',
      status: 404,
      message: `The role assignment '${parsed.name.replaceAll('-', '')}' is not found.`,
    });
  if (definition === undefined || definition.isTracked || definition.isExtension || !isOfService(definition))
    return new Problem({
      code: 'ResourceNotFound',
      status: 404,
      message: `The Resource '${pathInProviders(parsed.id)}' under resource group '${parsed.resourceGroup ?? '<null>'}' was not found.`,
    });
  return new Problem({ code: 'ResourceNotFound', status: 404, message: `${definition.noun} not found.` });
}

/** What is to be in something that does not exist. */
export function parentNotFound(parentId: string): Problem {
  const parsed = parseResourceId(parentId);
  const definition = parsed && definitionOf(parsed.type);
  if (parsed === undefined || definition === undefined || !definition.isTracked) return notFound(parentId);
  if (definition.type === 'Microsoft.Resources/resourceGroups') return notFound(parentId);
  return new Problem({
    code: 'ParentResourceNotFound',
    status: 404,
    message: `Can not perform requested operation on nested resource. Parent resource '${parsed.name}' not found.`,
  });
}

const isOfService = ({ type }: ResourceDefinition): boolean => type.startsWith('Microsoft.ApiManagement/');

/** `Microsoft.ApiManagement/service/apim-contoso`: what follows the last `/providers/`. */
const pathInProviders = (id: string): string => id.slice(id.lastIndexOf('/providers/') + '/providers/'.length);

export const preconditionFailed = (id: string): Problem =>
  new Problem({
    code: 'PreconditionFailed',
    status: 412,
    message: `The resource '${id.split('/').at(-1)}' was changed since the ETag in If-Match was read, or does not exist.`,
  });

/** Every mistake of a body (or of several) in the envelope that its type uses. */
export function mistakes(code: ResourceDefinition['mistakeCode'], found: readonly Mistake[]): Problem {
  const details: ProblemDetail[] = found.map(({ target, message }) => ({ code, target, message }));
  const sentences = found.map(({ message }) => message).join(' ');
  return new Problem({
    code,
    status: 400,
    message: code === 'ValidationError' ? 'One or more fields contain incorrect values:' : sentences,
    details,
  });
}

export interface Mistake {
  readonly target: string;
  readonly message: string;
}
