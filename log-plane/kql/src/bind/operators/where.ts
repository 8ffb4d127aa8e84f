import { columnRef, hasWindow } from '../../plan/expression.ts';
import { bindAs } from '../bind-expression.ts';
import { computeColumns, isRepeating } from '../compute.ts';
import type { BindContext, Bound, Scope } from '../context.ts';

export function bindWhere(
  context: BindContext,
  node: Kusto.Language.Syntax.FilterOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const condition = bindAs(context, node.Condition, scope, 'bool');
  if (!hasWindow(condition) && !isRepeating(condition))
    return { ...input, relation: { kind: 'filter', input: input.relation, condition } };
  // A window is computed over all rows before any is dropped.
  const column = context.newColumn('bool');
  const extended = computeColumns(context, input, [{ column, expr: condition }]);
  return { ...input, relation: { kind: 'filter', input: extended, condition: columnRef(column) } };
}
