import { definePolicy, expression, refusedValue } from '../definition.ts';
import { PolicyError } from '../policy-error.ts';
import { jsonToXml } from '../xml/xml-json.ts';
import { printXml } from '../xml/xml-tree.ts';
import { accepts } from './accepts.ts';
import { isRequestSection, messageOf, setBodyText, textOfBody } from './message.ts';

const noNamespaces = refusedValue('namespaces are written as Json.NET does.');

export const jsonToXmlPolicy = definePolicy({
  name: 'json-to-xml',
  sections: ['inbound', 'outbound', 'on-error'],
  attributes: {
    apply: expression('string', { required: true, oneOf: ['always', 'content-type-json'] }),
    'consider-accept-header': expression('boolean'),
    'parse-date': expression('boolean'),
    'namespace-separator': noNamespaces,
    'namespace-prefix': noNamespaces,
    'attribute-block-name': noNamespaces,
  },
  needs: ({ section }) => (isRequestSection(section) ? { request: true } : { response: true }),
  difference: 'Dates stay as they are written.',
  compile(element) {
    const apply = element.string('apply') ?? (() => 'always');
    const considersAccept = element.boolean('consider-accept-header', true);
    return async (context) => {
      const message = messageOf(context, element.section);
      const type = message.headers.get('Content-Type')?.[0] ?? '';
      if (apply(context) === 'content-type-json' && !/[/+]json\b/i.test(type)) return undefined;
      if (considersAccept(context) && !isRequestSection(element.section) && !accepts(context, 'xml')) return undefined;
      const text = await textOfBody(message);
      if (text === undefined || text.trim() === '') return undefined;
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch (cause) {
        throw new PolicyError('InvalidJson', 'The body is not JSON.', { cause });
      }
      setBodyText(message, printXml(jsonToXml(value, { attributePrefix: '@' })));
      message.headers.set('Content-Type', ['application/xml']);
      return undefined;
    };
  },
});
