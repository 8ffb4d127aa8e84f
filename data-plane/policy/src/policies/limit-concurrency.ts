import { defaultResponse } from '../default-response.ts';
import { allSections, definePolicy, expression, literal } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { runSteps } from '../run-steps.ts';

export const limitConcurrency = definePolicy({
  name: 'limit-concurrency',
  sections: allSections,
  attributes: {
    key: expression('string', { required: true }),
    'max-count': literal('integer', {
      required: true,
      check: (value) => (Number(value) < 1 ? 'The max-count must be at least 1.' : undefined),
    }),
  },
  children: 'policies',
  difference: 'Counted in one gateway process.',
  compile(element) {
    const keyOf = element.string('key') ?? (() => '');
    const max = element.number('max-count', 1);
    const { steps } = element;
    return async (context) => {
      const leave = context.services.gates.enter(`limit-concurrency ${keyOf(context)}`, max(context));
      if (!leave) {
        const message = 'Too many requests are processed at the same time.';
        const response = defaultResponse({ kind: 'status', status: 429, message });
        throw new PolicyError('ConcurrencyLimitExceeded', message, { response });
      }
      try {
        return await runSteps(steps, context);
      } finally {
        leave();
      }
    };
  },
});
