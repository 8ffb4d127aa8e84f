import { z } from 'zod';
import type { ResourceDefinition } from '../definition.ts';
import { nameText, oneOf, textUpTo } from '../schema-parts.ts';
import { uniqueDisplayName } from './service-entities.ts';
import { serviceEntity, serviceKeyOf, serviceType } from './service-entity.ts';

export const productType = `${serviceType}/products`;
export const productApiType = `${productType}/apis`;

/** A product's APIs and groups: the link has the name of what it leads to, and nothing else. */
const link = (path: string, folder: string, file: string, noun: string): ResourceDefinition =>
  serviceEntity(`products/${path}`, {
    noun,
    properties: z.object({}),
    place: { kind: 'folder', folder, file },
    references: (resource) => [
      {
        property: 'name',
        to: `${serviceKeyOf(resource.key)}/${path}/${resource.name.toLowerCase()}`,
        noun,
        onDelete: 'cascade',
      },
    ],
  });

export const productTypes: readonly ResourceDefinition[] = [
  serviceEntity('products', {
    noun: 'Product',
    properties: z.object({
      displayName: nameText(300),
      description: textUpTo(1000).optional(),
      terms: z.string().optional(),
      subscriptionRequired: z.boolean().optional(),
      approvalRequired: z.boolean().optional(),
      subscriptionsLimit: z.number().int().min(0).optional(),
      state: oneOf('notPublished', 'published').optional(),
    }),
    place: { kind: 'folder', folder: 'products', file: 'productInformation.json' },
    defaults: { subscriptionRequired: true, approvalRequired: false, state: 'notPublished' },
    check(resource, world, report) {
      uniqueDisplayName(resource, world, report);
      const { subscriptionRequired, approvalRequired, subscriptionsLimit } = resource.properties;
      if (subscriptionRequired === false) {
        if (approvalRequired === true)
          report('approvalRequired', 'Approval can be asked for only where subscriptionRequired is true.');
        if (subscriptionsLimit !== undefined)
          report('subscriptionsLimit', 'A limit can be set only where subscriptionRequired is true.');
      }
    },
  }),
  link('apis', 'apis', 'productApiInformation.json', 'Api'),
  link('groups', 'groups', 'productGroupInformation.json', 'Group'),
];
