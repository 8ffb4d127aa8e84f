import type { SeenMessage } from '@vigia/record';

/** Counts a body as it passes and, where it is asked for, keeps its chunks (no copy) up to the limit. */
export class BodyTap {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #kept = 0;
  bytes = 0;

  /** keepBytes 0: the bytes are only counted. */
  constructor(keepBytes: number) {
    this.#limit = keepBytes;
  }

  push(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    const room = this.#limit - this.#kept;
    if (room <= 0) return;
    const kept = chunk.byteLength <= room ? chunk : chunk.subarray(0, room);
    this.#chunks.push(kept);
    this.#kept += kept.byteLength;
  }

  clear(): void {
    this.#chunks = [];
    this.#kept = 0;
    this.bytes = 0;
  }

  seen(headers: Readonly<Record<string, string>>): SeenMessage {
    if (this.#limit === 0) return { headers, bytes: this.bytes };
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    const body = this.#chunks[0] ?? new Uint8Array();
    return { headers, bytes: this.bytes, body, ...(this.bytes > this.#kept ? { isCut: true } : {}) };
  }
}
