import type { AzureClient, Resource } from '../cli/azure-client.ts';
import type { LabFacts, SettingProperties } from './lab-facts.ts';

/** All that is kept: the check asks whether a step was done, not when. */
const timespan = 'P730D';

export const recentDiagnosticsQuery =
  'AzureDiagnostics\n| top 100 by TimeGenerated desc\n| project TimeGenerated, _ResourceId, Category, OperationName';

export const chatEventsQuery = (accountId: string): string =>
  `AzureDiagnostics\n| where _ResourceId =~ ${kqlString(accountId)} and Category == 'RequestResponse' and OperationName =~ 'ChatCompletions_Create'`;

export const gatewayCallsQuery = (serviceId: string): string =>
  `ApiManagementGatewayLogs\n| where _ResourceId =~ ${kqlString(serviceId)} and OperationId =~ 'ChatCompletions_Create' and ResponseCode == 200`;

/** Tokens by caller and model from the bodies, as the lab counts them. */
export const tokensQuery = (serviceId: string): string =>
  `${gatewayCallsQuery(serviceId)}
| extend answer = parse_json(BackendResponseBody)
| extend model = tostring(answer.model)
| where model != ''
| summarize tokens = sum(tolong(answer.usage.total_tokens)) by CallerIpAddress, model
| where tokens > 0`;

/** The customerId of the workspace that the first setting with one sends to. */
export function workspaceIdOf(
  facts: LabFacts,
  settings: readonly Resource<SettingProperties>[] | undefined,
): string | undefined {
  for (const { properties } of settings ?? []) {
    const found = facts.workspaces.find(({ id }) => id.toLowerCase() === properties.workspaceId?.toLowerCase());
    if (found) return found.properties.customerId;
  }
  return undefined;
}

export async function countRows(client: AzureClient, workspace: string, query: string): Promise<number> {
  const { tables } = await client.query(workspace, `${query}\n| count`, { timespan });
  return Number(tables[0]?.rows[0]?.[0] ?? 0);
}

export const kqlString = (text: string): string => JSON.stringify(text);
