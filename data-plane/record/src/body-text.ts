import { brotliDecompressSync, constants, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib';
import type { SeenMessage } from './exchange.ts';

/** No body is decompressed beyond this: a small one may stand for gigabytes. */
const MOST_BYTES = 64 * 1024 * 1024;
const limits = { maxOutputLength: MOST_BYTES };
// A body that the capture limit cut still gives what is there.
const partly: ZlibOptions = { ...limits, finishFlush: constants.Z_SYNC_FLUSH };

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gunzipSync(bytes, partly),
  'x-gzip': (bytes) => gunzipSync(bytes, partly),
  deflate: (bytes) => inflateSync(bytes, partly),
  br: (bytes) => brotliDecompressSync(bytes, { ...limits, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  identity: (bytes) => bytes,
};

export function headerOf(message: Pick<SeenMessage, 'headers'> | undefined, name: string): string | undefined {
  if (message === undefined) return undefined;
  const lower = name.toLowerCase();
  for (const [key, value] of Object.entries(message.headers)) if (key.toLowerCase() === lower) return value;
  return undefined;
}

export const isEventStream = (message: SeenMessage | undefined): boolean =>
  /^text\/event-stream\b/i.test(headerOf(message, 'content-type') ?? '');

/** A body as text. `isText` false: `text` is a note in brackets of what stands there instead. */
export interface BodyText {
  readonly text: string;
  readonly isText: boolean;
}

/** The body of a message without its content encodings, as text; undefined where none was kept. */
export function bodyText(message: SeenMessage | undefined): BodyText | undefined {
  const body = message?.body;
  if (message === undefined || body === undefined) return undefined;
  let bytes = body;
  const codings = (headerOf(message, 'content-encoding') ?? '').toLowerCase().split(',');
  for (const coding of codings.map((name) => name.trim()).reverse()) {
    if (coding === '' || bytes.length === 0) continue;
    try {
      const decode = decoders[coding];
      if (decode === undefined) throw new Error('this coding is not known');
      bytes = decode(bytes);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { text: `[${coding} body of ${body.length} bytes, not decoded: ${reason}]`, isText: false };
    }
  }
  // A capture limit or a hang-up may have cut a character; a whole text is not changed by this.
  const whole = bytes.subarray(0, characterBorder(bytes, bytes.length));
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(whole), isText: true };
  } catch {
    const type = headerOf(message, 'content-type') ?? 'an unnamed type';
    return { text: `[binary body of ${message.bytes} bytes, ${type}]`, isText: false };
  }
}

/** At most this many bytes of UTF-8, never half a character. */
export function cutText(text: string, mostBytes: number): string {
  if (text.length * 3 <= mostBytes) return text;
  const bytes = Buffer.from(text, 'utf8');
  return bytes.length <= mostBytes ? text : bytes.subarray(0, characterBorder(bytes, mostBytes)).toString('utf8');
}

/** The last place at or before `at` where a character of UTF-8 ends. */
function characterBorder(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && at - start < 3 && ((bytes[start - 1] ?? 0) & 0xc0) === 0x80) start -= 1;
  const lead = start > 0 ? (bytes[start - 1] ?? 0) : 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  if (length === 1) return at;
  return at - (start - 1) >= length ? at : start - 1;
}
