import type { BackendSnapshot } from '@vigia/contract';
import { describe, expect, it } from 'vitest';
import { type CallOutcome, createBackendChoice } from './backend-pool.ts';

const breaker = {
  count: 2,
  interval: 10_000,
  tripDuration: 30_000,
  acceptRetryAfter: true,
  statusCodeRanges: [{ min: 429, max: 429 }],
  countsErrors: true,
};
const single = (id: string): BackendSnapshot => ({ id, url: `https://${id}.test`, circuitBreaker: breaker });
const poolOf = (
  ...services: readonly (readonly [id: string, priority: number, weight: number])[]
): BackendSnapshot => ({
  id: 'pool',
  url: '',
  pool: { services: services.map(([id, priority, weight]) => ({ id, priority, weight })) },
});
const all = new Map(['a', 'b', 'c'].map((id) => [id, single(id)]));
const member = (id: string): BackendSnapshot => all.get(id) ?? single(id);
const throttled = (retryAfterSeconds?: number): CallOutcome => ({ kind: 'answered', status: 429, retryAfterSeconds });

/** Facts: semantics-traps.md §9. */
function bed() {
  let now = 0;
  // As many draws as there are hundredths, in order: shares come out exactly.
  let draw = 0;
  const choice = createBackendChoice({ now: () => now }, () => (draw++ % 100) / 100);
  return {
    choice,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    chosen: (pool: BackendSnapshot) => choice.choose('s', pool, all)?.id,
    shares: (pool: BackendSnapshot) => {
      const counts: Record<string, number> = {};
      for (let nth = 0; nth < 100; nth++) {
        const id = choice.choose('s', pool, all)?.id ?? 'none';
        counts[id] = (counts[id] ?? 0) + 1;
      }
      return counts;
    },
  };
}

describe('the choice of a backend', () => {
  it('is the backend itself where it is no pool', () => {
    expect(bed().chosen(member('a'))).toBe('a');
  });
  it('takes the lowest number of priority', () => {
    expect(bed().shares(poolOf(['a', 2, 1], ['b', 1, 1]))).toEqual({ b: 100 });
  });
  it('shares by weight within a priority', () => {
    expect(bed().shares(poolOf(['a', 1, 3], ['b', 1, 1], ['c', 2, 9]))).toEqual({ a: 75, b: 25 });
  });
  it('shares alike where nobody has a weight', () => {
    expect(bed().shares(poolOf(['a', 0, 0], ['b', 0, 0]))).toEqual({ a: 50, b: 50 });
  });
  it('passes over a member whose circuit is open, until the trip is over', () => {
    const { choice, chosen, pass } = bed();
    const pool = poolOf(['a', 1, 1], ['b', 2, 1]);
    choice.report('s', member('a'), throttled());
    expect(chosen(pool)).toBe('a');
    choice.report('s', member('a'), throttled());
    expect(chosen(pool)).toBe('b');
    pass(29_999);
    expect(chosen(pool)).toBe('b');
    pass(1);
    expect(chosen(pool)).toBe('a');
  });
  it('counts failures within the interval only', () => {
    const { choice, chosen, pass } = bed();
    choice.report('s', member('a'), throttled());
    pass(10_000);
    choice.report('s', member('a'), throttled());
    expect(chosen(member('a'))).toBe('a');
  });
  it('stays open as long as Retry-After says', () => {
    const { choice, chosen, pass } = bed();
    choice.report('s', member('a'), throttled(5));
    choice.report('s', member('a'), throttled(5));
    pass(4_999);
    expect(chosen(member('a'))).toBeUndefined();
    pass(1);
    expect(chosen(member('a'))).toBe('a');
  });
  it('counts calls without an answer, and no status beside those named', () => {
    const { choice, chosen } = bed();
    for (const status of [500, 200, 404])
      choice.report('s', member('a'), { kind: 'answered', status, retryAfterSeconds: undefined });
    expect(chosen(member('a'))).toBe('a');
    choice.report('s', member('a'), { kind: 'failed' });
    choice.report('s', member('a'), { kind: 'failed' });
    expect(chosen(member('a'))).toBeUndefined();
  });
  it('is none where all circuits are open', () => {
    const { choice, chosen } = bed();
    for (const id of ['a', 'b', 'a', 'b']) choice.report('s', member(id), { kind: 'failed' });
    expect(chosen(poolOf(['a', 1, 1], ['b', 2, 1]))).toBeUndefined();
  });
  it('keeps the circuits of services apart', () => {
    const { choice, chosen } = bed();
    choice.report('other', member('a'), { kind: 'failed' });
    choice.report('other', member('a'), { kind: 'failed' });
    expect(chosen(member('a'))).toBe('a');
  });
});
