import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { Headers } from './context.ts';

/** More than this is not taken out of a compressed body. */
const maxOutputLength = 268_435_456;

/** The bytes of a body without its Content-Encoding; undefined where the encoding is not known or the bytes are not of it. */
export function decodedBytes(bytes: Uint8Array, headers: Headers): Uint8Array | undefined {
  const encoding = headers.get('Content-Encoding')?.join(',').trim().toLowerCase() ?? '';
  try {
    switch (encoding) {
      case '':
      case 'identity':
        return bytes;
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, { maxOutputLength });
      case 'deflate':
        return inflateSync(bytes, { maxOutputLength });
      case 'br':
        return brotliDecompressSync(bytes, { maxOutputLength });
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** A body as text; undefined where its encoding is not understood. */
export function bodyText(bytes: Uint8Array | undefined, headers: Headers): string | undefined {
  const plain = bytes && decodedBytes(bytes, headers);
  return plain && new TextDecoder().decode(plain);
}

/** A body as a JSON object; undefined for anything else. */
export function bodyObject(
  bytes: Uint8Array | undefined,
  headers: Headers,
): Readonly<Record<string, unknown>> | undefined {
  const text = bodyText(bytes, headers);
  return text === undefined ? undefined : parseObject(text);
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isEventStream = (headers: Headers): boolean =>
  /^text\/event-stream\b/i.test(headers.get('Content-Type')?.[0]?.trim() ?? '');
