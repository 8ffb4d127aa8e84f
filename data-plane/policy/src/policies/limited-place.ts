import type { PolicyContext } from '../context.ts';
import { type CompiledElement, literal } from '../definition.ts';

/** How `<api>` and `<operation>` of a limit say whom they mean. */
export const placeAttributes = { name: literal('string'), id: literal('string') };

export interface LimitedPlace {
  readonly element: CompiledElement;
  /** Part of a counter's key: what the calls are counted for. */
  readonly name: (context: PolicyContext) => string;
  readonly fits: (context: PolicyContext) => boolean;
}

/** The limit itself, then those of single APIs and operations in it; each counts for itself. */
export function compilePlaces(element: CompiledElement): readonly LimitedPlace[] {
  const { scope } = element;
  const whole = (context: PolicyContext): string => {
    if (scope === 'product') return `product ${context.product?.id}`;
    if (scope === 'api') return `api ${context.api?.id}`;
    return scope === 'operation' ? `operation ${context.api?.id} ${context.operation?.id}` : scope;
  };
  const isApi = (of: CompiledElement) => (context: PolicyContext) => isNamed(of, context.api);
  const isOperation = (of: CompiledElement) => (context: PolicyContext) => isNamed(of, context.operation);
  return [
    { element, name: whole, fits: () => true },
    ...element.children('api').flatMap((api) => [
      { element: api, name: (context: PolicyContext) => `${whole(context)} api ${context.api?.id}`, fits: isApi(api) },
      ...api.children('operation').map((operation) => ({
        element: operation,
        name: (context: PolicyContext) => `${whole(context)} api ${context.api?.id} operation ${context.operation?.id}`,
        fits: (context: PolicyContext) => isApi(api)(context) && isOperation(operation)(context),
      })),
    ]),
  ];
}

/** By id where one is given, else by name; without regard to case. */
function isNamed(
  element: CompiledElement,
  entity: { readonly id: string; readonly displayName: string } | undefined,
): boolean {
  const id = element.literal('id')?.toLowerCase();
  if (id !== undefined) return entity?.id.toLowerCase() === id;
  const name = element.literal('name')?.toLowerCase();
  return name !== undefined && (entity?.displayName.toLowerCase() === name || entity?.id.toLowerCase() === name);
}
