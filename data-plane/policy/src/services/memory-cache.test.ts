import { describe, expect, it } from 'vitest';
import { heldClock } from '../run-policy.fixture.ts';
import { createMemoryCache, createMemoryVectors } from './memory-cache.ts';

describe('the cache of values', () => {
  it('keeps a value for its seconds', async () => {
    const clock = heldClock(0);
    const cache = createMemoryCache(clock);
    await cache.set('k', 'v', { seconds: 2, bytes: 1 });
    clock.advance(1_999);
    expect(await cache.get('k')).toBe('v');
    clock.advance(1);
    expect(await cache.get('k')).toBeUndefined();
  });

  it('drops what was unused the longest when it is full', async () => {
    const cache = createMemoryCache(heldClock(0), 30);
    await cache.set('a', 1, { seconds: 9, bytes: 10 });
    await cache.set('b', 2, { seconds: 9, bytes: 10 });
    await cache.get('a');
    await cache.set('c', 3, { seconds: 9, bytes: 10 });
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([1, undefined, 3]);
  });

  it('keeps nothing that is greater than itself or lives no second', async () => {
    const cache = createMemoryCache(heldClock(0), 30);
    await cache.set('a', 1, { seconds: 9, bytes: 31 });
    await cache.set('b', 1, { seconds: 0, bytes: 1 });
    expect([await cache.get('a'), await cache.get('b')]).toEqual([undefined, undefined]);
  });
});

describe('the cache of meanings', () => {
  it('finds the nearest within a distance', async () => {
    const vectors = createMemoryVectors(heldClock(0));
    await vectors.add('p', { vector: [1, 0], value: 'east', seconds: 9 });
    await vectors.add('p', { vector: [0, 5], value: 'north', seconds: 9 });
    expect(await vectors.nearest('p', { vector: [10, 1], within: 0.05 })).toMatchObject({ value: 'east' });
    expect(await vectors.nearest('p', { vector: [1, 1], within: 0.05 })).toBeUndefined();
    expect((await vectors.nearest('p', { vector: [1, 1.01], within: 1 }))?.value).toBe('north');
    expect(await vectors.nearest('other', { vector: [1, 0], within: 1 })).toBeUndefined();
  });

  it('forgets what is too old, and the oldest where there are too many', async () => {
    const clock = heldClock(0);
    const vectors = createMemoryVectors(clock, 2);
    for (const value of ['a', 'b', 'c']) await vectors.add('p', { vector: [1, 0], value, seconds: 9 });
    expect((await vectors.nearest('p', { vector: [1, 0], within: 1 }))?.value).toBe('b');
    clock.advance(9_000);
    expect(await vectors.nearest('p', { vector: [1, 0], within: 1 })).toBeUndefined();
  });
});
