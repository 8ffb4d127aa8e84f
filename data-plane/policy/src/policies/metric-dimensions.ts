import type { PolicyContext } from '../context.ts';
import { type CompiledElement, expression, literal } from '../definition.ts';

/** Dimensions whose value is known without an expression. */
const known: Readonly<Record<string, (context: PolicyContext) => string | undefined>> = {
  'API ID': ({ api }) => api?.id,
  'Operation ID': ({ operation }) => operation?.id,
  'Product ID': ({ product }) => product?.id,
  'User ID': ({ subscription }) => subscription?.ownerId?.split('/').at(-1),
  'Subscription ID': ({ subscription }) => subscription?.id,
  Location: ({ deployment }) => deployment.region,
  'Gateway ID': ({ deployment }) => deployment.gatewayId,
  'Backend ID': ({ backendId }) => backendId,
};

const nameOfKnown = (name: string): string | undefined =>
  Object.keys(known).find((one) => one.toLowerCase() === name.toLowerCase());

export const dimensionSpec = {
  attributes: { name: literal('string', { required: true }), value: expression('string') },
  check: (element: { has(attribute: string): boolean; literal(attribute: string): string | undefined }) => {
    const name = element.literal('name') ?? '';
    return element.has('value') || nameOfKnown(name) !== undefined || /\{\{/.test(name)
      ? []
      : [
          `The dimension '${name}' needs the attribute 'value': only ${Object.keys(known).join(', ')} have one of their own.`,
        ];
  },
};

/** Azure takes five custom dimensions a metric. */
export const checkDimensionCount = (element: { childCount(name: string): number }): readonly string[] =>
  element.childCount('dimension') > 10 ? ['A metric takes at most 10 dimensions.'] : [];

export function compileDimensions(element: CompiledElement): (context: PolicyContext) => Record<string, string> {
  const dimensions = element.children('dimension').map((dimension) => {
    const name = dimension.literal('name') ?? '';
    const own = known[nameOfKnown(name) ?? ''];
    const value = dimension.string('value');
    return [name, (context: PolicyContext) => (value ? value(context) : (own?.(context) ?? ''))] as const;
  });
  return (context) => Object.fromEntries(dimensions.map(([name, value]) => [name, value(context)]));
}
