import { allSections, definePolicy, expression } from '../definition.ts';
import { asText } from '../value-text.ts';
import { cachedValueKey } from './cache-lookup-value.ts';
import { cachingType } from './caching-type.ts';

export const cacheStoreValue = definePolicy({
  name: 'cache-store-value',
  sections: allSections,
  attributes: {
    key: expression('string', { required: true }),
    value: expression('any', { required: true }),
    duration: expression('integer', { required: true }),
    'caching-type': cachingType,
  },
  compile(element) {
    const key = element.string('key') ?? (() => '');
    const compute = element.value('value') ?? (() => '');
    const seconds = element.number('duration', 0);
    return async (context) => {
      const value = compute(context);
      const options = { seconds: seconds(context), bytes: asText(value).length * 2 };
      await context.services.cache.set(cachedValueKey(key(context)), value, options);
      return undefined;
    };
  },
});
