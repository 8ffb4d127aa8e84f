import type { BodyWatcher, MessageBody } from './context.ts';

/** A body that is whole from the start: a policy's own text, a default answer, a test's request. */
export class BytesBody implements MessageBody {
  #bytes: Uint8Array;

  constructor(content: Uint8Array | string) {
    this.#bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  }

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  buffer(): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes);
  }

  replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
  }

  watch(watcher: BodyWatcher): void {
    watcher.chunk(this.#bytes);
    watcher.end(true);
  }
}
