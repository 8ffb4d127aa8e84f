import { callJson, type StartedSystem } from '@vigia/testing';

/** What a client needs to know of the finished lab, found through the public interfaces. */
export interface Lab {
  readonly group: string;
  readonly service: string;
  readonly account: string;
  readonly workspaceId: string;
  readonly subscriptionKey: string;
  readonly accountKey: string;
}

interface List {
  readonly value: readonly {
    readonly id: string;
    readonly name: string;
    readonly properties: Record<string, unknown>;
  }[];
}

export async function labOf(system: Pick<StartedSystem, 'addresses' | 'subscriptionId'>): Promise<Lab> {
  const group = `${system.addresses.management}/subscriptions/${system.subscriptionId}/resourceGroups/rg-activategenai/providers`;
  const list = (path: string, version: string): Promise<List> =>
    callJson({ url: `${group}/${path}?api-version=${version}` });
  const [services, accounts, workspaces] = await Promise.all([
    list('Microsoft.ApiManagement/service', '2024-05-01'),
    list('Microsoft.CognitiveServices/accounts', '2024-10-01'),
    list('Microsoft.OperationalInsights/workspaces', '2023-09-01'),
  ]);
  const only = (found: List, what: string) => {
    const [first] = found.value;
    if (!first) throw new Error(`no ${what} in rg-activategenai`);
    return first;
  };
  const service = only(services, 'API Management service');
  const account = only(accounts, 'Azure OpenAI account');
  const workspace = only(workspaces, 'workspace');
  const subscriptions = await callJson<List>({
    url: `${system.addresses.management}${service.id}/subscriptions?api-version=2024-05-01`,
  });
  const subscription = subscriptions.value.find(({ name }) => name !== 'master');
  if (!subscription) throw new Error('the service has no subscription but master');
  const secrets = await callJson<{ primaryKey: string }>({
    url: `${system.addresses.management}${service.id}/subscriptions/${subscription.name}/listSecrets?api-version=2024-05-01`,
    method: 'POST',
  });
  const keys = await callJson<{ key1: string }>({
    url: `${system.addresses.management}${account.id}/listKeys?api-version=2024-10-01`,
    method: 'POST',
  });
  return {
    group: `/subscriptions/${system.subscriptionId}/resourceGroups/rg-activategenai`,
    service: service.id,
    account: account.id,
    workspaceId: String(workspace.properties['customerId']),
    subscriptionKey: secrets.primaryKey,
    accountKey: keys.key1,
  };
}
