import { type Expression, Syn } from '../../service/kusto.ts';
import { bindTabular } from '../bind-tabular.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { enterFunction } from '../user-function.ts';

/** `T | invoke f(x)` is `f(T, x)`. */
export function bindInvoke(
  context: BindContext,
  node: Kusto.Language.Syntax.InvokeOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const called = node.Function;
  if (!(called instanceof Syn.FunctionCallExpression)) return context.refuse(node, scope, 'invoke');
  const inner = enterFunction(context, called, scope, input);
  return bindTabular(context, inner.body.Expression as Expression, inner.scope);
}

/** Reads the rows and gives none. */
export function bindConsume(
  _context: BindContext,
  _node: Kusto.Language.Syntax.ConsumeOperator,
  input: Bound,
  _scope: Scope,
): Bound {
  return input;
}
