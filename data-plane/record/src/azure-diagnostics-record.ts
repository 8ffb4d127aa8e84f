import { type JsonObject, type LogRecord, type TableRow, TICKS_AT_UNIX_EPOCH } from '@vigia/contract';
import { diagnosticsColumnsOf, isoOf } from './azure-resource.ts';
import { type MetricSample, metricSampleRows } from './metric-sample.ts';
import type { KeyAction, OpenAiCall } from './openai-call.ts';

/** One row of AzureDiagnostics, by category. Source: monitor-tables.md §6. */
interface DiagnosticsEvent {
  readonly category: 'Audit' | 'RequestResponse' | 'Trace' | 'AzureOpenAIRequestUsage';
  readonly operationName: string;
  readonly properties: JsonObject;
  readonly event?: string;
}

/**
 * What one data-plane call leaves in the workspaces of an account: AzureDiagnostics rows of each category that is on,
 * and metric samples where AllMetrics is on. Undefined where nobody asked for any.
 */
export function azureDiagnosticsRecord(call: OpenAiCall): LogRecord | undefined {
  const rows = [
    ...diagnosticsRows(call, call.receivedAt, eventsOf(call)),
    ...metricSampleRows(metricsOf(call), {
      resourceId: call.account.id,
      at: call.receivedAt + call.durationMs,
      exports: call.account.exports,
    }),
  ];
  return rows.length === 0 ? undefined : { id: `${call.correlationId}/azure-openai`, rows };
}

/** The Audit row of a control-plane action on keys; undefined where no export has Audit on. */
export function auditRecord(action: KeyAction): LogRecord | undefined {
  const rows = diagnosticsRows({ ...action, apiVersion: '' }, action.at, [
    { category: 'Audit', operationName: action.operationName, properties: auditProperties(action) },
  ]);
  return rows.length === 0 ? undefined : { id: `${action.correlationId}/audit`, rows };
}

const auditProperties = (who: { readonly objectId?: string }): JsonObject => ({
  AssetIdentity: '',
  objectId: who.objectId ?? '',
});

function eventsOf(call: OpenAiCall): readonly DiagnosticsEvent[] {
  const { operationName } = call;
  const facts = factsOf(call);
  return [
    { category: 'RequestResponse', operationName, properties: facts, event: 'ShoeboxCallResult' },
    // Access by key is a reading of the account's keys by the service.
    ...(call.auth === 'key'
      ? [{ category: 'Audit' as const, operationName: 'ListKey', properties: auditProperties(call) }]
      : []),
    ...(call.status >= 500
      ? [
          {
            category: 'Trace' as const,
            operationName,
            properties: { message: call.resultDescription ?? `HTTP ${call.status}`, level: 'Error' },
          },
        ]
      : []),
    ...(call.usage === undefined
      ? []
      : [
          {
            category: 'AzureOpenAIRequestUsage' as const,
            operationName,
            properties: {
              ...facts,
              promptTokens: call.usage.promptTokens ?? null,
              completionTokens: call.usage.completionTokens ?? null,
              totalTokens: call.usage.totalTokens ?? null,
            },
          },
        ]),
  ];
}

function factsOf(call: OpenAiCall): JsonObject {
  const model = call.deployment?.model;
  return {
    apiName: `Azure OpenAI API version ${call.apiVersion}`,
    requestTime: ticksOf(call.receivedAt),
    requestLength: call.requestLength,
    responseTime: ticksOf(call.receivedAt + call.durationMs),
    responseLength: call.responseLength,
    objectId: call.objectId ?? '',
    streamType: call.isStreaming ? 'Streaming' : 'Non-Streaming',
    modelDeploymentName: call.deployment?.name ?? '',
    modelName: model?.name ?? '',
    modelVersion: model?.version ?? '',
  };
}

/** .NET ticks are above what a JavaScript number holds exactly: the text gets them as they are, see `jsonWithTicks`. */
const ticksOf = (milliseconds: number): string =>
  String(TICKS_AT_UNIX_EPOCH + BigInt(Math.round(milliseconds * 1000)) * 10n);

/** Ticks stand as numbers in the JSON text. */
const jsonWithTicks = (properties: JsonObject): string =>
  JSON.stringify(properties).replace(/"(requestTime|responseTime)":"(\d+)"/g, '"$1":$2');

function diagnosticsRows(
  call: Pick<
    OpenAiCall,
    'account' | 'tenantId' | 'correlationId' | 'apiVersion' | 'durationMs' | 'status' | 'callerIpAddress'
  > & { readonly resultDescription?: string },
  at: number,
  events: readonly DiagnosticsEvent[],
): TableRow[] {
  const { account } = call;
  const shared = {
    ...diagnosticsColumnsOf(account.id),
    TimeGenerated: isoOf(at),
    CorrelationId: call.correlationId,
    CallerIPAddress: maskedIp(call.callerIpAddress),
    DurationMs: Math.round(call.durationMs),
    ResultSignature: String(call.status),
    ResultDescription: call.resultDescription,
    OperationVersion: call.apiVersion,
    location_s: account.location,
    Tenant_s: account.location,
  };
  return account.exports.flatMap(({ workspaceId, categories }) =>
    events
      .filter(({ category }) => categories.includes(category))
      .map(({ category, operationName, properties, event }) => ({
        table: 'AzureDiagnostics',
        workspaceId,
        values: {
          ...shared,
          Category: category,
          OperationName: operationName,
          properties_s: jsonWithTicks(properties),
          ...(event === undefined ? {} : { event_s: event }),
        },
      })),
  );
}

/** The last octet of an IPv4 address is hidden: `81.2.69.***`. Of IPv6, the last group. */
export function maskedIp(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return plain.includes('.') ? plain.replace(/\.\d+$/, '.***') : plain.replace(/:[^:]*$/, ':***');
}

/** Names, units and dimensions of monitor-tables.md §7. */
function metricsOf(call: OpenAiCall): readonly MetricSample[] {
  const { status } = call;
  const ApiName = `Azure OpenAI API version ${call.apiVersion}`;
  const OperationName = call.operationName;
  const Region = call.account.regionName;
  const StreamType = call.isStreaming ? 'Streaming' : 'Non-Streaming';
  const ModelDeploymentName = call.deployment?.name ?? '';
  const ModelName = call.deployment?.model.name ?? '';
  const ModelVersion = call.deployment?.model.version ?? '';
  const model = { ApiName, OperationName, Region, StreamType, ModelDeploymentName, ModelName, ModelVersion };
  const StatusCode = String(status);
  const calls = { ApiName, OperationName, Region };
  const tokens = {
    ApiName,
    ModelDeploymentName,
    FeatureName: ModelName,
    UsageChannel: 'Foundational Model',
    Region,
    ModelVersion,
  };
  const isSuccess = status < 400;
  const count = (name: string, dimensions: Readonly<Record<string, string>>, value = 1): MetricSample => ({
    name,
    unit: 'Count',
    value,
    dimensions,
  });
  return [
    count('AzureOpenAIRequests', { ...model, StatusCode, IsSpillover: 'False' }),
    count('TotalCalls', calls),
    count(isSuccess ? 'SuccessfulCalls' : 'TotalErrors', calls),
    ...(isSuccess ? [] : [count(status >= 500 ? 'ServerErrors' : 'ClientErrors', calls)]),
    ...(status === 429 ? [count('BlockedCalls', calls)] : []),
    { name: 'Latency', unit: 'MilliSeconds', value: call.durationMs, dimensions: calls },
    ...(call.timeToResponseMs === undefined
      ? []
      : [
          {
            name: 'AzureOpenAITimeToResponse',
            unit: 'MilliSeconds' as const,
            value: call.timeToResponseMs,
            dimensions: { ...model, StatusCode },
          },
        ]),
    { name: 'DataIn', unit: 'Bytes', value: call.requestLength, dimensions: calls },
    { name: 'DataOut', unit: 'Bytes', value: call.responseLength, dimensions: calls },
    ...known('ProcessedPromptTokens', call.usage?.promptTokens),
    ...known('GeneratedTokens', call.usage?.completionTokens),
    ...known('TokenTransaction', call.usage?.totalTokens),
    ...(call.usage === undefined ? [] : [count('TotalTokenCalls', calls)]),
  ];

  function known(name: string, value: number | undefined): MetricSample[] {
    return value === undefined ? [] : [count(name, tokens, value)];
  }
}
