import type { Resource } from '@vigia/resource';
import type { ArmCall } from '../../arm-call.ts';
import { type ArmRoute, json, type TypeRules } from '../../rules.ts';
import { byFields } from './entity-filter.ts';
import { serviceType } from './service-id.ts';

const type = `${serviceType}/subscriptions`;

export const subscriptionFilter = byFields<Resource>([
  'displayName',
  'stateComment',
  'ownerId',
  'scope',
  'userId',
  'productId',
  'state',
]);

export const subscriptionRules: readonly TypeRules[] = [{ type, filter: subscriptionFilter }];

function keyOf({ context }: ArmCall, subscription: Resource | undefined, name: string): string {
  const key = subscription && context.store.secret(subscription.id, name);
  if (key === undefined) throw new Error(`${subscription?.id ?? 'A subscription'} has no ${name}`);
  return key;
}

const regenerate = (action: string, secret: string): ArmRoute => ({
  method: 'POST',
  path: `${type}/${action}`,
  run: ({ context }, subscription) =>
    context.writes.run(async () => {
      await context.store.change([{ kind: 'renewSecret', id: subscription?.id ?? '', secret }]);
      return { status: 204 };
    }),
});

export const subscriptionRoutes: readonly ArmRoute[] = [
  {
    method: 'POST',
    path: `${type}/listSecrets`,
    run: (call, subscription) =>
      json({
        primaryKey: keyOf(call, subscription, 'primaryKey'),
        secondaryKey: keyOf(call, subscription, 'secondaryKey'),
      }),
  },
  regenerate('regeneratePrimaryKey', 'primaryKey'),
  regenerate('regenerateSecondaryKey', 'secondaryKey'),
];
