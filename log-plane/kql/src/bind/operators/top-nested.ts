import { type Column, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { AggregateCall, Computed, Relation, SortKey } from '../../plan/relation.ts';
import { type Expression, elements, Syn } from '../../service/kusto.ts';
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
  const above: Expression[] = [];
  const remainders: Level[] = [];
  for (const clause of elements<Kusto.Language.Syntax.TopNestedClause>(node.Clauses)) {
    if (clause.OfExpression === null) return context.refuse(clause, scope, 'top-nested');
    above.push(clause.OfExpression);
    const parent: Level | undefined = level;
    const use = () => useShared(context, definition, input);
    level = bindLevel(context, clause, above, { rows: use(), parent }, scope);
    const value = clause.WithOthersClause?.Expression ?? null;
    if (value === null) continue;
    const shared = shareLevel(context, level);
    remainders.push(bindOthers(context, clause, above, { rows: use(), parent, chosen: shared.use(), value }, scope));
    level = shared.use();
  }
  if (level === undefined || level.columns.length !== names.length) return context.refuse(node, scope, 'top-nested');
  if (remainders.length === 0) {
    const columns = level.columns.map((column, index): NamedColumn => ({ name: names[index]?.name ?? '', column }));
    return { relation: level.relation, columns };
  }
  const outputs = names.map(({ name, type }): NamedColumn => ({ name, column: context.newColumn(type) }));
  const inputs = [level, ...remainders].map(
    (rows): Relation => ({
      kind: 'project',
      input: rows.relation,
      // The remainder of an outer level has nothing in the levels below.
      columns: outputs.map(({ column }, index): Computed => {
        const found = rows.columns[index];
        return {
          column,
          expr: found === undefined ? literal(column.type, column.type === 'string' ? '' : null) : columnRef(found),
        };
      }),
    }),
  );
  return { relation: { kind: 'union', inputs, columns: outputs.map(({ column }) => column) }, columns: outputs };
}

/** A level that is read more than once. */
function shareLevel(context: BindContext, level: Level): { use(): Level } {
  const definition = context.newDefinition(level.relation, false);
  return {
    use: () => {
      const all = [...new Set([...level.columns, ...level.keys])];
      const fresh = new Map(all.map((column) => [column, context.newColumn(column.type)]));
      const of = (column: Column): Column => fresh.get(column) ?? column;
      return {
        relation: { kind: 'shared', definition, columns: [...fresh].map(([source, column]) => ({ column, source })) },
        columns: level.columns.map(of),
        keys: level.keys.map(of),
      };
    },
  };
}

/** What the chosen values of a level leave over, in one row a parent. */
function bindOthers(
  context: BindContext,
  clause: Kusto.Language.Syntax.TopNestedClause,
  above: readonly Expression[],
  { rows, parent, chosen, value }: { rows: Bound; parent: Level | undefined; chosen: Level; value: Expression },
  scope: Scope,
): Level {
  const inside: Scope = { ...scope, columns: rows.columns };
  const values = above.map((expression): Computed => {
    const expr = bindExpression(context, expression, inside);
    return { column: context.newColumn(expr.type), expr };
  });
  const left: Relation = {
    kind: 'join',
    join: 'anti',
    left: { kind: 'extend', input: rows.relation, added: values },
    right: chosen.relation,
    on: values.map(({ column }, index) => ({
      left: columnRef(column),
      right: columnRef(chosen.keys[index] ?? column),
    })),
  };
  const own = values.at(-1);
  if (own === undefined) return context.refuse(clause, scope, 'top-nested');
  const name = context.newColumn(own.column.type);
  const keys = values
    .slice(0, -1)
    .map(({ column }): Computed => ({ column: context.newColumn(column.type), expr: columnRef(column) }));
  const aggregates: AggregateCall[] = [];
  const ordered = clause.ByExpression instanceof Syn.OrderedExpression ? clause.ByExpression : undefined;
  const by = bindExpression(context, ordered?.Expression ?? clause.ByExpression, { ...inside, aggregates });
  const sum = context.newColumn(by.type);
  let relation: Relation = {
    kind: 'extend',
    input: {
      kind: 'aggregate',
      input: left,
      keys: [...keys, { column: name, expr: bindAs(context, value, scope, name.type) }],
      aggregates,
      order: [],
    },
    added: [{ column: sum, expr: by }],
  };
  if (parent !== undefined) {
    const on = parent.keys.map((key, index) => ({
      left: columnRef(keys[index]?.column ?? key),
      right: columnRef(key),
    }));
    relation = { kind: 'join', join: 'inner', left: relation, right: parent.relation, on };
  }
  return { relation, columns: [...(parent?.columns ?? []), name, sum], keys: [] };
}

function bindLevel(
  context: BindContext,
  clause: Kusto.Language.Syntax.TopNestedClause,
  above: readonly Expression[],
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
