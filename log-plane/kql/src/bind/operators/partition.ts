import { columnRef } from '../../plan/expression.ts';
import { Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import { bindContinuation } from '../bind-tabular.ts';
import { computeColumns } from '../compute.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { withOrdinal } from './mv-apply.ts';

/** The operators in brackets work on the rows of each value alone. */
export function bindPartition(
  context: BindContext,
  node: Kusto.Language.Syntax.PartitionOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const operand = node.Operand;
  if (input.group !== undefined)
    return context.refuse(node, scope, 'partition', 'A partition inside another is not supported.');
  if (!(operand instanceof Syn.PartitionSubquery) || operand.Subquery === null)
    return context.refuse(
      node,
      scope,
      'partition by … { }',
      'A partition with a query of its own in { } is not supported.',
    );
  const value = bindExpression(context, node.ByExpression, scope);
  const key = value.kind === 'column' ? value.column : context.newColumn(value.type);
  const keyed: Bound =
    value.kind === 'column'
      ? input
      : { ...input, relation: computeColumns(context, input, [{ column: key, expr: value }]) };
  const { order, ...grouped } = withOrdinal(context, keyed, { keys: [key], carried: [] });
  const applied = bindContinuation(context, operand.Subquery, grouped, scope);
  const { ordinal } = applied.group ?? {};
  const relation =
    ordinal === undefined || applied.order !== undefined
      ? applied.relation
      : ({
          kind: 'sort',
          input: applied.relation,
          keys: [{ expr: columnRef(ordinal), isDescending: false, nullsFirst: false }],
        } as const);
  return { relation, columns: applied.columns };
}
