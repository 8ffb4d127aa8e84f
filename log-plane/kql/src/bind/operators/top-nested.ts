import { type Column, columnRef, type Expr } from '../../plan/expression.ts';
import type { AggregateCall, Computed, Relation, SortKey } from '../../plan/relation.ts';
import { elements, Syn } from '../../service/kusto.ts';
import { bindAs, bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, NamedColumn, Scope } from '../context.ts';
import { useShared } from '../sources.ts';
import { resultColumns } from './result-columns.ts';

interface Level {
  readonly relation: Relation;
  /** The values so far and what they were chosen by, in the result's order. */
  readonly columns: readonly Column[];
  readonly keys: readonly Column[];
}

/** Level by level: the values of each parent that come first by their aggregate. */
export function bindTopNested(
  context: BindContext,
  node: Kusto.Language.Syntax.TopNestedOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const definition = context.newDefinition(input.relation, false);
  let level: Level | undefined;
  const above: Kusto.Language.Syntax.Expression[] = [];
  for (const clause of elements<Kusto.Language.Syntax.TopNestedClause>(node.Clauses)) {
    if (clause.WithOthersClause !== null)
      return context.refuse(clause.WithOthersClause, scope, 'top-nested with others');
    if (clause.OfExpression === null) return context.refuse(clause, scope, 'top-nested');
    above.push(clause.OfExpression);
    level = bindLevel(context, clause, above, { rows: useShared(context, definition, input), parent: level }, scope);
  }
  if (level === undefined || level.columns.length !== names.length) return context.refuse(node, scope, 'top-nested');
  const columns = level.columns.map((column, index): NamedColumn => ({ name: names[index]?.name ?? '', column }));
  return { relation: level.relation, columns };
}

function bindLevel(
  context: BindContext,
  clause: Kusto.Language.Syntax.TopNestedClause,
  above: readonly Kusto.Language.Syntax.Expression[],
  { rows, parent }: { rows: Bound; parent: Level | undefined },
  scope: Scope,
): Level {
  const inside: Scope = { ...scope, columns: rows.columns };
  const keys = above.map((expression): Computed => {
    const expr = bindExpression(context, expression, inside);
    return { column: context.newColumn(expr.type), expr };
  });
  const aggregates: AggregateCall[] = [];
  const ordered = clause.ByExpression instanceof Syn.OrderedExpression ? clause.ByExpression : undefined;
  const by = bindExpression(context, ordered?.Expression ?? clause.ByExpression, { ...inside, aggregates });
  const chosen = by.kind === 'column' ? by.column : context.newColumn(by.type);
  let relation: Relation = { kind: 'aggregate', input: rows.relation, keys, aggregates, order: [] };
  if (by.kind !== 'column') relation = { kind: 'extend', input: relation, added: [{ column: chosen, expr: by }] };
  const columns = keys.map(({ column }) => column);
  const own = columns.at(-1);
  if (own === undefined) return context.refuse(clause, scope, 'top-nested');
  if (parent !== undefined) {
    const on = parent.keys.map((key, index) => ({ left: columnRef(columns[index] ?? key), right: columnRef(key) }));
    relation = { kind: 'join', join: 'inner', left: relation, right: parent.relation, on };
  }
  const order: SortKey[] = [
    { expr: columnRef(chosen), isDescending: ordered?.Ordering?.AscOrDescKeyword?.Text !== 'asc', nullsFirst: false },
  ];
  if (clause.Expression !== null) {
    const count: Expr = bindAs(context, clause.Expression, scope, 'long');
    const outer = columns.slice(0, -1);
    relation =
      outer.length === 0
        ? { kind: 'limit', input: { kind: 'sort', input: relation, keys: order }, count }
        : { kind: 'limit', input: relation, count, partition: outer, order };
  }
  return { relation, columns: [...(parent?.columns ?? []), own, chosen], keys: columns };
}
