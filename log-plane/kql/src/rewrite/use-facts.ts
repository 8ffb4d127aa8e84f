import type { KqlType } from '@vigia/contract';
import type { KqlTextFacts } from '../interface.ts';
import { type Column, call, columnRef, type Expr, type PathExpr } from '../plan/expression.ts';
import type { Relation, TableRelation } from '../plan/relation.ts';
import { flowUpward } from './flow.ts';

type Step = string | bigint;

/** The hidden columns of one text, under the plan's names. */
interface TextFacts {
  readonly validity: Column;
  readonly paths: readonly {
    readonly path: readonly string[];
    readonly type: 'string' | 'long';
    readonly value: Column;
    readonly rest: Column;
  }[];
}

/**
 * Conversions that give the same from the hidden value as from the JSON that it stands for. The others (a whole number
 * as datetime, a text as int) go by another rule for dynamic values, so they read the JSON.
 */
const SAME: Readonly<Record<'string' | 'long', ReadonlySet<KqlType>>> = {
  string: new Set(['string', 'long', 'real', 'decimal', 'bool', 'datetime', 'timespan', 'guid']),
  long: new Set(['string', 'long', 'int', 'real', 'decimal', 'bool']),
};

/** Paths that a store keeps beside the text are read from its hidden columns; other paths are told whether the text is JSON. */
export function useFacts(root: Relation, newColumn: (type: KqlType) => Column): Relation {
  return flowUpward<TextFacts>(root, {
    prepare(relation, known) {
      if (relation.kind !== 'table' || relation.facts === undefined) return { relation, known };
      return { relation: withHidden(relation, relation.facts.relation), known };
    },
    learn: (relation) => (relation.kind === 'table' ? factsOf(relation) : new Map()),
    rewrite(expr, known) {
      if (expr.kind === 'path') return readPath(expr, known);
      if (expr.kind !== 'call' || expr.args.length !== 1) return undefined;
      const [only] = expr.args;
      const fact = only?.kind === 'path' ? factFor(only, known) : undefined;
      if (fact === undefined || expr.name !== `to${expr.type}` || !SAME[fact.type].has(expr.type)) return undefined;
      return call('fact as', expr.type, columnRef(fact.value), columnRef(fact.rest));
    },
    // A few rows are read whole anyway, and the engine finds them faster in the plain table.
    passes: (relation) => !(relation.kind === 'limit' && isFew(relation.count)),
    companions: ({ validity, paths }) => [validity, ...paths.flatMap(({ value, rest }) => [value, rest])],
    rename: ({ validity, paths }, column) => ({
      validity: column(validity),
      paths: paths.map((path) => ({ ...path, value: column(path.value), rest: column(path.rest) })),
    }),
  });

  function withHidden(table: TableRelation, relation: string): TableRelation {
    const wanted = new Set(table.columns.map(({ source }) => source));
    const hidden = (table.facts?.texts ?? [])
      .filter(({ column }) => wanted.has(column))
      .flatMap(({ validity, paths }) => [
        { column: newColumn('bool'), source: validity },
        ...paths.flatMap(({ type, value, rest }) => [
          { column: newColumn(type), source: value },
          { column: newColumn('dynamic'), source: rest },
        ]),
      ]);
    return { ...table, columns: [...table.columns, ...hidden], plain: table.relation, relation };
  }
}

const FEW_ROWS = 1_000n;
const isFew = (count: Expr): boolean =>
  count.kind === 'literal' && typeof count.value === 'bigint' && count.value <= FEW_ROWS;

function factsOf(table: TableRelation): ReadonlyMap<string, TextFacts> {
  const bySource = new Map(table.columns.map(({ column, source }) => [source, column]));
  const at = (source: string): Column => {
    const column = bySource.get(source);
    if (column === undefined) throw new Error(`The table lacks its hidden column ${source}.`);
    return column;
  };
  const known = new Map<string, TextFacts>();
  for (const text of table.facts?.texts ?? []) {
    const column = bySource.get(text.column);
    if (column !== undefined) known.set(column.id, namedFacts(text, at));
  }
  return known;
}

const namedFacts = ({ validity, paths }: KqlTextFacts, at: (source: string) => Column): TextFacts => ({
  validity: at(validity),
  paths: paths.map(({ path, type, value, rest }) => ({ path, type, value: at(value), rest: at(rest) })),
});

function readPath(expr: PathExpr, known: ReadonlyMap<string, TextFacts>): Expr | undefined {
  const facts = expr.base.kind === 'column' && expr.isText ? known.get(expr.base.column.id) : undefined;
  if (facts === undefined) return undefined;
  const fact = factFor(expr, known);
  if (fact === undefined) return { ...expr, validity: facts.validity };
  return call('fact json', 'dynamic', columnRef(fact.value), columnRef(fact.rest));
}

function factFor({ base, isText, steps }: PathExpr, known: ReadonlyMap<string, TextFacts>) {
  const facts = base.kind === 'column' && isText ? known.get(base.column.id) : undefined;
  return facts?.paths.find(({ path }) => isSame(path, steps));
}

const isSame = (path: readonly Step[], steps: readonly Step[]): boolean =>
  path.length === steps.length && path.every((step, at) => step === steps[at]);
