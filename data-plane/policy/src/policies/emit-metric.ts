import { allSections, definePolicy, expression, literal, many } from '../definition.ts';
import { checkDimensionCount, compileDimensions, dimensionSpec } from './metric-dimensions.ts';

export const emitMetric = definePolicy({
  name: 'emit-metric',
  sections: allSections,
  attributes: {
    name: literal('string', { required: true }),
    value: expression('number'),
    namespace: literal('string'),
    'default-dimensions': literal('string'),
  },
  children: { dimension: many(dimensionSpec) },
  check: checkDimensionCount,
  difference: "The value goes to the workspace's metric samples, not to Application Insights.",
  compile(element) {
    const name = element.literal('name') ?? '';
    const namespace = element.literal('namespace') ?? 'API Management';
    const value = element.number('value', 1);
    const dimensions = compileDimensions(element);
    return (context) => {
      const metric = { name, namespace, value: value(context), dimensions: dimensions(context) };
      context.services.emitMetric(context, metric);
      return undefined;
    };
  },
});
