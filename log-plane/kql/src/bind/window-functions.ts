import { type Expr, literal, type WindowExpr } from '../plan/expression.ts';
import { type Expression, elements } from '../service/kusto.ts';
import type { CallNode } from './bind-call.ts';
import { bindAs, bindConstant, bindExpression, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';

type WindowBinder = (context: BindContext, node: CallNode, args: readonly Expression[], scope: Scope) => Expr;

/** Functions over the rows in order. `isRestarted`: the last argument says where the count begins again. */
const WINDOWS: Readonly<Record<string, WindowBinder>> = {
  row_number: (context, _node, [start, restart], scope) => {
    const from = start === undefined ? literal('long', 1n) : bindAs(context, start, scope, 'long');
    return restarted('row_number', [from], restart, { context, scope });
  },
  row_cumsum: (context, node, [term, restart], scope) => {
    const type = typeOf(context, node, scope);
    const sum = restarted('row_cumsum', [bindAs(context, term ?? null, scope, type)], restart, { context, scope });
    return { ...sum, type };
  },
  prev: (context, node, args, scope) => neighbour('prev', context, node, args, scope),
  next: (context, node, args, scope) => neighbour('next', context, node, args, scope),
};

export const isWindowFunction = (name: string): boolean => WINDOWS[name] !== undefined;

export function bindWindow(context: BindContext, node: CallNode, name: string, scope: Scope): Expr {
  const binder = WINDOWS[name];
  if (binder === undefined) return context.refuse(node, scope, name);
  return binder(context, node, elements<Expression>(node.ArgumentList?.Expressions), scope);
}

function restarted(
  name: string,
  args: readonly Expr[],
  restart: Expression | undefined,
  { context, scope }: { context: BindContext; scope: Scope },
): WindowExpr {
  if (restart !== undefined) context.refuse(restart, scope, `${name} with restart`);
  return { kind: 'window', type: 'long', name, args };
}

function neighbour(
  name: string,
  context: BindContext,
  node: CallNode,
  args: readonly Expression[],
  scope: Scope,
): Expr {
  const [value, offset, missing] = args;
  const bound = bindExpression(context, value ?? null, scope);
  const steps = offset === undefined ? literal('long', 1n) : bindConstant(context, offset, scope);
  if (steps === undefined || typeof steps.value !== 'bigint')
    return context.refuse(offset ?? node, scope, name, `The offset of ${name} must be a constant.`);
  const type = bound.type;
  const fallback =
    missing === undefined ? literal(type, type === 'string' ? '' : null) : bindAs(context, missing, scope, type);
  return { kind: 'window', type, name, args: [bound, steps, fallback] };
}
