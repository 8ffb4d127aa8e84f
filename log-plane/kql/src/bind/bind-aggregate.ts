import { AGGREGATES } from '../aggregates/table.ts';
import { columnRef, type Expr } from '../plan/expression.ts';
import { type Expression, elements, Syn } from '../service/kusto.ts';
import { type CallNode, coerce } from './bind-call.ts';
import { bindExpression, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';

/** Puts the aggregate into the scope's list and stands for its column. */
export function bindAggregateCall(context: BindContext, node: CallNode, name: string, scope: Scope): Expr {
  const entry = AGGREGATES[name];
  if (entry === undefined || scope.aggregates === undefined) return context.refuse(node, scope, name);
  const { aggregates, ...inside } = scope;
  const args = elements<Expression>(node.ArgumentList?.Expressions);
  for (const arg of args)
    if (arg instanceof Syn.StarExpression)
      return context.refuse(node, scope, name, `'${name}(*)' is not supported here.`);
  if (entry.isSpread === true && args.length > entry.takes.length)
    return context.refuse(node, scope, name, `'${name}' with several columns is not supported here.`);
  if (args.length > entry.takes.length)
    return context.refuse(node, scope, name, `'${name}' with ${args.length} arguments is not supported.`);
  const bound = args.map((arg) => bindExpression(context, arg, inside));
  const type = entry.returns ?? typeOf(context, node, scope);
  const column = context.newColumn(type);
  aggregates.push({ column, name, args: coerce(bound, entry.takes, type) });
  return columnRef(column);
}
