export {
  createIdentityTokens,
  fetchIdentityToken,
  type IdentityEndpoint,
  type IdentityToken,
  type IdentityTokenRequest,
  type IdentityTokens,
  type IdentityTokensOptions,
} from './identity-tokens.ts';
export { type AccessQuestion, covers, isAllowed } from './is-allowed.ts';
export { type RoleDefinition, roleDefinitionById, roleDefinitionByName, roleDefinitions } from './role-definitions.ts';
export { identitiesOf, identitySecret, type TokenIdentity } from './token-identity.ts';
export { tokenRoutes } from './token-routes.ts';
export { type IssuedToken, openTokenService, type TokenService, type TokenServiceOptions } from './token-service.ts';
export {
  createTokenVerifier,
  type TokenClaims,
  type TokenFault,
  type TokenVerdict,
  type TokenVerifier,
  type TokenVerifierOptions,
} from './token-verifier.ts';
