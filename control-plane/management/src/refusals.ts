import { Problem } from '@vigia/problem';
import { namespaceOf } from './arm-path.ts';

/** What is refused the same way for every type, in Azure's words. What does not exist is named by the store. */

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
