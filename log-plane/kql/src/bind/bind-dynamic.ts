import { datetimeText, timespanText } from '../literals/ticks-text.ts';
import { type Expr, literal } from '../plan/expression.ts';
import { type Expression, elements, kindOf, Syn, textOf } from '../service/kusto.ts';
import { typeOf } from './bind-expression.ts';
import type { BindContext, Scope } from './context.ts';
import { parseLiteral } from './literal.ts';

/** `dynamic(…)` as JSON text; Kusto's own literals inside (datetime(…), 'single quotes') become JSON values. */
export function bindDynamicLiteral(
  context: BindContext,
  node: Kusto.Language.Syntax.DynamicExpression,
  scope: Scope,
): Expr {
  const json = jsonOf(context, node.Expression, scope);
  return literal('dynamic', json === 'null' ? null : json);
}

function jsonOf(context: BindContext, node: Expression | null, scope: Scope): string {
  if (node === null) return 'null';
  if (node instanceof Syn.JsonArrayExpression)
    return `[${elements<Expression>(node.Values)
      .map((value) => jsonOf(context, value, scope))
      .join(',')}]`;
  if (node instanceof Syn.JsonObjectExpression)
    return `{${elements<Kusto.Language.Syntax.JsonPair>(node.Pairs)
      .map((pair) => `${JSON.stringify(pairName(pair))}:${jsonOf(context, pair.Value, scope)}`)
      .join(',')}}`;
  if (node instanceof Syn.PrefixUnaryExpression) {
    const inner = jsonOf(context, node.Expression, scope);
    return textOf(node.Operator as never) === '-' ? `-${inner}` : inner;
  }
  if (kindOf(node) === 'NullLiteralExpression') return 'null';
  if (node instanceof Syn.DynamicExpression) return jsonOf(context, node.Expression, scope);
  const type = typeOf(context, node, scope);
  const parsed = parseLiteral(type, node.LiteralValueInfo?.ValueText ?? textOf(node));
  if (parsed === undefined) return context.reject(node, scope, textOf(node), `'${textOf(node)}' is not valid here.`);
  const { value } = parsed;
  if (value === null) return 'null';
  if (type === 'datetime') return JSON.stringify(datetimeText(value as bigint));
  if (type === 'timespan') return JSON.stringify(timespanText(value as bigint));
  if (type === 'real' && typeof value === 'number')
    return Number.isFinite(value) ? jsonNumber(textOf(node), value) : JSON.stringify(realName(value));
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return type === 'decimal' ? String(value) : JSON.stringify(value);
}

function pairName(pair: Kusto.Language.Syntax.JsonPair): string {
  return pair.Name?.ValueText ?? '';
}

/** The digits as written where JSON has them so. */
function jsonNumber(text: string, value: number): string {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text) ? text : String(value);
}

function realName(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Infinity' : '-Infinity';
}
