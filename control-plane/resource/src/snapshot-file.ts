import type { ApiSnapshot, Snapshot } from '@vigia/contract';
import { readSealed, type SealPurpose, seal, writeSealed } from './sealed-file.ts';

const purpose: SealPurpose = { format: 'VIGIA-SNAPSHOT-1', label: 'vigia/snapshot/v1' };

export const sealSnapshot = (snapshot: Snapshot, masterKey: Uint8Array): Buffer =>
  seal(snapshotText(snapshot), masterKey, purpose);

const textOfApi = new WeakMap<ApiSnapshot, string>();

/** As `JSON.stringify`, but for the order of names; APIs that did not change since the last time are not printed again. */
export function snapshotText({ services, ...rest }: Snapshot): string {
  const printed = services.map(({ apis, ...service }) => {
    const texts = apis.map((api) => {
      const text = textOfApi.get(api) ?? JSON.stringify(api);
      textOfApi.set(api, text);
      return text;
    });
    return `${JSON.stringify(service).slice(0, -1)},"apis":[${texts.join(',')}]}`;
  });
  return `${JSON.stringify(rest).slice(0, -1)},"services":[${printed.join(',')}]}`;
}

/** On the disk and under its name when it resolves. */
export const writeSnapshot = (file: string, snapshot: Snapshot, masterKey: Uint8Array): Promise<void> =>
  writeSealed(file, snapshotText(snapshot), masterKey, purpose);

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
