import { definePolicy, expression, literal, optional } from '../definition.ts';
import {
  checkTokenPlace,
  compileClaims,
  compileKeys,
  compileList,
  compileTokenCheck,
  listSpec,
  tokenAttributes,
  tokenChildren,
} from '../jwt/token-policy.ts';
import { PolicyError } from '../policy-error.ts';

const notForwarded = "tokens of that kind are not known here; leave the attribute out or 'false'.";

export const validateAzureAdToken = definePolicy({
  name: 'validate-azure-ad-token',
  sections: ['inbound'],
  attributes: {
    ...tokenAttributes,
    'tenant-id': expression('string', { required: true }),
    'authentication-endpoint': expression('string'),
    'allow-protected-forwarded-tokens': literal('boolean', {
      check: (value) => (value.toLowerCase() === 'true' ? notForwarded : undefined),
    }),
    'allow-proof-of-possession-tokens': literal('boolean', {
      check: (value) => (value.toLowerCase() === 'true' ? notForwarded : undefined),
    }),
  },
  children: {
    ...tokenChildren,
    'backend-application-ids': optional(listSpec('application-id')),
    'client-application-ids': optional(listSpec('application-id')),
  },
  check: checkTokenPlace,
  difference: 'The keys are read from authentication-endpoint, or login.microsoftonline.com where there is none.',
  compile(element) {
    const tenantOf = element.string('tenant-id') ?? (() => '');
    const endpointOf = element.string('authentication-endpoint');
    const decryptionKeys = compileKeys(element, 'decryption-keys');
    const audiences = compileList(element, 'audiences', 'audience');
    const backends = compileList(element, 'backend-application-ids', 'application-id');
    const clients = compileList(element, 'client-application-ids', 'application-id');
    const claims = compileClaims(element);
    return compileTokenCheck(element, {
      rules: (context) => {
        const tenant = tenantOf(context);
        const endpoint = (endpointOf?.(context) ?? 'https://login.microsoftonline.com').replace(/\/$/, '');
        return {
          configurations: [`${endpoint}/${tenant}/v2.0/.well-known/openid-configuration`],
          signingKeys: [],
          decryptionKeys: decryptionKeys(context),
          // Tokens of both versions are the tenant's.
          issuers: [`https://sts.windows.net/${tenant}/`],
          audiences: [...audiences(context), ...backends(context).flatMap((id) => [id, `api://${id}`])],
          claims: claims(context),
          requiresExpiration: true,
          requiresSignature: true,
          clockSkewSeconds: 300,
        };
      },
      accept: (token, context) => {
        const allowed = clients(context);
        // `appid` in tokens of the first version, `azp` in those of the second.
        const client = String(token['appid'] ?? token['azp'] ?? '');
        if (allowed.length > 0 && !allowed.includes(client))
          throw new PolicyError('TokenClaimValueNotAllowed', `Claim appid value of ${client} is not allowed.`);
      },
    });
  },
});
