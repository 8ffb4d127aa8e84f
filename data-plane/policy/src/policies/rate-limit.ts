import { type CompiledElement, definePolicy, literal, many } from '../definition.ts';
import { compileReport, refuseByLimit } from './limit-report.ts';
import { compilePlaces, placeAttributes } from './limited-place.ts';
import { checkRenewalPeriod, rateLimitExceeded, rateLimitReports } from './rate-limit-by-key.ts';

const counted = {
  calls: literal('integer', { required: true }),
  'renewal-period': literal('integer', { required: true, check: checkRenewalPeriod }),
};

export const rateLimit = definePolicy({
  name: 'rate-limit',
  sections: ['inbound'],
  scopes: ['product', 'api', 'operation'],
  isOncePerSection: true,
  attributes: { ...counted, ...rateLimitReports },
  children: {
    api: many({
      attributes: { ...placeAttributes, ...counted },
      children: { operation: many({ attributes: { ...placeAttributes, ...counted } }) },
    }),
  },
  difference:
    'The window slides exactly (v2 gateways of Azure use a token bucket); counters are of one gateway process.',
  compile(element) {
    const limits = compilePlaces(element).map(({ name, fits, element: of }) => ({ name, fits, ...limitOf(of) }));
    const tellRemaining = compileReport(element, 'remaining-calls');
    const totalHeader = element.literal('total-calls-header-name');
    return async (context) => {
      // Calls without a subscription have nobody to count for.
      if (context.subscription === undefined) return undefined;
      const { counters } = context.services;
      const taken: { readonly key: string; readonly window: (typeof limits)[number]['window'] }[] = [];
      for (const { name, fits, calls, window } of limits) {
        if (!fits(context)) continue;
        const key = `rate-limit ${name(context)} ${context.subscription.id}`;
        const reading = await counters.take(key, { amount: 1, limit: calls, window });
        if (taken.length === 0 || !reading.isTaken) tellRemaining(context, Math.max(0, calls - reading.used));
        if (!reading.isTaken) {
          for (const one of taken) await counters.add(one.key, { amount: -1, window: one.window });
          throw refuseByLimit(element, rateLimitExceeded(Math.min(reading.waitMs, window.milliseconds)))(context);
        }
        taken.push({ key, window });
      }
      if (totalHeader) {
        const total = String(limits[0]?.calls ?? 0);
        context.followUps.onAnswer(element, ({ response }) => response?.headers.set(totalHeader, [total]));
      }
      return undefined;
    };
  },
});

const limitOf = (element: CompiledElement) => ({
  calls: Number(element.literal('calls')),
  window: { kind: 'sliding', milliseconds: Number(element.literal('renewal-period')) * 1000 } as const,
});
