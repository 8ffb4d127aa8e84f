import type { Clock } from '@vigia/contract';

/**
 * Tokens and calls that a deployment may take: `capacity` thousand tokens in a minute, and as many calls in ten
 * seconds (Azure's six a minute for each thousand, checked over ten seconds). Tokens are charged on arrival by an
 * estimate; both counters start again when their window ends.
 */
export interface RateDecision {
  readonly exceeded?: 'token' | 'call';
  readonly retryAfterSeconds: number;
  /** The `x-ratelimit-…` headers after this call. */
  readonly headers: Readonly<Record<string, string>>;
}

const minute = 60_000;
const callWindow = 10_000;

interface Counter {
  readonly endsAt: number;
  used: number;
}

export class RateLimiter {
  readonly #clock: Clock;
  readonly #tokens = new Map<string, Counter>();
  readonly #calls = new Map<string, Counter>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `key` names the deployment; `cost` is the estimate in tokens. A refused call costs nothing. */
  charge(key: string, { capacity, cost }: { readonly capacity: number; readonly cost: number }): RateDecision {
    const now = this.#clock.now();
    const tokenLimit = capacity * 1000;
    const tokens = counterOf(this.#tokens, key, now, minute);
    const calls = counterOf(this.#calls, key, now, callWindow);
    const exceeded = calls.used + 1 > capacity ? 'call' : tokens.used + cost > tokenLimit ? 'token' : undefined;
    if (exceeded === undefined) {
      tokens.used += cost;
      calls.used += 1;
    }
    const endsAt = exceeded === 'call' ? calls.endsAt : tokens.endsAt;
    return {
      ...(exceeded === undefined ? {} : { exceeded }),
      retryAfterSeconds: Math.max(1, Math.ceil((endsAt - now) / 1000)),
      headers: {
        'x-ratelimit-limit-requests': String(capacity),
        'x-ratelimit-limit-tokens': String(tokenLimit),
        'x-ratelimit-remaining-requests': String(Math.max(0, capacity - calls.used)),
        'x-ratelimit-remaining-tokens': String(Math.max(0, tokenLimit - tokens.used)),
        'x-ratelimit-renewalperiod-requests': String(callWindow / 1000),
        'x-ratelimit-renewalperiod-tokens': String(minute / 1000),
        'x-ratelimit-reset-requests': String(Math.ceil(callWindow / Math.max(1, capacity))),
        'x-ratelimit-reset-tokens': String(Math.ceil((cost / Math.max(1, tokenLimit)) * minute)),
      },
    };
  }
}

function counterOf(counters: Map<string, Counter>, key: string, now: number, length: number): Counter {
  const known = counters.get(key);
  if (known !== undefined && now < known.endsAt) return known;
  const fresh = { endsAt: now + length, used: 0 };
  counters.set(key, fresh);
  return fresh;
}
