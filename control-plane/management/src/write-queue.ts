export interface WriteQueue {
  /** Runs `work` after everything that was handed in before it; what it looked up is still true when it changes it. */
  run<T>(work: () => Promise<T>): Promise<T>;
}

export function createWriteQueue(): WriteQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const next = last.then(work);
      // The caller gets the failure; whoever is next in line does not.
      last = next.catch(() => undefined);
      return next;
    },
  };
}
