import { crc32 } from 'node:zlib';
import type { LogExportSnapshot, LogRecord, TableRow } from '@vigia/contract';
import { diagnosticsColumnsOf, isoOf } from './azure-resource.ts';
import type { Exchange } from './exchange.ts';
import { asAzureDiagnostics, gatewayLogValues, isSuccess, lastErrorOf, responseCodeOf } from './gateway-rows.ts';
import { type LlmFacts, llmFactsOf } from './llm-facts.ts';
import { llmLogValues } from './llm-rows.ts';
import { type MetricSample, metricSampleRows } from './metric-sample.ts';

const GATEWAY_LOGS = 'GatewayLogs';
const LLM_LOGS = 'GatewayLlmLogs';

/**
 * What one request through the gateway leaves in the workspaces of its service: rows of each category that is on
 * there, the companion `VigiaTokenUsage`, and metric samples. Undefined where nobody asked for any.
 * Without a diagnostic a row has no headers and bodies, as on Azure.
 */
export async function gatewayRecord(exchange: Exchange): Promise<LogRecord | undefined> {
  const { exports } = exchange.service;
  const logging = exports.filter(
    ({ categories }) => categories.includes(GATEWAY_LOGS) || categories.includes(LLM_LOGS),
  );
  const rows: TableRow[] = metricSampleRows([...metricsOf(exchange), ...(exchange.metrics ?? [])], {
    resourceId: exchange.service.id,
    at: exchange.receivedAt + exchange.totalTime,
    exports,
  });
  if (logging.length > 0) {
    const llm = await llmFactsOf(exchange);
    if (isSampled(exchange)) rows.push(...gatewayRows(exchange, llm, logging), ...llmRows(exchange, llm, logging));
    // Sampling thins the log, not the accounting.
    if (llm !== undefined) rows.push(...usageRows(exchange, llm, logging));
  }
  return rows.length === 0 ? undefined : { id: `${exchange.correlationId}/gateway`, rows };
}

/** The same request is always in or always out, so that a record made twice is the same record. */
function isSampled(exchange: Exchange): boolean {
  const { diagnostic } = exchange;
  if (diagnostic === undefined || diagnostic.samplingPercentage >= 100) return true;
  const isError = !isSuccess(responseCodeOf(exchange)) || lastErrorOf(exchange) !== undefined;
  if (diagnostic.alwaysLogErrors && isError) return true;
  return (crc32(exchange.correlationId) / 0x1_0000_0000) * 100 < diagnostic.samplingPercentage;
}

function gatewayRows(
  exchange: Exchange,
  llm: LlmFacts | undefined,
  exports: readonly LogExportSnapshot[],
): readonly TableRow[] {
  const wanted = exports.filter(({ categories }) => categories.includes(GATEWAY_LOGS));
  if (wanted.length === 0) return [];
  const values = gatewayLogValues(exchange, llm);
  return wanted.map(({ workspaceId, isDedicated }) =>
    isDedicated
      ? { table: 'ApiManagementGatewayLogs', workspaceId, values }
      : {
          table: 'AzureDiagnostics',
          workspaceId,
          values: asAzureDiagnostics(values, diagnosticsColumnsOf(exchange.service.id)),
        },
  );
}

function llmRows(
  exchange: Exchange,
  llm: LlmFacts | undefined,
  exports: readonly LogExportSnapshot[],
): readonly TableRow[] {
  const wanted = exports.filter(({ categories }) => categories.includes(LLM_LOGS));
  if (llm === undefined || wanted.length === 0) return [];
  const all = llmLogValues(exchange, llm);
  return wanted.flatMap(({ workspaceId }) =>
    all.map((values) => ({ table: 'ApiManagementGatewayLlmLog', workspaceId, values })),
  );
}

function usageRows(exchange: Exchange, llm: LlmFacts, exports: readonly LogExportSnapshot[]): readonly TableRow[] {
  const values = {
    TimeGenerated: isoOf(exchange.receivedAt),
    CorrelationId: exchange.correlationId,
    Source: 'gateway',
    DeploymentName: llm.deployment,
    ModelName: llm.model,
    PromptTokens: llm.usage.promptTokens ?? null,
    CompletionTokens: llm.usage.completionTokens ?? null,
    TotalTokens: llm.usage.totalTokens ?? null,
    TokenSource: llm.tokenSource,
    IsStreamCompletion: llm.isStreaming,
    TimeToFirstTokenMs: exchange.timeToFirstToken ?? null,
    _ResourceId: exchange.service.id.toLowerCase(),
  };
  // Two settings may send to one workspace: a call is accounted once in it.
  const workspaces = new Set(exports.map(({ workspaceId }) => workspaceId));
  return [...workspaces].map((workspaceId) => ({ table: 'VigiaTokenUsage', workspaceId, values }));
}

/** Names and dimensions of monitor-tables.md §7; the old metrics' classes of status from semantics-traps.md §5. */
function metricsOf(exchange: Exchange): readonly MetricSample[] {
  const code = responseCodeOf(exchange);
  const backendCode = exchange.backend?.response?.status;
  const Location = exchange.service.regionName;
  const Hostname = /^[a-z]+:\/\/([^/:?]+)/i.exec(exchange.url)?.[1] ?? '';
  const ApiId = exchange.api?.id ?? '';
  const where = { Location, Hostname };
  const inMs = (name: string, value: number): MetricSample => ({
    name,
    unit: 'MilliSeconds',
    value,
    dimensions: { ...where, ApiId },
  });
  const one = (name: string, dimensions: Readonly<Record<string, string>>): MetricSample => ({
    name,
    unit: 'Count',
    value: 1,
    dimensions,
  });
  return [
    one('Requests', {
      ...where,
      ApiId,
      LastErrorReason: lastErrorOf(exchange)?.reason ?? '',
      GatewayResponseCode: String(code),
      GatewayResponseCodeCategory: categoryOf(code),
      BackendResponseCode: backendCode === undefined ? '' : String(backendCode),
      BackendResponseCodeCategory: backendCode === undefined ? '' : categoryOf(backendCode),
    }),
    inMs('Duration', exchange.totalTime),
    ...(exchange.backend === undefined ? [] : [inMs('BackendDuration', exchange.backend.time)]),
    one('TotalRequests', where),
    one(oldClassOf(code), where),
  ];
}

const categoryOf = (code: number): string => (code === 0 ? '' : `${Math.floor(code / 100)}xx`);

function oldClassOf(code: number): string {
  if ([401, 403, 429].includes(code)) return 'UnauthorizedRequests';
  if (code === 400 || (code >= 500 && code <= 600)) return 'FailedRequests';
  if ((code > 0 && code <= 301) || code === 304 || code === 307) return 'SuccessfulRequests';
  return 'OtherRequests';
}
