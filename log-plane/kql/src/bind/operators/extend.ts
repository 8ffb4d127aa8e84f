import type { Computed, ExtendRelation } from '../../plan/relation.ts';
import { type Expression, elements, L, Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

/** extend and serialize: an expression with the name of a column replaces it, others come last. */
export function bindExtend(
  context: BindContext,
  node: Kusto.Language.Syntax.ExtendOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const before = new Set(input.columns.map(({ name }) => name));
  const fresh = resultColumns(context, node, scope).filter(({ name }) => !before.has(name));
  let columns: NamedColumn[] = [...input.columns];
  const added: Computed[] = [];
  let next = 0;
  for (const expression of elements<Expression>(node.Expressions)) {
    if (expression instanceof Syn.CompoundNamedExpression || expression instanceof Syn.StarExpression)
      return context.refuse(expression, scope, 'extend (a, b) = …');
    const expr = bindExpression(context, expression, scope);
    const wanted =
      expression instanceof Syn.SimpleNamedExpression
        ? (expression.Name?.SimpleName ?? '')
        : (L.Binding.Binder.GetExpressionResultName(expression, '') ?? '');
    const replaced = before.has(wanted) || columns.some(({ name }) => name === wanted);
    const name = replaced ? wanted : (fresh[next++]?.name ?? wanted);
    const column = expr.kind === 'column' ? expr.column : context.newColumn(expr.type);
    if (expr.kind !== 'column') added.push({ column, expr });
    columns = replaced
      ? columns.map((old) => (old.name === name ? { name, column } : old))
      : [...columns, { name, column }];
  }
  if (added.length === 0) return { ...input, columns };
  const relation: ExtendRelation = { kind: 'extend', input: input.relation, added };
  return { ...input, relation, columns };
}
