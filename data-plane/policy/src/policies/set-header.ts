import { allSections, definePolicy } from '../definition.ts';
import { compileHeader, setHeaderSpec } from './apply-header.ts';
import { headersOf } from './message.ts';

export const setHeader = definePolicy({
  name: 'set-header',
  sections: allSections,
  ...setHeaderSpec,
  compile(element) {
    const apply = compileHeader(element);
    return (context) => {
      apply(context, headersOf(context, element.section));
      return undefined;
    };
  },
});
