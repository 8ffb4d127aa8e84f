import { join, resolve } from 'node:path';
import { type RunFile, readRunFile } from '../data-folder/run-file.ts';
import { defaultDataFolder } from '../settings/data-folder.ts';
import { type AzureClient, type Connection, createAzureClient } from './azure-client.ts';
import { CommandError } from './command-error.ts';

/** Flags that every command takes. */
export interface ConnectionFlags {
  readonly data?: string;
  readonly managementUrl?: string;
  readonly gatewayUrl?: string;
  readonly openaiUrl?: string;
  readonly subscription?: string;
}

export function dataFolderOf(flags: ConnectionFlags, env: NodeJS.ProcessEnv): string {
  return flags.data ? resolve(flags.data) : defaultDataFolder(env);
}

export function runFileOf(flags: ConnectionFlags, env: NodeJS.ProcessEnv): RunFile | undefined {
  return readRunFile(join(dataFolderOf(flags, env), 'run'));
}

/** Addresses come from flags, then environment variables, then the run file of the data folder. */
export async function connect(flags: ConnectionFlags, env: NodeJS.ProcessEnv): Promise<AzureClient> {
  const run = runFileOf(flags, env);
  const management = flags.managementUrl ?? env['VIGIA_MANAGEMENT_URL'] ?? run?.addresses.management;
  if (management === undefined) {
    throw new CommandError(
      `No Vigia runs on the data folder ${dataFolderOf(flags, env)}. Start it with \`vigia up\`, choose another folder with --data (VIGIA_DATA), or name its address with VIGIA_MANAGEMENT_URL (flag --management-url).`,
    );
  }
  const token = env['VIGIA_MANAGEMENT_TOKEN'];
  const addressed: Connection = {
    management: checkedUrl(management, 'management'),
    gateway: checkedUrl(
      flags.gatewayUrl ?? env['VIGIA_GATEWAY_URL'] ?? run?.addresses.gateway ?? 'http://127.0.0.1:7080',
      'gateway',
    ),
    openai: checkedUrl(
      flags.openaiUrl ?? env['VIGIA_OPENAI_URL'] ?? run?.addresses.openai ?? 'http://127.0.0.1:7082',
      'openai',
    ),
    subscriptionId: flags.subscription ?? run?.subscriptionId ?? '',
    tenantId: run?.tenantId ?? '',
    resourceGroup: run?.resourceGroup ?? 'rg-activategenai',
    ...(token ? { token } : {}),
  };
  if (addressed.subscriptionId !== '') return createAzureClient(addressed);
  const [subscription] = await createAzureClient(addressed).list<{ subscriptionId: string; tenantId?: string }>(
    '/subscriptions',
  );
  if (subscription === undefined) throw new CommandError(`${management} has no subscription.`);
  return createAzureClient({
    ...addressed,
    subscriptionId: subscription.subscriptionId,
    tenantId: subscription.tenantId ?? '',
  });
}

function checkedUrl(text: string, what: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new CommandError(`The ${what} address ${JSON.stringify(text)} is not a URL such as http://127.0.0.1:7081.`, 2);
}
