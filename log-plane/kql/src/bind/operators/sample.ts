import { columnRef } from '../../plan/expression.ts';
import { bindAs, bindExpression } from '../bind-expression.ts';
import type { BindContext, Bound, Scope } from '../context.ts';
import { resultColumns } from './result-columns.ts';

/** So many of the distinct values; which ones is free. */
export function bindSampleDistinct(
  context: BindContext,
  node: Kusto.Language.Syntax.SampleDistinctOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const name = resultColumns(context, node, scope)[0]?.name ?? '';
  const value = bindExpression(context, node.OfExpression, scope);
  const column = context.newColumn(value.type);
  const count = bindAs(context, node.Expression, scope, 'long');
  return {
    relation: {
      kind: 'limit',
      input: { kind: 'aggregate', input: input.relation, keys: [{ column, expr: value }], aggregates: [], order: [] },
      count,
    },
    columns: [{ name, column }],
  };
}

/** The values with the most rows, or with the greatest sum. Kusto may estimate; here it is counted. */
export function bindTopHitters(
  context: BindContext,
  node: Kusto.Language.Syntax.TopHittersOperator,
  input: Bound,
  scope: Scope,
): Bound {
  const names = resultColumns(context, node, scope);
  const value = bindExpression(context, node.OfExpression, scope);
  const key = context.newColumn(value.type);
  const by = node.ByClause?.Expression ?? null;
  const type = names[1]?.type ?? 'long';
  const total = context.newColumn(type);
  const summed = by === null ? undefined : bindAs(context, by, scope, type);
  return {
    relation: {
      kind: 'limit',
      input: {
        kind: 'sort',
        input: {
          kind: 'aggregate',
          input: input.relation,
          keys: [{ column: key, expr: value }],
          aggregates: [
            summed === undefined
              ? { column: total, name: 'count', args: [] }
              : { column: total, name: 'sum', args: [summed] },
          ],
          order: [],
        },
        keys: [{ expr: columnRef(total), isDescending: true, nullsFirst: false }],
      },
      count: bindAs(context, node.Expression, scope, 'long'),
    },
    columns: [
      { name: names[0]?.name ?? '', column: key },
      { name: names[1]?.name ?? '', column: total },
    ],
  };
}
