/** Lets so many in at a time, the others in the order of their coming. */
export interface Gate {
  /** Runs the task when there is room. Rejects with `refusal()` where the signal fires while waiting. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal, refusal?: () => Error): Promise<T>;
}

export function createGate(room: number): Gate {
  let inside = 0;
  const waiting: (() => void)[] = [];

  const enter = (signal: AbortSignal | undefined, refusal: () => Error): Promise<void> =>
    new Promise((resolve, reject) => {
      const go = (): void => {
        signal?.removeEventListener('abort', leave);
        inside += 1;
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(refusal());
      };
      if (inside < room) go();
      else {
        waiting.push(go);
        signal?.addEventListener('abort', leave, { once: true });
      }
    });

  return {
    async run(task, signal, refusal = () => new Error('No longer wanted.')) {
      if (signal?.aborted === true) throw refusal();
      await enter(signal, refusal);
      try {
        return await task();
      } finally {
        inside -= 1;
        waiting.shift()?.();
      }
    },
  };
}
