import { definePolicy, expression, many, oneOf } from '../definition.ts';
import { asText } from '../value-text.ts';

export const setQueryParameter = definePolicy({
  name: 'set-query-parameter',
  sections: ['inbound', 'backend'],
  attributes: {
    name: expression('string', { required: true }),
    'exists-action': oneOf('override', 'skip', 'append', 'delete'),
  },
  children: { value: many({ text: expression('string') }) },
  compile(element) {
    const nameOf = element.string('name') ?? (() => '');
    const actionOf = element.string('exists-action') ?? (() => 'override');
    const valuesOf = element.children('value').map((value) => value.text);
    return (context) => {
      const { url } = context.request;
      const name = nameOf(context);
      const action = actionOf(context);
      const isSame = ([other]: readonly [string, string]) => other.toLowerCase() === name.toLowerCase();
      if (action === 'skip' && url.query.some(isSame)) return undefined;
      if (action !== 'append') url.query = url.query.filter((pair) => !isSame(pair));
      if (action !== 'delete') for (const value of valuesOf) url.query.push([name, asText(value(context))]);
      return undefined;
    };
  },
});
