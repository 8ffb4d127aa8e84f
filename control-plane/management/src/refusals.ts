import { Problem } from '@vigia/problem';
import { groupOf, groupType, namespaceOf, sameText, subscriptionType } from './arm-path.ts';
import type { TypeFacts } from './type-registry.ts';

/** What is refused the same way for every type, in Azure's words. */

export const subscriptionNotFound = (subscriptionId: string): Problem =>
  new Problem({
    code: 'SubscriptionNotFound',
    status: 404,
    message: `The subscription '${subscriptionId}' could not be found.`,
  });

/** A resource that does not exist; who is above it does. */
export function resourceNotFound(type: string, id: string, facts: TypeFacts | undefined): Problem {
  const name = id.split('/').at(-1) ?? id;
  if (sameText(type, subscriptionType)) return subscriptionNotFound(name);
  if (sameText(type, groupType)) {
    return new Problem({
      code: 'ResourceGroupNotFound',
      status: 404,
      message: `Resource group '${name}' could not be found.`,
    });
  }
  const isChildOfService = sameText(namespaceOf(type), 'Microsoft.ApiManagement') && facts?.isTracked === false;
  if (isChildOfService || facts?.isExtension) {
    const message = facts?.notFound?.(name) ?? `${facts?.noun ?? 'Resource'} not found.`;
    return new Problem({ code: facts?.notFoundCode ?? 'ResourceNotFound', status: 404, message });
  }
  const path = id.replace(/^.*\/providers\//i, '');
  return new Problem({
    code: 'ResourceNotFound',
    status: 404,
    message: `The Resource '${path}' under resource group '${groupOf(id) ?? ''}' was not found.`,
  });
}

/** A write below a resource that does not exist. */
export const parentNotFound = (type: string, parentId: string): Problem =>
  new Problem({
    code: 'ParentResourceNotFound',
    status: 404,
    message: `Failed to perform 'write' on resource(s) of type '${type.slice(type.indexOf('/') + 1)}', because the parent resource '${parentId}' could not be found.`,
  });

export const invalidNamespace = (namespace: string): Problem =>
  new Problem({
    code: 'InvalidResourceNamespace',
    status: 404,
    message: `The resource namespace '${namespace}' is invalid.`,
  });

export const invalidType = (type: string, apiVersion: string): Problem =>
  new Problem({
    code: 'InvalidResourceType',
    status: 404,
    message: `The resource type '${type.slice(type.indexOf('/') + 1)}' could not be found in the namespace '${namespaceOf(type)}' for api version '${apiVersion}'.`,
  });

/** Azure has it, Vigia does not. */
export const notSupportedHere = (what: string): Problem =>
  new Problem({ code: 'NotImplemented', status: 501, message: `${what} is not supported by Vigia.` });

export const methodNotAllowed = (method: string, what: string, allowed: readonly string[]): Problem =>
  new Problem({
    code: 'MethodNotAllowed',
    status: 405,
    message: `The HTTP method '${method}' is not supported for ${what}. Supported: ${allowed.join(', ') || 'none'}.`,
    headers: { allow: allowed.join(', ') },
  });

/** API Management's envelope of mistakes in a body. */
export const validationError = (mistakes: readonly { readonly target: string; readonly message: string }[]): Problem =>
  new Problem({
    code: 'ValidationError',
    status: 400,
    message: 'One or more fields contain incorrect values:',
    details: mistakes.map(({ target, message }) => ({ code: 'ValidationError', target, message })),
  });
