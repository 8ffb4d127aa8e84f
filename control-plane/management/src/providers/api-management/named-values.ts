import { type ArmRoute, json } from '../../rules.ts';
import { serviceType } from './service-id.ts';

export const namedValueRoutes: readonly ArmRoute[] = [
  {
    method: 'POST',
    path: `${serviceType}/namedValues/listValue`,
    run({ context }, namedValue) {
      const id = namedValue?.id ?? '';
      return json({ value: context.store.secret(id, 'value') ?? namedValue?.properties['value'] });
    },
  },
];
