import { createAzureClient, type Resource } from './cli/azure-client.ts';
import { isBuiltIn, type SubscriptionProperties } from './cli/chat-api.ts';
import { resourcesOf } from './cli/find-resource.ts';
import { labGroup } from './lab/lab-facts.ts';
import type { RoleConfig } from './processes/role.ts';
import { defaultDataFolder } from './settings/data-folder.ts';

/** At most ten lines: what runs where, and a call and a query to copy. Both work as printed, in this folder. */
export async function welcome(config: RoleConfig, startedAt: number): Promise<readonly string[]> {
  const { origins, folder, settings } = config;
  // The lines are copied into another terminal, which may not have this one's VIGIA_DATA.
  const data = folder.path === defaultDataFolder({}) ? '' : ` --data ${quoted(folder.path)}`;
  return [
    `Vigia is ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`,
    `  gateway                        ${origins.gateway}`,
    `  management and query REST      ${origins.management}`,
    `  Azure OpenAI (embedded models) ${origins.openai}`,
    ...tlsLine(config, data),
    ...(await nextSteps(config, data)),
    `Stop with Ctrl-C. Health: npx vigia status${data}${settings['management.token'] === undefined ? '' : ' (VIGIA_MANAGEMENT_TOKEN set)'}`,
  ];
}

const tlsLine = (
  { tlsOrigins: { gateway, management, openai }, settings }: RoleConfig,
  data: string,
): readonly string[] => {
  const addresses = [gateway, management, openai].filter((each) => each !== undefined);
  if (addresses.length === 0) return [];
  const isOwn = settings['tls.certificate-file'] !== undefined;
  return [`  by https, for Azure's SDKs     ${addresses.join(' ')}${isOwn ? '' : ` (first: npx vigia trust${data})`}`];
};

async function nextSteps(config: RoleConfig, data: string): Promise<readonly string[]> {
  const { origins, settings } = config;
  const token = settings['management.token'];
  const client = createAzureClient({
    ...origins,
    subscriptionId: config.subscriptionId,
    tenantId: config.tenantId,
    resourceGroup: labGroup,
    ...(token === undefined ? {} : { token }),
  });
  const prompt = `-H "content-type: application/json" -d '{"messages":[{"role":"user","content":"What is a managed identity?"}]}'`;
  const path = 'deployments/gpt-35-turbo/chat/completions?api-version=2024-10-21';
  const none = 'There are no resources yet; npx vigia --help shows how to make them.';
  if ((await client.find(client.groupId(labGroup))) === undefined) return [none];
  const [service] = await resourcesOf(client, 'service', labGroup);
  if (service !== undefined) {
    const subscriptions = await client.list<Resource<SubscriptionProperties>>(`${service.id}/subscriptions`);
    const subscription = subscriptions.find((each) => !isBuiltIn(each));
    const [api] = await client.list<Resource<{ path: string }>>(`${service.id}/apis`);
    if (subscription !== undefined && api !== undefined) {
      // The key is asked for when the line runs, so that it stands in no log of what was printed.
      const key = `$(npx vigia apim subscription keys list --sid ${subscription.name} --query primaryKey -o tsv${data})`;
      return [
        'Ask a model through the gateway, then see who asked what, and for how many tokens:',
        `curl -s "${origins.gateway}/${api.properties.path}/${path}" -H "api-key: ${key}" ${prompt}`,
        `npx vigia query "ApiManagementGatewayLogs | extend answer = parse_json(BackendResponseBody) | project TimeGenerated, CallerIpAddress, Prompt = tostring(parse_json(RequestBody).messages[-1].content), Model = tostring(answer.model), Tokens = toint(answer.usage.total_tokens) | top 5 by TimeGenerated"${data}`,
      ];
    }
  }
  const [account] = await resourcesOf(client, 'account', labGroup);
  if (account === undefined) return [none];
  const key = `$(npx vigia cognitiveservices account keys list --query key1 -o tsv${data})`;
  return [
    'Ask a model, then do the lab; npx vigia lab check says what is next:',
    `curl -s "${origins.openai}/openai/${path}" -H "api-key: ${key}" ${prompt}`,
    `npx vigia query "AzureDiagnostics | take 10"${data}`,
  ];
}

/** For a shell. */
const quoted = (text: string): string => (/^[\w./:-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
