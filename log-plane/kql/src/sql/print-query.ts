import type { BoundQuery } from '../bind/bind-query.ts';
import type { SharedDefinition } from '../plan/relation.ts';
import { countUses } from '../plan/uses.ts';
import { SQL_TYPES } from './print-literal.ts';
import { createRelationPrinter } from './print-relation.ts';

/** The plan as one SELECT; its columns stand in the order of the query's. */
export function printQuery(bound: Pick<BoundQuery, 'relation' | 'columns'>): string {
  const uses = countUses(bound.relation);
  const definitions: SharedDefinition[] = [];
  for (const [definition, count] of uses) if (count > 1) definitions.push(definition);
  const printer = createRelationPrinter(new Set(definitions));
  const tables = definitions.map(
    ({ id, relation, isMaterialized }) =>
      `${id} as ${isMaterialized ? 'materialized ' : ''}(${printer.relation(relation)})`,
  );
  const columns = bound.columns.map(({ column }, index) =>
    column.type === 'int' ? `try_cast(${column.id} as ${SQL_TYPES.int}) as r${index}` : `${column.id} as r${index}`,
  );
  const head = tables.length === 0 ? '' : `with ${tables.join(', ')} `;
  return `${head}select ${columns.length === 0 ? '1 as r0' : columns.join(', ')} from (${printer.relation(bound.relation)})`;
}
