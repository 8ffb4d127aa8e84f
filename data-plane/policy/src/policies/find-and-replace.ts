import { allSections, definePolicy, expression } from '../definition.ts';
import { isRequestSection, messageOf, setBodyText, textOfBody } from './message.ts';

export const findAndReplace = definePolicy({
  name: 'find-and-replace',
  sections: allSections,
  attributes: { from: expression('string', { required: true }), to: expression('string', { required: false }) },
  needs: ({ section }) => (isRequestSection(section) ? { request: true } : { response: true }),
  compile(element) {
    const from = element.string('from') ?? (() => '');
    const to = element.string('to') ?? (() => '');
    return async (context) => {
      const message = messageOf(context, element.section);
      const text = await textOfBody(message);
      const sought = from(context);
      if (text === undefined || sought === '' || !text.includes(sought)) return undefined;
      setBodyText(
        message,
        text.replaceAll(sought, () => to(context)),
      );
      return undefined;
    };
  },
});
