import type { JsonValue, KqlType, LogExportSnapshot, LogRecord, ServiceSnapshot } from '@vigia/contract';
import { tableSchema } from '@vigia/store';
import { describe, expect, it } from 'vitest';
import { auditRecord, azureDiagnosticsRecord } from './azure-diagnostics-record.ts';
import { captureLossRecord } from './capture-loss.ts';
import type { Exchange, ExchangeError } from './exchange.ts';
import { gatewayRecord } from './gateway-record.ts';

const workspaceId = '11111111-1111-1111-1111-111111111111';
const exportOf = (isDedicated: boolean, categories: readonly string[]): LogExportSnapshot => ({
  settingName: 's',
  workspaceId,
  isDedicated,
  categories,
  allMetrics: true,
});
const gatewayCategories = ['GatewayLogs', 'GatewayLlmLogs'];
const accountCategories = ['Audit', 'RequestResponse', 'Trace', 'AzureOpenAIRequestUsage'];

const service: ServiceSnapshot = {
  id: '/subscriptions/s/resourceGroups/r/providers/Microsoft.ApiManagement/service/apim',
  name: 'apim',
  location: 'eastus',
  regionName: 'East US',
  sku: 'Developer',
  hosts: [],
  isDefault: true,
  namedValues: [],
  fragments: [],
  apis: [],
  products: [],
  subscriptions: [],
  backends: [],
  exports: [exportOf(true, gatewayCategories), exportOf(false, gatewayCategories)],
};
const logging = { headers: ['content-type'], bodyBytes: 8192, maskedHeaders: [], maskedQuery: [] };
const side = (value: JsonValue) => {
  const body = Buffer.from(JSON.stringify(value));
  return { headers: { 'content-type': 'application/json' }, bytes: body.length, body };
};
const request = side({ messages: [{ role: 'user', content: 'Hello' }] });
const response = {
  ...side({
    id: 'c',
    model: 'gpt-35-turbo',
    choices: [{ message: { role: 'assistant', content: 'Hi' } }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  }),
  status: 200,
};
const error: ExchangeError = { source: 's', reason: 'r', message: 'm', section: 'inbound', scope: 'api', elapsed: 1.5 };

/** Every fact that an exchange can have. */
const exchange: Exchange = {
  correlationId: 'c',
  service,
  api: {
    id: 'azure-openai',
    displayName: 'Azure OpenAI',
    revision: '1',
    isCurrent: true,
    path: 'openai',
    protocols: ['https'],
    subscriptionRequired: true,
    subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
    operations: [],
  },
  operation: { id: 'ChatCompletions_Create', displayName: 'Chat', method: 'POST', urlTemplate: '/x' },
  productId: 'p',
  subscriptionId: 's',
  userId: '1',
  receivedAt: 1_767_225_600_123,
  callerIpAddress: '127.0.0.1',
  method: 'POST',
  url: 'https://apim.azure-api.net/openai/deployments/chat/chat/completions?api-version=2023-05-15',
  clientProtocol: 'HTTP/1.1',
  clientTlsVersion: 'TLS 1.3',
  request,
  response,
  backend: {
    id: 'b',
    method: 'POST',
    url: 'https://lab.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2023-05-15',
    protocol: 'HTTP/1.1',
    request,
    response,
    time: 12.4,
    isComplete: true,
  },
  isClientComplete: true,
  clientTime: 1.5,
  totalTime: 20.6,
  timeToFirstToken: 3.5,
  cache: 'none',
  lastError: error,
  errors: [error],
  traceRecords: [{ elapsed: 1, level: 'information', source: 't', message: 'm' }],
  diagnostic: {
    alwaysLogErrors: true,
    samplingPercentage: 100,
    verbosity: 'verbose',
    logClientIp: true,
    frontendRequest: logging,
    frontendResponse: logging,
    backendRequest: logging,
    backendResponse: logging,
    largeLanguageModel: {
      requestMessages: true,
      requestMaxBytes: 32_768,
      responseMessages: true,
      responseMaxBytes: 32_768,
    },
  },
};

const account = {
  id: '/subscriptions/s/resourceGroups/r/providers/Microsoft.CognitiveServices/accounts/a',
  name: 'a',
  location: 'eastus',
  regionName: 'East US',
  kind: 'OpenAI',
  subDomain: 'a',
  endpoint: 'http://127.0.0.1:7082/',
  hosts: [],
  isDefault: true,
  key1: '',
  key2: '',
  disableLocalAuth: false,
  deployments: [],
  exports: [exportOf(false, accountCategories)],
};
const who = {
  account,
  tenantId: 't',
  correlationId: 'c',
  durationMs: 2.5,
  callerIpAddress: '127.0.0.1',
  objectId: 'o',
};

const records: Readonly<Record<string, () => Promise<LogRecord | undefined> | LogRecord | undefined>> = {
  'a request through the gateway': () => gatewayRecord(exchange),
  'a request that its client left': () => gatewayRecord({ ...exchange, isClientComplete: false }),
  'a call of an account': () =>
    azureDiagnosticsRecord({
      ...who,
      operationName: 'ChatCompletions_Create',
      apiVersion: '2023-05-15',
      receivedAt: 1_767_225_600_123,
      timeToResponseMs: 1.5,
      status: 500,
      requestLength: 1,
      responseLength: 2,
      auth: 'key',
      isStreaming: false,
      usage: { promptTokens: 1, completionTokens: 2, totalTokens: 3 },
      resultDescription: 'It failed.',
    }),
  'keys that were read': () => auditRecord({ ...who, operationName: 'ListKey', at: 1_767_225_600_123, status: 200 }),
  'records that were lost': () =>
    captureLossRecord({ source: 's', reason: 'r', records: 1, bytes: 2, from: 3, to: 4 }, new Map([[workspaceId, 5]])),
};

const fits: Readonly<Record<KqlType, (value: JsonValue) => boolean>> = {
  string: (value) => typeof value === 'string',
  bool: (value) => typeof value === 'boolean',
  int: (value) => Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31,
  long: (value) => Number.isSafeInteger(value),
  real: (value) => typeof value === 'number',
  decimal: (value) => typeof value === 'number',
  datetime: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  timespan: () => false,
  guid: (value) => typeof value === 'string' && /^[0-9a-f-]{36}$/i.test(value),
  dynamic: () => true,
};

describe('the schemas have what records write', () => {
  it.each(Object.entries(records))('%s', async (_, make) => {
    const rows = (await make())?.rows ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const { table, values } of rows) {
      const columns = new Map(tableSchema(table)?.columns.map(({ name, type }) => [name, type]));
      const { AdditionalFields, ...direct } = values;
      // The store moves fields of the bag to their columns: all have one.
      const bag =
        table === 'AzureDiagnostics' ? (AdditionalFields as Record<string, JsonValue> | undefined) : undefined;
      for (const [name, value] of Object.entries({ ...direct, ...bag })) {
        if (value === undefined || value === null) continue;
        const type = columns.get(name);
        expect(type, `${table}.${name}`).toBeDefined();
        expect(type !== undefined && fits[type](value), `${table}.${name}: ${JSON.stringify(value)}`).toBe(true);
      }
    }
  });
});
