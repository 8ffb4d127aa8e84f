import { type Column, columnRef, type Expr, literal } from '../../plan/expression.ts';
import type { Relation } from '../../plan/relation.ts';
import { type Expression, elements, Syn, textOf } from '../../service/kusto.ts';
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
  const sources = sourcesOf(inputs, names);
  const relations = inputs.map((bound, index): Relation => {
    const sourceName = bound.sourceName ?? `union_arg${index}`;
    return {
      kind: 'project',
      input: bound.relation,
      columns: names.map((result, at) => ({
        column: columns[at]?.column ?? (undefined as never),
        expr:
          result.name === source && at === 0 ? literal('string', sourceName) : sourceOf(bound, result, sources.get(at)),
      })),
    };
  });
  const outputs: readonly Column[] = columns.map(({ column }) => column);
  return { relation: { kind: 'union', inputs: relations, columns: outputs }, columns };
}

/**
 * What of the inputs each column of the result is, by its place. Names and types get theirs in the order in which they
 * first come; one that is taken already (a column `v_real` beside a `v` of two types) has a number after it.
 */
function sourcesOf(inputs: readonly Bound[], results: readonly ResultColumn[]): ReadonlyMap<number, ResultColumn> {
  const types = new Map<string, Set<string>>();
  for (const { name, column } of inputs.flatMap(({ columns }) => columns))
    types.set(name, (types.get(name) ?? new Set<string>()).add(column.type));
  const places = new Map(results.map(({ name, type }, at) => [`${type} ${name}`, at]));
  const known = new Set<string>();
  const sources = new Map<number, ResultColumn>();
  for (const { name, column } of inputs.flatMap(({ columns }) => columns)) {
    const { type } = column;
    if (known.has(`${type} ${name}`)) continue;
    known.add(`${type} ${name}`);
    const wanted = (types.get(name)?.size ?? 1) > 1 ? `${name}_${type}` : name;
    const exact = places.get(`${type} ${wanted}`);
    const at =
      exact !== undefined && !sources.has(exact)
        ? exact
        : results.findIndex(
            (result, place) => result.type === type && isNumbered(result.name, wanted) && !sources.has(place),
          );
    if (at >= 0) sources.set(at, { name, type });
  }
  return sources;
}

const isNumbered = (name: string, wanted: string): boolean =>
  name.startsWith(wanted) && /^\d*$/.test(name.slice(wanted.length));

/** An input's column for a column of the result: by name and type, or the one that it is known to be. */
export function sourceOf(bound: Bound, result: ResultColumn, source?: ResultColumn): Expr {
  const name = source?.name ?? result.name;
  const exact = bound.columns.find((column) => column.name === name && column.column.type === result.type);
  const suffixed = bound.columns.find(
    (column) => column.column.type === result.type && `${column.name}_${column.column.type}` === result.name,
  );
  const found = source === undefined ? (exact ?? suffixed) : exact;
  return found === undefined ? literal(result.type, result.type === 'string' ? '' : null) : columnRef(found.column);
}

/** `union T*` and `union *` stand for every table whose name fits. */
export function unionInputs(context: BindContext, expression: Expression, scope: Scope): readonly Bound[] {
  const pattern = textOf(expression).trim();
  if (!(expression instanceof Syn.StarExpression) && !/^[\w*]*\*[\w*]*$/.test(pattern))
    return [bindTabular(context, expression, scope)];
  const parts = pattern.split('*');
  return context.database.tables.filter(({ name }) => fits(name, parts)).map((table) => useTable(context, table));
}

/** The parts of a wildcard between its stars, in turn; the first begins the name and the last ends it. */
function fits(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0 || found + part.length > name.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}
