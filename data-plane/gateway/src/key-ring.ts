import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ApiSnapshot, ProductSnapshot, ServiceSnapshot, SubscriptionSnapshot } from '@vigia/contract';

/** What keys open one API; made once a snapshot. */
export interface ApiAccess {
  readonly api: ApiSnapshot;
  /** Products that hold the API, by id in lower case. */
  readonly products: ReadonlyMap<string, ProductSnapshot>;
  /** A published product that asks for no subscription; keyless calls run in it. */
  readonly openProduct: ProductSnapshot | undefined;
}

export type KeyOutcome =
  | {
      readonly kind: 'allowed';
      readonly subscription?: SubscriptionSnapshot & { readonly key: string };
      readonly product?: ProductSnapshot;
    }
  | { readonly kind: 'subscriptionKeyNotFound' | 'subscriptionKeyInvalid' };

export function accessOf(api: ApiSnapshot, service: ServiceSnapshot): ApiAccess {
  const id = api.id.toLowerCase();
  const holding = service.products.filter((product) => product.apis.some((held) => held.toLowerCase() === id));
  return {
    api,
    products: new Map(holding.map((product) => [product.id.toLowerCase(), product])),
    openProduct: holding.find((product) => !product.subscriptionRequired && product.state === 'published'),
  };
}

/** The subscriptions of one service by the hash of their keys. */
export class KeyRing {
  readonly #secret: Buffer;
  readonly #holders = new Map<string, { readonly digest: Buffer; readonly subscription: SubscriptionSnapshot }[]>();

  constructor(keyHashSecret: string, subscriptions: readonly SubscriptionSnapshot[]) {
    this.#secret = Buffer.from(keyHashSecret, 'base64');
    for (const subscription of subscriptions) {
      for (const hash of new Set([subscription.primaryKey, subscription.secondaryKey])) {
        const holders = this.#holders.get(hash.toLowerCase()) ?? [];
        holders.push({ digest: Buffer.from(hash, 'hex'), subscription });
        this.#holders.set(hash.toLowerCase(), holders);
      }
    }
  }

  /**
   * Who calls, and in which product (reference: semantics-traps.md §2). An API that needs no key ignores one that does
   * not fit it; where only an open product lets keyless calls in, a wrong key is still refused.
   */
  check(key: string | undefined, access: ApiAccess): KeyOutcome {
    if (key !== undefined && key !== '') {
      const digest = createHmac('sha256', this.#secret).update(key, 'utf8').digest();
      for (const holder of this.#holders.get(digest.toString('hex')) ?? []) {
        if (!timingSafeEqual(holder.digest, digest)) continue;
        const covered = cover(holder.subscription, access);
        if (covered === undefined) continue;
        return { kind: 'allowed', subscription: { ...holder.subscription, key }, ...covered };
      }
      return access.api.subscriptionRequired ? { kind: 'subscriptionKeyInvalid' } : keyless(access);
    }
    if (access.openProduct === undefined && access.api.subscriptionRequired) return { kind: 'subscriptionKeyNotFound' };
    return keyless(access);
  }
}

const keyless = ({ openProduct }: ApiAccess): KeyOutcome => ({
  kind: 'allowed',
  ...(openProduct === undefined ? {} : { product: openProduct }),
});

const isAdministrator = (ownerId: string | undefined): boolean =>
  ownerId === undefined || /(^|\/)(1|administrator)$/i.test(ownerId);

/** undefined: the subscription does not open this API. */
function cover(subscription: SubscriptionSnapshot, access: ApiAccess): { product?: ProductSnapshot } | undefined {
  if (subscription.state !== 'active') return undefined;
  const { scope } = subscription;
  switch (scope.kind) {
    case 'service':
    case 'allApis':
      return {};
    case 'api':
      return scope.id.toLowerCase() === access.api.id.toLowerCase() ? {} : undefined;
    case 'product': {
      const product = access.products.get(scope.id.toLowerCase());
      if (product === undefined) return undefined;
      return product.state === 'published' || isAdministrator(subscription.ownerId) ? { product } : undefined;
    }
    default:
      return scope satisfies never;
  }
}
