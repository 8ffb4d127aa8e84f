import type { KqlType } from '@vigia/contract';
import { type Column, call, columnRef, type Expr, type PathExpr } from '../plan/expression.ts';
import type { PathsRelation, Relation, SharedDefinition } from '../plan/relation.ts';
import { expressionsOf, inputsOf } from '../plan/uses.ts';
import { jsonPaths } from '../sql/json-path.ts';
import { flowUpward } from './flow.ts';

type Steps = PathExpr['steps'];

/** How a query reads one JSON value. */
interface Reading {
  readonly base: Column;
  readonly isText: boolean;
  readonly validity?: Column;
  readonly paths: Map<string, Steps>;
  uses: number;
  /** Something asks for more than the plain text of a value: its kind, or the JSON of it. */
  needsJson: boolean;
  /** Something prints a path more than once. */
  isRepeated: boolean;
}

/** The columns in which the values at a reading's paths are. */
type Reads = ReadonlyMap<string, Column>;

/** Conversions that go by the plain text of a JSON scalar alone. */
const BY_TEXT: ReadonlySet<KqlType> = new Set(['string', 'decimal', 'datetime', 'timespan', 'guid']);

/**
 * Paths into the same column become one `paths` relation below the first of their uses, behind the conditions that do
 * without: the engine would parse the text once a path and use.
 */
export function sharePaths(root: Relation, newColumn: (type: KqlType) => Column): Relation {
  const readings = findReadings(root);
  if (readings.size === 0) return root;
  return flowUpward<Reads>(root, {
    prepare(relation, known) {
      if (!('input' in relation) || relation.kind === 'scan' || relation.kind === 'paths') return { relation, known };
      const needed = new Map<string, Reading>();
      for (const expr of expressionsOf(relation))
        for (const path of pathsIn(expr)) {
          const reading = path.base.kind === 'column' ? readings.get(path.base.column.id) : undefined;
          if (reading !== undefined && !known.has(reading.base.id)) needed.set(reading.base.id, reading);
        }
      if (needed.size === 0) return { relation, known };
      let { input } = relation;
      let over: Relation = relation;
      if (relation.kind === 'filter') {
        const { condition } = relation;
        const all = condition.kind === 'call' && condition.name === 'and' ? condition.args : [condition];
        const free = all.filter((each) => pathsIn(each).length === 0);
        const bound = all.filter((each) => pathsIn(each).length > 0);
        if (free.length > 0) input = { kind: 'filter', input, condition: allOf(free) };
        over = { ...relation, condition: allOf(bound) };
      }
      const found = new Map(known);
      for (const reading of needed.values()) {
        const { paths, reads } = pathsRelation(input, reading);
        input = paths;
        found.set(reading.base.id, reads);
      }
      return { relation: { ...over, input } as Relation, known: found };
    },
    rewrite(expr, known) {
      if (expr.kind === 'path') return readOf(expr, known);
      const only = expr.kind === 'call' && expr.args.length === 1 ? expr.args[0] : undefined;
      if (expr.kind !== 'call' || only?.kind !== 'path') return undefined;
      const read = readOf(only, known);
      if (read === undefined) return undefined;
      return expr.name === `to${read.type}` ? read : { ...expr, args: [read] };
    },
    companions: (reads) => [...reads.values()],
    rename: (reads, column) => new Map([...reads].map(([key, read]) => [key, column(read)])),
  });

  function pathsRelation(input: Relation, reading: Reading): { readonly paths: PathsRelation; readonly reads: Reads } {
    const type = reading.needsJson ? 'dynamic' : 'string';
    const reads = [...reading.paths].map(([key, steps]) => ({ key, steps, column: newColumn(type) }));
    return {
      paths: {
        kind: 'paths',
        input,
        base: reading.base,
        isText: reading.isText,
        ...(reading.validity === undefined ? {} : { validity: reading.validity }),
        reads: reads.map(({ steps, column }) => ({ steps, column })),
        list: newColumn('dynamic'),
      },
      reads: new Map(reads.map(({ key, column }) => [key, column])),
    };
  }
}

const allOf = (conditions: readonly Expr[]): Expr =>
  conditions.length === 1 && conditions[0] !== undefined ? conditions[0] : call('and', 'bool', ...conditions);

function readOf(path: PathExpr, known: ReadonlyMap<string, Reads>): Expr | undefined {
  const reads = path.base.kind === 'column' ? known.get(path.base.column.id) : undefined;
  const column = reads?.get(keyOf(path.steps));
  return column === undefined ? undefined : columnRef(column);
}

const keyOf = (steps: Steps): string => steps.map((step) => `${typeof step} ${step}`).join('\0');

/** Columns that a query parses more than once, by their ids. */
function findReadings(root: Relation): ReadonlyMap<string, Reading> {
  const readings = new Map<string, Reading>();
  const seen = new Set<SharedDefinition>();
  visit(root);
  return new Map([...readings].filter(([, { uses, isRepeated }]) => uses > 1 || isRepeated));

  function visit(relation: Relation): void {
    if (relation.kind === 'shared') {
      if (seen.has(relation.definition)) return;
      seen.add(relation.definition);
      visit(relation.definition.relation);
      return;
    }
    for (const input of inputsOf(relation)) visit(input);
    for (const expr of expressionsOf(relation)) look(expr, undefined, relation.kind !== 'scan');
  }

  function look(expr: Expr, around: Expr | undefined, isSeen: boolean): void {
    if (expr.kind === 'path' && isSeen) note(expr, around);
    if (expr.kind === 'scalar-subquery' || expr.kind === 'in-subquery') visit(expr.input);
    for (const operand of operandsOf(expr)) look(operand, expr, isSeen);
  }

  function note({ base, isText, validity, steps }: PathExpr, around: Expr | undefined): void {
    // A key that is no part of one path goes from value to value: such a path is read by itself.
    if (base.kind !== 'column' || jsonPaths(steps).length !== 1) return;
    const reading: Reading = readings.get(base.column.id) ?? {
      base: base.column,
      isText,
      ...(validity === undefined ? {} : { validity }),
      paths: new Map(),
      uses: 0,
      needsJson: false,
      isRepeated: false,
    };
    readings.set(base.column.id, reading);
    reading.paths.set(keyOf(steps), steps);
    reading.uses += 1;
    const isConverted = around?.kind === 'call' && around.name === `to${around.type}` && around.args.length === 1;
    if (!isConverted || !BY_TEXT.has(around.type)) reading.needsJson = true;
    if (around?.kind === 'call' && around.name !== 'tostring') reading.isRepeated = true;
  }
}

function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
      return expr.args;
    case 'window':
      return expr.restart === undefined ? expr.args : [...expr.args, expr.restart];
    case 'path':
      return [expr.base];
    case 'in-subquery':
      return [expr.value];
    case 'literal':
    case 'moment':
    case 'column':
    case 'scalar-subquery':
      return [];
  }
}

function pathsIn(expr: Expr): readonly PathExpr[] {
  const below = operandsOf(expr).flatMap(pathsIn);
  return expr.kind === 'path' ? [expr, ...below] : below;
}
