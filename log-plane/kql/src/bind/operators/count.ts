import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

export function bindCount(
  context: BindContext,
  node: Kusto.Language.Syntax.CountOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const name = resultColumns(context, node, scope)[0]?.name ?? 'Count';
  const column = context.newColumn('long');
  return {
    relation: {
      kind: 'aggregate',
      input: input.relation,
      keys: [],
      aggregates: [{ column, name: 'count', args: [] }],
      order: [],
    },
    columns: [{ name, column }],
  };
}
