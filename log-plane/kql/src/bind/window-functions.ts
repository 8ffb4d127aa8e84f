import { call, type Expr, literal, type WindowExpr } from '../plan/expression.ts';
import { type Expression, elements } from '../service/kusto.ts';
import type { CallNode } from './bind-call.ts';
import { bindAs, bindConstant, bindExpression, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';

type WindowBinder = (context: BindContext, node: CallNode, args: readonly Expression[], scope: Scope) => Expr;

/** Functions over the rows in order. The last argument of some says where the count begins again. */
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
  row_rank_dense: (context, _node, [term, restart], scope) => {
    const value = bindExpression(context, term ?? null, scope);
    return restarted('row_rank_dense', [changed(value)], restart, { context, scope });
  },
  row_rank_min: (context, _node, [term, restart], scope) => {
    const value = bindExpression(context, term ?? null, scope);
    const begins = changed(value);
    const number = restarted('row_number', [literal('long', 1n)], restart, { context, scope });
    const first = call('iff', 'long', begins, number, literal('long', null));
    return restarted('row_rank_min', [first], restart, { context, scope });
  },
  row_window_session: (context, _node, [value, fromFirst, fromLast, restart], scope) => {
    const x = bindAs(context, value ?? null, scope, 'datetime');
    const [longest, gap] = [fromFirst, fromLast].map((span) => bindAs(context, span ?? null, scope, 'timespan'));
    const before: WindowExpr = { kind: 'window', type: 'datetime', name: 'lag', args: [x] };
    const isApart = call('>=', 'bool', x, call('+', 'datetime', before, gap ?? literal('timespan', null)));
    const begins = [
      call('isnull', 'bool', before),
      isApart,
      ...(restart === undefined ? [] : [bindAs(context, restart, scope, 'bool')]),
    ].reduce((a, b) => call('or', 'bool', a, b));
    const within = (name: string, ...args: readonly Expr[]): WindowExpr => ({
      kind: 'window',
      type: 'datetime',
      name,
      args,
      restart: begins,
    });
    // Most runs without a gap are one session; only the rows after a run has lasted too long are gone through.
    const end = call('+', 'datetime', within('first', x), longest ?? literal('timespan', null));
    const isLate = call('>=', 'bool', within('running max', x), end);
    const late = call('iff', 'datetime', isLate, x, literal('datetime', null));
    return within('session', x, late, longest ?? literal('timespan', null));
  },
  prev: (context, node, args, scope) => neighbour('prev', context, node, args, scope),
  next: (context, node, args, scope) => neighbour('next', context, node, args, scope),
};

export const WINDOW_NAMES: readonly string[] = Object.keys(WINDOWS);

export const isWindowFunction = (name: string): boolean => Object.hasOwn(WINDOWS, name);

export function bindWindow(context: BindContext, node: CallNode, name: string, scope: Scope): Expr {
  const binder = WINDOWS[name];
  if (binder === undefined) return context.refuse(node, scope, name);
  return binder(context, node, elements<Expression>(node.ArgumentList?.Expressions), scope);
}

/** True in the first row and wherever the value is another than in the row before. */
function changed(value: Expr): Expr {
  const before: WindowExpr = { kind: 'window', type: value.type, name: 'lag', args: [value] };
  const number: WindowExpr = { kind: 'window', type: 'long', name: 'row_number', args: [literal('long', 1n)] };
  return call(
    'or',
    'bool',
    call('==', 'bool', number, literal('long', 1n)),
    call('is distinct', 'bool', value, before),
  );
}

function restarted(
  name: string,
  args: readonly Expr[],
  restart: Expression | undefined,
  { context, scope }: { context: BindContext; scope: Scope },
): WindowExpr {
  const window: WindowExpr = { kind: 'window', type: 'long', name, args };
  return restart === undefined ? window : { ...window, restart: bindAs(context, restart, scope, 'bool') };
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
