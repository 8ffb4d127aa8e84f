import type { Resource } from '@vigia/resource';
import type { ArmCall } from '../arm-call.ts';
import { notSupportedHere } from '../refusals.ts';
import { json, type Provider } from '../rules.ts';
import { tableRoutes } from './operational-insights-tables.ts';

const workspaceType = 'Microsoft.OperationalInsights/workspaces';

function sharedKeys({ context }: ArmCall, workspace: Resource | undefined) {
  const read = (name: string): string => {
    const key = workspace && context.store.secret(workspace.id, name);
    if (key === undefined) throw notSupportedHere(`The key '${name}' of a workspace`);
    return key;
  };
  return json({ primarySharedKey: read('primarySharedKey'), secondarySharedKey: read('secondarySharedKey') });
}

export const operationalInsights: Provider = {
  namespace: 'Microsoft.OperationalInsights',
  apiVersions: ['2025-02-01', '2023-09-01', '2022-10-01', '2020-08-01'],
  types: [{ type: workspaceType }],
  routes: [
    ...tableRoutes,
    { method: 'POST', path: `${workspaceType}/sharedKeys`, run: sharedKeys },
    {
      method: 'POST',
      path: `${workspaceType}/regenerateSharedKey`,
      run: (call, workspace) =>
        call.context.writes.run(async () => {
          const id = workspace?.id ?? '';
          await call.context.store.change([
            { kind: 'renewSecret', id, secret: 'primarySharedKey' },
            { kind: 'renewSecret', id, secret: 'secondarySharedKey' },
          ]);
          return sharedKeys(call, workspace);
        }),
    },
  ],
  notHere: [
    'workspaces/savedSearches',
    'workspaces/dataExports',
    'workspaces/linkedServices',
    'workspaces/linkedStorageAccounts',
    'workspaces/dataSources',
    'workspaces/storageInsightConfigs',
    'clusters',
    'queryPacks',
    'deletedWorkspaces',
  ],
};
