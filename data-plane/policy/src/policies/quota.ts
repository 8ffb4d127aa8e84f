import { type CompiledElement, definePolicy, many } from '../definition.ts';
import { refuseByLimit } from './limit-report.ts';
import { compilePlaces, placeAttributes } from './limited-place.ts';
import { countBandwidth, needsAQuota, quotaAttributes, quotaExceeded, quotaPeriod } from './quota-by-key.ts';

export const quota = definePolicy({
  name: 'quota',
  sections: ['inbound'],
  scopes: ['product'],
  isOncePerSection: true,
  attributes: quotaAttributes,
  children: {
    api: many({
      attributes: { ...placeAttributes, ...quotaAttributes },
      children: { operation: many({ attributes: { ...placeAttributes, ...quotaAttributes }, check: needsAQuota }) },
      check: needsAQuota,
    }),
  },
  check: needsAQuota,
  difference: 'Bandwidth is the bytes of both bodies; counters are of one gateway process and begin again with it.',
  compile(element) {
    const places = compilePlaces(element).map(({ name, fits, element: of }) => ({ name, fits, ...quotaOf(of) }));
    return async (context) => {
      const { subscription, services } = context;
      // Calls without a subscription have nobody to count for.
      if (subscription === undefined) return undefined;
      const { counters, clock } = services;
      const taken: { readonly key: string; readonly window: ReturnType<typeof quotaPeriod> }[] = [];
      for (const { name, fits, calls, bytes, seconds } of places) {
        if (!fits(context)) continue;
        // Periods follow one another from the subscription's start.
        const window = quotaPeriod(clock.now(), Date.parse(subscription.createdDate), seconds);
        const key = `quota ${name(context)} ${subscription.id}`;
        const refuse = async (what: 'call volume' | 'bandwidth') => {
          for (const one of taken) await counters.add(one.key, { amount: -1, window: one.window });
          return refuseByLimit(element, quotaExceeded(what, window.end - clock.now()))(context);
        };
        if (bytes !== undefined) {
          const reading = await counters.take(`${key} bandwidth`, { amount: 0, limit: bytes - 1, window });
          if (!reading.isTaken) throw await refuse('bandwidth');
          countBandwidth(element, context, { key: `${key} bandwidth`, window });
        }
        if (calls !== undefined) {
          const reading = await counters.take(`${key} calls`, { amount: 1, limit: calls, window });
          if (!reading.isTaken) throw await refuse('call volume');
          taken.push({ key: `${key} calls`, window });
        }
      }
      return undefined;
    };
  },
});

function quotaOf(element: CompiledElement) {
  const calls = element.literal('calls');
  const kilobytes = element.literal('bandwidth');
  return {
    calls: calls === undefined ? undefined : Number(calls),
    bytes: kilobytes === undefined ? undefined : Number(kilobytes) * 1024,
    seconds: Number(element.literal('renewal-period') ?? 0),
  };
}
