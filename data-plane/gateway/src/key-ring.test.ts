import { createHmac } from 'node:crypto';
import type { ApiSnapshot, ProductSnapshot, ServiceSnapshot, SubscriptionSnapshot } from '@vigia/contract';
import { describe, expect, test } from 'vitest';
import { accessOf, KeyRing } from './key-ring.ts';

const secret = Buffer.from('a secret of thirty-two bytes ...');
const hash = (key: string): string => createHmac('sha256', secret).update(key).digest('hex');

const api = (id: string, subscriptionRequired: boolean): ApiSnapshot => ({
  id,
  displayName: id,
  revision: '1',
  isCurrent: true,
  path: id,
  protocols: ['https'],
  subscriptionRequired,
  subscriptionKeyParameterNames: { header: 'api-key', query: 'api-key' },
  operations: [],
});

const product = (id: string, given: Partial<ProductSnapshot> = {}): ProductSnapshot => ({
  id,
  displayName: id,
  state: 'published',
  subscriptionRequired: true,
  apis: ['chat'],
  ...given,
});

const subscription = (
  id: string,
  scope: SubscriptionSnapshot['scope'],
  given: Partial<SubscriptionSnapshot> = {},
): SubscriptionSnapshot => ({
  id,
  displayName: id,
  scope,
  state: 'active',
  primaryKey: hash(`${id}-1`),
  secondaryKey: hash(`${id}-2`),
  allowTracing: false,
  createdDate: '2026-01-01T00:00:00Z',
  ...given,
});

const subscriptions = [
  subscription('master', { kind: 'service' }),
  subscription('all', { kind: 'allApis' }),
  subscription('chat', { kind: 'api', id: 'CHAT' }),
  subscription('other', { kind: 'api', id: 'other' }),
  subscription('gold', { kind: 'product', id: 'Gold' }),
  subscription('apart', { kind: 'product', id: 'apart' }),
  subscription('draft', { kind: 'product', id: 'draft' }),
  subscription('draft-user', { kind: 'product', id: 'draft' }, { ownerId: '/users/maria' }),
  ...(['suspended', 'expired', 'submitted', 'rejected', 'cancelled'] as const).map((state) =>
    subscription(state, { kind: 'api', id: 'chat' }, { state }),
  ),
];
const keys = new KeyRing(secret.toString('base64'), subscriptions);

function outcome(key: string | undefined, given: { open?: boolean; required?: boolean } = {}): string {
  const products = [
    product('gold'),
    product('apart', { apis: ['other'] }),
    product('draft', { state: 'notPublished' }),
  ];
  if (given.open) products.push(product('free', { subscriptionRequired: false }));
  const service = { products } as unknown as ServiceSnapshot;
  const said = keys.check(key, accessOf(api('chat', given.required ?? true), service));
  return said.kind === 'allowed' ? `${said.subscription?.id ?? '-'} in ${said.product?.id ?? '-'}` : said.kind;
}

describe('who is let in, and in which product', () => {
  const cases: readonly (readonly [string | undefined, { open?: boolean; required?: boolean }, string])[] = [
    ['master-1', {}, 'master in -'],
    ['all-2', {}, 'all in -'],
    ['chat-1', {}, 'chat in -'],
    ['chat-2', {}, 'chat in -'],
    ['gold-1', {}, 'gold in gold'],
    ['draft-1', {}, 'draft in draft'],
    ['draft-user-1', {}, 'subscriptionKeyInvalid'],
    ['other-1', {}, 'subscriptionKeyInvalid'],
    ['apart-1', {}, 'subscriptionKeyInvalid'],
    ['suspended-1', {}, 'subscriptionKeyInvalid'],
    ['expired-1', {}, 'subscriptionKeyInvalid'],
    ['submitted-1', {}, 'subscriptionKeyInvalid'],
    ['rejected-1', {}, 'subscriptionKeyInvalid'],
    ['cancelled-1', {}, 'subscriptionKeyInvalid'],
    ['nobody', {}, 'subscriptionKeyInvalid'],
    [undefined, {}, 'subscriptionKeyNotFound'],
    ['', {}, 'subscriptionKeyNotFound'],
    [undefined, { open: true }, '- in free'],
    ['nobody', { open: true }, 'subscriptionKeyInvalid'],
    ['gold-2', { open: true }, 'gold in gold'],
    [undefined, { required: false }, '- in -'],
    ['nobody', { required: false }, '- in -'],
    ['chat-1', { required: false }, 'chat in -'],
  ];
  test.each(cases)('key %s, %o: %s', (key, given, expected) => {
    expect(outcome(key, given)).toBe(expected);
  });
});
