import { allSections, definePolicy, expression } from '../definition.ts';
import { cachedValueKey } from './cache-lookup-value.ts';
import { cachingType } from './caching-type.ts';

export const cacheRemoveValue = definePolicy({
  name: 'cache-remove-value',
  sections: allSections,
  attributes: {
    key: expression('string', { required: true }),
    'caching-type': cachingType,
    'fail-on-cache-removal-error': expression('boolean'),
  },
  compile(element) {
    const key = element.string('key') ?? (() => '');
    return async (context) => {
      await context.services.cache.delete(cachedValueKey(key(context)));
      return undefined;
    };
  },
});
