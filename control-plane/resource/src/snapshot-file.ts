import type { Snapshot } from '@vigia/contract';
import { readSealed, type SealPurpose, seal, writeSealed } from './sealed-file.ts';

const purpose: SealPurpose = { format: 'VIGIA-SNAPSHOT-1', label: 'vigia/snapshot/v1' };

export const sealSnapshot = (snapshot: Snapshot, masterKey: Uint8Array): Buffer =>
  seal(JSON.stringify(snapshot), masterKey, purpose);

/** On the disk and under its name when it resolves. */
export const writeSnapshot = (file: string, snapshot: Snapshot, masterKey: Uint8Array): Promise<void> =>
  writeSealed(file, JSON.stringify(snapshot), masterKey, purpose);

/** undefined: no snapshot has been written yet. */
export async function findSnapshot(file: string, masterKey: Uint8Array): Promise<Snapshot | undefined> {
  const text = await readSealed(file, masterKey, purpose);
  return text === undefined ? undefined : (JSON.parse(text) as Snapshot);
}

/** Throws where there is none, where it is damaged, and where it belongs to another master key. */
export async function readSnapshot(file: string, masterKey: Uint8Array): Promise<Snapshot> {
  const snapshot = await findSnapshot(file, masterKey);
  if (snapshot === undefined) throw new Error(`There is no snapshot at ${file}.`);
  return snapshot;
}
