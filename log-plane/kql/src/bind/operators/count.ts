import type { BindContext, Bound, Scope } from '../context.ts';
import { groupParts, summarizedGroup } from '../group.ts';
import { resultColumns } from './result-columns.ts';

export function bindCount(
  context: BindContext,
  node: Kusto.Language.Syntax.CountOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const name = resultColumns(context, node, scope)[0]?.name ?? 'Count';
  const column = context.newColumn('long');
  const { keys, carried } = groupParts(input.group);
  return {
    relation: {
      kind: 'aggregate',
      input: input.relation,
      keys,
      aggregates: [{ column, name: 'count', args: [] }, ...carried],
      order: [],
    },
    columns: [{ name, column }],
    ...summarizedGroup(input.group),
  };
}
