import { bindAs } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';

export function bindTake(
  context: BindContext,
  node: Kusto.Language.Syntax.TakeOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const count = bindAs(context, node.Expression, scope, 'long');
  return { ...input, relation: { kind: 'limit', input: input.relation, count } };
}
