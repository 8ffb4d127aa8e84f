import type { CounterReading, Counters, CounterWindow, Gates, PolicyClock } from './policy-services.ts';

interface Bucket {
  /** Of its first amount. */
  readonly since: number;
  /** Of its latest amount: a window never lets go of an amount too early. */
  at: number;
  amount: number;
}
interface SlidingCounter {
  readonly milliseconds: number;
  buckets: Bucket[];
  used: number;
}
interface FixedCounter {
  readonly end: number;
  used: number;
}

/** Amounts that come closer together than this share of the window are counted as one. */
const bucketShare = 300;
/** Counters that ran out are looked for after so many steps. */
const stepsPerSweep = 1_000;

/** Counters of one process. Exact: a step is not interrupted, so those who come together are served one after another. */
export function createMemoryCounters(clock: Pick<PolicyClock, 'now'>): Counters {
  const sliding = new Map<string, SlidingCounter>();
  const fixed = new Map<string, FixedCounter>();
  let steps = 0;

  const sweep = (now: number): void => {
    steps = 0;
    for (const [key, counter] of sliding) {
      expire(counter, now);
      if (counter.buckets.length === 0) sliding.delete(key);
    }
    for (const [key, { end }] of fixed) if (end <= now) fixed.delete(key);
  };

  const slidingOf = (key: string, milliseconds: number, now: number): SlidingCounter => {
    const name = `${milliseconds} ${key}`;
    const known = sliding.get(name);
    if (known) {
      expire(known, now);
      return known;
    }
    const counter: SlidingCounter = { milliseconds, buckets: [], used: 0 };
    sliding.set(name, counter);
    return counter;
  };
  const fixedOf = (key: string, window: CounterWindow & { kind: 'fixed' }): FixedCounter => {
    const name = `${window.start} ${window.end} ${key}`;
    const known = fixed.get(name);
    if (known) return known;
    const counter: FixedCounter = { end: window.end, used: 0 };
    fixed.set(name, counter);
    return counter;
  };

  const usedOf = (key: string, window: CounterWindow, now: number): number =>
    window.kind === 'sliding' ? slidingOf(key, window.milliseconds, now).used : fixedOf(key, window).used;

  const addTo = (key: string, window: CounterWindow, step: { now: number; amount: number }): number => {
    if (window.kind === 'fixed') {
      const counter = fixedOf(key, window);
      counter.used = Math.max(0, counter.used + step.amount);
      return counter.used;
    }
    const counter = slidingOf(key, window.milliseconds, step.now);
    if (step.amount < 0) giveBack(counter, -step.amount);
    else if (step.amount > 0) put(counter, step.now, step.amount);
    return counter.used;
  };

  const waitOf = (key: string, step: { amount: number; limit: number; window: CounterWindow }, now: number): number => {
    if (step.amount > step.limit) return Number.POSITIVE_INFINITY;
    if (step.window.kind === 'fixed') return step.window.end - now;
    const counter = slidingOf(key, step.window.milliseconds, now);
    let tooMuch = counter.used + step.amount - step.limit;
    for (const { at, amount } of counter.buckets) {
      tooMuch -= amount;
      if (tooMuch <= 0) return at + counter.milliseconds - now;
    }
    return counter.milliseconds;
  };

  return {
    async take(key, step): Promise<CounterReading> {
      const now = clock.now();
      if (++steps > stepsPerSweep) sweep(now);
      const used = usedOf(key, step.window, now);
      if (used + step.amount > step.limit) return { isTaken: false, used, waitMs: waitOf(key, step, now) };
      return { isTaken: true, used: addTo(key, step.window, { now, amount: step.amount }), waitMs: 0 };
    },
    async add(key, { amount, window }) {
      const now = clock.now();
      if (++steps > stepsPerSweep) sweep(now);
      return addTo(key, window, { now, amount });
    },
  };
}

function expire(counter: SlidingCounter, now: number): void {
  const { buckets, milliseconds } = counter;
  let gone = 0;
  while (gone < buckets.length && (buckets[gone]?.at ?? 0) + milliseconds <= now) {
    counter.used -= buckets[gone]?.amount ?? 0;
    gone++;
  }
  if (gone > 0) buckets.splice(0, gone);
}

function put(counter: SlidingCounter, now: number, amount: number): void {
  const last = counter.buckets.at(-1);
  if (last && now - last.since < counter.milliseconds / bucketShare) {
    last.amount += amount;
    last.at = now;
  } else counter.buckets.push({ since: now, at: now, amount });
  counter.used += amount;
}

/** From the newest on: what was taken too much was taken just now. */
function giveBack(counter: SlidingCounter, amount: number): void {
  let rest = Math.min(amount, counter.used);
  counter.used -= rest;
  while (rest > 0) {
    const last = counter.buckets.at(-1);
    if (!last) return;
    const part = Math.min(rest, last.amount);
    last.amount -= part;
    rest -= part;
    if (last.amount === 0) counter.buckets.pop();
  }
}

export function createMemoryGates(): Gates {
  const inside = new Map<string, number>();
  return {
    enter(key, max) {
      const now = inside.get(key) ?? 0;
      if (now >= max) return undefined;
      inside.set(key, now + 1);
      let isInside = true;
      return () => {
        if (!isInside) return;
        isInside = false;
        const left = (inside.get(key) ?? 1) - 1;
        if (left === 0) inside.delete(key);
        else inside.set(key, left);
      };
    },
  };
}
