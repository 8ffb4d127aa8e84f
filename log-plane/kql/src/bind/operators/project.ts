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
  let place = 0;
  for (const expression of elements<Expression>(node.Expressions)) {
    if (expression instanceof Syn.StarExpression) {
      columns.push(...input.columns);
      place += input.columns.length;
      continue;
    }
    const { parts, width } = bindNamed(context, expression, scope, below);
    for (const [index, { expr }] of parts.entries()) {
      const name = names[place + index]?.name ?? '';
      const column = expr.kind === 'column' ? expr.column : context.newColumn(expr.type);
      if (expr.kind !== 'column') added.push({ column, expr });
      columns.push({ name, column });
    }
    place += width;
  }
  return { ...withComputed(context, input, below, added), columns };
}
