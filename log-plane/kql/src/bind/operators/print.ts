import type { Expr } from '../../plan/expression.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

export function bindPrint(context: BindContext, node: Kusto.Language.Syntax.PrintOperator, scope: Scope): Bound {
  const names = resultColumns(context, node, scope);
  const row: Expr[] = elements<Expression>(node.Expressions).map((expression) => {
    if (expression instanceof Syn.CompoundNamedExpression) return context.refuse(expression, scope, 'print (a, b) = …');
    return bindExpression(context, expression, scope);
  });
  const columns = row.map((expr, index) => ({ name: names[index]?.name ?? '', column: context.newColumn(expr.type) }));
  return { relation: { kind: 'values', columns: columns.map(({ column }) => column), rows: [row] }, columns };
}
