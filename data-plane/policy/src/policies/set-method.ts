import { definePolicy, expression } from '../definition.ts';
import { asText } from '../value-text.ts';

export const setMethod = definePolicy({
  name: 'set-method',
  sections: ['inbound', 'backend', 'on-error'],
  text: expression('string', { required: true }),
  compile: (element) => (context) => {
    context.request.method = asText(element.text(context)).trim().toUpperCase();
    return undefined;
  },
});
