import type { PolicyContext } from './context.ts';
import type { Outcome, Step } from './definition.ts';

/** Runs steps in order, without a promise as long as none is needed. */
export function runSteps(steps: readonly Step[], context: PolicyContext, from = 0): Outcome | Promise<Outcome> {
  for (let index = from; index < steps.length; index++) {
    const outcome = steps[index]?.(context);
    if (outcome instanceof Promise) {
      return outcome.then((settled) => (settled !== undefined ? settled : runSteps(steps, context, index + 1)));
    }
    if (outcome !== undefined) return outcome;
  }
  return undefined;
}
