/** What a resource can send to Azure Monitor, and in which groups its categories are. */
export interface DiagnosticCategory {
  readonly name: string;
  readonly categoryType: 'Logs' | 'Metrics';
  readonly categoryGroups: readonly string[];
}

const logs = (name: string, ...groups: readonly string[]): DiagnosticCategory => ({
  name,
  categoryType: 'Logs',
  categoryGroups: [...groups, 'allLogs'],
});
const allMetrics: DiagnosticCategory = { name: 'AllMetrics', categoryType: 'Metrics', categoryGroups: [] };

const byType: Readonly<Record<string, readonly DiagnosticCategory[]>> = {
  'microsoft.apimanagement/service': [
    logs('GatewayLogs'),
    logs('WebSocketConnectionLogs'),
    logs('DeveloperPortalAuditLogs', 'audit'),
    logs('GatewayLlmLogs'),
    logs('GatewayMCPLogs'),
    allMetrics,
  ],
  'microsoft.cognitiveservices/accounts': [
    logs('Audit', 'audit'),
    logs('RequestResponse'),
    logs('AzureOpenAIRequestUsage'),
    logs('ManagedNetworkEvents'),
    logs('Trace'),
    allMetrics,
  ],
  'microsoft.operationalinsights/workspaces': [logs('Audit', 'audit'), logs('SummaryLogs'), allMetrics],
  'microsoft.resources/subscriptions': [
    'Administrative',
    'Security',
    'ServiceHealth',
    'Alert',
    'Recommendation',
    'Policy',
    'Autoscale',
    'ResourceHealth',
  ].map((name) => ({ name, categoryType: 'Logs', categoryGroups: [] })),
};

/** Empty: resources of this type have no diagnostic settings. */
export const diagnosticCategoriesOf = (type: string): readonly DiagnosticCategory[] => byType[type.toLowerCase()] ?? [];
