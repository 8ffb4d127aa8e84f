import { setImmediate } from 'node:timers/promises';
import type { Cell } from '@vigia/store';

/** Rows measured between two looks at the rest of the world. */
const ROWS_A_TURN = 10_000;

export interface MeasuredRows {
  /** As many as fit. */
  readonly rows: readonly (readonly Cell[])[];
  /** Bytes of their values: text as UTF-8, 8 for any other value. */
  readonly bytes: number;
  readonly isCut: boolean;
}

/** Cuts before the first row that goes beyond `maxBytes`. */
export async function cutAtBytes(rows: readonly (readonly Cell[])[], maxBytes: number): Promise<MeasuredRows> {
  let bytes = 0;
  for (let index = 0; index < rows.length; index += 1) {
    if (index > 0 && index % ROWS_A_TURN === 0) await setImmediate();
    let size = 0;
    for (const cell of rows[index] ?? []) size += typeof cell === 'string' ? Buffer.byteLength(cell) : 8;
    if (bytes + size > maxBytes) return { rows: rows.slice(0, index), bytes, isCut: true };
    bytes += size;
  }
  return { rows, bytes, isCut: false };
}
