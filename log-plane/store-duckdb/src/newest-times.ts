import type { KeptRow } from './row-writer.ts';

/** The newest TimeGenerated of each table and workspace: read from the file once, then kept up as rows are written. */
export interface NewestTimes {
  written(table: string, rows: readonly KeptRow[]): void;
  of(table: string, workspaceKey: string): Promise<bigint | undefined>;
}

export function createNewestTimes(
  read: (table: string, workspaceKey: string) => Promise<bigint | undefined>,
): NewestTimes {
  /** Of rows written since opening. */
  const seen = new Map<string, bigint>();
  /** As the file had it when it was first asked for; later rows are in `seen`, so it never is too old. */
  const inFile = new Map<string, Promise<bigint | undefined>>();
  const keyOf = (table: string, workspaceKey: string): string => `${workspaceKey}/${table}`;

  return {
    written(table, rows) {
      for (const { workspaceKey, timeGenerated } of rows) {
        const key = keyOf(table, workspaceKey);
        const newest = seen.get(key);
        if (newest === undefined || timeGenerated > newest) seen.set(key, timeGenerated);
      }
    },
    async of(table, workspaceKey) {
      const key = keyOf(table, workspaceKey);
      let reading = inFile.get(key);
      if (reading === undefined) {
        reading = read(table, workspaceKey);
        inFile.set(key, reading);
        // A failed reading is no answer for the next one who asks.
        reading.catch(() => inFile.delete(key));
      }
      const old = await reading;
      const recent = seen.get(key);
      if (old === undefined || (recent !== undefined && recent > old)) return recent;
      return old;
    },
  };
}
