import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, LogRecord } from '@vigia/contract';
import type { SpoolBatch, SpoolPosition } from '@vigia/store';
import { captureLossRecord } from './capture-loss.ts';
import { findNextFrame, SEGMENT_HEADER, sightFrame } from './frame.ts';
import type { RecordLogger } from './logger.ts';
import { isMissing, listSegments, segmentPath } from './segment.ts';

export interface SpoolTailOptions {
  readonly folder: string;
  readonly source: string;
  readonly maxRecords: number;
  readonly maxBytes: number;
  readonly logger: RecordLogger;
  readonly clock: Clock;
}

/** Damage in the segment that is still written may be bytes on their way: it is looked at again this long. */
const DAMAGE_STANDS_MS = 500;

/** Reads one spool from a place on, while its writer writes. Holds one open file. */
export class SpoolTail {
  readonly source: string;
  readonly #folder: string;
  readonly #options: SpoolTailOptions;
  #position: SpoolPosition | undefined;
  #file: { readonly segment: number; readonly handle: FileHandle } | undefined;
  /** Workspaces that had rows in this spool: where a loss is told. */
  readonly #workspaces = new Set<string>();
  #damageSince: { readonly offset: number; readonly at: number } | undefined;
  #damaged = 0;

  constructor(options: SpoolTailOptions) {
    this.source = options.source;
    this.#folder = join(options.folder, options.source);
    this.#options = options;
  }

  /** Places of damage passed over since start. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Damage stands in the way and is being watched: what is behind it comes later. */
  get isHeldByDamage(): boolean {
    return this.#damageSince !== undefined;
  }

  get position(): SpoolPosition | undefined {
    return this.#position;
  }

  /** Start here: what the store has already. */
  seek(position: SpoolPosition | undefined): void {
    this.#position = position;
    this.#damageSince = undefined;
  }

  /** Where the writer stands now. Undefined: nothing was ever written. */
  async end(): Promise<SpoolPosition | undefined> {
    const segment = (await listSegments(this.#folder)).at(-1);
    if (segment === undefined) return undefined;
    const file = await open(segmentPath(this.#folder, segment), 'r');
    try {
      return { segment, offset: (await file.stat()).size };
    } finally {
      await file.close();
    }
  }

  /** The next records in order, at most the limits; undefined: nothing new. Does not move until `advance`. */
  async next(): Promise<SpoolBatch | undefined> {
    for (;;) {
      const segments = await listSegments(this.#folder);
      const reached = this.#position;
      const segment = segments.find((number) => reached === undefined || number >= reached.segment);
      if (segment === undefined) return undefined;
      const from = reached?.segment === segment ? reached : { segment, offset: 0 };
      const isClosed = segment !== segments.at(-1);
      const batch = await this.#read(from, isClosed);
      if (batch !== undefined) return batch;
      if (!isClosed) return undefined;
      // A closed segment that has nothing more: the next one.
      this.#position = { segment: segment + 1, offset: 0 };
    }
  }

  /** The store has everything up to here. */
  advance(to: SpoolPosition): void {
    this.#position = to;
  }

  /** Deletes the segments that are closed and wholly delivered. */
  async deleteDelivered(): Promise<void> {
    const reached = this.#position;
    if (reached === undefined) return;
    const segments = await listSegments(this.#folder);
    for (const segment of segments.slice(0, -1)) {
      if (segment >= reached.segment) break;
      if (this.#file?.segment === segment) await this.close();
      await rm(segmentPath(this.#folder, segment), { force: true });
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }

  async #read(from: SpoolPosition, isClosed: boolean): Promise<SpoolBatch | undefined> {
    const handle = await this.#open(from.segment);
    if (handle === undefined) return undefined;
    const size = (await handle.stat()).size;
    let offset = Math.max(from.offset, SEGMENT_HEADER.length);
    if (size <= offset) return undefined;
    const start = offset;
    let bytes = await readAt(handle, start, Math.min(size - start, this.#options.maxBytes));
    const records: LogRecord[] = [];
    while (records.length < this.#options.maxRecords && offset - start < bytes.length) {
      const sight = sightFrame(bytes, offset - start);
      if (sight.kind === 'record') {
        const record = parseRecord(sight.payload);
        if (record === undefined) records.push(this.#loss('a record is no JSON', sight.payload.length));
        else records.push(this.#seen(record));
        offset = start + sight.end;
        continue;
      }
      if (sight.kind === 'incomplete') {
        const isAllRead = start + bytes.length >= size;
        if (!isAllRead) {
          // More of the file is there: deliver what we have first, else read as much as this frame needs.
          if (records.length > 0) break;
          const wanted = Math.min(offset - start + sight.needs, size - start);
          if (wanted > bytes.length) {
            bytes = await readAt(handle, start, wanted);
            continue;
          }
        }
      }
      if (records.length > 0) break;
      const damage = await this.#passDamage({ handle, segment: from.segment, offset, size, isClosed });
      if (damage === undefined) return undefined;
      records.push(...damage.records);
      offset = damage.offset;
      break;
    }
    if (offset === start) return undefined;
    if (offset > start) this.#damageSince = undefined;
    return { source: this.source, from, to: { segment: from.segment, offset }, records };
  }

  /**
   * No whole frame stands at `offset`. At the end of the file it is a record on its way, or one whose writer was
   * killed before anyone was told that it is kept: no loss. With whole frames behind it, it is damage.
   */
  async #passDamage(place: {
    readonly handle: FileHandle;
    readonly segment: number;
    readonly offset: number;
    readonly size: number;
    readonly isClosed: boolean;
  }): Promise<{ readonly records: readonly LogRecord[]; readonly offset: number } | undefined> {
    const rest = await readAt(place.handle, place.offset, place.size - place.offset);
    const again = sightFrame(rest, 0);
    if (again.kind === 'record') return undefined;
    const next = findNextFrame(rest, 0);
    if (next === undefined) {
      if (place.isClosed)
        this.#options.logger.warn('A segment ends in a half-written record', {
          spool: this.source,
          segment: place.segment,
          bytes: rest.length,
        });
      return undefined;
    }
    const now = this.#options.clock.now();
    if (!place.isClosed) {
      if (this.#damageSince?.offset !== place.offset) this.#damageSince = { offset: place.offset, at: now };
      if (now - this.#damageSince.at < DAMAGE_STANDS_MS) return undefined;
    }
    const following = sightFrame(rest, next);
    if (following.kind === 'record') {
      const record = parseRecord(following.payload);
      if (record !== undefined) this.#seen(record);
    }
    return {
      records: [this.#loss('bytes of the spool are damaged', next, `${place.segment}-${place.offset}`)],
      offset: place.offset + next,
    };
  }

  #loss(reason: string, bytes: number, place?: string): LogRecord {
    this.#damaged += 1;
    const now = this.#options.clock.now();
    this.#options.logger.error('Records of the spool cannot be read; the loss is recorded', {
      spool: this.source,
      reason,
      bytes,
    });
    const workspaces = new Map([...this.#workspaces].map((id) => [id, null] as const));
    return captureLossRecord(
      { source: this.source, reason, records: null, bytes, from: now, to: now },
      workspaces,
      ...(place === undefined ? [] : [`loss-${this.source}-${place}`]),
    );
  }

  #seen(record: LogRecord): LogRecord {
    for (const row of record.rows) this.#workspaces.add(row.workspaceId);
    return record;
  }

  async #open(segment: number): Promise<FileHandle | undefined> {
    if (this.#file?.segment === segment) return this.#file.handle;
    await this.close();
    try {
      this.#file = { segment, handle: await open(segmentPath(this.#folder, segment), 'r') };
      return this.#file.handle;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

async function readAt(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, offset + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

function parseRecord(payload: Buffer): LogRecord | undefined {
  try {
    return JSON.parse(payload.toString('utf8')) as LogRecord;
  } catch {
    // Told and counted by the caller, as a loss.
    return undefined;
  }
}
