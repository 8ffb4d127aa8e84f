import { allSections, definePolicy, expression, literal } from '../definition.ts';
import { cachingType } from './caching-type.ts';

export const cachedValueKey = (key: string): string => `value ${key}`;

export const cacheLookupValue = definePolicy({
  name: 'cache-lookup-value',
  sections: allSections,
  attributes: {
    key: expression('string', { required: true }),
    'variable-name': literal('string', { required: true }),
    'default-value': expression('any'),
    'caching-type': cachingType,
  },
  compile(element) {
    const key = element.string('key') ?? (() => '');
    const variable = element.literal('variable-name') ?? '';
    const other = element.value('default-value');
    return async (context) => {
      const found = await context.services.cache.get(cachedValueKey(key(context)));
      if (found !== undefined) context.variables.set(variable, found);
      // Without a default the variable is left as it was: not set.
      else if (other) context.variables.set(variable, other(context));
      return undefined;
    };
  },
});
