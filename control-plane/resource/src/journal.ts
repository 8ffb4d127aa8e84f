import { rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMissing, syncFolder, writeAtomically } from './atomic-file.ts';
import type { Secrets } from './draft.ts';
import type { FolderFile } from './folder-layout.ts';
import { appendToLog, type LogLine } from './resource-log.ts';
import { readSealed, type SealPurpose, writeSealed } from './sealed-file.ts';
import type { Grave, Vault } from './vault.ts';

const purpose: SealPurpose = { format: 'VIGIA-JOURNAL-1', label: 'vigia/journal/v1' };

/** Everything that a list of changes writes. Doing it twice is as good as doing it once. */
export interface Transaction {
  readonly write: readonly FolderFile[];
  /** Files relative to the configuration folder. */
  readonly remove: readonly string[];
  readonly secrets: readonly (readonly [string, Secrets | null])[];
  readonly graves: readonly (readonly [string, Grave | null])[];
  readonly log: readonly LogLine[];
}

export interface Places {
  readonly configFolder: string;
  readonly logFile: string;
  readonly journalFile: string;
  readonly masterKey: Uint8Array;
  readonly vault: Vault;
}

/** The point of no return: a crash before it leaves the old state, one after it is made good at the next start. */
export const writeJournal = (transaction: Transaction, { journalFile, masterKey }: Places): Promise<void> =>
  writeSealed(journalFile, JSON.stringify(transaction), masterKey, purpose);

export async function readJournal({ journalFile, masterKey }: Places): Promise<Transaction | undefined> {
  const text = await readSealed(journalFile, masterKey, purpose);
  return text === undefined ? undefined : (JSON.parse(text) as Transaction);
}

export async function removeJournal({ journalFile }: Places): Promise<void> {
  await unlink(journalFile);
  await syncFolder(dirname(journalFile));
}

/** Secrets first: a file in the folder never stands there without them. */
export async function perform(transaction: Transaction, places: Places): Promise<void> {
  const { configFolder, logFile, vault } = places;
  await vault.apply({ secrets: mapOf(transaction.secrets), graves: mapOf(transaction.graves) });
  for (let at = 0; at < transaction.write.length; at += writersAtOnce)
    await Promise.all(
      transaction.write
        .slice(at, at + writersAtOnce)
        .map(({ path, text }) => writeAtomically(join(configFolder, path), text)),
    );
  for (const path of transaction.remove) await removeFile(configFolder, path);
  await appendToLog(logFile, transaction.log);
}

const mapOf = <T>(entries: readonly (readonly [string, T | null])[]): ReadonlyMap<string, T | undefined> =>
  new Map(entries.map(([key, value]) => [key, value ?? undefined]));

const writersAtOnce = 16;

async function removeFile(configFolder: string, path: string): Promise<void> {
  try {
    await unlink(join(configFolder, path));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  // Folders that are empty now stand for nothing.
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(join(configFolder, folder));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return;
      if (!isMissing(error)) throw error;
    }
  }
}
