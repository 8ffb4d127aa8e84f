import { createMemoryCache, createMemoryVectors } from './memory-cache.ts';
import { createMemoryCounters, createMemoryGates } from './memory-counters.ts';
import { createOpenIdSource } from './open-id-source.ts';
import type { PolicyClock, PolicyServices } from './policy-services.ts';

export type LocalServices = Pick<PolicyServices, 'clock' | 'counters' | 'gates' | 'cache' | 'vectors' | 'openId'>;

/** The services that one process has of its own: counters, caches and keys in its memory. */
export const createLocalServices = (parts: {
  readonly clock: PolicyClock;
  readonly send: PolicyServices['send'];
}): LocalServices => ({
  clock: parts.clock,
  counters: createMemoryCounters(parts.clock),
  gates: createMemoryGates(),
  cache: createMemoryCache(parts.clock),
  vectors: createMemoryVectors(parts.clock),
  openId: createOpenIdSource(parts.send, parts.clock),
});
