import type { KqlTable } from '../interface.ts';
import type { Column } from '../plan/expression.ts';
import type { SharedDefinition, SortKey } from '../plan/relation.ts';
import type { BindContext, Bound } from './context.ts';

export function useTable(context: BindContext, table: KqlTable): Bound {
  context.tables.add(table.name);
  const columns = table.columns.map((column) => ({ name: column.name, column: context.newColumn(column.type) }));
  const timeColumn =
    table.timeColumn ??
    table.columns.find((column) => column.name === 'TimeGenerated' && column.type === 'datetime')?.name;
  const { timespan } = context.options;
  return {
    relation: {
      kind: 'table',
      relation: table.relation,
      columns: columns.map(({ name, column }) => ({ column, source: name })),
      ...(timespan === undefined || timeColumn === undefined ? {} : { time: timeColumn }),
      ...(table.facts === undefined ? {} : { facts: table.facts }),
    },
    columns,
    sourceName: table.name,
  };
}

/** One more use of a named relation: the same rows under new column names. */
export function useShared(context: BindContext, definition: SharedDefinition, bound: Bound): Bound {
  const renamed = new Map<Column, Column>();
  const columns = bound.columns.map(({ name, column }) => {
    const fresh = renamed.get(column) ?? context.newColumn(column.type);
    renamed.set(column, fresh);
    return { name, column: fresh };
  });
  const order = (bound.order ?? []).map((key): SortKey | undefined => {
    const column = key.expr.kind === 'column' ? renamed.get(key.expr.column) : undefined;
    return column === undefined ? undefined : { ...key, expr: { kind: 'column', type: column.type, column } };
  });
  const kept = order.filter((key) => key !== undefined);
  return {
    relation: {
      kind: 'shared',
      definition,
      columns: [...renamed].map(([source, column]) => ({ column, source })),
    },
    columns,
    ...(kept.length > 0 && kept.length === order.length ? { order: kept } : {}),
    ...(bound.sourceName === undefined ? {} : { sourceName: bound.sourceName }),
  };
}
