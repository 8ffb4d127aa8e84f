import { bytesOf } from '@vigia/expression';
import type { PolicyContext } from '../context.ts';
import {
  allSections,
  type CompiledElement,
  definePolicy,
  type ElementSpec,
  expression,
  literal,
} from '../definition.ts';
import { checkTemplate, compileTemplate } from '../liquid/render-template.ts';
import { asText } from '../value-text.ts';
import { isRequestSection, messageOf, setBodyBytes } from './message.ts';

const text = { ...expression('any'), takesMarkup: true };

export const setBodySpec: ElementSpec = {
  attributes: {
    template: literal('string', { oneOf: ['liquid'] }),
    'xsi-nil': literal('string', { oneOf: ['blank', 'null'] }),
    'parse-date': literal('boolean'),
    'html-decode-expression': literal('boolean'),
  },
  text,
  textFor: (attribute) =>
    attribute('template') === 'liquid' ? { ...text, isTemplate: true, check: checkTemplate } : text,
  needs: (element) =>
    element.literal('template') !== 'liquid'
      ? {}
      : isRequestSection(element.section)
        ? { request: true }
        : { response: true },
};

/** The new body of one set-body element. */
export function compileBody(element: CompiledElement): (context: PolicyContext) => Uint8Array | Promise<Uint8Array> {
  const encoder = new TextEncoder();
  if (element.literal('template') === 'liquid') {
    const render = compileTemplate(element.literalText ?? '');
    return async (context) => encoder.encode(await render(context, messageOf(context, element.section)));
  }
  return (context) => {
    const value = element.text(context);
    return bytesOf(value) ?? encoder.encode(asText(value));
  };
}

export const setBody = definePolicy({
  name: 'set-body',
  sections: allSections,
  ...setBodySpec,
  difference: 'Templates are run by LiquidJS with DotLiquid’s names; parse-date and xsi-nil have no effect in them.',
  compile(element) {
    const body = compileBody(element);
    return (context) => {
      const set = (bytes: Uint8Array): undefined => {
        setBodyBytes(messageOf(context, element.section), bytes);
        return undefined;
      };
      const bytes = body(context);
      return bytes instanceof Promise ? bytes.then(set) : set(bytes);
    };
  },
});
