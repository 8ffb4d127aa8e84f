import type { PolicyContext } from '../context.ts';
import { type CompiledElement, definePolicy, expression, literal } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';

export const managedIdentitySpec = {
  attributes: {
    resource: expression('string', { required: true }),
    'client-id': expression('string'),
    'output-token-variable-name': literal('string'),
    'ignore-error': expression('boolean'),
  },
};

/** The token that the element asks for; undefined where it failed and that is ignored. */
export function compileManagedIdentity(
  element: CompiledElement,
): (context: PolicyContext) => Promise<string | undefined> {
  const resource = element.string('resource') ?? (() => '');
  const clientId = element.string('client-id');
  const ignoresError = element.boolean('ignore-error', false);
  return async (context) => {
    try {
      return await context.services.managedIdentityToken(resource(context), clientId?.(context) || undefined);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (!ignoresError(context)) throw new PolicyError('ManagedIdentityTokenFailure', message, { cause });
      context.trace({ source: 'authentication-managed-identity', level: 'error', message });
      return undefined;
    }
  };
}

export const authenticationManagedIdentity = definePolicy({
  name: 'authentication-managed-identity',
  sections: ['inbound'],
  scopes: ['global', 'product', 'api', 'operation'],
  ...managedIdentitySpec,
  compile(element) {
    const tokenOf = compileManagedIdentity(element);
    const variable = element.literal('output-token-variable-name');
    return async (context) => {
      const token = await tokenOf(context);
      if (token === undefined) return undefined;
      if (variable) context.variables.set(variable, token);
      else context.request.headers.set('Authorization', [`Bearer ${token}`]);
      return undefined;
    };
  },
});
