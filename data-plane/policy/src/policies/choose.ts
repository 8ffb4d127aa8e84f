import { allSections, definePolicy, expression, optional, some } from '../definition.ts';
import { runSteps } from '../run-steps.ts';

export const choose = definePolicy({
  name: 'choose',
  sections: allSections,
  children: {
    when: some({ attributes: { condition: expression('boolean', { required: true }) }, children: 'policies' }),
    otherwise: optional('policies'),
  },
  compile(element) {
    const branches = element
      .children('when')
      .map((when) => ({ condition: when.boolean('condition', false), steps: when.steps }));
    const otherwise = element.children('otherwise')[0]?.steps ?? [];
    return (context) => {
      for (const { condition, steps } of branches) if (condition(context)) return runSteps(steps, context);
      return runSteps(otherwise, context);
    };
  },
});
