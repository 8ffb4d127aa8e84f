import type { KqlType } from '@vigia/contract';
import { call, columnRef, type Expr, literal } from '../plan/expression.ts';
import { Syn } from '../service/kusto.ts';
import { bindExpression, typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';
import { alignForComparison, convert } from './convert.ts';
import { commonType, isNumeric } from './types.ts';

type Family = 'arithmetic' | 'comparison' | 'logic' | 'text' | 'caseless' | 'search';

/** Syntax kind → entry in the function table, and how the operands are brought to a type. */
const OPERATORS: Readonly<
  Record<string, { readonly name: string; readonly family: Family; readonly isNegated?: true }>
> = {
  AddExpression: { name: '+', family: 'arithmetic' },
  SubtractExpression: { name: '-', family: 'arithmetic' },
  MultiplyExpression: { name: '*', family: 'arithmetic' },
  DivideExpression: { name: '/', family: 'arithmetic' },
  ModuloExpression: { name: '%', family: 'arithmetic' },
  EqualExpression: { name: '==', family: 'comparison' },
  NotEqualExpression: { name: '!=', family: 'comparison' },
  LessThanExpression: { name: '<', family: 'comparison' },
  LessThanOrEqualExpression: { name: '<=', family: 'comparison' },
  GreaterThanExpression: { name: '>', family: 'comparison' },
  GreaterThanOrEqualExpression: { name: '>=', family: 'comparison' },
  AndExpression: { name: 'and', family: 'logic' },
  OrExpression: { name: 'or', family: 'logic' },
  EqualTildeExpression: { name: '=~', family: 'text' },
  BangTildeExpression: { name: '=~', family: 'text', isNegated: true },
  HasExpression: { name: 'has', family: 'text' },
  NotHasExpression: { name: 'has', family: 'text', isNegated: true },
  HasCsExpression: { name: 'has_cs', family: 'text' },
  NotHasCsExpression: { name: 'has_cs', family: 'text', isNegated: true },
  HasPrefixExpression: { name: 'hasprefix', family: 'text' },
  NotHasPrefixExpression: { name: 'hasprefix', family: 'text', isNegated: true },
  HasPrefixCsExpression: { name: 'hasprefix_cs', family: 'text' },
  NotHasPrefixCsExpression: { name: 'hasprefix_cs', family: 'text', isNegated: true },
  HasSuffixExpression: { name: 'hassuffix', family: 'text' },
  NotHasSuffixExpression: { name: 'hassuffix', family: 'text', isNegated: true },
  HasSuffixCsExpression: { name: 'hassuffix_cs', family: 'text' },
  NotHasSuffixCsExpression: { name: 'hassuffix_cs', family: 'text', isNegated: true },
  ContainsExpression: { name: 'contains', family: 'text' },
  NotContainsExpression: { name: 'contains', family: 'text', isNegated: true },
  ContainsCsExpression: { name: 'contains_cs', family: 'text' },
  NotContainsCsExpression: { name: 'contains_cs', family: 'text', isNegated: true },
  StartsWithExpression: { name: 'startswith', family: 'text' },
  NotStartsWithExpression: { name: 'startswith', family: 'text', isNegated: true },
  StartsWithCsExpression: { name: 'startswith_cs', family: 'text' },
  NotStartsWithCsExpression: { name: 'startswith_cs', family: 'text', isNegated: true },
  EndsWithExpression: { name: 'endswith', family: 'text' },
  NotEndsWithExpression: { name: 'endswith', family: 'text', isNegated: true },
  EndsWithCsExpression: { name: 'endswith_cs', family: 'text' },
  NotEndsWithCsExpression: { name: 'endswith_cs', family: 'text', isNegated: true },
  MatchesRegexExpression: { name: 'matches regex', family: 'text' },
  SearchExpression: { name: 'has', family: 'text' },
};

export function bindBinary(
  context: BindContext,
  node: Kusto.Language.Syntax.BinaryExpression,
  kind: string,
  scope: Scope,
): Expr {
  const operator = OPERATORS[kind];
  if (operator === undefined) {
    const text = node.Operator?.Text ?? kind;
    return context.refuse(node, scope, text, `The operator '${text}' is not supported.`);
  }
  const { name, family } = operator;
  if (family === 'logic') return call(name, 'bool', ...operands(context, node, name, scope));
  if (node.Left instanceof Syn.StarExpression) return bindStar(context, node, operator, scope);
  const left = bindExpression(context, node.Left, scope);
  const right = bindExpression(context, node.Right, scope);
  if (family === 'comparison') return bindComparison(name, left, right);
  if (family === 'arithmetic') return bindArithmetic(name, left, right, typeOf(context, node, scope));
  const matched = call(name, 'bool', convert(left, 'string'), convert(right, 'string'));
  return operator.isNegated === true ? call('not', 'bool', matched) : matched;
}

/** `* has "x"`: of any column; `* == x`: of any column of such a type; `* !has "x"`: of none. */
function bindStar(
  context: BindContext,
  node: Kusto.Language.Syntax.BinaryExpression,
  { name, family, isNegated }: (typeof OPERATORS)[string] & object,
  scope: Scope,
): Expr {
  const right = bindExpression(context, node.Right, scope);
  const matches = (left: Expr): Expr => {
    if (family === 'comparison') return bindComparison(name, left, right);
    return call(name, 'bool', convert(left, 'string'), convert(right, 'string'));
  };
  const fitting = scope.columns.filter(
    ({ column }) => family !== 'comparison' || commonType(column.type, right.type) !== undefined,
  );
  const any = call('or', 'bool', literal('bool', false), ...fitting.map(({ column }) => matches(columnRef(column))));
  return isNegated === true ? call('not', 'bool', any) : any;
}

/** A chain of the same connective becomes one flat call: planning nested ones grows faster than linearly. */
function operands(
  context: BindContext,
  node: Kusto.Language.Syntax.BinaryExpression,
  name: string,
  scope: Scope,
): readonly Expr[] {
  return [node.Left, node.Right].flatMap((side) => {
    const bound = convert(bindExpression(context, side, scope), 'bool');
    return bound.kind === 'call' && bound.name === name ? bound.args : [bound];
  });
}

/** Both sides brought to one type; a dynamic side takes the other's. */
export function bindComparison(name: string, left: Expr, right: Expr): Expr {
  const type = commonType(left.type, right.type);
  if (type === 'string' && left.type !== right.type && left.type !== 'dynamic' && right.type !== 'dynamic')
    return call(name, 'bool', ...alignForComparison(left, right));
  if (type === undefined) return call(name, 'bool', convert(left, 'string'), convert(right, 'string'));
  // A dynamic number against a whole number keeps its fraction.
  const isDynamic = left.type === 'dynamic' || right.type === 'dynamic';
  const meeting = isDynamic && isNumeric(type) && type !== 'decimal' ? 'real' : type;
  return call(name, 'bool', convert(left, meeting), convert(right, meeting));
}

export function bindArithmetic(name: string, left: Expr, right: Expr, type: KqlType): Expr {
  const [a, b] = arithmeticTypes(name, left.type, right.type, type);
  return call(name, type, convert(left, a), convert(right, b));
}

/** Ticks keep their type; numbers meet at the result's type; a dynamic operand is what the result needs. */
function arithmeticTypes(name: string, left: KqlType, right: KqlType, result: KqlType): readonly [KqlType, KqlType] {
  const known = (type: KqlType, other: KqlType): KqlType => {
    if (type !== 'dynamic') return type;
    if (isNumeric(result)) return isNumeric(other) || other === 'dynamic' ? result : other;
    return result === 'datetime' && name === '+' ? 'timespan' : result;
  };
  const a = known(left, right);
  const b = known(right, left);
  if (isNumeric(a) && isNumeric(b)) return [result, result];
  // timespan * number and timespan / number: the number as it is, but int as long.
  return [a === 'int' ? 'long' : a, b === 'int' ? 'long' : b];
}
