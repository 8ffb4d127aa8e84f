import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@vigia/contract';
import type { StreamEvent } from './outcome.ts';
import { bodyTooLarge } from './refusal.ts';

/** Events that go out before other calls get their turn. */
const EVENTS_A_TURN = 32;

/** One call's socket: what came in, what went out, and whether the client is still there. */
export class CallWire {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #gone = new AbortController();
  readonly #clock: Clock;
  requestLength = 0;
  responseLength = 0;
  /** Milliseconds since the Unix epoch; of the body. */
  firstByteAt: number | undefined;

  constructor(request: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.#clock = clock;
    this.#request = request;
    this.#response = response;
    response.once('close', () => {
      if (!response.writableFinished) this.#gone.abort();
    });
    // A client that resets the connection is a hang-up, which `close` tells; without a listener it would end us.
    response.on('error', () => this.#gone.abort());
  }

  /** Aborts when the client goes away before it has the whole answer. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  get hasBegun(): boolean {
    return this.#response.headersSent;
  }

  async readBody(limit: number): Promise<Uint8Array> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of this.#request as AsyncIterable<Buffer>) {
        this.requestLength += chunk.length;
        if (this.requestLength <= limit) chunks.push(chunk);
      }
    } catch (cause) {
      this.#gone.abort(cause);
    }
    if (this.requestLength > limit) throw bodyTooLarge(limit);
    return Buffer.concat(chunks);
  }

  begin(status: number, reason: string | undefined, headers: Readonly<Record<string, string>>): void {
    if (this.gone.aborted) return;
    if (reason === undefined) this.#response.writeHead(status, headers);
    else this.#response.writeHead(status, reason, headers);
  }

  /** Writes and waits where the client reads more slowly than we write. */
  async write(data: string | Uint8Array): Promise<void> {
    if (this.gone.aborted) return;
    this.announce(data);
    if (this.#response.write(data)) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#response.off('drain', done);
        this.#response.off('close', done);
        resolve();
      };
      this.#response.once('drain', done);
      this.#response.once('close', done);
    });
  }

  /** Counts what goes out, before it does. */
  announce(data: string | Uint8Array): void {
    if (this.gone.aborted) return;
    this.firstByteAt ??= this.#clock.now();
    this.responseLength += Buffer.byteLength(data);
  }

  /** The last bytes, already announced; nothing of the call is left to do when this returns. */
  end(data: string | Uint8Array): void {
    if (!this.gone.aborted) this.#response.end(data);
  }

  /** Cuts the connection: the client must not take what it has for a whole answer. */
  cut(): void {
    this.#response.destroy();
  }

  /**
   * Sends events as they come; the one that tells the client that all is there (`[DONE]`) is held back and returned,
   * because the record comes before it. `''`: there was none, and only the end of the response is left.
   * undefined: the client went away.
   */
  async stream(
    events: Iterable<StreamEvent> | AsyncIterable<StreamEvent>,
    tokensPerSecond: number | undefined,
  ): Promise<string | undefined> {
    const startedAt = performance.now();
    let held = '';
    let sent = 0;
    let tokensSent = 0;
    for await (const { data, tokens } of events) {
      if (this.gone.aborted) return undefined;
      if (held !== '' || isDone(data)) {
        held += data;
        continue;
      }
      sent += 1;
      tokensSent += tokens;
      if (tokensPerSecond !== undefined && tokens > 0) {
        // Against a plan, not token by token: timers are coarser than a fast pace.
        const due = startedAt + (tokensSent / tokensPerSecond) * 1000;
        if (due - performance.now() >= 1) await this.wait(due - performance.now());
      } else if (sent % EVENTS_A_TURN === 0) await nextTurn();
      await this.write(data);
    }
    return this.gone.aborted ? undefined : held;
  }

  /** A pause of the configured pace; over at once when the client goes away. */
  async wait(milliseconds: number): Promise<void> {
    await pause(milliseconds, undefined, { signal: this.gone }).catch((reason: unknown) => {
      if (!this.gone.aborted) throw reason;
    });
  }
}

const isDone = (data: string) => /^data:\s*\[DONE\]/m.test(data);
