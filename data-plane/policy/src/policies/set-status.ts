import type { PolicyContext, PolicyResponse } from '../context.ts';
import { reasonPhrase } from '../default-response.ts';
import { type CompiledElement, definePolicy, expression } from '../definition.ts';
import { responseOf } from './message.ts';

export const setStatusSpec = {
  attributes: { code: expression('integer', { required: true }), reason: expression('string') },
};

export function compileStatus(element: CompiledElement): (context: PolicyContext, response: PolicyResponse) => void {
  const code = element.number('code', 200);
  const reason = element.string('reason');
  return (context, response) => {
    response.status = code(context);
    response.reason = reason?.(context) ?? reasonPhrase(response.status);
  };
}

export const setStatus = definePolicy({
  name: 'set-status',
  // In inbound there is no answer yet: only inside of return-response.
  sections: ['backend', 'outbound', 'on-error'],
  ...setStatusSpec,
  compile(element) {
    const apply = compileStatus(element);
    return (context) => {
      apply(context, responseOf(context));
      return undefined;
    };
  },
});
