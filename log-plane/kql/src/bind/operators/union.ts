import { type Column, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { Relation } from '../../plan/relation.ts';
import { type Expression, elements, list, Sym, Syn } from '../../service/kusto.ts';
import { bindTabular } from '../bind-tabular.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { useTable } from '../sources.ts';
import { namedParameters } from './parameters.ts';
import { type ResultColumn, resultColumns } from './result-columns.ts';

/** Columns of one name and type meet; of one name and other types become name_type; missing ones are null. */
export function bindUnion(
  context: BindContext,
  node: Kusto.Language.Syntax.UnionOperator,
  scope: Scope,
  input?: Bound,
): Bound {
  const names = resultColumns(context, node, scope);
  const source = namedParameters(node).get('withsource') ?? namedParameters(node).get('with_source');
  const inputs = [
    ...(input === undefined ? [] : [input]),
    ...elements<Expression>(node.Expressions).flatMap((expression) => unionInputs(context, expression, scope)),
  ];
  const columns = names.map(({ name, type }) => ({ name, column: context.newColumn(type) }));
  const relations = inputs.map((bound, index): Relation => {
    const sourceName = bound.sourceName ?? `union_arg${index}`;
    return {
      kind: 'project',
      input: bound.relation,
      columns: names.map((result, at) => ({
        column: columns[at]?.column ?? (undefined as never),
        expr: result.name === source && at === 0 ? literal('string', sourceName) : sourceOf(bound, result),
      })),
    };
  });
  const outputs: readonly Column[] = columns.map(({ column }) => column);
  return { relation: { kind: 'union', inputs: relations, columns: outputs }, columns };
}

function sourceOf(bound: Bound, result: ResultColumn): Expr {
  const exact = bound.columns.find((column) => column.name === result.name && column.column.type === result.type);
  const suffixed = bound.columns.find(
    (column) => column.column.type === result.type && `${column.name}_${column.column.type}` === result.name,
  );
  const found = exact ?? suffixed;
  return found === undefined ? literal(result.type, result.type === 'string' ? '' : null) : columnRef(found.column);
}

/** `union T*` and `union *` stand for every table whose name fits. */
function unionInputs(context: BindContext, expression: Expression, scope: Scope): readonly Bound[] {
  if (expression.ResultType instanceof Sym.GroupSymbol || expression instanceof Syn.StarExpression) {
    const members = list<{ readonly Name: string | null }>(
      (expression.ResultType as Kusto.Language.Symbols.GroupSymbol | null)?.Members,
    );
    const wanted = new Set(members.map((member) => member.Name ?? ''));
    const isAll = expression instanceof Syn.StarExpression && wanted.size === 0;
    return context.database.tables
      .filter((table) => isAll || wanted.has(table.name))
      .map((table) => useTable(context, table));
  }
  return [bindTabular(context, expression, scope)];
}
