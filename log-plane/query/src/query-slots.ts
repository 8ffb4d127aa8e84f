import type { QueryLimits } from './query-limits.ts';
import { tooManyRequests } from './query-problems.ts';

/** Gives a slot back; further calls do nothing. */
export type ReleaseSlot = () => void;

export interface QuerySlots {
  /**
   * Resolves at this query's turn, first come first served. Throws a Problem (429) where the queue is full or the wait too
   * long, and the signal's reason where it is aborted.
   */
  take(signal: AbortSignal): Promise<ReleaseSlot>;
}

const RETRY_AFTER_SECONDS = 10;

export function createQuerySlots(limits: Pick<QueryLimits, 'maxConcurrent' | 'maxQueued' | 'maxQueuedMs'>): QuerySlots {
  let running = 0;
  const waiting: (() => void)[] = [];

  function occupy(): ReleaseSlot {
    running += 1;
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      running -= 1;
      waiting.shift()?.();
    };
  }

  return {
    async take(signal) {
      signal.throwIfAborted();
      if (running < limits.maxConcurrent) return occupy();
      if (waiting.length >= limits.maxQueued) {
        throw tooManyRequests(
          `${running} queries are running and ${waiting.length} are waiting; no more are taken.`,
          RETRY_AFTER_SECONDS,
        );
      }
      return new Promise<ReleaseSlot>((resolve, reject) => {
        const leave = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          const place = waiting.indexOf(start);
          if (place >= 0) waiting.splice(place, 1);
        };
        const start = () => {
          leave();
          resolve(occupy());
        };
        const giveUp = () => {
          leave();
          reject(signal.reason);
        };
        const timer = setTimeout(() => {
          leave();
          reject(
            tooManyRequests(
              `The query waited ${limits.maxQueuedMs / 1_000} seconds for its turn; ${running} others are running.`,
              RETRY_AFTER_SECONDS,
            ),
          );
        }, limits.maxQueuedMs);
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(start);
      });
    },
  };
}
