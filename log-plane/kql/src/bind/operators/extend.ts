import type { Computed } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { computeColumns } from '../compute.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { bindNamed } from './named-expressions.ts';
import { resultColumns } from './result-columns.ts';

/** extend and serialize: an expression with the name of a column replaces it, others come last. */
export function bindExtend(
  context: BindContext,
  node: Kusto.Language.Syntax.ExtendOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const before = new Set(input.columns.map(({ name }) => name));
  const fresh = resultColumns(context, node, scope).filter(({ name }) => /^Column\d+$/.test(name) && !before.has(name));
  let columns: NamedColumn[] = [...input.columns];
  const below: Computed[] = [];
  const added: Computed[] = [];
  let next = 0;
  for (const expression of elements<Expression>(node.Expressions)) {
    if (expression instanceof Syn.StarExpression) return context.refuse(expression, scope, 'extend *');
    for (const { name: wanted, expr } of bindNamed(context, expression, scope, below).parts) {
      const replaced = before.has(wanted) || columns.some(({ name }) => name === wanted);
      const name = wanted === '' ? (fresh[next++]?.name ?? '') : wanted;
      const column = expr.kind === 'column' ? expr.column : context.newColumn(expr.type);
      if (expr.kind !== 'column') added.push({ column, expr });
      columns = replaced
        ? columns.map((old) => (old.name === name ? { name, column } : old))
        : [...columns, { name, column }];
    }
  }
  return { ...withComputed(context, input, below, added), columns };
}

/** The input with tuples and then the values that read them. */
export function withComputed(
  context: BindContext,
  input: Bound,
  below: readonly Computed[],
  added: readonly Computed[],
): Bound {
  const first = { ...input, relation: computeColumns(context, input, below) };
  return { ...first, relation: computeColumns(context, first, added) };
}
