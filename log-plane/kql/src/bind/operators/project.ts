import type { Computed } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { withComputed } from './extend.ts';
import { bindNamed } from './named-expressions.ts';
import { resultColumns } from './result-columns.ts';

/** Columns stay below under their own names where the expression is one; the rows' order may still need them. */
export function bindProject(
  context: BindContext,
  node: Kusto.Language.Syntax.ProjectOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const below: Computed[] = [];
  const added: Computed[] = [];
  const columns: NamedColumn[] = [];
  for (const expression of elements<Expression>(node.Expressions)) {
    if (expression instanceof Syn.StarExpression) {
      columns.push(...input.columns);
      continue;
    }
    for (const { expr } of bindNamed(context, expression, scope, below)) {
      const name = names[columns.length]?.name ?? '';
      const column = expr.kind === 'column' ? expr.column : context.newColumn(expr.type);
      if (expr.kind !== 'column') added.push({ column, expr });
      columns.push({ name, column });
    }
  }
  return { ...withComputed(context, input, below, added), columns };
}
