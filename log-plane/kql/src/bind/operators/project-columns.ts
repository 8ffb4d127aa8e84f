import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { findColumn } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

/** project-away, -keep, -reorder: the analyser says which columns are left, in which order. */
export function bindProjectColumns(
  context: BindContext,
  node: Kusto.Language.Syntax.ProjectAwayOperator,
  input: Bound,
  scope: Scope,
): Bound {
  // The analyser knows parts of tuples that the engine does not keep.
  const columns = resultColumns(context, node, scope).flatMap(({ name }) => findColumn(input.columns, name) ?? []);
  return { ...input, columns };
}

export function bindProjectRename(
  context: BindContext,
  node: Kusto.Language.Syntax.ProjectRenameOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const renamed = new Map<string, string>();
  for (const expression of elements<Expression>(node.Expressions)) {
    if (!(expression instanceof Syn.SimpleNamedExpression) || !(expression.Expression instanceof Syn.NameReference))
      return context.refuse(expression, scope, 'project-rename');
    renamed.set(expression.Expression.SimpleName ?? '', expression.Name?.SimpleName ?? '');
  }
  return {
    ...input,
    columns: input.columns.map(({ name, column }) => ({ name: renamed.get(name) ?? name, column })),
  };
}
