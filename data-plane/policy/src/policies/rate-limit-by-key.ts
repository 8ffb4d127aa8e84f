import { definePolicy, expression, literal } from '../definition.ts';
import { compileReport, refuseByLimit, reportAttributes, wholeSeconds } from './limit-report.ts';

export const rateLimitReports = {
  ...reportAttributes('retry-after', 'remaining-calls'),
  'total-calls-header-name': literal('string'),
};

export const checkRenewalPeriod = (value: string): string | undefined =>
  Number(value) < 1 || Number(value) > 300 ? 'The renewal-period must be between 1 and 300 seconds.' : undefined;

export const rateLimitExceeded = (waitMs: number) => ({
  status: 429,
  reason: 'RateLimitExceeded',
  message: `Rate limit is exceeded. Try again in ${wholeSeconds(waitMs)} seconds.`,
  waitMs,
});

export const rateLimitByKey = definePolicy({
  name: 'rate-limit-by-key',
  sections: ['inbound'],
  attributes: {
    calls: expression('integer', { required: true }),
    'renewal-period': expression('integer', { required: true, check: checkRenewalPeriod }),
    'counter-key': expression('string', { required: true }),
    'increment-condition': expression('boolean'),
    'increment-count': expression('integer'),
    'increment-after-response': literal('boolean'),
    'flexible-retry-window': literal('boolean'),
    ...rateLimitReports,
  },
  difference:
    'The window slides exactly (v2 gateways of Azure use a token bucket); counters are of one gateway process.',
  compile(element) {
    const calls = element.number('calls', 0);
    const period = element.number('renewal-period', 1);
    const keyOf = element.string('counter-key') ?? (() => '');
    const condition = element.boolean('increment-condition', true);
    const countOf = element.number('increment-count', 1);
    // Known only when the answer is: the call is counted then, and the refusal comes one call late.
    const countsLate =
      element.value('increment-condition') !== undefined ||
      (element.value('increment-count') !== undefined && element.literal('increment-count') === undefined) ||
      element.literal('increment-after-response')?.toLowerCase() === 'true';
    const tellRemaining = compileReport(element, 'remaining-calls');
    const totalHeader = element.literal('total-calls-header-name');
    return async (context) => {
      const { counters } = context.services;
      const limit = calls(context);
      const window = { kind: 'sliding', milliseconds: period(context) * 1000 } as const;
      const key = `rate-limit-by-key ${keyOf(context)}`;
      const reading = countsLate
        ? await counters.take(key, { amount: 0, limit: limit - 1, window })
        : await counters.take(key, { amount: countOf(context), limit, window });
      tellRemaining(context, Math.max(0, limit - reading.used));
      if (totalHeader) {
        context.followUps.onAnswer(element, ({ response }) => response?.headers.set(totalHeader, [String(limit)]));
      }
      if (!reading.isTaken) {
        const waitMs = Number.isFinite(reading.waitMs) ? reading.waitMs : window.milliseconds;
        throw refuseByLimit(element, rateLimitExceeded(waitMs))(context);
      }
      if (countsLate) {
        context.followUps.onAnswer(element, async () => {
          if (!condition(context)) return;
          const used = await counters.add(key, { amount: countOf(context), window });
          tellRemaining(context, Math.max(0, limit - used));
        });
      }
      return undefined;
    };
  },
});
