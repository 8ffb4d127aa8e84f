import { BytesBody } from './bytes-body.ts';
import type { PolicyContext, PolicyResponse } from './context.ts';
import { HeaderMap } from './header-map.ts';

/** An answer as caches keep it. */
export interface CachedAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [string, readonly string[]])[];
  readonly bytes: Uint8Array;
}

/** Of one connection or one moment, not of the answer. */
const notKept = new Set(['connection', 'keep-alive', 'transfer-encoding', 'set-cookie']);

export const toCachedAnswer = (response: PolicyResponse, bytes: Uint8Array): CachedAnswer => ({
  status: response.status,
  reason: response.reason,
  headers: [...response.headers.entries()]
    .filter(([name]) => !notKept.has(name.toLowerCase()))
    .map(([name, values]) => [name, [...values]] as const),
  bytes,
});

/** Makes a kept answer the request's. */
export function answerFrom(context: PolicyContext, { status, reason, headers, bytes }: CachedAnswer): void {
  context.response = { status, reason, headers: new HeaderMap(headers), body: new BytesBody(bytes) };
  context.cache = 'hit';
}
