import { createAzureClient } from '../cli/azure-client.ts';
import { finishLab } from '../lab/finish-lab.ts';
import { labGroup } from '../lab/lab-facts.ts';
import { startLab } from '../lab/start-lab.ts';
import type { RoleConfig } from '../processes/role.ts';

/** Makes the resources of a new data folder by the REST that a person would use; what is there already stays. */
export async function makeExample(example: string, config: RoleConfig, say: (line: string) => void): Promise<void> {
  if (example === 'none') return;
  const token = config.settings['management.token'];
  const client = createAzureClient({
    ...config.origins,
    subscriptionId: config.subscriptionId,
    tenantId: config.tenantId,
    resourceGroup: labGroup,
    ...(token === undefined ? {} : { token }),
  });
  say('making the example: resource group, Azure OpenAI account, Log Analytics workspace');
  await startLab(client);
  if (example === 'lab-done') await finishLab(client, (line) => say(`  lab ${line}`));
}
