import type { Resource } from '@vigia/resource';
import { type Filter, filterBy } from '../../filter.ts';

/** `$filter` over the name and these properties. */
export const byFields = <T extends Resource>(properties: readonly string[]): Filter<T> =>
  filterBy<T>({
    fields: {
      name: (resource) => resource.name,
      ...Object.fromEntries(properties.map((property) => [property, (resource: T) => resource.properties[property]])),
    },
  });
