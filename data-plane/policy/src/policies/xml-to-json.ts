import { definePolicy, expression } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { xmlToJson } from '../xml/xml-json.ts';
import { parseXml, type XmlElement, XmlError } from '../xml/xml-tree.ts';
import { accepts } from './accepts.ts';
import { isRequestSection, messageOf, setBodyText, textOfBody } from './message.ts';

export const xmlToJsonPolicy = definePolicy({
  name: 'xml-to-json',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes: {
    kind: expression('string', {
      required: true,
      oneOf: ['javascript-friendly', 'direct'],
      check: (value) =>
        value === 'javascript-friendly'
          ? "kind='javascript-friendly' is not run here: its form is not documented; use 'direct'."
          : undefined,
    }),
    apply: expression('string', { required: true, oneOf: ['always', 'content-type-xml'] }),
    'consider-accept-header': expression('boolean'),
    'always-array-child-elements': expression('boolean'),
  },
  needs: ({ section }) => (isRequestSection(section) ? { request: true } : { response: true }),
  difference: "kind='javascript-friendly' is refused.",
  compile(element) {
    const apply = element.string('apply') ?? (() => 'always');
    const considersAccept = element.boolean('consider-accept-header', true);
    const alwaysArrays = element.boolean('always-array-child-elements', false);
    return async (context) => {
      const message = messageOf(context, element.section);
      const type = message.headers.get('Content-Type')?.[0] ?? '';
      if (apply(context) === 'content-type-xml' && !/[/+]xml\b/i.test(type)) return undefined;
      if (considersAccept(context) && !isRequestSection(element.section) && !accepts(context, 'json')) return undefined;
      const text = await textOfBody(message);
      if (text === undefined || text.trim() === '') return undefined;
      let root: XmlElement;
      try {
        root = parseXml(text);
      } catch (cause) {
        if (cause instanceof XmlError) throw new PolicyError('InvalidXml', cause.message, { cause });
        throw cause;
      }
      setBodyText(message, JSON.stringify(xmlToJson(root, { alwaysArrays: alwaysArrays(context) })));
      message.headers.set('Content-Type', ['application/json']);
      return undefined;
    };
  },
});
