import { bindTabular } from '../bind-tabular.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { bindJoinKeys, fillMissingText } from './join.ts';
import { namedParameters } from './parameters.ts';
import { resultColumns } from './result-columns.ts';

/** A left outer (or inner) join that leaves the right keys out. */
export function bindLookup(
  context: BindContext,
  node: Kusto.Language.Syntax.LookupOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const kind = namedParameters(node).get('kind') ?? 'leftouter';
  if ((kind !== 'leftouter' && kind !== 'inner') || node.Expression === null)
    return context.refuse(node, scope, `lookup kind=${kind}`);
  const right = bindTabular(context, node.Expression, scope);
  const on = bindJoinKeys(context, node.LookupClause, { left: input.columns, right: right.columns }, scope);
  const keys = new Set(on.flatMap(({ right: key }) => (key.kind === 'column' ? [key.column.id] : [])));
  const added = right.columns.filter(({ column }) => !keys.has(column.id));
  const names = resultColumns(context, node, scope);
  const given = [...input.columns, ...added];
  if (names.length !== given.length)
    return context.refuse(node, scope, 'lookup', 'This form of lookup is not supported.');
  const columns = given.map(({ column }, index) => ({ name: names[index]?.name ?? '', column }));
  const join = kind === 'inner' ? 'inner' : 'left';
  const bound: Bound = { relation: { kind: 'join', join, left: input.relation, right: right.relation, on }, columns };
  return join === 'inner' ? bound : fillMissingText(context, bound, new Set(added.map(({ column }) => column.id)));
}
