import type { KqlType } from '@vigia/contract';
import { defineTable } from '../table-schema.ts';
import { apiManagementTables } from './api-management.ts';

/** Columns of AzureDiagnostics that every resource type has. */
const diagnosticsColumns = {
  string: `CallerIPAddress Category CorrelationId Level OperationName OperationVersion Resource ResourceGroup
    ResourceId ResourceProvider ResourceType ResultDescription ResultSignature ResultType SubscriptionId`,
  long: 'DurationMs',
  dynamic: 'AdditionalFields',
};

/** What Cognitive Services adds to them. */
const cognitiveServicesColumns = 'event_s location_s properties_s Tenant_s objectId_s';

const suffixes: Readonly<Record<KqlType, readonly [suffix: string, type: KqlType]>> = {
  string: ['_s', 'string'],
  dynamic: ['_s', 'string'],
  int: ['_d', 'real'],
  long: ['_d', 'real'],
  real: ['_d', 'real'],
  decimal: ['_d', 'real'],
  bool: ['_b', 'bool'],
  datetime: ['_t', 'datetime'],
  timespan: ['_s', 'string'],
  guid: ['_g', 'guid'],
};

/** Facts of the gateway that AzureDiagnostics has under a name of its own. */
const namedOtherwise = new Set(['TenantId', 'TimeGenerated', 'Type', 'SourceSystem', 'OperationName', 'Category']);
for (const name of ['CorrelationId', 'CallerIpAddress', 'TotalTime']) namedOtherwise.add(name);

/**
 * What the gateway adds where its logs are not sent to Dedicated tables: the fields of its event, named by Azure's rule
 * for fields without a column (`backendResponseCode` that is a number → `backendResponseCode_d`).
 */
function gatewayColumns(type: KqlType): string {
  const gatewayLogs = apiManagementTables.find(({ name }) => name === 'ApiManagementGatewayLogs');
  return (gatewayLogs?.columns ?? [])
    .filter(({ name }) => !namedOtherwise.has(name) && !name.startsWith('_'))
    .filter((column) => suffixes[column.type][1] === type)
    .map((column) => `${column.name.charAt(0).toLowerCase()}${column.name.slice(1)}${suffixes[column.type][0]}`)
    .join(' ');
}

/** Tables that many resource types share. */
export const azureMonitorTables = [
  defineTable({
    name: 'AzureDiagnostics',
    description: 'Diagnostic logs of resources that have no table of their own, Azure OpenAI among them.',
    columns: {
      ...diagnosticsColumns,
      string: `${diagnosticsColumns.string} ${cognitiveServicesColumns} ${gatewayColumns('string')}`,
      real: gatewayColumns('real'),
      bool: gatewayColumns('bool'),
      datetime: gatewayColumns('datetime'),
      guid: 'AssetIdentity_g',
    },
    longTexts: `AdditionalFields properties_s requestBody_s responseBody_s backendRequestBody_s backendResponseBody_s
      requestHeaders_s responseHeaders_s backendRequestHeaders_s backendResponseHeaders_s traceRecords_s`,
    overflow: 'AdditionalFields',
    facts: {
      properties_s: {
        string: 'modelName modelDeploymentName modelVersion streamType',
        long: 'promptTokens completionTokens totalTokens requestLength responseLength requestTime responseTime',
      },
    },
  }),
  defineTable({
    name: 'AzureMetrics',
    description: 'Metrics of resources: one row a metric and minute.',
    columns: {
      string: `CallerIpAddress Category Confidence CorrelationId Description FirstReportedDateTime IndicatorThreatType
        IsActive LastReportedDateTime MaliciousIP MetricName OperationName OperationVersion RemoteIPCountry Resource
        ResourceGroup ResourceId ResourceProvider ResultDescription ResultSignature ResultType SubscriptionId TimeGrain
        TLPLevel UnitName`,
      real: 'Average Count Maximum Minimum RemoteIPLatitude RemoteIPLongitude Total',
      long: 'DurationMs',
      int: 'Severity',
    },
    computed: { kind: 'minutes-of-samples', from: 'VigiaMetricSample' },
  }),
  defineTable({
    name: 'AzureActivity',
    description: 'The activity log: what was done to resources through Azure Resource Manager.',
    columns: {
      string: `ActivityStatus ActivityStatusValue ActivitySubstatus ActivitySubstatusValue Authorization Caller
        CallerIpAddress Category CategoryValue Claims CorrelationId EventDataId Hierarchy HTTPRequest Level OperationId
        OperationName OperationNameValue Properties Resource ResourceGroup ResourceId ResourceProvider
        ResourceProviderValue SubscriptionId`,
      dynamic: 'Authorization_d Claims_d Properties_d',
      datetime: 'EventSubmissionTimestamp',
    },
    longTexts: 'Authorization Claims HTTPRequest Properties Authorization_d Claims_d Properties_d',
    isBillable: false,
  }),
];
