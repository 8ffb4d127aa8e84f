import type { AzureClient } from '../cli/azure-client.ts';
import { resourceId, resourcesOf } from '../cli/find-resource.ts';
import { labGroup } from './lab-facts.ts';

const location = 'eastus';
const accountName = 'openai-contoso';
const workspaceName = 'law-contoso';

/** A chat model of the lab's time, a newer one, and one for embeddings. */
const deployments = [
  { name: 'gpt-35-turbo', model: 'gpt-35-turbo', version: '0613' },
  { name: 'gpt-4o', model: 'gpt-4o', version: '2024-11-20' },
  { name: 'text-embedding-ada-002', model: 'text-embedding-ada-002', version: '2' },
] as const;

/**
 * What the lab has before it starts: the resource group, an Azure OpenAI account with models, a workspace. What is
 * there already stays as it is. Throws RestError where the management REST refuses.
 */
export async function startLab(client: AzureClient): Promise<void> {
  const group = client.groupId(labGroup);
  if ((await client.find(group)) === undefined) await client.arm('PUT', group, { location });

  const [workspace] = await resourcesOf(client, 'workspace', labGroup);
  if (workspace === undefined) {
    await client.arm('PUT', resourceId(client, 'workspace', workspaceName, labGroup), {
      location,
      properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 },
    });
  }

  const [known] = await resourcesOf(client, 'account', labGroup);
  const account = known?.id ?? resourceId(client, 'account', accountName, labGroup);
  if (known === undefined) {
    await client.arm('PUT', account, {
      location,
      kind: 'OpenAI',
      sku: { name: 'S0' },
      properties: { customSubDomainName: accountName, publicNetworkAccess: 'Enabled' },
    });
  }
  const existing = new Set((await client.list(`${account}/deployments`)).map(({ name }) => name));
  for (const { name, model, version } of deployments.filter((each) => !existing.has(each.name))) {
    await client.arm('PUT', `${account}/deployments/${name}`, {
      sku: { name: 'Standard', capacity: 120 },
      properties: { model: { format: 'OpenAI', name: model, version } },
    });
  }
}
