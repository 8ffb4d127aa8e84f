import { toCachedAnswer } from '../cached-answer.ts';
import type { PolicyContext } from '../context.ts';
import { definePolicy, expression, type Step } from '../definition.ts';
import { missedLookup } from './cache-lookup.ts';

export const cacheStore = definePolicy({
  name: 'cache-store',
  sections: ['outbound'],
  isOncePerSection: true,
  attributes: {
    duration: expression('integer', { required: true }),
    'cache-response': expression('boolean'),
    'caching-mode': expression('string'),
  },
  needs: () => ({ response: true }),
  compile(element) {
    const duration = element.number('duration', 0);
    const storesAny = element.boolean('cache-response', false);
    const store = async (context: PolicyContext): Promise<undefined> => {
      const { response, services } = context;
      const lookup = missedLookup(context);
      // Without a look-up before there is no key to store under.
      if (!lookup || !response) return undefined;
      if (response.status !== 200 && !storesAny(context)) return undefined;
      const seconds = duration(context);
      if (lookup.downstream !== 'none') {
        const revalidate = lookup.mustRevalidate ? ', must-revalidate' : '';
        response.headers.set('Cache-Control', [`${lookup.downstream}, max-age=${seconds}${revalidate}`]);
      }
      const bytes = (await response.body?.buffer()) ?? new Uint8Array();
      const options = { seconds, bytes: bytes.byteLength };
      await services.cache.set(lookup.key, toCachedAnswer(response, bytes), options);
      return undefined;
    };
    return Object.assign((context: PolicyContext) => store(context), { isCacheStore: true }) satisfies Step;
  },
});
