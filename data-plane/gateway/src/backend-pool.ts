import type { BackendSnapshot } from '@vigia/contract';

/** What a call of a backend came to. */
export type CallOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterSeconds: number | undefined }
  | { readonly kind: 'failed' };

interface Breaker {
  /** When the failures of the present interval happened. */
  failures: number[];
  openUntil: number;
}

/** Which backends can be called at present, and whose turn it is. One a gateway; survives a change of the snapshot. */
export interface BackendChoice {
  /** The backend itself, or a member of its pool; undefined: none can be used now. */
  choose(
    service: string,
    backend: BackendSnapshot,
    all: ReadonlyMap<string, BackendSnapshot>,
  ): BackendSnapshot | undefined;
  report(service: string, backend: BackendSnapshot, outcome: CallOutcome): void;
}

export function createBackendChoice(clock: { now(): number }, random: () => number = Math.random): BackendChoice {
  const breakers = new Map<string, Breaker>();
  const keyOf = (service: string, { id }: BackendSnapshot): string => `${service} ${id}`.toLowerCase();
  const isOpen = (service: string, backend: BackendSnapshot): boolean =>
    (breakers.get(keyOf(service, backend))?.openUntil ?? 0) > clock.now();

  return {
    choose(service, backend, all) {
      if (!backend.pool) return isOpen(service, backend) ? undefined : backend;
      const usable = backend.pool.services.flatMap(({ id, priority, weight }) => {
        const member = all.get(id.toLowerCase());
        return member && !member.pool && !isOpen(service, member) ? [{ member, priority, weight }] : [];
      });
      const first = Math.min(...usable.map(({ priority }) => priority));
      const group = usable.filter(({ priority }) => priority === first);
      // Members without a weight share alike.
      const weightOf = ({ weight }: { readonly weight: number }): number =>
        group.every((one) => one.weight === 0) ? 1 : weight;
      let rest = random() * group.reduce((sum, one) => sum + weightOf(one), 0);
      for (const one of group) {
        rest -= weightOf(one);
        if (rest < 0) return one.member;
      }
      return group.at(-1)?.member;
    },
    report(service, backend, outcome) {
      const rule = backend.circuitBreaker;
      if (!rule) return;
      const isFailure =
        outcome.kind === 'failed'
          ? rule.countsErrors
          : rule.statusCodeRanges.some(({ min, max }) => outcome.status >= min && outcome.status <= max);
      if (!isFailure) return;
      const now = clock.now();
      const key = keyOf(service, backend);
      const breaker = breakers.get(key) ?? { failures: [], openUntil: 0 };
      breakers.set(key, breaker);
      breaker.failures = [...breaker.failures.filter((at) => at > now - rule.interval), now];
      if (breaker.failures.length < rule.count) return;
      const said = outcome.kind === 'answered' && rule.acceptRetryAfter ? outcome.retryAfterSeconds : undefined;
      breaker.openUntil = now + (said === undefined ? rule.tripDuration : said * 1000);
      // Behind the trip the counting starts again.
      breaker.failures = [];
    },
  };
}
