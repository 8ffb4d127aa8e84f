import type { KqlType } from '@vigia/contract';
import { AGGREGATES } from '../aggregates/table.ts';
import { ALIASES } from '../functions/aliases.ts';
import type { ArgumentType } from '../functions/entry.ts';
import { FUNCTIONS } from '../functions/table.ts';
import { call, columnRef, type Expr, literal, moment } from '../plan/expression.ts';
import { type Expression, elements, Syn, textOf } from '../service/kusto.ts';
import { bindAggregateCall } from './bind-aggregate.ts';
import { bindAs, bindConstant, bindExpression, findColumn, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';
import { convert } from './convert.ts';
import { CONVERSIONS, convertUnits } from './convert-units.ts';
import { bindArithmetic, bindComparison } from './operators.ts';
import { commonType } from './types.ts';
import { enterFunction } from './user-function.ts';
import { bindWindow, isWindowFunction } from './window-functions.ts';

export type CallNode = Kusto.Language.Syntax.FunctionCallExpression;
type SpecialBinder = (context: BindContext, node: CallNode, args: readonly Expression[], scope: Scope) => Expr;

/** Functions whose arguments are more than values. */
export const SPECIAL: Readonly<Record<string, SpecialBinder>> = {
  now: (context, _node, [offset], scope) => {
    const now = moment(0n);
    return offset === undefined ? now : addTicks(now, bindAs(context, offset, scope, 'timespan'));
  },
  ago: (context, _node, [span], scope) => {
    const value = bindAs(context, span ?? null, scope, 'timespan');
    const back =
      value.kind === 'literal' && typeof value.value === 'bigint'
        ? literal('timespan', -value.value)
        : call('negate', 'timespan', value);
    return addTicks(moment(0n), back);
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
  extract_all: (context, node, args, scope) => {
    const bound = args.map((arg) => bindExpression(context, arg, scope));
    const [pattern, groups] = bound;
    const isChosen = bound.length > 2 && pattern?.kind === 'literal' && groups?.kind === 'literal';
    const chosen = isChosen ? groupNumbers(String(pattern.value), String(groups.value)) : undefined;
    if (pattern?.kind !== 'literal' || (bound.length > 2 && chosen === undefined))
      return context.refuse(
        node,
        scope,
        'extract_all',
        'extract_all needs a constant pattern and constant groups of it.',
      );
    if (chosen !== undefined) bound[1] = literal('dynamic', JSON.stringify(chosen));
    return call(
      'extract_all',
      'dynamic',
      ...coerce(bound, ['string', bound.length === 2 ? 'string' : 'any', 'string'], 'dynamic'),
    );
  },
  array_sort_asc: sortCall('array_sort_asc'),
  array_sort_desc: sortCall('array_sort_desc'),
  extract: (context, node, args, scope) => {
    const [pattern, group, text, target] = args;
    const found = call(
      'extract',
      'string',
      bindAs(context, pattern ?? null, scope, 'string'),
      bindAs(context, group ?? null, scope, 'long'),
      bindAs(context, text ?? null, scope, 'string'),
    );
    return target === undefined ? found : convert(found, typeOf(context, node, scope));
  },
  extract_json: (context, node, [path, json, target], scope) => {
    const wanted = bindConstant(context, path ?? null, scope);
    const steps = wanted === undefined ? undefined : jsonPathSteps(String(wanted.value ?? ''));
    if (steps === undefined)
      return context.refuse(
        path ?? node,
        scope,
        'extract_json',
        'extract_json needs a constant path of names and indexes.',
      );
    const bound = bindExpression(context, json ?? null, scope);
    const isText = bound.type !== 'dynamic';
    const value: Expr = {
      kind: 'path',
      type: 'dynamic',
      base: isText ? convert(bound, 'string') : bound,
      isText,
      steps,
    };
    return convert(value, target === undefined ? 'string' : typeOf(context, node, scope));
  },
  'column exists': (context, _node, [name], scope) => {
    const wanted = bindConstant(context, name ?? null, scope);
    return literal('bool', findColumn(scope.columns, String(wanted?.value ?? '')) !== undefined);
  },
  bag_pack_columns: (context, _node, args, scope) => {
    const pairs = args.flatMap((arg) => {
      const name = arg instanceof Syn.NameReference ? (arg.SimpleName ?? '') : textOf(arg);
      return [literal('string', name), bindExpression(context, arg, scope)];
    });
    return call('bag_pack', 'dynamic', ...pairs);
  },
  rand: (context, _node, [limit], scope) =>
    limit === undefined ? call('rand', 'real') : call('rand below', 'real', bindAs(context, limit, scope, 'long')),
  around: (context, _node, [value, center, delta], scope) => {
    const [x, c] = [bindExpression(context, value ?? null, scope), bindExpression(context, center ?? null, scope)];
    const d = bindExpression(context, delta ?? null, scope);
    const type = commonType(x.type, c.type) ?? x.type;
    const span = type === 'datetime' ? 'timespan' : type;
    const [low, high] = ['-', '+'].map((sign) => bindArithmetic(sign, convert(c, type), convert(d, span), type));
    if (low === undefined || high === undefined) return literal('bool', null);
    return call(
      'and',
      'bool',
      bindComparison('>=', convert(x, type), low),
      bindComparison('<=', convert(x, type), high),
    );
  },
  ...Object.fromEntries(CONVERSIONS.map((name) => [name, convertUnits(name)])),
  hash: (context, node, [value, modulus], scope) => {
    const bound = bindExpression(context, value ?? null, scope);
    if (modulus !== undefined || !['string', 'long', 'datetime', 'timespan'].includes(bound.type))
      return context.refuse(
        node,
        scope,
        'hash',
        `hash of ${bound.type}${modulus === undefined ? '' : ' with a modulus'} is not supported.`,
      );
    return call('hash', 'long', bound);
  },
  percentile_tdigest: (context, node, [digest, rank], scope) => {
    const sketch = bindAs(context, digest ?? null, scope, 'dynamic');
    const percent = bindAs(context, rank ?? null, scope, 'real');
    const type = typeOf(context, node, scope);
    const found = call('percentile of digest', 'real', sketch, percent);
    return type === 'dynamic' || type === 'real' ? convert(found, type) : convert(convert(found, 'long'), type);
  },
  geo_info_from_ip_address: (context, node, [address], scope) => {
    const place = bindAs(context, address ?? null, scope, 'string');
    if (place.kind === 'literal') return context.refuse(node, scope, 'geo_info_from_ip_address');
    context.warn(
      node,
      scope,
      'geo_info_from_ip_address',
      'There is no map of addresses on this machine: geo_info_from_ip_address gives null for every address.',
    );
    return call('no place', 'dynamic', place);
  },
  format_timespan: formatCall('format_timespan', 'timespan'),
  format_datetime: formatCall('format_datetime', 'datetime'),
  datetime_diff: unitCall('datetime_diff', ['datetime', 'datetime'], 'long'),
  datetime_add: unitCall('datetime_add', ['long', 'datetime'], 'datetime'),
  datetime_part: unitCall('datetime_part', ['datetime'], 'long'),
  range: (context, node, args, scope) => {
    const bound = args.map((arg) => bindExpression(context, arg, scope));
    const [from, to, step] = bound;
    if (from === undefined || to === undefined) return context.refuse(node, scope, 'range');
    const type = commonType(from.type, to.type) ?? from.type;
    if (type === 'int' || type === 'long') return call('range', 'dynamic', ...bound.map((arg) => convert(arg, 'long')));
    if (type !== 'datetime' && type !== 'timespan' && type !== 'real')
      return context.refuse(node, scope, 'range', `range of ${type} is not supported.`);
    const by = type === 'datetime' ? 'timespan' : type;
    const hour = literal('timespan', 36_000_000_000n);
    const one =
      type === 'real' ? literal('real', 1) : type === 'datetime' ? literal('timespan', 864_000_000_000n) : hour;
    return call(
      'range of ticks',
      'dynamic',
      convert(from, type),
      convert(to, type),
      step === undefined ? one : convert(step, by),
    );
  },
  ingestion_time: (context, node, _args, scope) => {
    const found = findColumn(scope.columns, 'TimeGenerated');
    return found === undefined ? context.refuse(node, scope, 'ingestion_time') : columnRef(found.column);
  },
};

/** Groups by number or name as numbers; undefined where one is not in the pattern. */
function groupNumbers(pattern: string, groups: string): readonly number[] | undefined {
  const opened = pattern.replace(/\\./g, '').match(/\((?!\?(?!P?<))(?:\?P?<(\w+)>)?/g) ?? [];
  const names = opened.map((group) => /<(\w+)>/.exec(group)?.[1]);
  const wanted = JSON.parse(groups) as unknown;
  if (!Array.isArray(wanted)) return undefined;
  const numbers = wanted.map((group) => (typeof group === 'string' ? names.indexOf(group) + 1 : Number(group)));
  return numbers.every((group) => Number.isInteger(group) && group >= 1 && group <= names.length) ? numbers : undefined;
}

/** With several arrays the others follow the first; a condition as the second says where nulls go. */
function sortCall(name: string): SpecialBinder {
  return (context, _node, args, scope) => {
    const bound = args.map((arg) => bindExpression(context, arg, scope));
    if (bound.length === 1 || (bound.length === 2 && bound[1]?.type === 'bool'))
      return call(name, 'dynamic', ...coerce(bound, ['dynamic', 'bool'], 'dynamic'));
    return call(`${name} together`, 'dynamic', ...bound.map((arg) => convert(arg, 'dynamic')));
  };
}

/** `$.a.b[0]['c']` as steps; undefined for filters and wildcards. */
function jsonPathSteps(path: string): readonly (string | bigint)[] | undefined {
  const steps: (string | bigint)[] = [];
  let rest = path.trim().replace(/^\$/, '');
  while (rest !== '') {
    const found = /^(?:\.([A-Za-z_][\w-]*)|\[(\d+)\]|\[\s*(?:'([^']*)'|"([^"]*)")\s*\])/.exec(rest);
    if (found === null) return undefined;
    steps.push(found[2] === undefined ? (found[1] ?? found[3] ?? found[4] ?? '') : BigInt(found[2]));
    rest = rest.slice(found[0].length);
  }
  return steps.length === 0 ? undefined : steps;
}

/** The format decides what is printed, so it has to be a constant. */
function formatCall(name: string, type: KqlType): SpecialBinder {
  return (context, node, [value, format], scope) => {
    const constant = bindConstant(context, format ?? null, scope);
    if (constant === undefined)
      return context.refuse(format ?? node, scope, name, `The format of ${name} must be a constant.`);
    return call(name, 'string', bindAs(context, value ?? null, scope, type), constant);
  };
}

const UNITS =
  /^(year|quarter|month|week|day|hour|minute|second|millisecond|microsecond|nanosecond|week_of_year|weekofyear|dayofyear)s?$/i;

/** Likewise the unit, which must be known. */
function unitCall(name: string, takes: readonly KqlType[], result: KqlType): SpecialBinder {
  return (context, node, [unit, ...rest], scope) => {
    const constant = bindConstant(context, unit ?? null, scope);
    if (constant === undefined || !UNITS.test(String(constant.value)))
      return context.refuse(unit ?? node, scope, name, `The unit of ${name} must be a known constant.`);
    const args = rest.map((arg, index) => bindAs(context, arg, scope, takes[index] ?? 'long'));
    return call(name, result, constant, ...args);
  };
}

function addTicks(start: Expr, span: Expr): Expr {
  if (start.kind === 'moment' && span.kind === 'literal')
    return typeof span.value === 'bigint' ? moment(start.plus + span.value) : literal('datetime', null);
  return call('+', 'datetime', start, span);
}

export function functionName(node: CallNode): string {
  const name = node.Name?.SimpleName ?? '';
  return ALIASES[name] ?? name;
}

export function bindCall(context: BindContext, node: CallNode, scope: Scope): Expr {
  const written = node instanceof Syn.FunctionCallExpression ? (node.Name?.SimpleName ?? '') : textOf(node);
  const isStored = (context.database.functions ?? []).some((stored) => stored.name === written);
  if (scope.environment.get(written)?.kind === 'function' || isStored) {
    const inner = enterFunction(context, node, scope);
    return bindExpression(context, inner.body.Expression, inner.scope);
  }
  const name = functionName(node);
  const args = elements<Expression>(node.ArgumentList?.Expressions);
  if (isWindowFunction(name)) return bindWindow(context, node, name, scope);
  if (AGGREGATES[name] !== undefined && scope.aggregates !== undefined)
    return bindAggregateCall(context, node, name, scope);
  const special = SPECIAL[name];
  if (special !== undefined) return special(context, node, args, scope);
  const entry = FUNCTIONS[name];
  if (entry === undefined || !/^[a-z]\w*$/.test(name))
    return context.refuse(node, scope, written, `The function '${written}' is not supported.`);
  for (const arg of args)
    if (arg instanceof Syn.StarExpression)
      return context.refuse(node, scope, written, `'${written}(*)' is not supported.`);
  const type = entry.isTuple === true ? 'dynamic' : (entry.returns ?? typeOf(context, node, scope));
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
