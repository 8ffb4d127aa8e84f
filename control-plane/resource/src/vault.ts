import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '@vigia/contract';
import type { Facts } from './definition.ts';
import type { Secrets } from './draft.ts';
import { readSealed, type SealPurpose, writeSealed } from './sealed-file.ts';

const purpose: SealPurpose = { format: 'VIGIA-VAULT-1', label: 'vigia/vault/v1' };

/**
 * What a resource had when its file was taken out of the folder. A checkout takes files away and brings them back;
 * keys and identities must survive that.
 */
export interface Grave {
  readonly secrets: Secrets;
  readonly facts: Facts;
  readonly order: number;
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
}

export interface VaultChanges {
  /** By key; undefined: no more. */
  readonly secrets: ReadonlyMap<string, Secrets | undefined>;
  readonly graves: ReadonlyMap<string, Grave | undefined>;
}

interface VaultContents {
  readonly keyHashSecret: string;
  readonly secrets: Readonly<Record<string, Secrets>>;
  readonly graves: Readonly<Record<string, Grave>>;
}

const graveLifeMs = 7 * 24 * 3_600_000;

/** All secrets of resources by their key, sealed in one file under `secrets/`. */
export interface Vault {
  /** Base64. */
  readonly keyHashSecret: string;
  readonly secrets: ReadonlyMap<string, Secrets>;
  readonly graves: ReadonlyMap<string, Grave>;
  /** On the disk when it resolves; what is held in memory changes with it. */
  apply(changes: VaultChanges): Promise<void>;
}

export async function openVault(secretsFolder: string, masterKey: Uint8Array, clock: Clock): Promise<Vault> {
  const file = join(secretsFolder, 'vault.sealed');
  const text = await readSealed(file, masterKey, purpose);
  const contents: VaultContents =
    text === undefined
      ? { keyHashSecret: randomBytes(32).toString('base64'), secrets: {}, graves: {} }
      : (JSON.parse(text) as VaultContents);
  const { keyHashSecret } = contents;
  const secrets = new Map(Object.entries(contents.secrets));
  const graves = new Map(Object.entries(contents.graves));
  const save = (all: typeof secrets, dead: typeof graves): Promise<void> => {
    const next: VaultContents = {
      keyHashSecret,
      secrets: Object.fromEntries(all),
      graves: Object.fromEntries(dead),
    };
    return writeSealed(file, JSON.stringify(next), masterKey, purpose);
  };
  if (text === undefined) await save(secrets, graves);
  return {
    keyHashSecret,
    secrets,
    graves,
    async apply(changes) {
      if (changes.secrets.size === 0 && changes.graves.size === 0) return;
      const nextSecrets = changed(secrets, changes.secrets);
      const living = [...graves].filter(([, { since }]) => clock.now() - since < graveLifeMs);
      const nextGraves = changed(new Map(living), changes.graves);
      await save(nextSecrets, nextGraves);
      replace(secrets, nextSecrets);
      replace(graves, nextGraves);
    },
  };
}

function changed<T>(map: ReadonlyMap<string, T>, changes: ReadonlyMap<string, T | undefined>): Map<string, T> {
  const next = new Map(map);
  for (const [key, value] of changes) {
    if (value === undefined) next.delete(key);
    else next.set(key, value);
  }
  return next;
}

function replace<T>(map: Map<string, T>, by: ReadonlyMap<string, T>): void {
  map.clear();
  for (const [key, value] of by) map.set(key, value);
}
