import { type FileHandle, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, LogRecord } from '@vigia/contract';
import { Problem } from '@vigia/problem';
import { captureLossRecord } from './capture-loss.ts';
import { encodeFrame, SEGMENT_HEADER } from './frame.ts';
import type { RecordLogger } from './logger.ts';
import { cutTornTail, listSegments, segmentPath, segmentsSize } from './segment.ts';
import type { OverflowChoice, Spool, SpoolState } from './spool.ts';

export interface SpoolOptions {
  /** Holds one folder a spool. */
  readonly folder: string;
  /** Stable over restarts, one live writer a name: the shipper's source. Letters, digits, `-`, `_`, `.`. */
  readonly name: string;
  /** Bytes of segments that are not yet delivered; above it the overflow choice applies. */
  readonly limitBytes: number;
  /** A full segment is closed and a new one begun. */
  readonly segmentBytes: number;
  readonly overflow: OverflowChoice;
  /** `os`: survives a killed process. `disk`: also a power failure; one fdatasync for all records of a write. */
  readonly durability: 'os' | 'disk';
  readonly logger: RecordLogger;
  readonly clock?: Clock;
}

/** How often a spool in trouble looks whether there is room again. */
const LOOK_AGAIN_MS = 100;
/** Room that must be free before new requests are admitted again. */
const PROBE_BYTES = 64 * 1024;
/** `block` admits no request above this share of the limit, so that the admitted ones still find room. */
const ADMITTED_SHARE = 0.9;

interface Waiting {
  readonly record: LogRecord;
  readonly frame: Buffer;
  /** Set where the record is itself the count of lost records. */
  readonly losses?: Losses;
  resolve(): void;
  reject(error: unknown): void;
}

interface Losses {
  records: number;
  bytes: number;
  from: number;
  to: number;
  reason: string;
  readonly rows: Map<string, number>;
}

/**
 * Opens a spool for writing: what a killed writer left half written is cut, and a new segment begun.
 * Rejects with a Problem where the folder cannot be used.
 */
export async function openSpool(options: SpoolOptions): Promise<Spool> {
  if (!/^[\w.-]+$/.test(options.name))
    throw new RangeError(`A spool's name has letters, digits, . _ -: ${options.name}`);
  const folder = join(options.folder, options.name);
  try {
    await mkdir(folder, { recursive: true });
    const segments = await listSegments(folder);
    const last = segments.at(-1);
    if (last !== undefined) {
      const cut = await cutTornTail(segmentPath(folder, last));
      if (cut > 0)
        options.logger.warn('A half-written record was cut from the spool', { spool: options.name, bytes: cut });
    }
    const writer = new SegmentWriter(folder, last ?? 0, options);
    await writer.begin();
    return new FileSpool(writer, await segmentsSize(folder), options);
  } catch (error) {
    throw new Problem({
      code: 'SpoolUnavailable',
      status: 500,
      message: `The spool folder ${folder} cannot be used: ${messageOf(error)}`,
      cause: error,
    });
  }
}

/** The disk took only the first bytes. */
class CutWrite extends Error {
  readonly written: number;

  constructor(written: number, cause: unknown) {
    super(messageOf(cause), { cause });
    this.written = written;
  }
}

/** The file under a spool: whole frames or nothing. */
class SegmentWriter {
  readonly folder: string;
  readonly #options: SpoolOptions;
  #segment: number;
  #file: FileHandle | undefined;
  #offset = 0;
  /** A write failed and may have left a part of a record behind. */
  #isTorn = false;

  constructor(folder: string, lastSegment: number, options: SpoolOptions) {
    this.folder = folder;
    this.#segment = lastSegment;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const next = Math.max(this.#segment + 1, Math.floor(nowOf(this.#options) / 1000));
    const file = await open(segmentPath(this.folder, next), 'wx');
    try {
      await file.writeFile(SEGMENT_HEADER);
    } catch (error) {
      await file.close();
      await rm(segmentPath(this.folder, next));
      throw error;
    }
    await this.#file?.close();
    this.#file = file;
    this.#segment = next;
    this.#offset = SEGMENT_HEADER.length;
    this.#isTorn = false;
  }

  /** Rejects with a `CutWrite` where not all was written; what is written stays, and the next write begins a segment. */
  async append(bytes: Buffer): Promise<void> {
    if (this.#isTorn || this.#offset >= this.#options.segmentBytes) await this.begin();
    const file = this.#file;
    if (file === undefined) throw new Error('the spool is closed');
    let written = 0;
    try {
      while (written < bytes.length) {
        const { bytesWritten } = await file.write(bytes, written, bytes.length - written, this.#offset + written);
        written += bytesWritten;
      }
    } catch (error) {
      // The shipper may have read what is there already, so these places are never written again.
      this.#isTorn = true;
      throw new CutWrite(written, error);
    }
    this.#offset += bytes.length;
    if (this.#options.durability === 'disk') await file.datasync();
  }

  /** Finds out whether bytes can be written; leaves nothing behind. */
  async probe(): Promise<void> {
    const path = join(this.folder, 'probe');
    try {
      await writeFile(path, Buffer.alloc(PROBE_BYTES));
    } finally {
      await rm(path, { force: true });
    }
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

class FileSpool implements Spool {
  readonly #writer: SegmentWriter;
  readonly #options: SpoolOptions;
  #bytes: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #shed = 0;
  #blocked = 0;
  #trouble: string | undefined;
  #losses: Losses | undefined;
  #lookAgain: NodeJS.Timeout | undefined;
  #measuring: Promise<void> | undefined;
  #isClosed = false;

  constructor(writer: SegmentWriter, bytes: number, options: SpoolOptions) {
    this.#writer = writer;
    this.#bytes = bytes;
    this.#options = options;
  }

  admit(): boolean {
    if (this.#options.overflow === 'shed') return true;
    const isNearLimit = this.#bytes >= this.#options.limitBytes * ADMITTED_SHARE;
    if (this.#trouble === undefined && !isNearLimit) return true;
    if (isNearLimit) this.#inTrouble(this.#limitReached());
    this.#blocked += 1;
    return false;
  }

  write(record: LogRecord): Promise<void> {
    if (this.#isClosed) return Promise.reject(unavailable('the spool is closed'));
    const frame = encodeFrame(record);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, frame, resolve, reject });
      this.#writing ??= this.#writeWaiting();
    });
  }

  state(): SpoolState {
    this.#measureSoon();
    return {
      bytes: this.#bytes,
      limitBytes: this.#options.limitBytes,
      shed: this.#shed,
      blocked: this.#blocked,
      ...(this.#trouble === undefined ? {} : { trouble: this.#trouble }),
    };
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#writing;
    clearTimeout(this.#lookAgain);
    await this.#measuring;
    await this.#writer.close();
    if (this.#losses !== undefined)
      this.#options.logger.error('Records were lost and their count could not be kept as a record', {
        spool: this.#options.name,
        records: this.#losses.records,
        reason: this.#losses.reason,
      });
  }

  async #writeWaiting(): Promise<void> {
    // All that is written in this tick goes out together.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#writeGroup(group);
    }
    this.#writing = undefined;
  }

  async #writeGroup(group: readonly Waiting[]): Promise<void> {
    let fitting = group;
    if (this.#bytes + sizeOf(group) > this.#options.limitBytes) {
      await this.#measure();
      fitting = thoseWithin(group, this.#options.limitBytes - this.#bytes);
      const rest = group.slice(fitting.length);
      if (rest.length > 0) this.#refuse(rest, new Error(this.#limitReached()));
    }
    if (fitting.length === 0) return;
    const size = sizeOf(fitting);
    try {
      await this.#writer.append(
        Buffer.concat(
          fitting.map((waiting) => waiting.frame),
          size,
        ),
      );
    } catch (error) {
      const kept = error instanceof CutWrite ? thoseWithin(fitting, error.written) : [];
      this.#bytes += sizeOf(kept);
      for (const waiting of kept) waiting.resolve();
      this.#refuse(fitting.slice(kept.length), error);
      return;
    }
    this.#bytes += size;
    for (const waiting of fitting) waiting.resolve();
  }

  #refuse(refused: readonly Waiting[], error: unknown): void {
    const reason = messageOf(error);
    this.#inTrouble(reason);
    if (this.#options.overflow === 'block') {
      for (const waiting of refused) waiting.reject(unavailable(reason, error));
      return;
    }
    const now = nowOf(this.#options);
    this.#losses ??= { records: 0, bytes: 0, from: now, to: now, reason, rows: new Map() };
    this.#losses.to = now;
    for (const { record, frame, resolve, losses } of refused) {
      if (losses !== undefined) {
        this.#keepCounting(losses);
        continue;
      }
      this.#shed += 1;
      this.#losses.records += 1;
      this.#losses.bytes += frame.length;
      for (const row of record.rows)
        this.#losses.rows.set(row.workspaceId, (this.#losses.rows.get(row.workspaceId) ?? 0) + 1);
      resolve();
    }
  }

  /** The count itself found no room: it goes on growing until there is some. */
  #keepCounting(earlier: Losses): void {
    const later = this.#losses;
    if (later === undefined) {
      this.#losses = earlier;
      return;
    }
    for (const [workspaceId, rows] of earlier.rows)
      later.rows.set(workspaceId, (later.rows.get(workspaceId) ?? 0) + rows);
    later.records += earlier.records;
    later.bytes += earlier.bytes;
    later.from = earlier.from;
  }

  #inTrouble(reason: string): void {
    if (this.#trouble === undefined)
      this.#options.logger.error(
        this.#options.overflow === 'block'
          ? 'Records cannot be kept: new requests are refused until there is room'
          : 'Records cannot be kept: they are dropped and counted until there is room',
        { spool: this.#options.name, reason },
      );
    this.#trouble = reason;
    this.#lookAgainSoon();
  }

  #lookAgainSoon(): void {
    if (this.#lookAgain !== undefined || this.#isClosed) return;
    this.#lookAgain = setTimeout(() => {
      this.#measuring = this.#look().finally(() => {
        this.#measuring = undefined;
      });
    }, LOOK_AGAIN_MS);
    this.#lookAgain.unref();
  }

  async #look(): Promise<void> {
    this.#lookAgain = undefined;
    try {
      await this.#measure();
      const hasRoom = this.#bytes < this.#options.limitBytes * ADMITTED_SHARE;
      if (!hasRoom) {
        this.#trouble = this.#limitReached();
        this.#lookAgainSoon();
        return;
      }
      await this.#writer.probe();
    } catch (error) {
      this.#trouble = messageOf(error);
      this.#lookAgainSoon();
      return;
    }
    this.#trouble = undefined;
    this.#options.logger.info('Records are kept again', { spool: this.#options.name, shed: this.#shed });
    this.#recordLosses();
  }

  #recordLosses(): void {
    const losses = this.#losses;
    if (losses === undefined || this.#isClosed) return;
    this.#losses = undefined;
    const { rows, ...loss } = losses;
    const record = captureLossRecord({ source: this.#options.name, ...loss }, rows);
    this.#waiting.push({
      record,
      frame: encodeFrame(record),
      losses,
      resolve: () => {},
      reject: (error) =>
        this.#options.logger.error('The count of lost records was refused', { error: messageOf(error) }),
    });
    this.#writing ??= this.#writeWaiting();
  }

  /** What the shipper deleted meanwhile is seen by the next `state()`. */
  #measureSoon(): void {
    if (this.#measuring !== undefined || this.#isClosed) return;
    this.#measuring = this.#measure()
      .catch((error: unknown) => this.#inTrouble(messageOf(error)))
      .finally(() => {
        this.#measuring = undefined;
      });
  }

  async #measure(): Promise<void> {
    this.#bytes = await segmentsSize(this.#writer.folder);
  }

  #limitReached(): string {
    return `the spool ${this.#options.name} holds ${this.#bytes} of ${this.#options.limitBytes} bytes that are not delivered yet`;
  }
}

/** The first ones whose frames together are within so many bytes. */
function thoseWithin(group: readonly Waiting[], bytes: number): readonly Waiting[] {
  let room = bytes;
  const over = group.findIndex((waiting) => {
    room -= waiting.frame.length;
    return room < 0;
  });
  return over === -1 ? group : group.slice(0, over);
}

const sizeOf = (group: readonly Waiting[]): number => group.reduce((sum, { frame }) => sum + frame.length, 0);
const nowOf = (options: SpoolOptions): number => (options.clock ?? Date).now();
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const unavailable = (reason: string, cause?: unknown): Problem =>
  new Problem({
    code: 'ServiceUnavailable',
    status: 503,
    message: `The record of this request cannot be kept, so it is not answered: ${reason}`,
    cause,
  });
