import { notFound, type Resource } from '@vigia/resource';
import type { ArmCall } from '../arm-call.ts';
import { sameText } from '../arm-path.ts';
import { listAnswer } from '../list-answer.ts';
import type { TableListing } from '../management-options.ts';
import { notSupportedHere } from '../refusals.ts';
import { type ArmRoute, json } from '../rules.ts';

const tablesType = 'Microsoft.OperationalInsights/workspaces/tables';

/** ARM's spelling of a column's type, where it is not KQL's. */
const armTypes: Readonly<Record<string, string>> = { bool: 'boolean', datetime: 'dateTime', decimal: 'real' };

/** The tables are Azure's own, so all their columns are standard ones; rows of a workspace are kept as long as it says. */
function tableOf({ name, description, columns }: TableListing, workspace: Resource | undefined) {
  const retentionInDays = workspace?.properties['retentionInDays'] ?? 30;
  return {
    id: `${workspace?.id}/tables/${name}`,
    name,
    type: tablesType,
    properties: {
      plan: 'Analytics',
      retentionInDays,
      totalRetentionInDays: retentionInDays,
      archiveRetentionInDays: 0,
      retentionInDaysAsDefault: true,
      totalRetentionInDaysAsDefault: true,
      provisioningState: 'Succeeded',
      schema: {
        name,
        ...(description === undefined ? {} : { description }),
        columns: [],
        standardColumns: columns.map((column) => ({
          name: column.name,
          type: armTypes[column.type] ?? column.type,
          isDefaultDisplay: true,
          isHidden: false,
        })),
        tableType: 'Microsoft',
        tableSubType: 'Any',
      },
    },
  };
}

function oneTable(call: ArmCall, workspace: Resource | undefined) {
  const name = call.target.kind === 'resource' ? call.target.name : '';
  const table = call.context.tables?.find((each) => sameText(each.name, name));
  if (table === undefined) throw notFound(`${workspace?.id}/tables/${name}`);
  return json(tableOf(table, workspace));
}

function refuseChange(): never {
  throw notSupportedHere('Creating, changing or deleting a table of a workspace');
}

/** List and one table; what would change one is refused by name. */
export const tableRoutes: readonly ArmRoute[] = [
  {
    method: 'GET',
    path: tablesType,
    run: (call, workspace) =>
      listAnswer(call, call.context.tables ?? [], { show: (table) => tableOf(table, workspace) }),
  },
  { method: 'GET', path: `${tablesType}/{name}`, run: oneTable },
  { method: 'PUT', path: `${tablesType}/{name}`, run: refuseChange },
  { method: 'DELETE', path: `${tablesType}/{name}`, run: refuseChange },
];
