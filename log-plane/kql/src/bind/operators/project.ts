import type { Computed } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

/** Columns stay below under their own names where the expression is one; the rows' order may still need them. */
export function bindProject(
  context: BindContext,
  node: Kusto.Language.Syntax.ProjectOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const added: Computed[] = [];
  const columns: NamedColumn[] = [];
  for (const expression of elements<Expression>(node.Expressions)) {
    if (expression instanceof Syn.CompoundNamedExpression)
      return context.refuse(expression, scope, 'project (a, b) = …');
    if (expression instanceof Syn.StarExpression) {
      columns.push(...input.columns);
      continue;
    }
    const name = names[columns.length]?.name ?? '';
    const expr = bindExpression(context, expression, scope);
    const column = expr.kind === 'column' ? expr.column : context.newColumn(expr.type);
    if (expr.kind !== 'column') added.push({ column, expr });
    columns.push({ name, column });
  }
  if (added.length === 0) return { ...input, columns };
  return { ...input, relation: { kind: 'extend', input: input.relation, added }, columns };
}
