import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Secrets } from './draft.ts';
import { readSealed, type SealPurpose, writeSealed } from './sealed-file.ts';

const purpose: SealPurpose = { format: 'VIGIA-VAULT-1', label: 'vigia/vault/v1' };

interface VaultContents {
  readonly keyHashSecret: string;
  readonly secrets: Readonly<Record<string, Secrets>>;
}

/** All secrets of resources by their key, sealed in one file under `secrets/`. */
export interface Vault {
  /** Base64. */
  readonly keyHashSecret: string;
  readonly secrets: Map<string, Secrets>;
  /** On the disk when it resolves; what is held in memory changes with it. */
  apply(changes: ReadonlyMap<string, Secrets | undefined>): Promise<void>;
}

export async function openVault(secretsFolder: string, masterKey: Uint8Array): Promise<Vault> {
  const file = join(secretsFolder, 'vault.sealed');
  const text = await readSealed(file, masterKey, purpose);
  const contents: VaultContents =
    text === undefined
      ? { keyHashSecret: randomBytes(32).toString('base64'), secrets: {} }
      : (JSON.parse(text) as VaultContents);
  const { keyHashSecret } = contents;
  const secrets = new Map(Object.entries(contents.secrets));
  const save = (all: ReadonlyMap<string, Secrets>): Promise<void> =>
    writeSealed(file, JSON.stringify({ keyHashSecret, secrets: Object.fromEntries(all) }), masterKey, purpose);
  if (text === undefined) await save(secrets);
  return {
    keyHashSecret,
    secrets,
    async apply(changes) {
      if (changes.size === 0) return;
      const next = new Map(secrets);
      for (const [key, value] of changes) {
        if (value === undefined) next.delete(key);
        else next.set(key, value);
      }
      await save(next);
      secrets.clear();
      for (const [key, value] of next) secrets.set(key, value);
    },
  };
}
