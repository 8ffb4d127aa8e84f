import type { BindContext, Bound, Scope } from '../context.ts';
import { useShared } from '../sources.ts';

/** `as Name`: the rows so far can be named in the rest of the query. */
export function bindAsName(
  context: BindContext,
  node: Kusto.Language.Syntax.AsOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const name = node.Name?.SimpleName ?? '';
  const bound = { ...input, sourceName: name };
  const definition = context.newDefinition(input.relation, false);
  scope.environment.set(name, { kind: 'table', definition, bound });
  return useShared(context, definition, bound);
}
