import { type Expression, elements, kindOf, Sym, Syn, type SyntaxNode, textOf } from '../service/kusto.ts';
import { bindConstant } from './bind-expression.ts';
import type { BindContext, Bound, Scope } from './context.ts';
import { GROUPABLE, OPERATORS, SOURCES } from './operators/table.ts';
import { bindPatternCall } from './pattern.ts';
import { useShared, useTable } from './sources.ts';
import { enterFunction } from './user-function.ts';

export function isTabular(node: Expression, scope: Scope): boolean {
  if (node.ResultType instanceof Sym.TableSymbol || node.ResultType instanceof Sym.GroupSymbol) return true;
  return node instanceof Syn.NameReference && scope.environment.get(node.SimpleName ?? '')?.kind === 'table';
}

/** An expression whose value is a table: a name, a pipe, a call, or an operator that makes rows. */
export function bindTabular(context: BindContext, node: Expression, scope: Scope): Bound {
  if (node instanceof Syn.PipeExpression) return bindPipe(context, node, scope);
  if (node instanceof Syn.ParenthesizedExpression || node instanceof Syn.MaterializeExpression) {
    if (node.Expression === null) throw new Error('An expression is missing in an analysed query.');
    return bindTabular(context, node.Expression, scope);
  }
  if (node instanceof Syn.NameReference) return bindTableName(context, node, scope);
  if (node instanceof Syn.FunctionCallExpression) return bindTabularCall(context, node, scope);
  if (node instanceof Syn.PathExpression) return bindPlace(context, node, scope);
  const source = SOURCES[kindOf(node)];
  if (source !== undefined) return source(context, node as never, scope);
  return context.refuse(node, scope, subjectOf(node), `'${subjectOf(node)}' is not supported.`);
}

/** A left-deep chain, walked without recursion over its length. */
function bindPipe(context: BindContext, node: Kusto.Language.Syntax.PipeExpression, scope: Scope): Bound {
  const chain: Kusto.Language.Syntax.PipeExpression[] = [];
  let first: Expression = node;
  while (first instanceof Syn.PipeExpression && first.Expression !== null) {
    chain.push(first);
    first = first.Expression;
  }
  let bound = bindTabular(context, first, scope);
  for (const pipe of chain.reverse())
    if (pipe.Operator !== null) bound = applyOperator(context, pipe.Operator, bound, scope);
  return bound;
}

/** A pipe that begins with an operator (in mv-apply, partition, fork): its rows come from outside. */
export function bindContinuation(context: BindContext, node: Expression, input: Bound, scope: Scope): Bound {
  const operators: SyntaxNode[] = [];
  let first: Expression = node;
  while (first instanceof Syn.PipeExpression && first.Expression !== null) {
    if (first.Operator !== null) operators.push(first.Operator);
    first = first.Expression;
  }
  operators.push(first);
  return operators.reverse().reduce((bound, operator) => applyOperator(context, operator, bound, scope), input);
}

function applyOperator(context: BindContext, operator: SyntaxNode, input: Bound, scope: Scope): Bound {
  const kind = kindOf(operator);
  const binder = OPERATORS[kind];
  const name = subjectOf(operator);
  if (binder === undefined) return context.refuse(operator, scope, name, `The operator '${name}' is not supported.`);
  if (input.group !== undefined && !GROUPABLE.has(kind))
    return context.refuse(
      operator,
      scope,
      name,
      `The operator '${name}' is not supported inside mv-apply or partition.`,
    );
  return binder(context, operator as never, input, { ...scope, columns: input.columns });
}

/** The first word of an operator is its name. */
function subjectOf(node: SyntaxNode): string {
  return /^[A-Za-z_][\w-]*/.exec(textOf(node))?.[0] ?? kindOf(node);
}

function bindTableName(context: BindContext, node: Kusto.Language.Syntax.NameReference, scope: Scope): Bound {
  const name = node.SimpleName ?? '';
  const binding = scope.environment.get(name);
  if (binding?.kind === 'table') return useShared(context, binding.definition, binding.bound);
  if (binding?.kind === 'function') {
    const inner = enterFunction(context, node as never, scope);
    return bindTabular(context, inner.body.Expression as Expression, inner.scope);
  }
  if (isStored(context, name)) {
    const inner = enterFunction(context, node as never, scope);
    return bindTabular(context, inner.body.Expression as Expression, inner.scope);
  }
  const table = context.database.tables.find((candidate) => candidate.name === name);
  if (table === undefined) return context.refuse(node, scope, name, `The table '${name}' cannot be read here.`);
  return useTable(context, table);
}

const isStored = (context: BindContext, name: string): boolean =>
  (context.database.functions ?? []).some((stored) => stored.name === name);

/** `workspace('name').Table`: this workspace's own tables; there is no other here. */
function bindPlace(context: BindContext, node: Kusto.Language.Syntax.PathExpression, scope: Scope): Bound {
  const place = node.Expression;
  const name = place instanceof Syn.FunctionCallExpression ? (place.Name?.SimpleName ?? '') : '';
  if (place instanceof Syn.FunctionCallExpression && scope.environment.get(name)?.kind === 'pattern')
    return bindPatternCall(context, { call: place, path: node.Selector }, scope);
  if (!(place instanceof Syn.FunctionCallExpression) || !['workspace', 'app', 'resource', 'database'].includes(name))
    return context.refuse(node, scope, textOf(node).slice(0, 60));
  const [argument] = elements<Expression>(place.ArgumentList?.Expressions);
  const wanted = argument === undefined ? '' : (argument.LiteralValueInfo?.ValueText ?? textOf(argument));
  if (wanted.toLowerCase() !== context.database.name.toLowerCase())
    return context.refuse(place, scope, name, `'${name}' names '${wanted}', which is not on this machine.`);
  const selector = node.Selector;
  if (selector instanceof Syn.NameReference || selector instanceof Syn.FunctionCallExpression)
    return bindTabular(context, selector, scope);
  return context.refuse(node, scope, name);
}

function bindTabularCall(
  context: BindContext,
  node: Kusto.Language.Syntax.FunctionCallExpression,
  scope: Scope,
): Bound {
  const name = node.Name?.SimpleName ?? '';
  if (scope.environment.get(name)?.kind === 'function' || isStored(context, name)) {
    const inner = enterFunction(context, node, scope);
    return bindTabular(context, inner.body.Expression as Expression, inner.scope);
  }
  if (scope.environment.get(name)?.kind === 'pattern') return bindPatternCall(context, { call: node }, scope);
  const symbol = node.ResultType;
  const [argument] = elements<Expression>(node.ArgumentList?.Expressions);
  const wanted = name === 'table' && argument !== undefined ? bindConstant(context, argument, scope)?.value : undefined;
  const table = context.database.tables.find(
    (candidate) =>
      candidate.name === wanted ||
      (name === 'table' && symbol instanceof Sym.TableSymbol && candidate.name === symbol.Name),
  );
  if (table !== undefined) return useTable(context, table);
  return context.refuse(node, scope, name, `The function '${name}' is not supported.`);
}
