import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again until the answer is accepted; fails with the last answer after the time. For what happens beside the test
 * (a row arriving), never for how long something takes.
 */
export async function eventually<T>(
  ask: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  { withinMs = 5_000, everyMs = 25 }: { readonly withinMs?: number; readonly everyMs?: number } = {},
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (isEnough(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`not within ${withinMs} ms; last: ${JSON.stringify(answer)?.slice(0, 2_000)}`);
    await pause(everyMs);
  }
}
