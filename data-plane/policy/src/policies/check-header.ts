import { defaultResponse } from '../default-response.ts';
import { definePolicy, expression, many } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { asText } from '../value-text.ts';

export const checkHeader = definePolicy({
  name: 'check-header',
  sections: ['inbound'],
  attributes: {
    name: expression('string', { required: true }),
    'failed-check-httpcode': expression('integer', { required: true }),
    'failed-check-error-message': expression('string', { required: true }),
    'ignore-case': expression('boolean', { required: true }),
  },
  children: { value: many({ text: expression('string') }) },
  compile(element) {
    const nameOf = element.string('name') ?? (() => '');
    const status = element.number('failed-check-httpcode', 400);
    const message = element.string('failed-check-error-message') ?? (() => '');
    const ignoresCase = element.boolean('ignore-case', true);
    const values = element.children('value').map((value) => value.text);
    return (context) => {
      const name = nameOf(context);
      const found = context.request.headers.get(name);
      const refuse = (reason: string, text: string) =>
        new PolicyError(reason, text, {
          response: defaultResponse({ kind: 'status', status: status(context), message: message(context) }),
        });
      if (!found) throw refuse('HeaderNotFound', `Header ${name} was not found in the request.`);
      if (values.length === 0) return undefined;
      const fold = (text: string) => (ignoresCase(context) ? text.toLowerCase() : text);
      const allowed = new Set(values.map((value) => fold(asText(value(context)))));
      if (found.some((value) => allowed.has(fold(value)))) return undefined;
      throw refuse('HeaderValueNotAllowed', `Header ${name} value of ${found.join(',')} is not allowed.`);
    };
  },
});
