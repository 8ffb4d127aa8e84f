import type { Snapshot } from '@vigia/contract';
import { readSnapshot } from '@vigia/resource';

export interface NewestSnapshot {
  current(): Snapshot;
  /** Reads the file again; an older version than the one in force is not taken. */
  reload(): Promise<Snapshot>;
}

/** The sealed snapshot as one process holds it. Rejects where there is none or it cannot be opened. */
export async function openNewestSnapshot(file: string, masterKey: Uint8Array): Promise<NewestSnapshot> {
  let current = await readSnapshot(file, masterKey);
  return {
    current: () => current,
    async reload() {
      const found = await readSnapshot(file, masterKey);
      if (found.version >= current.version) current = found;
      return current;
    },
  };
}
