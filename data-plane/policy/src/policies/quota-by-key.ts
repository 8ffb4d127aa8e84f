import type { PolicyContext } from '../context.ts';
import { type CompiledElement, definePolicy, expression, literal } from '../definition.ts';
import type { CounterWindow } from '../services/policy-services.ts';
import { refuseByLimit, timeSpanText } from './limit-report.ts';

export const quotaAttributes = {
  calls: literal('integer'),
  bandwidth: literal('integer'),
  'renewal-period': literal('integer', {
    required: true,
    check: (value) =>
      Number(value) !== 0 && Number(value) < 300
        ? 'The renewal-period must be 0 (for ever) or at least 300 seconds.'
        : undefined,
  }),
};

export const needsAQuota = (element: { has(name: string): boolean }): readonly string[] =>
  element.has('calls') || element.has('bandwidth')
    ? []
    : ["A quota needs the attribute 'calls', 'bandwidth', or both."];

/** The period that now is in; periods follow one another from `first` on (milliseconds since the epoch). */
export function quotaPeriod(now: number, first: number, seconds: number): CounterWindow & { kind: 'fixed' } {
  if (seconds === 0) return { kind: 'fixed', start: first, end: Number.POSITIVE_INFINITY };
  const length = seconds * 1000;
  const start = first + Math.floor((now - first) / length) * length;
  return { kind: 'fixed', start, end: start + length };
}

export const quotaExceeded = (what: 'call volume' | 'bandwidth', waitMs: number) => ({
  status: 403,
  reason: 'QuotaExceeded',
  message: `Out of ${what} quota.${
    Number.isFinite(waitMs) ? ` Quota will be replenished in ${timeSpanText(waitMs)}.` : ''
  }`,
  waitMs,
});

/** Adds the bytes of both bodies to a counter when the answer has passed. */
export function countBandwidth(
  element: CompiledElement,
  context: PolicyContext,
  { key, window }: { readonly key: string; readonly window: CounterWindow },
): void {
  const { counters } = context.services;
  context.followUps.onAnswer(element, ({ request, response, followUps }) => {
    const announced = Number(request.headers.get('Content-Length')?.[0] ?? 0);
    let bytes = request.body?.bytes?.byteLength ?? announced;
    const count = async (): Promise<void> => {
      await counters.add(key, { amount: bytes, window });
    };
    if (!response?.body) return followUps.keep(count());
    response.body.watch({
      chunk: (chunk) => {
        bytes += chunk.byteLength;
      },
      end: () => followUps.keep(count()),
    });
  });
}

export const quotaByKey = definePolicy({
  name: 'quota-by-key',
  sections: ['inbound'],
  attributes: {
    ...quotaAttributes,
    'counter-key': expression('string', { required: true }),
    'increment-condition': expression('boolean'),
    'increment-count': expression('integer'),
    'first-period-start': literal('string', {
      check: (value) => (Number.isNaN(Date.parse(value)) ? `'${value}' is not a date and time (ISO 8601).` : undefined),
    }),
  },
  check: needsAQuota,
  difference: 'Bandwidth is the bytes of both bodies; counters are of one gateway process and begin again with it.',
  compile(element) {
    const calls = element.number('calls', Number.POSITIVE_INFINITY);
    const kilobytes = element.number('bandwidth', Number.POSITIVE_INFINITY);
    const period = element.number('renewal-period', 0);
    const keyOf = element.string('counter-key') ?? (() => '');
    const condition = element.boolean('increment-condition', true);
    const countOf = element.number('increment-count', 1);
    const first = Date.parse(element.literal('first-period-start') ?? '0001-01-01T00:00:00Z');
    const countsLate =
      element.value('increment-condition') !== undefined ||
      (element.value('increment-count') !== undefined && element.literal('increment-count') === undefined);
    const hasCalls = element.value('calls') !== undefined;
    const hasBandwidth = element.value('bandwidth') !== undefined;
    return async (context) => {
      const { counters, clock } = context.services;
      const window = quotaPeriod(clock.now(), first, period(context));
      const key = `quota-by-key ${keyOf(context)}`;
      if (hasBandwidth) {
        const limit = kilobytes(context) * 1024 - 1;
        const reading = await counters.take(`${key} bandwidth`, { amount: 0, limit, window });
        if (!reading.isTaken) throw refuseByLimit(element, quotaExceeded('bandwidth', reading.waitMs))(context);
      }
      if (hasCalls) {
        const limit = calls(context);
        const step = countsLate ? { amount: 0, limit: limit - 1, window } : { amount: countOf(context), limit, window };
        const reading = await counters.take(`${key} calls`, step);
        const waitMs = window.end - clock.now();
        if (!reading.isTaken) throw refuseByLimit(element, quotaExceeded('call volume', waitMs))(context);
        if (countsLate) {
          context.followUps.onAnswer(element, async () => {
            if (condition(context)) await counters.add(`${key} calls`, { amount: countOf(context), window });
          });
        }
      }
      if (hasBandwidth) countBandwidth(element, context, { key: `${key} bandwidth`, window });
      return undefined;
    };
  },
});
