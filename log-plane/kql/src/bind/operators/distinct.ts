import { columnRef } from '../../plan/expression.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { groupParts, summarizedGroup } from '../group.ts';
import { resultColumns } from './result-columns.ts';

export function bindDistinct(
  context: BindContext,
  node: Kusto.Language.Syntax.DistinctOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const exprs = elements<Expression>(node.Expressions).flatMap((expression) =>
    expression instanceof Syn.StarExpression
      ? input.columns.map(({ column }) => columnRef(column))
      : [bindExpression(context, expression, scope)],
  );
  const keys = exprs.map((expr) => ({ column: context.newColumn(expr.type), expr }));
  const group = groupParts(input.group);
  return {
    relation: {
      kind: 'aggregate',
      input: input.relation,
      keys: [...group.keys, ...keys],
      aggregates: group.carried,
      order: [],
    },
    columns: keys.map(({ column }, index) => ({ name: names[index]?.name ?? '', column })),
    ...summarizedGroup(input.group),
  };
}
