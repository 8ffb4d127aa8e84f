import { answerFrom, type CachedAnswer } from '../cached-answer.ts';
import type { PolicyContext } from '../context.ts';
import { type CompiledElement, definePolicy, expression, many } from '../definition.ts';
import { asText } from '../value-text.ts';
import { cachingType } from './caching-type.ts';

interface Lookup {
  readonly key: string;
  readonly downstream: string;
  readonly mustRevalidate: boolean;
}

/** The look-ups that missed: where `cache-store` puts the answer. */
const missed = new WeakMap<PolicyContext, Lookup>();

export const missedLookup = (context: PolicyContext): Lookup | undefined => missed.get(context);

export const cacheLookup = definePolicy({
  name: 'cache-lookup',
  sections: ['inbound'],
  isOncePerSection: true,
  attributes: {
    'vary-by-developer': expression('boolean', { required: true }),
    'vary-by-developer-groups': expression('boolean', { required: true }),
    'caching-type': cachingType,
    'downstream-caching-type': expression('string', { oneOf: ['none', 'private', 'public'] }),
    'must-revalidate': expression('boolean'),
    'allow-private-response-caching': expression('boolean'),
  },
  children: {
    'vary-by-header': many({ text: expression('string') }),
    'vary-by-query-parameter': many({ text: expression('string') }),
  },
  compile(element) {
    const byDeveloper = element.boolean('vary-by-developer', false);
    const downstream = element.string('downstream-caching-type') ?? (() => 'none');
    const mustRevalidate = element.boolean('must-revalidate', true);
    const allowsPrivate = element.boolean('allow-private-response-caching', false);
    const keyOf = compileKey(element);
    return async (context) => {
      const { request, services } = context;
      if (request.method !== 'GET') return undefined;
      // What a token opens is one caller's own, unless the document says otherwise.
      if (request.headers.has('Authorization') && !allowsPrivate(context)) return undefined;
      const developer = byDeveloper(context) ? (context.subscription?.ownerId ?? context.subscription?.id ?? '') : '';
      const key = `answer ${keyOf(context)} ${developer}`;
      const found = await services.cache.get(key);
      if (found !== undefined) {
        answerFrom(context, found as CachedAnswer);
        return 'answered';
      }
      context.cache = 'miss';
      missed.set(context, { key, downstream: downstream(context), mustRevalidate: mustRevalidate(context) });
      return undefined;
    };
  },
  difference: 'Developer groups do not tell answers apart: there are no groups here.',
});

/** API, operation, path, and what the element says that answers differ by. */
function compileKey(element: CompiledElement): (context: PolicyContext) => string {
  const headers = element.children('vary-by-header').map(({ text }) => text);
  const parameters = element.children('vary-by-query-parameter').map(({ text }) => text);
  return (context) => {
    const { api, operation, request } = context;
    const named = headers.map((header) => asText(header(context)).trim().toLowerCase());
    const wanted = new Set(
      parameters.flatMap((parameter) =>
        asText(parameter(context))
          .split(';')
          .map((name) => name.trim().toLowerCase()),
      ),
    );
    // Without a list all parameters tell answers apart.
    const query = request.url.query.filter(([name]) => wanted.size === 0 || wanted.has(name.toLowerCase()));
    const { scheme, host, port, path } = request.url;
    return JSON.stringify([
      [api?.id, api?.revision, operation?.id, scheme, host, port, path],
      query.map(([name, value]) => [name.toLowerCase(), value]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
      named.map((name) => [name, request.headers.get(name) ?? []]),
    ]);
  };
}
