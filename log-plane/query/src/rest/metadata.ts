import { hasColumn, type QueryScope, type QueryTable } from '../query-scope.ts';

/** What may be asked: the tables of a scope with their columns, as `GET …/metadata` answers it. */
export const metadataAnswer = (schemas: readonly QueryTable[], { workspaces }: QueryScope) => ({
  tables: schemas.map((table) => ({
    id: `t/${table.name}`,
    name: table.name,
    ...(table.description === undefined ? {} : { description: table.description }),
    ...(hasColumn(table, 'TimeGenerated') ? { timespanColumn: 'TimeGenerated' } : {}),
    columns: table.columns.map(({ name, type }) => ({ name, type })),
  })),
  workspaces: workspaces.map(({ customerId, id, name }) => ({ id: customerId, resourceId: id, name })),
});
