import type { AzureClient, Resource } from './azure-client.ts';
import { CommandError } from './command-error.ts';
import type { OptionSpec, Options } from './command-spec.ts';

/** A kind of resource that commands find by name, by id, or because its group has only one. */
interface Kind {
  readonly type: string;
  readonly noun: string;
  readonly create: string;
}

const kinds = {
  account: {
    type: 'Microsoft.CognitiveServices/accounts',
    noun: 'Azure OpenAI account',
    create: 'vigia cognitiveservices account create',
  },
  service: { type: 'Microsoft.ApiManagement/service', noun: 'API Management service', create: 'vigia apim create' },
  workspace: {
    type: 'Microsoft.OperationalInsights/workspaces',
    noun: 'Log Analytics workspace',
    create: 'vigia monitor log-analytics workspace create',
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

export const accountOption: OptionSpec = {
  flags: '-n, --name <account>',
  description: 'name of the account; may be left out where the group has one',
};
export const serviceOption: OptionSpec = {
  flags: '-n, --service-name <service>',
  description: 'name of the API Management service; may be left out where the group has one',
};

export const resourcesOf = (client: AzureClient, kind: KindName, group?: string): Promise<readonly Resource[]> =>
  client.list(`${client.groupId(group)}/providers/${kinds[kind].type}`);

export const resourceId = (client: AzureClient, kind: KindName, name: string, group?: string): string =>
  `${client.groupId(group)}/providers/${kinds[kind].type}/${encodeURIComponent(name)}`;

/** ARM id of the resource that `name` means; where there is none, of the only one in the group. */
export async function idOf(
  client: AzureClient,
  kind: KindName,
  name: string | undefined,
  group?: string,
): Promise<string> {
  if (name?.startsWith('/')) return name;
  if (name !== undefined) return resourceId(client, kind, name, group);
  const { noun, create } = kinds[kind];
  const found = await resourcesOf(client, kind, group);
  const [only, another] = found;
  const where = group ?? client.connection.resourceGroup;
  if (only === undefined)
    throw new CommandError(`The resource group ${where} has no ${noun}. Create one with \`${create}\`.`);
  if (another !== undefined) {
    throw new CommandError(
      `The resource group ${where} has several of the kind ${noun} (${found.map((each) => each.name).join(', ')}); say which one by its name.`,
      2,
    );
  }
  return only.id;
}

export const accountIdOf = (client: AzureClient, options: Options): Promise<string> =>
  idOf(client, 'account', options.text('name'), options.text('resourceGroup'));

export const serviceIdOf = (client: AzureClient, options: Options): Promise<string> =>
  idOf(client, 'service', options.text('serviceName'), options.text('resourceGroup'));

/** A resource by id, or by its name among the accounts and services of the group. */
export async function anyResourceId(client: AzureClient, nameOrId: string, group?: string): Promise<string> {
  if (nameOrId.startsWith('/')) return nameOrId;
  const all = (
    await Promise.all([resourcesOf(client, 'account', group), resourcesOf(client, 'service', group)])
  ).flat();
  const found = all.filter(({ name }) => name.toLowerCase() === nameOrId.toLowerCase());
  const [only, another] = found;
  if (only !== undefined && another === undefined) return only.id;
  throw new CommandError(
    only === undefined
      ? `The resource group ${group ?? client.connection.resourceGroup} has no account or service named ${nameOrId}; it has: ${all.map(({ name }) => name).join(', ') || 'none'}.`
      : `Several resources are named ${nameOrId}; give the whole id: ${found.map(({ id }) => id).join(', ')}`,
  );
}

export interface WorkspaceProperties {
  readonly customerId: string;
}

/** A workspace by ARM id, by name, or by its customerId; without any, the only one of the group. */
export async function workspaceOf(
  client: AzureClient,
  nameOrId: string | undefined,
  group?: string,
): Promise<Resource<WorkspaceProperties>> {
  if (nameOrId !== undefined && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(nameOrId)) {
    const all = await client.list<Resource<WorkspaceProperties>>(
      `/subscriptions/${client.connection.subscriptionId}/providers/Microsoft.OperationalInsights/workspaces`,
    );
    const found = all.find(({ properties }) => properties.customerId.toLowerCase() === nameOrId.toLowerCase());
    if (found === undefined) throw new CommandError(`No workspace has the id ${nameOrId}.`);
    return found;
  }
  return client.arm('GET', await idOf(client, 'workspace', nameOrId, group));
}
