import { definePolicy, expression, literal } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';

export const authenticationManagedIdentity = definePolicy({
  name: 'authentication-managed-identity',
  sections: ['inbound'],
  attributes: {
    resource: expression('string', { required: true }),
    'client-id': expression('string'),
    'output-token-variable-name': literal('string'),
    'ignore-error': expression('boolean'),
  },
  compile(element) {
    const resource = element.string('resource') ?? (() => '');
    const clientId = element.string('client-id');
    const variable = element.literal('output-token-variable-name');
    const ignoresError = element.boolean('ignore-error', false);
    return async (context) => {
      let token: string;
      try {
        token = await context.services.managedIdentityToken(resource(context), clientId?.(context) || undefined);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        if (!ignoresError(context)) throw new PolicyError('ManagedIdentityTokenFailure', message, { cause });
        context.trace({ source: 'authentication-managed-identity', level: 'error', message });
        return undefined;
      }
      if (variable) context.variables.set(variable, token);
      else context.request.headers.set('Authorization', [`Bearer ${token}`]);
      return undefined;
    };
  },
});
