import { crc32 } from 'node:zlib';
import type { LogRecord } from '@vigia/contract';

/** A segment begins with this, so that a later form can tell itself apart. */
const header = 'VIGIASP1';
export const SEGMENT_HEADER = Buffer.from(header, 'latin1');
/** Each frame: mark, payload length, CRC-32 of the payload (u32, little endian), then the record as JSON in UTF-8. */
const mark = 'VRC\x01';
const MARK = Buffer.from(mark, 'latin1');
const HEAD = 12;
/** No record is longer; a length above it is damage. */
const LONGEST = 1 << 30;

export function encodeFrame(record: LogRecord): Buffer {
  const payload = Buffer.from(JSON.stringify(record), 'utf8');
  const frame = Buffer.allocUnsafe(HEAD + payload.length);
  MARK.copy(frame, 0);
  frame.writeUInt32LE(payload.length, 4);
  frame.writeUInt32LE(crc32(payload), 8);
  payload.copy(frame, HEAD);
  return frame;
}

export type FrameSight =
  | { readonly kind: 'record'; readonly end: number; readonly payload: Buffer }
  /** The bytes end before the frame does: torn, or not all read yet. `needs`: bytes from the frame's start. */
  | { readonly kind: 'incomplete'; readonly needs: number }
  /** No frame, or one whose check sum is wrong. */
  | { readonly kind: 'damaged' };

/** What stands at `offset`. */
export function sightFrame(bytes: Buffer, offset: number): FrameSight {
  const left = bytes.length - offset;
  if (left < HEAD) {
    const begins = MARK.subarray(0, Math.min(left, 4)).equals(bytes.subarray(offset, offset + Math.min(left, 4)));
    return begins ? { kind: 'incomplete', needs: HEAD } : { kind: 'damaged' };
  }
  if (!bytes.subarray(offset, offset + 4).equals(MARK)) return { kind: 'damaged' };
  const length = bytes.readUInt32LE(offset + 4);
  if (length > LONGEST) return { kind: 'damaged' };
  const end = offset + HEAD + length;
  if (end > bytes.length) return { kind: 'incomplete', needs: HEAD + length };
  const payload = bytes.subarray(offset + HEAD, end);
  if (crc32(payload) !== bytes.readUInt32LE(offset + 8)) return { kind: 'damaged' };
  return { kind: 'record', end, payload };
}

/** The next place after `offset` where a whole frame stands; undefined: none in these bytes. */
export function findNextFrame(bytes: Buffer, offset: number): number | undefined {
  for (let at = bytes.indexOf(MARK, offset + 1); at !== -1; at = bytes.indexOf(MARK, at + 1)) {
    if (sightFrame(bytes, at).kind === 'record') return at;
  }
  return undefined;
}
