import { Readable } from 'node:stream';
import type { BodyWatcher, MessageBody } from '@vigia/policy';
import type { BodyTap } from './body-tap.ts';

/** Thrown where a body is longer than the gateway takes. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

export interface StreamBodyOptions {
  /** Sees every chunk as it is read. */
  readonly tap: BodyTap;
  readonly limitBytes?: number;
  /** Called before the first byte is asked for (`100 Continue`). */
  readonly onStart?: () => void;
}

/** A body that is still on its way; read once, as a stream or whole. */
export class StreamBody implements MessageBody {
  readonly #source: Readable;
  readonly #options: StreamBodyOptions;
  #bytes: Uint8Array | undefined;
  #isTaken = false;
  #isReplaced = false;
  #isTooLarge = false;
  readonly #watchers: BodyWatcher[] = [];

  constructor(source: Readable, options: StreamBodyOptions) {
    this.#source = source;
    this.#options = options;
  }

  get bytes(): Uint8Array | undefined {
    return this.#bytes;
  }

  /** Other bytes than came: their encoding and length are not those of the headers. */
  get isReplaced(): boolean {
    return this.#isReplaced;
  }

  /** More came than the limit allows. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  /** Nobody has read the stream, or begun to. */
  get isUnread(): boolean {
    return !this.#isTaken;
  }

  async buffer(): Promise<Uint8Array> {
    if (this.#bytes !== undefined) return this.#bytes;
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.chunks()) chunks.push(chunk);
    this.#bytes = chunks.length === 1 ? (chunks[0] ?? new Uint8Array()) : Buffer.concat(chunks);
    return this.#bytes;
  }

  replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#isReplaced = true;
  }

  watch(watcher: BodyWatcher): void {
    if (this.#bytes !== undefined) {
      watcher.chunk(this.#bytes);
      watcher.end(true);
    } else if (this.#isTaken || this.#source.destroyed) watcher.end(false);
    else this.#watchers.push(watcher);
  }

  #endWatch(isComplete: boolean): void {
    for (const watcher of this.#watchers.splice(0)) watcher.end(isComplete);
  }

  /** The bytes as they come. Leaving early does not destroy the source: its owner does. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#isTaken) throw new Error('The body was already sent on as a stream; buffer it to read it again.');
    this.#isTaken = true;
    this.#options.onStart?.();
    const { tap, limitBytes = Number.POSITIVE_INFINITY } = this.#options;
    let bytes = 0;
    try {
      for await (const chunk of this.#source.iterator({ destroyOnReturn: false })) {
        bytes += chunk.byteLength;
        if (bytes > limitBytes) {
          this.#isTooLarge = true;
          throw new BodyTooLarge(`The body is longer than ${limitBytes} bytes.`);
        }
        tap.push(chunk);
        for (const watcher of this.#watchers) watcher.chunk(chunk);
        yield chunk;
      }
      this.#endWatch(true);
    } finally {
      // It broke off, or whoever read it went away.
      this.#endWatch(false);
    }
  }

  stream(): Readable {
    return Readable.from(this.chunks(), { objectMode: false });
  }

  /** Takes what is left, up to a limit, so that the connection can be used again and the tap sees it. */
  async drain(limitBytes: number): Promise<void> {
    if (this.#isTaken || this.#source.destroyed) return;
    let bytes = 0;
    for await (const chunk of this.chunks()) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) break;
    }
    if (!this.#source.readableEnded) this.destroy();
  }

  destroy(): void {
    if (!this.#isTaken) this.#endWatch(false);
    if (this.#source.destroyed) return;
    this.#source.on('error', () => undefined).destroy();
  }
}
