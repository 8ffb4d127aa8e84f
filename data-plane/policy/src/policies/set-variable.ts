import { allSections, definePolicy, expression, literal } from '../definition.ts';

export const setVariable = definePolicy({
  name: 'set-variable',
  sections: allSections,
  attributes: { name: literal('string', { required: true }), value: expression('any', { required: true }) },
  compile(element) {
    const name = element.literal('name') ?? '';
    const value = element.value('value') ?? (() => '');
    return (context) => {
      context.variables.set(name, value(context));
      return undefined;
    };
  },
});
