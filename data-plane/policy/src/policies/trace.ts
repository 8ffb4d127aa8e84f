import { allSections, definePolicy, expression, literal, many, optional } from '../definition.ts';
import { asText } from '../value-text.ts';

type Level = 'verbose' | 'information' | 'error';

export const trace = definePolicy({
  name: 'trace',
  sections: allSections,
  attributes: {
    source: expression('string', { required: true }),
    severity: literal('string', { oneOf: ['verbose', 'information', 'error'] }),
  },
  children: {
    message: optional({ text: expression('string') }),
    metadata: many({
      attributes: { name: literal('string', { required: true }), value: expression('string', { required: true }) },
    }),
  },
  // An older form has the message as its own text.
  text: expression('string'),
  check: (element) =>
    element.childCount('message') === 1 || element.hasText() ? [] : ['<trace> needs a child <message>.'],
  compile(element) {
    const source = element.string('source') ?? (() => '');
    const level = (element.literal('severity') ?? 'verbose') as Level;
    const message = element.children('message')[0]?.text ?? element.text;
    const metadata = element
      .children('metadata')
      .map((entry) => [entry.literal('name') ?? '', entry.string('value') ?? (() => '')] as const);
    return (context) => {
      context.trace({
        source: source(context),
        level,
        message: asText(message(context)),
        ...(metadata.length > 0
          ? { metadata: Object.fromEntries(metadata.map(([name, value]) => [name, value(context)])) }
          : {}),
      });
      return undefined;
    };
  },
});
