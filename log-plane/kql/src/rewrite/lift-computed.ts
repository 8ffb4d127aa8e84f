import { type Column, type Expr, hasWindow } from '../plan/expression.ts';
import type { Computed, LimitRelation, Relation, SharedDefinition } from '../plan/relation.ts';
import { mapExpressions, mapInputs, mapOperands } from './walk.ts';

/** Functions whose value is another each time: how often they are called has to stay. */
const UNSTEADY = new Set(['rand', 'rand below', 'new_guid']);

/**
 * `extend … | top 10 by x` computes ten rows: what the order does not need is computed above the cut. The engine
 * would compute all rows first.
 */
export function liftComputed(root: Relation): Relation {
  const definitions = new Map<SharedDefinition, SharedDefinition>();
  return visit(root);

  function visit(relation: Relation): Relation {
    if (relation.kind === 'shared') {
      let definition = definitions.get(relation.definition);
      if (definition === undefined) {
        definition = { ...relation.definition, relation: visit(relation.definition.relation) };
        definitions.set(relation.definition, definition);
      }
      return { ...relation, definition };
    }
    const below = mapExpressions(mapInputs(relation, visit), visitExpression);
    return below.kind === 'limit' && below.partition === undefined ? lifted(below) : below;
  }

  function visitExpression(expr: Expr): Expr {
    return mapOperands(expr, visitExpression, visit);
  }
}

function lifted(limit: LimitRelation): Relation {
  const over: Computed[][] = [];
  const rows = without(limit.input, new Set(), over);
  return over.reduceRight<Relation>(
    (input, added) => ({ kind: 'extend', input, added }),
    over.length === 0 ? limit : { ...limit, input: rows },
  );
}

/** The rows without what can be computed above them; `over` gets it, the uppermost first. */
function without(relation: Relation, needed: Set<string>, over: Computed[][]): Relation {
  if (relation.kind === 'sort') {
    for (const { expr } of relation.keys) addColumns(expr, needed);
    const input = without(relation.input, needed, over);
    return { ...relation, input };
  }
  if (relation.kind === 'filter') {
    addColumns(relation.condition, needed);
    return { ...relation, input: without(relation.input, needed, over) };
  }
  if (relation.kind !== 'extend') return relation;
  const isFree = ({ column, expr }: Computed): boolean => !needed.has(column.id) && isSteady(expr);
  const stays = relation.added.filter((computed) => !isFree(computed));
  const rises = relation.added.filter(isFree);
  if (rises.length > 0) over.push(rises);
  for (const { expr } of stays) addColumns(expr, needed);
  const input = without(relation.input, needed, over);
  return stays.length === 0 ? input : { ...relation, input, added: stays };
}

function isSteady(expr: Expr): boolean {
  if (hasWindow(expr)) return false;
  switch (expr.kind) {
    case 'call':
      return !UNSTEADY.has(expr.name) && expr.args.every(isSteady);
    case 'path':
      return isSteady(expr.base);
    case 'literal':
    case 'moment':
    case 'column':
      return true;
    default:
      return false;
  }
}

function addColumns(expr: Expr, ids: Set<string>): void {
  const add = (column: Column): void => {
    ids.add(column.id);
  };
  switch (expr.kind) {
    case 'column':
      add(expr.column);
      break;
    case 'call':
      for (const arg of expr.args) addColumns(arg, ids);
      break;
    case 'path':
      addColumns(expr.base, ids);
      if (expr.validity !== undefined) add(expr.validity);
      break;
    case 'window':
      for (const arg of expr.args) addColumns(arg, ids);
      if (expr.restart !== undefined) addColumns(expr.restart, ids);
      expr.partition?.forEach(add);
      for (const { column } of expr.order ?? []) add(column);
      break;
    case 'in-subquery':
      addColumns(expr.value, ids);
      break;
    case 'literal':
    case 'moment':
    case 'scalar-subquery':
      break;
  }
}
