import { bytesOf } from '@vigia/expression';
import { BytesBody } from '../bytes-body.ts';
import type { SectionName } from '../compiler-types.ts';
import type { MessageBody, PolicyContext } from '../context.ts';
import { type CompiledElement, definePolicy, expression, literal } from '../definition.ts';
import { asText } from '../value-text.ts';
import { isRequestSection, responseOf } from './message.ts';

export const setBodySpec = {
  attributes: {
    template: literal('string', {
      check: () => 'Liquid templates (template="liquid") are a feature of API Management that Vigia does not run yet.',
    }),
    'xsi-nil': literal('string', { oneOf: ['blank', 'null'] }),
    'parse-date': literal('boolean'),
  },
  text: expression('any'),
};

/** The new body of one set-body element. */
export function compileBody(element: CompiledElement): (context: PolicyContext) => Uint8Array {
  const encoder = new TextEncoder();
  return (context) => {
    const value = element.text(context);
    return bytesOf(value) ?? encoder.encode(asText(value));
  };
}

export function replaceBody(message: { body: MessageBody | undefined }, bytes: Uint8Array): void {
  if (message.body) message.body.replace(bytes);
  else message.body = new BytesBody(bytes);
}

const messageOf = (context: PolicyContext, section: SectionName) =>
  isRequestSection(section) ? context.request : responseOf(context);

export const setBody = definePolicy({
  name: 'set-body',
  sections: ['inbound', 'backend', 'outbound', 'on-error'],
  ...setBodySpec,
  compile(element) {
    const body = compileBody(element);
    return (context) => {
      const bytes = body(context);
      const message = messageOf(context, element.section);
      replaceBody(message, bytes);
      message.headers.delete('Transfer-Encoding');
      message.headers.delete('Content-Encoding');
      message.headers.set('Content-Length', [String(bytes.length)]);
      return undefined;
    };
  },
});
