import type { Outcome } from '../definition.ts';
import { definePolicy, oneOf } from '../definition.ts';

export const wait = definePolicy({
  name: 'wait',
  sections: ['inbound', 'backend', 'outbound'],
  attributes: { for: oneOf('all', 'any') },
  children: 'policies',
  onlyPolicies: ['send-request', 'cache-lookup-value', 'choose'],
  compile(element) {
    const waitsFor = element.string('for') ?? (() => 'all');
    const { steps } = element;
    return async (context) => {
      const running = steps.map(async (step): Promise<Outcome> => await step(context));
      if (waitsFor(context) === 'any' && running.length > 0) {
        // The others go on, as calls that nobody waits for any more.
        for (const one of running) context.services.detach(one);
        return await Promise.race(running);
      }
      const settled = await Promise.allSettled(running);
      const failed = settled.find((one) => one.status === 'rejected');
      if (failed) throw failed.reason;
      return settled
        .map((one) => (one.status === 'fulfilled' ? one.value : undefined))
        .find((one) => one !== undefined);
    };
  },
});
