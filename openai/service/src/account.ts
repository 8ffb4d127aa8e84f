import { createHmac, timingSafeEqual } from 'node:crypto';
import type { AccountSnapshot, DeploymentSnapshot } from '@vigia/contract';

export interface Addressed {
  readonly account: AccountSnapshot;
  /** What follows `/openai`. */
  readonly path: string;
}

/**
 * Which account a request means: by its Host header; else by the path's first segment (`/{accountName}/openai/…`);
 * else the default account.
 */
export function addressOf(
  accounts: readonly AccountSnapshot[],
  host: string | undefined,
  pathname: string,
): Addressed | undefined {
  const match = /^(?:\/([^/]+))?\/openai(\/.*)?$/i.exec(pathname);
  if (match === null) return undefined;
  const path = match[2] ?? '/';
  const prefix = match[1]?.toLowerCase();
  const hostName = (host ?? '').toLowerCase().replace(/:\d+$/, '');
  const byHost = accounts.find((account) => account.hosts.some((one) => one.toLowerCase() === hostName));
  if (prefix !== undefined) {
    const byPath = accounts.find(
      (account) => account.name.toLowerCase() === prefix || account.subDomain.toLowerCase() === prefix,
    );
    // A host that means one account does not reach into another one by path.
    return byPath === undefined || (byHost !== undefined && byHost !== byPath) ? undefined : { account: byPath, path };
  }
  const account = byHost ?? accounts.find((one) => one.isDefault) ?? accounts[0];
  return account === undefined ? undefined : { account, path };
}

export function deploymentOf(account: AccountSnapshot, name: string): DeploymentSnapshot | undefined {
  const lower = name.toLowerCase();
  return account.deployments.find((deployment) => deployment.name.toLowerCase() === lower);
}

/** Both keys are always compared, in constant time. `secret` is base64 (`Snapshot.keyHashSecret`). */
export function isKeyOf(account: AccountSnapshot, key: string, secret: string): boolean {
  const hash = createHmac('sha256', Buffer.from(secret, 'base64')).update(key, 'utf8').digest();
  const isFirst = isEqual(hash, account.key1);
  const isSecond = isEqual(hash, account.key2);
  return isFirst || isSecond;
}

function isEqual(hash: Buffer, hex: string): boolean {
  const expected = Buffer.from(hex, 'hex');
  return expected.length === hash.length && timingSafeEqual(hash, expected);
}
