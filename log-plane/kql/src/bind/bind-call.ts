import type { KqlType } from '@vigia/contract';
import { AGGREGATES } from '../aggregates/table.ts';
import { ALIASES } from '../functions/aliases.ts';
import type { ArgumentType } from '../functions/entry.ts';
import { FUNCTIONS } from '../functions/table.ts';
import { call, columnRef, type Expr, literal } from '../plan/expression.ts';
import { type Expression, elements, Syn, textOf } from '../service/kusto.ts';
import { bindAggregateCall } from './bind-aggregate.ts';
import { bindAs, bindConstant, bindExpression, findColumn, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';
import { convert } from './convert.ts';
import { commonType } from './types.ts';
import { enterFunction } from './user-function.ts';
import { bindWindow, isWindowFunction } from './window-functions.ts';

export type CallNode = Kusto.Language.Syntax.FunctionCallExpression;
type SpecialBinder = (context: BindContext, node: CallNode, args: readonly Expression[], scope: Scope) => Expr;

/** Functions whose arguments are more than values. */
const SPECIAL: Readonly<Record<string, SpecialBinder>> = {
  now: (context, _node, [offset], scope) => {
    const now = literal('datetime', context.options.now);
    return offset === undefined ? now : addTicks(now, bindAs(context, offset, scope, 'timespan'));
  },
  ago: (context, _node, [span], scope) => {
    const value = bindAs(context, span ?? null, scope, 'timespan');
    const back =
      value.kind === 'literal' && typeof value.value === 'bigint'
        ? literal('timespan', -value.value)
        : call('negate', 'timespan', value);
    return addTicks(literal('datetime', context.options.now), back);
  },
  case: (context, node, args, scope) => {
    const type = typeOf(context, node, scope);
    const bound = args.map((arg, index) =>
      bindAs(context, arg, scope, index % 2 === 0 && index < args.length - 1 ? 'bool' : type),
    );
    return call('case', type, ...bound);
  },
  parse_json: (context, _node, [json], scope) => {
    const value = bindExpression(context, json ?? null, scope);
    return value.type === 'dynamic' ? value : call('parse_json', 'dynamic', convert(value, 'string'));
  },
  column_ifexists: (context, node, [name, missing], scope) => {
    const wanted = bindConstant(context, name ?? null, scope);
    const found = findColumn(scope.columns, String(wanted?.value ?? ''));
    const type = typeOf(context, node, scope);
    return found === undefined ? bindAs(context, missing ?? null, scope, type) : convert(columnRef(found.column), type);
  },
  pack_all: (context, _node, [ignoreEmpty], scope) => {
    const isIgnoring = ignoreEmpty !== undefined && bindConstant(context, ignoreEmpty, scope)?.value === true;
    const pairs = scope.columns.flatMap(({ name, column }) => [literal('string', name), columnRef(column)]);
    return call(isIgnoring ? 'bag_pack_not_empty' : 'bag_pack', 'dynamic', ...pairs);
  },
  ingestion_time: (context, node, _args, scope) => {
    const found = findColumn(scope.columns, 'TimeGenerated');
    return found === undefined ? context.refuse(node, scope, 'ingestion_time') : columnRef(found.column);
  },
};

function addTicks(moment: Expr, span: Expr): Expr {
  if (moment.kind === 'literal' && span.kind === 'literal')
    return literal(
      'datetime',
      typeof moment.value === 'bigint' && typeof span.value === 'bigint' ? moment.value + span.value : null,
    );
  return call('+', 'datetime', moment, span);
}

export function functionName(node: CallNode): string {
  const name = node.Name?.SimpleName ?? '';
  return ALIASES[name] ?? name;
}

export function bindCall(context: BindContext, node: CallNode, scope: Scope): Expr {
  const written = node instanceof Syn.FunctionCallExpression ? (node.Name?.SimpleName ?? '') : textOf(node);
  if (scope.environment.get(written)?.kind === 'function') {
    const inner = enterFunction(context, node, scope);
    return bindExpression(context, inner.body.Expression, inner.scope);
  }
  const name = functionName(node);
  const args = elements<Expression>(node.ArgumentList?.Expressions);
  if (isWindowFunction(name)) return bindWindow(context, node, name, scope);
  if (AGGREGATES[name] !== undefined && scope.aggregates !== undefined) return bindAggregateCall(context, node, name, scope);
  const special = SPECIAL[name];
  if (special !== undefined) return special(context, node, args, scope);
  const entry = FUNCTIONS[name];
  if (entry === undefined || !/^[a-z]\w*$/.test(name))
    return context.refuse(node, scope, written, `The function '${written}' is not supported.`);
  for (const arg of args)
    if (arg instanceof Syn.StarExpression) return context.refuse(node, scope, written, `'${written}(*)' is not supported.`);
  const type = entry.returns ?? typeOf(context, node, scope);
  const bound = args.map((arg) => bindExpression(context, arg, scope));
  if (bound.length > entry.takes.length && entry.isVariadic !== true)
    return context.refuse(node, scope, written, `'${written}' with ${bound.length} arguments is not supported.`);
  const takes = bound.map((_, index) => entry.takes[Math.min(index, entry.takes.length - 1)] ?? 'any');
  return call(name, type, ...coerce(bound, takes, type));
}

export function coerce(args: readonly Expr[], takes: readonly ArgumentType[], result: KqlType): readonly Expr[] {
  const common = args
    .filter((_, index) => takes[index] === 'common')
    .map((arg) => arg.type)
    .reduce<KqlType | undefined>((a, b) => (a === undefined ? b : (commonType(a, b) ?? a)), undefined);
  return args.map((arg, index) => {
    const wanted = takes[index] ?? 'any';
    if (wanted === 'any') return arg;
    if (wanted === 'result') return convert(arg, result);
    return convert(arg, wanted === 'common' ? (common ?? arg.type) : wanted);
  });
}
