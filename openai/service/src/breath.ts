import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds of work after which other calls get their turn. */
const A_BREATH = 8;

/** Call it between steps of long work: it lets others run when enough time has gone by. Throws when nobody waits any more. */
export function breathing(signal: AbortSignal): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < A_BREATH) return;
    await nextTurn();
    signal.throwIfAborted();
    since = performance.now();
  };
}
