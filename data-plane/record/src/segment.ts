import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findNextFrame, SEGMENT_HEADER, sightFrame } from './frame.ts';

const pattern = /^(\d{12})\.spool$/;

/** A segment's file; numbers grow, also over deleted segments, because a new one is never below the clock's seconds. */
export const segmentPath = (folder: string, segment: number): string =>
  join(folder, `${String(segment).padStart(12, '0')}.spool`);

/** Numbers of the segments of one spool, ascending. */
export async function listSegments(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names
    .map((name) => pattern.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

export async function segmentsSize(folder: string): Promise<number> {
  let sum = 0;
  for (const segment of await listSegments(folder)) {
    try {
      sum += (await stat(segmentPath(folder, segment))).size;
    } catch (error) {
      // The shipper deletes what it delivered, also between our two looks.
      if (!isMissing(error)) throw error;
    }
  }
  return sum;
}

/**
 * Cuts what a killed writer left half written at the end. Only bytes that no whole frame follows are cut: damage in
 * the middle stays for the shipper, which counts it. Answers the number of bytes cut.
 */
export async function cutTornTail(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    const bytes = await file.readFile();
    let offset = SEGMENT_HEADER.length;
    if (bytes.length < offset || !bytes.subarray(0, offset).equals(SEGMENT_HEADER)) {
      if (findNextFrame(bytes, -1) !== undefined) return 0;
      await file.truncate(0);
      return bytes.length;
    }
    while (offset < bytes.length) {
      const sight = sightFrame(bytes, offset);
      const next = sight.kind === 'record' ? sight.end : findNextFrame(bytes, offset);
      if (next === undefined) break;
      offset = next;
    }
    if (offset < bytes.length) await file.truncate(offset);
    return bytes.length - offset;
  } finally {
    await file.close();
  }
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
