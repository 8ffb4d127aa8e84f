import type { PolicyContext } from '../context.ts';
import { allSections, definePolicy, expression } from '../definition.ts';
import { runSteps } from '../run-steps.ts';

export const retry = definePolicy({
  name: 'retry',
  sections: allSections,
  attributes: {
    condition: expression('boolean', { required: true }),
    count: expression('integer', {
      required: true,
      check: (value) => (Number(value) < 1 || Number(value) > 50 ? 'The count must be between 1 and 50.' : undefined),
    }),
    interval: expression('number', { required: true }),
    'max-interval': expression('number'),
    delta: expression('number'),
    'first-fast-retry': expression('boolean'),
  },
  children: 'policies',
  compile(element) {
    const condition = element.boolean('condition', false);
    const count = element.number('count', 1);
    const interval = element.number('interval', 0);
    const maxInterval = element.number('max-interval', Number.NaN);
    const delta = element.number('delta', Number.NaN);
    const firstIsFast = element.boolean('first-fast-retry', false);
    const { steps } = element;

    /** Seconds before the n-th repetition, n from 1. */
    const waitOf = (context: PolicyContext, n: number): number => {
      if (n === 1 && firstIsFast(context)) return 0;
      const base = interval(context);
      const step = delta(context);
      const cap = maxInterval(context);
      if (Number.isNaN(step)) return Number.isNaN(cap) ? base : Math.min(base, cap);
      if (Number.isNaN(cap)) return base + (n - 1) * step;
      return Math.min(cap, base + (2 ** n - 1) * (0.8 + Math.random() * 0.4) * step);
    };

    return async (context) => {
      for (let n = 1; ; n++) {
        const outcome = await runSteps(steps, context);
        if (outcome !== undefined) return outcome;
        if (n > count(context) || !condition(context)) return undefined;
        const seconds = waitOf(context, n);
        if (seconds > 0) await context.services.clock.delay(seconds * 1000);
      }
    };
  },
});
