import type { PolicyClock, ValueCache, VectorCache } from './policy-services.ts';

interface Entry {
  readonly value: unknown;
  readonly until: number;
  readonly bytes: number;
}

/** A cache of one process: the least recently used go when it is full. */
export function createMemoryCache(clock: Pick<PolicyClock, 'now'>, maxBytes = 268_435_456): ValueCache {
  // A Map keeps the order of insertion: what is read is put at its end, so the first is the one longest unused.
  const entries = new Map<string, Entry>();
  let held = 0;
  const drop = (key: string): void => {
    held -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    async get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until <= clock.now()) {
        drop(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    async set(key, value, { seconds, bytes }) {
      drop(key);
      if (seconds <= 0 || bytes > maxBytes) return;
      entries.set(key, { value, until: clock.now() + seconds * 1000, bytes: bytes + key.length });
      held += bytes + key.length;
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
    },
    async delete(key) {
      drop(key);
    },
  };
}

interface VectorEntry {
  /** Of length one, so that a product is a cosine. */
  readonly vector: Float64Array;
  readonly value: unknown;
  readonly until: number;
}

/** Looks at every vector of a partition: exact, and quick enough for the thousands that one process keeps. */
export function createMemoryVectors(clock: Pick<PolicyClock, 'now'>, maxPerPartition = 10_000): VectorCache {
  const partitions = new Map<string, VectorEntry[]>();
  return {
    async nearest(partition, { vector, within }) {
      const now = clock.now();
      const entries = (partitions.get(partition) ?? []).filter(({ until }) => until > now);
      if (entries.length === 0) {
        partitions.delete(partition);
        return undefined;
      }
      partitions.set(partition, entries);
      const wanted = unitOf(vector);
      let best: { entry: VectorEntry; distance: number } | undefined;
      for (const entry of entries) {
        if (entry.vector.length !== wanted.length) continue;
        let cosine = 0;
        for (let index = 0; index < wanted.length; index++) cosine += (wanted[index] ?? 0) * (entry.vector[index] ?? 0);
        const distance = Math.max(0, 1 - cosine);
        if (distance <= within && (best === undefined || distance < best.distance)) best = { entry, distance };
      }
      return best && { value: best.entry.value, distance: best.distance };
    },
    async add(partition, { vector, value, seconds }) {
      const entries = partitions.get(partition) ?? [];
      partitions.set(partition, entries);
      entries.push({ vector: unitOf(vector), value, until: clock.now() + seconds * 1000 });
      if (entries.length > maxPerPartition) entries.shift();
    },
  };
}

function unitOf(vector: readonly number[]): Float64Array {
  const length = Math.hypot(...vector) || 1;
  return Float64Array.from(vector, (value) => value / length);
}
