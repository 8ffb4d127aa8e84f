import type { LogRecord } from '@vigia/contract';

/** What happens to new requests when records cannot be kept (disk full, spool limit reached). */
export type OverflowChoice = 'block' | 'shed';

export interface SpoolState {
  readonly bytes: number;
  readonly limitBytes: number;
  /** Records dropped since start, under `shed`. */
  readonly shed: number;
  /** Requests refused since start, under `block`. */
  readonly blocked: number;
  /** The last reason why a record could not be written, if that still holds. */
  readonly trouble?: string;
}

/**
 * An append-only log on the writer's own disk. A record is in the operating system's hands (or on the disk, with
 * durability `disk`) when `write` resolves; so a killed process loses no record whose call was answered in full.
 * All records written in the same tick go out in one write.
 */
export interface Spool {
  /** Asked when a request arrives: false means answer 503 and do nothing else (`block`). Never waits. */
  admit(): boolean;
  /** Resolves when the record is kept, or was shed and counted. Rejects only under `block`. */
  write(record: LogRecord): Promise<void>;
  state(): SpoolState;
  close(): Promise<void>;
}
