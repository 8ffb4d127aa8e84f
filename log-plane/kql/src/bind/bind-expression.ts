import type { KqlType } from '@vigia/contract';
import { call, columnRef, type Expr, type LiteralExpr, literal } from '../plan/expression.ts';
import { type Expression, elements, kindOf, list, Sym, Syn, type SyntaxNode, textOf } from '../service/kusto.ts';
import { bindCall } from './bind-call.ts';
import { bindDynamicLiteral } from './bind-dynamic.ts';
import { bindTabular, isTabular } from './bind-tabular.ts';
import type { BindContext, NamedColumn, Scope } from './context.ts';
import { convert } from './convert.ts';
import { parseLiteral } from './literal.ts';
import { bindBinary, bindComparison } from './operators.ts';
import { kqlType } from './types.ts';

type Binder = (context: BindContext, node: never, scope: Scope) => Expr;

/** Expressions with a class or kind of their own; binary operators are in `operators.ts`. */
const BINDERS: Readonly<Record<string, Binder>> = {
  ParenthesizedExpression: (context, node: Kusto.Language.Syntax.ParenthesizedExpression, scope) =>
    bindExpression(context, node.Expression, scope),
  SimpleNamedExpression: (context, node: Kusto.Language.Syntax.SimpleNamedExpression, scope) =>
    bindExpression(context, node.Expression, scope),
  NameReference: bindName,
  FunctionCallExpression: bindCall,
  PathExpression: bindPath,
  ElementExpression: bindElement,
  DynamicExpression: bindDynamicLiteral,
  UnaryMinusExpression: bindSign,
  UnaryPlusExpression: bindSign,
  BetweenExpression: bindBetween,
  NotBetweenExpression: (context, node: never, scope) => call('not', 'bool', bindBetween(context, node, scope)),
  InExpression: (context, node: never, scope) => bindIn(context, node, scope, { isCaseless: false }),
  InCsExpression: (context, node: never, scope) => bindIn(context, node, scope, { isCaseless: true }),
  NotInExpression: (context, node: never, scope) =>
    call('not', 'bool', bindIn(context, node, scope, { isCaseless: false })),
  NotInCsExpression: (context, node: never, scope) =>
    call('not', 'bool', bindIn(context, node, scope, { isCaseless: true })),
  HasAnyExpression: (context, node: never, scope) => bindHasList(context, node, scope, 'or'),
  HasAllExpression: (context, node: never, scope) => bindHasList(context, node, scope, 'and'),
  ToScalarExpression: bindToScalar,
};

export function bindExpression(context: BindContext, node: Expression | null, scope: Scope): Expr {
  if (node === null) throw new Error('An expression is missing in an analysed query.');
  if (node.IsLiteral && !(node instanceof Syn.DynamicExpression)) return bindLiteral(context, node, scope);
  const kind = kindOf(node);
  const binder = BINDERS[kind];
  if (binder !== undefined) return binder(context, node as never, scope);
  if (node instanceof Syn.BinaryExpression) return bindBinary(context, node, kind, scope);
  return context.refuse(node, scope, kind, `The expression '${textOf(node).slice(0, 60)}' is not supported.`);
}

/** Bound and converted; the analyser has checked that it can be. */
export function bindAs(context: BindContext, node: Expression | null, scope: Scope, type: KqlType): Expr {
  return convert(bindExpression(context, node, scope), type);
}

/** A literal, also behind a `let`. */
export function bindConstant(context: BindContext, node: Expression | null, scope: Scope): LiteralExpr | undefined {
  const expr = bindExpression(context, node, scope);
  return expr.kind === 'literal' ? expr : undefined;
}

/** The type that the analyser found; `undefined` after an open schema. */
export function typeOf(context: BindContext, node: Expression, scope: Scope): KqlType {
  return (
    kqlType(node.ResultType) ??
    context.refuse(node, scope, textOf(node).slice(0, 60), `The type of '${textOf(node).slice(0, 60)}' is not known.`)
  );
}

function bindLiteral(context: BindContext, node: Expression, scope: Scope): Expr {
  const type = typeOf(context, node, scope);
  const valueText = node.LiteralValueInfo?.ValueText ?? textOf(node);
  return (
    parseLiteral(type, valueText) ??
    context.reject(node, scope, textOf(node), `'${textOf(node)}' is not a value of type ${type}.`)
  );
}

function bindName(context: BindContext, node: Kusto.Language.Syntax.NameReference, scope: Scope): Expr {
  const name = node.SimpleName ?? '';
  if (node.ReferencedSymbol instanceof Sym.ColumnSymbol) {
    const found = findColumn(scope.columns, name);
    if (found !== undefined) return columnRef(found.column);
  }
  const binding = scope.environment.get(name);
  if (binding?.kind === 'scalar') return binding.expr;
  if (binding?.kind === 'function') return bindCall(context, node as never, scope);
  const column = findColumn(scope.columns, name);
  if (column !== undefined) return columnRef(column.column);
  return context.refuse(node, scope, name, `The name '${name}' cannot be used here.`);
}

export function findColumn(columns: readonly NamedColumn[], name: string): NamedColumn | undefined {
  return columns.find((column) => column.name === name);
}

function bindPath(context: BindContext, node: Kusto.Language.Syntax.PathExpression, scope: Scope): Expr {
  const selector = node.Selector;
  const base = node.Expression;
  if (base instanceof Syn.NameReference && scope.sides !== undefined) {
    const side = { $left: scope.sides.left, $right: scope.sides.right }[base.SimpleName ?? ''];
    const found = side === undefined ? undefined : findColumn(side, nameOf(selector));
    if (found !== undefined) return columnRef(found.column);
  }
  if (base instanceof Syn.NameReference && scope.steps !== undefined) {
    const remembered = scope.steps.get(base.SimpleName ?? '');
    const found = remembered === undefined ? undefined : findColumn(remembered, nameOf(selector));
    if (found !== undefined) return columnRef(found.column);
    const type = kqlType(node.ResultType);
    // A step that has no record yet remembers nothing.
    if (base.ResultType instanceof Sym.TupleSymbol && type !== undefined)
      return literal(type, type === 'string' ? '' : null);
  }
  const bound = bindExpression(context, base, scope);
  if (bound.type !== 'dynamic') return context.refuse(node, scope, textOf(node));
  if (selector instanceof Syn.NameReference) return step(bound, nameOf(selector));
  if (selector instanceof Syn.BracketedExpression) return bindStep(context, bound, selector.Expression, scope);
  return context.refuse(node, scope, textOf(node));
}

function nameOf(node: SyntaxNode | null): string {
  return node instanceof Syn.NameReference ? (node.SimpleName ?? '') : '';
}

function bindElement(context: BindContext, node: Kusto.Language.Syntax.ElementExpression, scope: Scope): Expr {
  const tuple = node.Expression?.ResultType;
  if (tuple instanceof Sym.TupleSymbol) {
    const index =
      node.Selector instanceof Syn.BracketedExpression
        ? bindConstant(context, node.Selector.Expression, scope)
        : undefined;
    const part = list<Kusto.Language.Symbols.ColumnSymbol>(tuple.Columns)[Number(index?.value ?? -1)];
    if (index === undefined || part === undefined) return context.refuse(node, scope, textOf(node));
    return call(
      'field',
      kqlType(part.Type as never) ?? 'dynamic',
      bindExpression(context, node.Expression, scope),
      literal('long', index.value),
    );
  }
  const bound = bindExpression(context, node.Expression, scope);
  if (bound.type !== 'dynamic') return context.refuse(node, scope, textOf(node));
  const inner = node.Selector instanceof Syn.BracketedExpression ? node.Selector.Expression : node.Selector;
  return bindStep(context, bound, inner, scope);
}

function bindStep(context: BindContext, base: Expr, selector: Expression | null, scope: Scope): Expr {
  const key = bindExpression(context, selector, scope);
  if (key.kind === 'literal' && (typeof key.value === 'string' || typeof key.value === 'bigint'))
    return step(base, key.value);
  const name = key.type === 'string' ? 'dynamic key' : 'dynamic index';
  return call(name, 'dynamic', base, key.type === 'string' ? key : convert(key, 'long'));
}

/** parse_json vanishes under a path: the path reads the text itself. */
function step(base: Expr, key: string | bigint): Expr {
  if (base.kind === 'path') return { ...base, steps: [...base.steps, key] };
  const text = base.kind === 'call' && base.name === 'parse_json' ? base.args[0] : undefined;
  if (text !== undefined) return { kind: 'path', type: 'dynamic', base: text, isText: true, steps: [key] };
  return { kind: 'path', type: 'dynamic', base, isText: false, steps: [key] };
}

function bindSign(context: BindContext, node: Kusto.Language.Syntax.PrefixUnaryExpression, scope: Scope): Expr {
  const operand = bindExpression(context, node.Expression, scope);
  if (kindOf(node) === 'UnaryPlusExpression') return operand;
  if (operand.kind === 'literal') {
    if (typeof operand.value === 'bigint') return literal(operand.type, BigInt.asIntN(64, -operand.value));
    if (typeof operand.value === 'number') return literal(operand.type, -operand.value);
    if (operand.value === null) return operand;
  }
  const type = typeOf(context, node, scope);
  return call('negate', type, convert(operand, type));
}

function bindBetween(context: BindContext, node: Kusto.Language.Syntax.BetweenExpression, scope: Scope): Expr {
  const value = bindExpression(context, node.Left, scope);
  const first = bindExpression(context, node.Right?.First ?? null, scope);
  const second = bindExpression(context, node.Right?.Second ?? null, scope);
  const isSpan = value.type === 'datetime' && second.type === 'timespan';
  const end = isSpan ? call('+', 'datetime', convert(first, 'datetime'), second) : second;
  return call('and', 'bool', bindComparison('>=', value, first), bindComparison('<=', value, end));
}

function bindIn(
  context: BindContext,
  node: Kusto.Language.Syntax.InExpression,
  scope: Scope,
  { isCaseless }: { isCaseless: boolean },
): Expr {
  const bound = bindExpression(context, node.Left, scope);
  const value = isCaseless ? call('tolower', 'string', convert(bound, 'string')) : bound;
  const items = elements<Expression>(node.Right?.Expressions);
  const only = items.length === 1 ? items[0] : undefined;
  if (only !== undefined && isTabular(only, scope)) {
    const table = bindTabular(context, only, scope);
    const first = table.columns[0];
    if (first === undefined) return literal('bool', false);
    const element = columnRef(first.column);
    const asText = isCaseless || value.type === 'string' || element.type === 'string';
    const comparable = asText ? convert(element, 'string') : convert(element, value.type);
    return {
      kind: 'in-subquery',
      type: 'bool',
      value: asText ? convert(value, 'string') : value,
      input: table.relation,
      element: isCaseless ? call('tolower', 'string', comparable) : comparable,
    };
  }
  const options: Expr[] = [];
  for (const item of items) {
    const option = bindExpression(context, item, scope);
    if (option.type !== 'dynamic' || item instanceof Syn.PathExpression) options.push(option);
    else {
      const constants = option.kind === 'literal' ? arrayElements(option.value) : undefined;
      if (constants === undefined) {
        if (items.length > 1) return context.refuse(item, scope, 'in', 'A list among several values of in.');
        return call(
          'in list',
          'bool',
          convert(value, 'string'),
          isCaseless ? call('lower json', 'dynamic', option) : option,
        );
      }
      options.push(...constants);
    }
  }
  const lowered = isCaseless ? options.map((option) => call('tolower', 'string', convert(option, 'string'))) : options;
  return inList(value, lowered);
}

function inList(value: Expr, options: readonly Expr[]): Expr {
  if (options.length === 0) return literal('bool', false);
  const isPlain = options.every(
    (option) => option.type === value.type && option.kind === 'literal' && option.value !== null,
  );
  if (isPlain && value.type !== 'dynamic' && value.type !== 'real') return call('in', 'bool', value, ...options);
  return call('or', 'bool', ...options.map((option) => bindComparison('==', value, option)));
}

/** The elements of a constant array, or the one value that stands for itself. */
function arrayElements(value: LiteralExpr['value']): readonly Expr[] | undefined {
  if (value === null) return [];
  const parsed: unknown = JSON.parse(String(value));
  const items: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  return items.map((item) => {
    if (typeof item === 'string') return literal('string', item);
    if (typeof item === 'boolean') return literal('bool', item);
    if (typeof item === 'number')
      return Number.isSafeInteger(item) ? literal('long', BigInt(item)) : literal('real', item);
    return literal('dynamic', item === null ? null : JSON.stringify(item));
  });
}

function bindHasList(
  context: BindContext,
  node: Kusto.Language.Syntax.HasAnyExpression,
  scope: Scope,
  connective: 'and' | 'or',
): Expr {
  const value = bindAs(context, node.Left, scope, 'string');
  const terms: Expr[] = [];
  for (const item of elements<Expression>(node.Right?.Expressions)) {
    const term = isTabular(item, scope) ? listOf(context, item, scope) : bindExpression(context, item, scope);
    const constants = term.kind === 'literal' && term.type === 'dynamic' ? arrayElements(term.value) : undefined;
    if (constants !== undefined) terms.push(...constants);
    else if (term.type === 'dynamic')
      return call(connective === 'or' ? 'has any of' : 'has all of', 'bool', value, term);
    else terms.push(term);
  }
  if (terms.length === 0) return literal('bool', connective === 'and');
  return call(connective, 'bool', ...terms.map((term) => call('has', 'bool', value, convert(term, 'string'))));
}

/** The values of a table's first column as one array. */
function listOf(context: BindContext, node: Expression, scope: Scope): Expr {
  const table = bindTabular(context, node, scope);
  const [first] = table.columns;
  if (first === undefined) return literal('dynamic', '[]');
  const column = context.newColumn('dynamic');
  const aggregates = [{ column, name: 'make_set', args: [convert(columnRef(first.column), 'string')] }];
  const input = { kind: 'aggregate', input: table.relation, keys: [], aggregates, order: [] } as const;
  return { kind: 'scalar-subquery', type: 'dynamic', input, column };
}

function bindToScalar(context: BindContext, node: Kusto.Language.Syntax.ToScalarExpression, scope: Scope): Expr {
  const expression = node.Expression;
  if (expression === null || !isTabular(expression, scope)) return bindExpression(context, expression, scope);
  const bound = bindTabular(context, expression, scope);
  const first = bound.columns[0];
  if (first === undefined) return context.refuse(node, scope, 'toscalar', 'toscalar of a table without columns.');
  return { kind: 'scalar-subquery', type: first.column.type, input: bound.relation, column: first.column };
}
