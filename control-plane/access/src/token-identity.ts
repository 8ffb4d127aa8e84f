import { createHmac, hkdfSync, type KeyObject } from 'node:crypto';
import type { Snapshot } from '@vigia/contract';

/** A managed identity that the token service issues tokens for. */
export interface TokenIdentity {
  /** Object id of the service principal: `oid` and `sub` of its tokens, `principalId` of role assignments. */
  readonly principalId: string;
  /** Application id: `appid` of its tokens. */
  readonly clientId: string;
  readonly tenantId: string;
  /** ARM id of the resource that has the identity: `xms_mirid` of its tokens. */
  readonly resourceId: string;
}

/** The identities of a snapshot: one for each API Management service with a system-assigned identity. */
export const identitiesOf = (snapshot: Pick<Snapshot, 'services'>): readonly TokenIdentity[] =>
  snapshot.services.flatMap(({ id, identity }) => (identity ? [{ ...identity, resourceId: id }] : []));

/**
 * The secret that proves to the token service which identity a local process acts for. Each identity has its own; it
 * is derived from the installation's master key, so it is stored nowhere and whoever cannot read that key cannot
 * name it. 64 hex digits.
 */
export function identitySecret(masterKey: KeyObject | Uint8Array, principalId: string): string {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'vigia/identity-secret/v1', 32));
  return createHmac('sha256', key).update(principalId.toLowerCase()).digest('hex');
}
