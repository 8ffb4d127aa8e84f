import type { KqlType } from '@vigia/contract';
import { AGGREGATES } from '../aggregates/table.ts';
import { FUNCTIONS } from '../functions/table.ts';
import { type Column, columnRef, type Expr } from '../plan/expression.ts';
import type { AggregateRelation, Computed, Relation, SharedDefinition } from '../plan/relation.ts';
import { mapExpressions, mapInputs, mapOperands } from './walk.ts';

/** Read or convert values and nothing else: they may run where a condition around them would have left them out. */
const READING =
  /^(to(string|long|int|real|decimal|bool|datetime|timespan|guid)|tolower|toupper|fact as|fact json|text or empty)$/;

/**
 * Readings of JSON that SQL would repeat become columns of a projection below, which the engine computes once: what
 * several aggregates take, and what one function's SQL names more than once. The engine finds equal expressions by
 * itself, but not inside CASE.
 */
export function computeOnce(root: Relation, newColumn: (type: KqlType) => Column): Relation {
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
    const below = mapExpressions(mapInputs(relation, visit), visitSubqueries);
    if (!('input' in below) || below.kind === 'scan' || below.kind === 'series') return below;
    const once = new Map<string, Computed>();
    const asColumn = (expr: Expr): Expr => {
      const key = keyOf(expr);
      const computed = once.get(key) ?? { column: newColumn(expr.type), expr };
      once.set(key, computed);
      return columnRef(computed.column);
    };
    const repeated = below.kind === 'aggregate' ? repeatedArguments(below) : new Set<string>();
    const over = mapExpressions(below, (expr) => withoutRepeats(expr, repeated, asColumn));
    if (once.size === 0) return over;
    return { ...over, input: { kind: 'extend', input: below.input, added: [...once.values()] } } as Relation;
  }

  function visitSubqueries(expr: Expr): Expr {
    return mapOperands(expr, visitSubqueries, visit);
  }
}

function withoutRepeats(expr: Expr, repeated: ReadonlySet<string>, asColumn: (expr: Expr) => Expr): Expr {
  if (repeated.size > 0 && isChain(expr) && repeated.has(keyOf(expr))) return asColumn(expr);
  if (expr.kind !== 'call')
    return mapOperands(
      expr,
      (inner) => withoutRepeats(inner, repeated, asColumn),
      (rows) => rows,
    );
  if (!expr.args.some((arg) => arg.kind !== 'column' && arg.kind !== 'literal')) return expr;
  return {
    ...expr,
    args: expr.args.map((arg, index) =>
      isReading(arg) && timesPrinted(expr, index) > 1 ? asColumn(arg) : withoutRepeats(arg, repeated, asColumn),
    ),
  };
}

/** Readings down to a column. */
function isChain(expr: Expr): boolean {
  if (expr.kind === 'path') return expr.base.kind === 'column';
  if (expr.kind !== 'call' || !READING.test(expr.name)) return false;
  return expr.args.every((arg) => arg.kind === 'column' || isChain(arg));
}

const isReading = (expr: Expr): boolean => isChain(expr) && readsJson(expr);

const readsJson = (expr: Expr): boolean =>
  expr.type === 'dynamic' || (expr.kind === 'call' && (expr.name === 'fact as' || expr.args.some(readsJson)));

/** How often the function's SQL names an argument. */
function timesPrinted(expr: Extract<Expr, { kind: 'call' }>, index: number): number {
  const entry = FUNCTIONS[expr.name];
  if (entry === undefined) return 1;
  const { sql } = entry;
  if (typeof sql === 'string') return sql.split(`{${index}}`).length - 1;
  return timesIn(sql({ args: expr.args.map(markOf), exprs: expr.args, type: expr.type }), index);
}

const markOf = (_: unknown, index: number): string => `\0${index}\0`;
const timesIn = (sql: string, index: number): number => sql.split(markOf(undefined, index)).length - 1;

/** Readings that several aggregates take, or that one names more than once. */
function repeatedArguments(relation: AggregateRelation): ReadonlySet<string> {
  const times = new Map<string, number>();
  for (const { name, args, column } of relation.aggregates) {
    if (!args.some(isChain)) continue;
    const sql = AGGREGATES[name]?.sql({ args: args.map(markOf), exprs: args, type: column.type, order: '' }) ?? '';
    for (const [index, arg] of args.entries())
      if (isChain(arg)) times.set(keyOf(arg), (times.get(keyOf(arg)) ?? 0) + timesIn(sql, index));
  }
  return new Set([...times].filter(([, count]) => count > 1).map(([key]) => key));
}

/** The same text for the same reading. */
const keyOf = (expr: Expr): string =>
  JSON.stringify(expr, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
