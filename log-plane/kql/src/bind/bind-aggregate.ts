import { AGGREGATES } from '../aggregates/table.ts';
import { call, columnRef, type Expr } from '../plan/expression.ts';
import { type Expression, elements, Syn } from '../service/kusto.ts';
import { type CallNode, coerce } from './bind-call.ts';
import { bindExpression, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';

/** `count(condition)` counts where it is true, `count(column)` where there is a value. */
function bindCountOf(context: BindContext, node: CallNode, scope: Scope): Expr {
  const [arg] = elements<Expression>(node.ArgumentList?.Expressions);
  const { aggregates, ...inside } = scope;
  const value = bindExpression(context, arg ?? null, inside);
  const column = context.newColumn('long');
  const condition = value.type === 'bool' ? value : call('isnotnull', 'bool', value);
  aggregates?.push({ column, name: 'countif', args: [condition] });
  return columnRef(column);
}

/** Puts the aggregate into the scope's list and stands for its column. */
export function bindAggregateCall(context: BindContext, node: CallNode, name: string, scope: Scope): Expr {
  const entry = AGGREGATES[name];
  if (name === 'count' && (node.ArgumentList?.Expressions?.Count ?? 0) === 1) return bindCountOf(context, node, scope);
  if (entry === undefined || scope.aggregates === undefined) return context.refuse(node, scope, name);
  const { aggregates, ...inside } = scope;
  const args = elements<Expression>(node.ArgumentList?.Expressions);
  for (const arg of args)
    if (arg instanceof Syn.StarExpression)
      return context.refuse(node, scope, name, `'${name}(*)' is not supported here.`);
  if (entry.isSpread === true && args.length > entry.takes.length)
    return context.refuse(node, scope, name, `'${name}' with several columns is not supported here.`);
  if (args.length > entry.takes.length && entry.isVariadic !== true)
    return context.refuse(node, scope, name, `'${name}' with ${args.length} arguments is not supported.`);
  const bound = args.map((arg) => bindExpression(context, arg, inside));
  const type = entry.returns ?? typeOf(context, node, scope);
  const column = context.newColumn(type);
  const takes = bound.map((_, index) => entry.takes[Math.min(index, entry.takes.length - 1)] ?? 'any');
  aggregates.push({ column, name, args: coerce(bound, takes, type) });
  return columnRef(column);
}
