import type { Column, Expr } from '../plan/expression.ts';
import type { Relation, SharedDefinition, SharedRelation } from '../plan/relation.ts';
import { mapExpressions, mapInputs, mapOperands } from './walk.ts';

/** What is known of columns, by their ids; it goes upward with the rows for as long as the columns do. */
export type Known<T> = ReadonlyMap<string, T>;

export interface Flow<T> {
  /** What a relation makes known beside what its inputs did; `relation` has its inputs and expressions rewritten. */
  learn?(relation: Relation, known: Known<T>): Known<T>;
  /** The relation before its expressions are rewritten, and what is known below them. */
  prepare?(relation: Relation, known: Known<T>): { readonly relation: Relation; readonly known: Known<T> };
  /** Another expression, or undefined: the same with its operands rewritten. */
  rewrite(expr: Expr, known: Known<T>, again: (expr: Expr) => Expr): Expr | undefined;
  /** False: what is known below a relation is not wanted above it. */
  passes?(relation: Relation): boolean;
  /** Columns that go along with a column that is known, so that whoever lists columns lists them as well. */
  companions(fact: T): readonly Column[];
  /** The fact with other companions, for a use of a named relation that gives its columns other names. */
  rename(fact: T, column: (column: Column) => Column): T | undefined;
}

interface Flowed<T> {
  readonly relation: Relation;
  readonly known: Known<T>;
}

/** Rewrites a plan from its tables upward. Each named relation is rewritten once and stays one relation. */
export function flowUpward<T>(root: Relation, flow: Flow<T>): Relation {
  const definitions = new Map<SharedDefinition, { readonly definition: SharedDefinition; readonly known: Known<T> }>();
  return visit(root).relation;

  function visit(relation: Relation): Flowed<T> {
    if (relation.kind === 'shared') return visitShared(relation);
    const below: Known<T>[] = [];
    const over = mapInputs(relation, (input) => {
      const flowed = visit(input);
      below.push(flowed.known);
      return flowed.relation;
    });
    const merged: Known<T> =
      below.length === 1 ? (below[0] ?? new Map()) : new Map(below.flatMap((known) => [...known]));
    const prepared = flow.prepare?.(over, merged) ?? { relation: over, known: merged };
    // The steps of a scan see columns of earlier rows as well.
    const isPlain = prepared.relation.kind !== 'scan';
    const rewritten = mapExpressions(prepared.relation, (expr) => rewrite(expr, isPlain ? prepared.known : new Map()));
    const passed = passedUpward(rewritten, flow.passes?.(rewritten) === false ? new Map() : prepared.known);
    const learned = flow.learn?.(passed.relation, prepared.known);
    return learned === undefined || learned.size === 0
      ? passed
      : { relation: passed.relation, known: new Map([...passed.known, ...learned]) };
  }

  function rewrite(expr: Expr, known: Known<T>): Expr {
    const again = (inner: Expr): Expr => rewrite(inner, known);
    return flow.rewrite(expr, known, again) ?? mapOperands(expr, again, (input) => visit(input).relation);
  }

  function visitShared(relation: SharedRelation): Flowed<T> {
    let found = definitions.get(relation.definition);
    if (found === undefined) {
      const { relation: rows, known } = visit(relation.definition.relation);
      found = { definition: { ...relation.definition, relation: rows }, known };
      definitions.set(relation.definition, found);
    }
    const known = new Map<string, T>();
    const columns = [...relation.columns];
    const renamed = new Map(relation.columns.map(({ column, source }) => [source.id, column]));
    const rename = (source: Column): Column => {
      const column = renamed.get(source.id) ?? {
        ...source,
        id: `${source.id}_${relation.columns[0]?.column.id ?? ''}`,
      };
      if (!renamed.has(source.id)) columns.push({ column, source });
      renamed.set(source.id, column);
      return column;
    };
    for (const { column, source } of relation.columns) {
      const fact = found.known.get(source.id);
      const here = fact === undefined ? undefined : flow.rename(fact, rename);
      if (here !== undefined) known.set(column.id, here);
    }
    return { relation: { ...relation, definition: found.definition, columns }, known };
  }

  /** What is still known above a relation, for columns that pass it under their own names. */
  function passedUpward(relation: Relation, known: Known<T>): Flowed<T> {
    switch (relation.kind) {
      case 'filter':
      case 'extend':
      case 'sort':
      case 'limit':
      case 'first-of-group':
      case 'expand':
      case 'paths':
        return { relation, known };
      case 'join': {
        if (relation.join !== 'semi' && relation.join !== 'anti') return { relation, known };
        return { relation, known: known.size === 0 ? known : only(known, columnIds(relation.left)) };
      }
      case 'project': {
        const kept = new Map<string, T>();
        const there = new Set(relation.columns.map(({ column }) => column.id));
        const added: { readonly column: Column; readonly expr: Expr }[] = [];
        for (const { column, expr } of relation.columns) {
          const fact = expr.kind === 'column' && expr.column.id === column.id ? known.get(column.id) : undefined;
          if (fact === undefined) continue;
          kept.set(column.id, fact);
          for (const companion of flow.companions(fact)) {
            if (there.has(companion.id)) continue;
            there.add(companion.id);
            added.push({ column: companion, expr: { kind: 'column', type: companion.type, column: companion } });
          }
        }
        return {
          relation: added.length === 0 ? relation : { ...relation, columns: [...relation.columns, ...added] },
          known: kept,
        };
      }
      default:
        return { relation, known: new Map() };
    }
  }
}

const only = <T>(known: Known<T>, ids: ReadonlySet<string>): Known<T> =>
  new Map([...known].filter(([id]) => ids.has(id)));

/** The columns that a relation gives. */
function columnIds(relation: Relation): ReadonlySet<string> {
  switch (relation.kind) {
    case 'table':
    case 'project':
    case 'shared':
      return new Set(relation.columns.map(({ column }) => column.id));
    case 'values':
    case 'union':
      return new Set(relation.columns.map(({ id }) => id));
    case 'range':
      return new Set([relation.column.id]);
    case 'filter':
    case 'sort':
    case 'limit':
    case 'first-of-group':
      return columnIds(relation.input);
    case 'extend':
      return new Set([...columnIds(relation.input), ...relation.added.map(({ column }) => column.id)]);
    case 'paths':
      return new Set([...columnIds(relation.input), ...relation.reads.map(({ column }) => column.id)]);
    case 'expand':
      return new Set([
        ...columnIds(relation.input),
        ...relation.items.map(({ column }) => column.id),
        ...(relation.index === undefined ? [] : [relation.index.id]),
      ]);
    case 'aggregate':
      return new Set([...relation.keys, ...relation.aggregates].map(({ column }) => column.id));
    case 'join':
      return relation.join === 'semi' || relation.join === 'anti'
        ? columnIds(relation.left)
        : new Set([...columnIds(relation.left), ...columnIds(relation.right)]);
    case 'series':
      return new Set(
        [...relation.keys, ...relation.carried, ...relation.values.map(({ column }) => column), relation.axis].map(
          ({ id }) => id,
        ),
      );
    case 'scan':
      return new Set([...relation.record, relation.matchId].map(({ id }) => id));
  }
}
