import type { BackendSnapshot, ServiceSnapshot } from '@vigia/contract';
import type { Headers } from '@vigia/policy';

export type TokenOf = (service: ServiceSnapshot, resource: string, clientId: string | undefined) => Promise<string>;

/** Puts the credentials of a backend entity on a call of it; resolves with the query that the call then has. */
export async function applyCredentials(
  { credentials }: BackendSnapshot,
  call: { readonly headers: Headers; readonly query: readonly [string, string][] },
  identity: { readonly service: ServiceSnapshot; readonly token: TokenOf },
): Promise<[string, string][]> {
  if (credentials === undefined) return [...call.query];
  const { headers } = call;
  for (const [name, values] of Object.entries(credentials.header ?? {})) headers.set(name, values);
  const { authorization, managedIdentity } = credentials;
  if (authorization) headers.set('Authorization', [`${authorization.scheme} ${authorization.parameter}`]);
  if (managedIdentity) {
    const token = await identity.token(identity.service, managedIdentity.resource, managedIdentity.clientId);
    headers.set('Authorization', [`Bearer ${token}`]);
  }
  const given = Object.entries(credentials.query ?? {});
  const replaced = new Set(given.map(([name]) => name.toLowerCase()));
  return [
    ...call.query.filter(([name]) => !replaced.has(name.toLowerCase())),
    ...given.flatMap(([name, values]) => values.map((value): [string, string] => [name, value])),
  ];
}
