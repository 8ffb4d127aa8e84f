import type { Column, Expr } from '../plan/expression.ts';
import type { Relation, SharedDefinition } from '../plan/relation.ts';
import { countUses, expressionsOf, inputsOf } from '../plan/uses.ts';
import { mapExpressions, mapInputs, mapOperands } from './walk.ts';

/**
 * Columns that nobody reads are neither named nor computed. The engine leaves them out by itself in most places, but
 * not values at paths; and a short text is planned faster. `outputs` are those of the query.
 */
export function pruneColumns(root: Relation, outputs: readonly Column[]): Relation {
  const needed = new Set(outputs.map(({ id }) => id));
  const definitions = [...countUses(root).keys()];
  // Whoever reads a named relation comes before it.
  mark(root);
  for (const definition of definitions.reverse()) mark(definition.relation);
  const pruned = new Map<SharedDefinition, SharedDefinition>();
  return prune(root);

  function mark(relation: Relation): void {
    switch (relation.kind) {
      case 'table':
        needOne(relation.columns.map(({ column }) => column));
        break;
      case 'extend':
        for (const { column, expr } of relation.added) if (needed.has(column.id)) markExpression(expr);
        break;
      case 'project':
        needOne(relation.columns.map(({ column }) => column));
        for (const { column, expr } of relation.columns) if (needed.has(column.id)) markExpression(expr);
        break;
      case 'shared':
        needOne(relation.columns.map(({ column }) => column));
        for (const { column, source } of relation.columns) if (needed.has(column.id)) needed.add(source.id);
        break;
      case 'paths':
        if (relation.reads.some(({ column }) => needed.has(column.id))) {
          needed.add(relation.base.id);
          if (relation.validity !== undefined) needed.add(relation.validity.id);
        }
        break;
      case 'union':
        needOne(relation.columns);
        break;
      case 'aggregate':
        for (const { column, args } of relation.aggregates) if (needed.has(column.id)) args.forEach(markExpression);
        for (const { expr } of [...relation.keys, ...relation.order]) markExpression(expr);
        break;
      case 'scan':
        for (const { id } of relation.record) needed.add(id);
        expressionsOf(relation).forEach(markExpression);
        break;
      case 'series':
        for (const { id } of [...relation.keys, ...relation.carried, relation.index]) needed.add(id);
        for (const { source } of relation.values) needed.add(source.id);
        expressionsOf(relation).forEach(markExpression);
        break;
      case 'limit':
        for (const { id } of relation.partition ?? []) needed.add(id);
        expressionsOf(relation).forEach(markExpression);
        break;
      default:
        expressionsOf(relation).forEach(markExpression);
    }
    for (const input of inputsOf(relation)) mark(input);
  }

  /** Rows without a column are none in SQL: where no column is read, the smallest stays. */
  function needOne(columns: readonly Column[]): void {
    if (columns.some(({ id }) => needed.has(id))) return;
    const [smallest] = [...columns].sort((a, b) => sizeOf(a) - sizeOf(b));
    if (smallest !== undefined) needed.add(smallest.id);
  }

  function markExpression(expr: Expr): void {
    switch (expr.kind) {
      case 'literal':
      case 'moment':
        return;
      case 'column':
        needed.add(expr.column.id);
        return;
      case 'call':
        expr.args.forEach(markExpression);
        return;
      case 'path':
        markExpression(expr.base);
        if (expr.validity !== undefined) needed.add(expr.validity.id);
        return;
      case 'window':
        expr.args.forEach(markExpression);
        if (expr.restart !== undefined) markExpression(expr.restart);
        for (const { id } of expr.partition ?? []) needed.add(id);
        for (const { column } of expr.order ?? []) needed.add(column.id);
        return;
      case 'scalar-subquery':
        needed.add(expr.column.id);
        mark(expr.input);
        return;
      case 'in-subquery':
        markExpression(expr.value);
        markExpression(expr.element);
        mark(expr.input);
    }
  }

  function prune(relation: Relation): Relation {
    const kept = <T extends { readonly column: Column }>(items: readonly T[]): readonly T[] =>
      items.filter(({ column }) => needed.has(column.id));
    switch (relation.kind) {
      case 'table': {
        const columns = kept(relation.columns);
        const sources = new Set(columns.map(({ source }) => source));
        const isFactRead = (relation.facts?.texts ?? []).some(({ validity, paths }) =>
          [validity, ...paths.flatMap(({ value, rest }) => [value, rest])].some((source) => sources.has(source)),
        );
        const { plain } = relation;
        return { ...relation, columns, ...(plain === undefined || isFactRead ? {} : { relation: plain }) };
      }
      case 'shared': {
        let definition = pruned.get(relation.definition);
        if (definition === undefined) {
          definition = { ...relation.definition, relation: prune(relation.definition.relation) };
          pruned.set(relation.definition, definition);
        }
        return { ...relation, definition, columns: kept(relation.columns) };
      }
      case 'extend': {
        const added = kept(relation.added);
        return added.length === 0 ? prune(relation.input) : rebuilt({ ...relation, added });
      }
      case 'project':
        return rebuilt({ ...relation, columns: kept(relation.columns) });
      case 'aggregate': {
        const aggregates = kept(relation.aggregates);
        const isEmpty = aggregates.length === 0 && relation.keys.length === 0;
        return rebuilt({ ...relation, aggregates: isEmpty ? relation.aggregates.slice(0, 1) : aggregates });
      }
      case 'paths': {
        const reads = kept(relation.reads);
        return reads.length === 0 ? prune(relation.input) : rebuilt({ ...relation, reads });
      }
      case 'union':
        return rebuilt({ ...relation, columns: relation.columns.filter(({ id }) => needed.has(id)) });
      default:
        return rebuilt(relation);
    }
  }

  function rebuilt(relation: Relation): Relation {
    return mapExpressions(mapInputs(relation, prune), pruneExpression);
  }

  function pruneExpression(expr: Expr): Expr {
    return mapOperands(expr, pruneExpression, prune);
  }
}

/** Of columns that only have to be there, the smallest. */
const sizeOf = ({ type }: Column): number => (type === 'bool' ? 0 : type === 'string' || type === 'dynamic' ? 2 : 1);
