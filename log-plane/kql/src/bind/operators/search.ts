import { type Column, call, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { Relation } from '../../plan/relation.ts';
import { type Expression, elements, kindOf, Syn } from '../../service/kusto.ts';
import { bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { convert } from '../convert.ts';
import { useTable } from '../sources.ts';
import { anyColumn, searchTerm } from '../star.ts';
import { commonType } from '../types.ts';
import { namedParameters } from './parameters.ts';
import { resultColumns } from './result-columns.ts';
import { sourceOf, unionInputs } from './union.ts';

/** Rows of the input, of the named tables or of all, in which the words stand. */
export function bindSearch(
  context: BindContext,
  node: Kusto.Language.Syntax.SearchOperator,
  scope: Scope,
  input?: Bound,
): Bound {
  const kind = namedParameters(node).get('kind') ?? 'case_insensitive';
  const isCased = kind === 'case_sensitive';
  const names = resultColumns(context, node, scope);
  const columns = names.map(({ name, type }): NamedColumn => ({ name, column: context.newColumn(type) }));
  const outputs: readonly Column[] = columns.map(({ column }) => column);
  const inputs = (input === undefined ? tablesOf(context, node, scope) : [input]).map((bound, at): Relation => {
    const condition = searchCondition(context, node.Condition, { ...scope, columns: bound.columns }, isCased);
    return {
      kind: 'project',
      input: { kind: 'filter', input: bound.relation, condition },
      columns: names.map((result, index) => ({
        column: outputs[index] ?? (undefined as never),
        expr:
          index === 0 && result.name === '$table'
            ? literal('string', bound.sourceName ?? `search_arg${at}`)
            : sourceOf(bound, result),
      })),
    };
  });
  return { relation: { kind: 'union', inputs, columns: outputs }, columns };
}

function tablesOf(
  context: BindContext,
  node: { readonly InClause: Kusto.Language.Syntax.FindInClause | null },
  scope: Scope,
): readonly Bound[] {
  if (node.InClause === null) return context.database.tables.map((table) => useTable(context, table));
  return elements<Expression>(node.InClause.Expressions).flatMap((table) => unionInputs(context, table, scope));
}

function searchCondition(context: BindContext, node: Expression | null, scope: Scope, isCased: boolean): Expr {
  if (node === null) return literal('bool', true);
  const again = (inner: Expression | null) => searchCondition(context, inner, scope, isCased);
  const kind = kindOf(node);
  if (node instanceof Syn.StarExpression) return literal('bool', true);
  if (node instanceof Syn.ParenthesizedExpression) return again(node.Expression);
  if (node instanceof Syn.BinaryExpression && (kind === 'AndExpression' || kind === 'OrExpression'))
    return call(kind === 'AndExpression' ? 'and' : 'or', 'bool', again(node.Left), again(node.Right));
  if (node instanceof Syn.FunctionCallExpression && node.Name?.SimpleName === 'not')
    return call('not', 'bool', again(elements<Expression>(node.ArgumentList?.Expressions)[0] ?? null));
  if (kind === 'SearchExpression' && node instanceof Syn.BinaryExpression) {
    const term = bindExpression(context, node.Right, scope);
    if (term.kind !== 'literal') return context.refuse(node, scope, 'search with a computed term');
    const holds = (text: Expr) => searchTerm(text, String(term.value ?? ''), isCased);
    if (node.Left instanceof Syn.StarExpression) return anyColumn(scope, holds);
    const value = bindExpression(context, node.Left, scope);
    if (value.type === 'string' || value.type === 'dynamic') return holds(convert(value, 'string'));
    return call('==', 'bool', convert(value, 'string'), convert(term, 'string'));
  }
  if (/StringLiteralExpression$/.test(kind)) {
    const term = node.LiteralValueInfo?.ValueText ?? '';
    return anyColumn(scope, (text) => searchTerm(text, term, isCased));
  }
  return convert(bindExpression(context, node, scope), 'bool');
}

/** Rows of all tables that fulfil a condition; columns that a table lacks are null there. */
export function bindFind(
  context: BindContext,
  node: Kusto.Language.Syntax.FindOperator,
  scope: Scope,
  input?: Bound,
): Bound {
  const names = resultColumns(context, node, scope);
  const source = namedParameters(node).get('withsource') ?? 'source_';
  const inputs = [
    ...(input === undefined ? [] : [input]),
    ...(input === undefined ? tablesOf(context, node, scope) : []),
  ];
  const types = new Map<string, Column['type']>();
  for (const bound of inputs)
    for (const { name, column } of bound.columns) {
      const before = types.get(name);
      types.set(name, before === undefined || before === column.type ? column.type : 'dynamic');
    }
  const outputs = names.map(({ name, type }): NamedColumn => ({ name, column: context.newColumn(type) }));
  const relations = inputs.map((bound, at): Relation => {
    const has = new Set(bound.columns.map(({ name }) => name));
    const missing = [...types].filter(([name]) => !has.has(name));
    const added = missing.map(([name, type]) => ({ name, column: context.newColumn(type) }));
    const whole: Relation = {
      kind: 'extend',
      input: bound.relation,
      added: added.map(({ column }) => ({ column, expr: literal(column.type, column.type === 'string' ? '' : null) })),
    };
    const columns = [...bound.columns, ...added];
    const condition = searchCondition(context, node.Condition, { ...scope, columns }, false);
    const filtered: Relation = {
      kind: 'filter',
      input: added.length === 0 ? bound.relation : whole,
      condition,
    };
    return {
      kind: 'project',
      input: filtered,
      columns: names.map((result, index) => ({
        column: outputs[index]?.column ?? (undefined as never),
        expr: findValue(bound, columns, result, { source, at, names: names.map(({ name }) => name) }),
      })),
    };
  });
  return {
    relation: { kind: 'union', inputs: relations, columns: outputs.map(({ column }) => column) },
    columns: outputs,
  };
}

function findValue(
  bound: Bound,
  columns: readonly NamedColumn[],
  result: { readonly name: string; readonly type: Column['type'] },
  { source, at, names }: { source: string; at: number; names: readonly string[] },
): Expr {
  if (result.name === source) return literal('string', bound.sourceName ?? `union_arg${at}`);
  if (result.name === 'pack_') {
    const others = bound.columns.filter(({ name }) => !names.includes(name));
    const pairs = others.flatMap(({ name, column }) => [literal('string', name), columnRef(column)]);
    return call('bag_pack_not_empty', 'dynamic', ...pairs);
  }
  const found = columns.find(({ name }) => name === result.name);
  if (found === undefined) return literal(result.type, result.type === 'string' ? '' : null);
  return commonType(found.column.type, result.type) === undefined && result.type !== 'string'
    ? literal(result.type, null)
    : convert(columnRef(found.column), result.type);
}
