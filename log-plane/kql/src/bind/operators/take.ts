import { columnRef, type Expr } from '../../plan/expression.ts';
import type { LimitRelation } from '../../plan/relation.ts';
import { bindAs } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';

/** take, limit and sample: which rows is free. */
export function bindTake(
  context: BindContext,
  node: Kusto.Language.Syntax.TakeOperator,
  input: Bound,
  scope: Scope,
): Bound {
  return takeRows(input, bindAs(context, node.Expression, scope, 'long'));
}

/** The first rows, or those of each group. */
export function takeRows(input: Bound, count: Expr): Bound {
  const { group } = input;
  const limit: LimitRelation = { kind: 'limit', input: input.relation, count };
  if (group === undefined) return { ...input, relation: limit };
  const byOrdinal =
    group.ordinal === undefined ? [] : [{ expr: columnRef(group.ordinal), isDescending: false, nullsFirst: false }];
  return { ...input, relation: { ...limit, partition: group.keys, order: [...(input.order ?? []), ...byOrdinal] } };
}
