import { columnRef } from '../../plan/expression.ts';
import type { Computed, SortKey } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindAs, bindExpression } from '../bind-expression.ts';
import { computeColumns } from '../compute.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { takeRows } from './take.ts';

export function bindSort(
  context: BindContext,
  node: Kusto.Language.Syntax.SortOperator,
  input: Bound,
  scope: Scope,
): Bound {
  return sortBy(context, elements<Expression>(node.Expressions), input, scope);
}

export function bindTop(
  context: BindContext,
  node: Kusto.Language.Syntax.TopOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const by = node.ByExpression;
  const sorted = sortBy(context, by === null ? [] : [by], input, scope);
  const count = bindAs(context, node.Expression, scope, 'long');
  return takeRows(sorted, count);
}

/** Default is desc; nulls first when ascending, last when descending. A computed key becomes a hidden column. */
function sortBy(context: BindContext, expressions: readonly Expression[], input: Bound, scope: Scope): Bound {
  const added: Computed[] = [];
  const keys = expressions.map((expression): SortKey => {
    const ordered = expression instanceof Syn.OrderedExpression ? expression : undefined;
    const bound = bindExpression(context, ordered?.Expression ?? expression, scope);
    if (bound.type === 'dynamic')
      context.refuse(
        expression,
        scope,
        'sort by dynamic',
        'Sorting by a dynamic value is not supported: convert it first.',
      );
    const isDescending = ordered?.Ordering?.AscOrDescKeyword?.Text !== 'asc';
    const nulls = ordered?.Ordering?.NullsClause?.FirstOrLastKeyword?.Text;
    const nullsFirst = nulls === undefined || nulls === null || nulls === '' ? !isDescending : nulls === 'first';
    if (bound.kind === 'column') return { expr: bound, isDescending, nullsFirst };
    const column = context.newColumn(bound.type);
    added.push({ column, expr: bound });
    return { expr: columnRef(column), isDescending, nullsFirst };
  });
  const below = computeColumns(context, input, added);
  // Within groups the order is written into each window that needs it.
  if (input.group !== undefined) return { ...input, relation: below, order: keys };
  return { ...input, relation: { kind: 'sort', input: below, keys }, order: keys };
}
