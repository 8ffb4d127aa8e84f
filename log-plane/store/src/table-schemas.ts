import type { TableSchema } from './table-schema.ts';
import { apiManagementTables } from './tables/api-management.ts';
import { applicationInsightsTables } from './tables/application-insights.ts';
import { azureMonitorTables } from './tables/azure-monitor.ts';
import { companionTables } from './tables/companions.ts';

/** All tables of a workspace, whether they have rows or not. */
export const tableSchemas: readonly TableSchema[] = [
  ...apiManagementTables,
  ...azureMonitorTables,
  ...applicationInsightsTables,
  ...companionTables,
];

const byName = new Map(tableSchemas.map((schema) => [schema.name, schema]));

/** By exact name: KQL tells upper from lower case. */
export const tableSchema = (name: string): TableSchema | undefined => byName.get(name);
