import type { Change, Resource } from '@vigia/resource';
import { type ArmCall, isTrue } from '../../arm-call.ts';
import { isWithin, sameText } from '../../arm-path.ts';
import { toEnvelope } from '../../envelope.ts';
import { listAnswer } from '../../list-answer.ts';
import type { ArmRoute, TypeRules } from '../../rules.ts';
import { byFields } from './entity-filter.ts';
import { serviceIdOf, serviceType } from './service-id.ts';
import { subscriptionFilter } from './subscriptions.ts';

const productType = `${serviceType}/products`;
const linkTypes = { apis: `${productType}/apis`, groups: `${productType}/groups` } as const;

const productFields = ['displayName', 'description', 'terms', 'state'];

/** Subscriptions to a product, whichever way their scope is written. */
export function subscriptionsOf({ context }: ArmCall, product: Resource): readonly Resource[] {
  const service = serviceIdOf(product.id);
  return context.store.list({ type: `${serviceType}/subscriptions`, under: service }).filter(({ properties }) => {
    const scope = String(properties['scope'] ?? '').replace(/\/$/, '');
    return sameText(scope, product.id) || sameText(`${service}${scope}`, product.id);
  });
}

/** A link shows what it leads to, under its own id. */
const linkRule = (kind: keyof typeof linkTypes): TypeRules => ({
  type: linkTypes[kind],
  headStatus: 204,
  needsIfMatch: false,
  without: ['PATCH'],
  filter: byFields(['displayName', 'description', 'path', 'serviceUrl']),
  show(link, call) {
    const target = call.context.store.get(`${serviceIdOf(link.id)}/${kind}/${link.name}`);
    return target === undefined ? link : { ...link, name: target.name, properties: target.properties };
  },
  put(call) {
    const id = call.target.kind === 'resource' ? call.target.id : '';
    return () => [{ kind: 'put', id, body: {} }];
  },
});

export const productRules: readonly TypeRules[] = [
  {
    type: productType,
    filter: byFields(productFields),
    show(product, call) {
      if (!isTrue(call, 'expandGroups')) return product;
      const links = call.context.store.list({ type: linkTypes.groups, under: product.id });
      const groups = links.flatMap(({ name }) => {
        const group = call.context.store.get(`${serviceIdOf(product.id)}/groups/${name}`);
        return group === undefined ? [] : [{ id: group.id, name: group.name, ...group.properties }];
      });
      return { ...product, properties: { ...product.properties, groups } };
    },
    deleteWith: (product, call): readonly Change[] =>
      isTrue(call, 'deleteSubscriptions')
        ? subscriptionsOf(call, product).map(({ id }) => ({ kind: 'delete', id }))
        : [],
  },
  linkRule('apis'),
  linkRule('groups'),
];

export const productRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: `${productType}/subscriptions`,
    run: (call, product) =>
      listAnswer(call, product === undefined ? [] : subscriptionsOf(call, product), {
        filter: subscriptionFilter,
        hasCount: true,
        show: (each) => toEnvelope(each, call.context.registry.type(each.type)),
      }),
  },
  {
    method: 'GET',
    path: `${serviceType}/apis/products`,
    run(call, api) {
      const service = serviceIdOf(api?.id ?? '');
      const products = call.context.store.list({ type: productType, under: service });
      const links = call.context.store
        .list({ type: linkTypes.apis, under: service })
        .filter(({ name }) => sameText(name, api?.name ?? ''));
      const found = products.filter((product) => links.some((link) => isWithin(link.id, product.id)));
      return listAnswer(call, found, {
        filter: byFields(productFields),
        hasCount: true,
        show: (each) => toEnvelope(each, call.context.registry.type(each.type)),
      });
    },
  },
];
