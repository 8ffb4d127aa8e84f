import { fetchIdentityToken, type IdentityTokensOptions, identitySecret } from '@vigia/access';
import { Problem } from '@vigia/problem';
import type { RoleConfig } from './role.ts';

/** Where tokens of managed identities come from: the local token service, or Microsoft Entra ID. */
export function identityTokenSource(
  { settings, origins }: RoleConfig,
  masterKey: Uint8Array,
): IdentityTokensOptions['get'] {
  if (settings['identity.source'] === 'azure') return ({ resource }) => azureToken(resource);
  const endpoint = {
    url: origins.openai,
    secretOf: (principalId: string) => identitySecret(masterKey, principalId),
  };
  return (request) => fetchIdentityToken(endpoint, request);
}

interface Credential {
  getToken(scope: string): Promise<{ token: string; expiresOnTimestamp: number } | null>;
}
let credential: Promise<Credential> | undefined;

/** Loaded at the first use: who works locally never pays for it. */
const azureCredential = (): Promise<Credential> => {
  credential ??= import('@azure/identity').then(({ DefaultAzureCredential }) => new DefaultAzureCredential());
  return credential;
};

/** A token of this machine's own Azure identity (environment, workload identity, managed identity, `az login`). */
export async function azureToken(resource: string): Promise<{ accessToken: string; expiresAt: number }> {
  const scope = `${resource.replace(/\/+$/, '')}/.default`;
  let token: Awaited<ReturnType<Credential['getToken']>>;
  try {
    token = await (await azureCredential()).getToken(scope);
  } catch (cause) {
    throw new Problem({
      code: 'ManagedIdentityTokenUnavailable',
      status: 500,
      message: `Microsoft Entra ID gave no token for ${scope}: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}`,
      cause,
    });
  }
  if (token === null)
    throw new Problem({
      code: 'ManagedIdentityTokenUnavailable',
      status: 500,
      message: `Microsoft Entra ID gave no token for ${scope}: no identity is set up on this machine (try az login).`,
    });
  return { accessToken: token.token, expiresAt: token.expiresOnTimestamp };
}
