import { definePolicy, expression, literal, many, optional } from '../definition.ts';
import {
  checkTokenPlace,
  compileClaims,
  compileKeys,
  compileList,
  compileTokenCheck,
  keysSpec,
  listSpec,
  tokenAttributes,
  tokenChildren,
} from '../jwt/token-policy.ts';

export const validateJwt = definePolicy({
  name: 'validate-jwt',
  sections: ['inbound'],
  attributes: {
    ...tokenAttributes,
    'require-expiration-time': expression('boolean'),
    'require-signed-tokens': expression('boolean'),
    'clock-skew': expression('integer'),
  },
  children: {
    ...tokenChildren,
    'openid-config': many({
      attributes: {
        url: expression('string', { required: true }),
        'validate-connectivity': literal('boolean'),
        host: literal('string'),
      },
    }),
    'issuer-signing-keys': optional(keysSpec),
    issuers: optional(listSpec('issuer')),
  },
  check: checkTokenPlace,
  difference: 'Keys by certificate-id are refused; the texts of some reasons are our own.',
  compile(element) {
    const urls = element.children('openid-config').map((config) => config.string('url') ?? (() => ''));
    const signingKeys = compileKeys(element, 'issuer-signing-keys');
    const decryptionKeys = compileKeys(element, 'decryption-keys');
    const issuers = compileList(element, 'issuers', 'issuer');
    const audiences = compileList(element, 'audiences', 'audience');
    const claims = compileClaims(element);
    const requiresExpiration = element.boolean('require-expiration-time', true);
    const requiresSignature = element.boolean('require-signed-tokens', true);
    const clockSkew = element.number('clock-skew', 0);
    return compileTokenCheck(element, {
      rules: (context) => ({
        configurations: urls.map((url) => url(context)),
        signingKeys: signingKeys(context),
        decryptionKeys: decryptionKeys(context),
        issuers: issuers(context),
        audiences: audiences(context),
        claims: claims(context),
        requiresExpiration: requiresExpiration(context),
        requiresSignature: requiresSignature(context),
        clockSkewSeconds: clockSkew(context),
      }),
    });
  },
});
