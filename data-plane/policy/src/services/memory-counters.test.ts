import { describe, expect, it } from 'vitest';
import { heldClock } from '../run-policy.fixture.ts';
import { createMemoryCounters, createMemoryGates } from './memory-counters.ts';
import type { CounterWindow } from './policy-services.ts';

const minute: CounterWindow = { kind: 'sliding', milliseconds: 60_000 };

describe('counters', () => {
  it('let exactly the limit through, however many come at once', async () => {
    const counters = createMemoryCounters(heldClock(0));
    const readings = await Promise.all(
      Array.from({ length: 10_000 }, () => counters.take('k', { amount: 1, limit: 1_234, window: minute })),
    );
    expect(readings.filter(({ isTaken }) => isTaken)).toHaveLength(1_234);
    expect(readings.at(-1)).toEqual({ isTaken: false, used: 1_234, waitMs: 60_000 });
  });

  it('never let more than the limit through in any window, whatever the times', async () => {
    const clock = heldClock(0);
    const counters = createMemoryCounters(clock);
    const taken: number[] = [];
    // Steps of a few milliseconds up to seconds, the same in each run.
    for (let step = 0; step < 5_000; step++) {
      clock.advance((step * 7_919) % 613);
      const { isTaken } = await counters.take('k', { amount: 1, limit: 50, window: minute });
      if (isTaken) taken.push(clock.now());
    }
    const mostAtOnce = Math.max(
      ...taken.map((end, index) => taken.slice(0, index + 1).filter((at) => at > end - 60_000).length),
    );
    expect(mostAtOnce).toBe(50);
  });

  it('say after how long a greater amount fits', async () => {
    const clock = heldClock(0);
    const counters = createMemoryCounters(clock);
    await counters.take('k', { amount: 60, limit: 100, window: minute });
    clock.advance(10_000);
    await counters.take('k', { amount: 30, limit: 100, window: minute });
    expect((await counters.take('k', { amount: 20, limit: 100, window: minute })).waitMs).toBe(50_000);
    expect((await counters.take('k', { amount: 90, limit: 100, window: minute })).waitMs).toBe(60_000);
    expect((await counters.take('k', { amount: 101, limit: 100, window: minute })).waitMs).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it('give back what was taken too much', async () => {
    const counters = createMemoryCounters(heldClock(0));
    await counters.take('k', { amount: 10, limit: 10, window: minute });
    expect(await counters.add('k', { amount: -4, window: minute })).toBe(6);
    expect((await counters.take('k', { amount: 4, limit: 10, window: minute })).isTaken).toBe(true);
    expect(await counters.add('k', { amount: -100, window: minute })).toBe(0);
  });

  it('of a fixed window begin anew with the next', async () => {
    const clock = heldClock(0);
    const counters = createMemoryCounters(clock);
    const first: CounterWindow = { kind: 'fixed', start: 0, end: 1_000 };
    expect((await counters.take('k', { amount: 1, limit: 1, window: first })).isTaken).toBe(true);
    expect(await counters.take('k', { amount: 1, limit: 1, window: first })).toEqual({
      isTaken: false,
      used: 1,
      waitMs: 1_000,
    });
    clock.advance(1_000);
    const next: CounterWindow = { kind: 'fixed', start: 1_000, end: 2_000 };
    expect((await counters.take('k', { amount: 1, limit: 1, window: next })).isTaken).toBe(true);
  });

  it('are forgotten when they ran out', async () => {
    const clock = heldClock(0);
    const counters = createMemoryCounters(clock);
    for (let key = 0; key < 3_000; key++) {
      clock.advance(60_000);
      const reading = await counters.take(String(key % 2), { amount: 1, limit: 1, window: minute });
      expect(reading.isTaken).toBe(true);
    }
  });
});

describe('gates', () => {
  it('let no more in than fit, and each out once', () => {
    const gates = createMemoryGates();
    const leave = gates.enter('k', 2);
    expect(gates.enter('k', 2)).toBeTypeOf('function');
    expect(gates.enter('k', 2)).toBeUndefined();
    leave?.();
    leave?.();
    expect(gates.enter('k', 2)).toBeTypeOf('function');
    expect(gates.enter('k', 2)).toBeUndefined();
  });
});
