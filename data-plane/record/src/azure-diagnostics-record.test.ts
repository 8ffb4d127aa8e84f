import type { AccountSnapshot, LogExportSnapshot } from '@vigia/contract';
import { describe, expect, it } from 'vitest';
import { auditRecord, azureDiagnosticsRecord, maskedIp } from './azure-diagnostics-record.ts';
import type { OpenAiCall } from './openai-call.ts';

const to: LogExportSnapshot = {
  settingName: 's',
  workspaceId: '11111111-1111-1111-1111-111111111111',
  isDedicated: false,
  categories: ['Audit', 'RequestResponse', 'Trace'],
  allMetrics: true,
};
const accountOf = (exports: readonly LogExportSnapshot[]): AccountSnapshot => ({
  id: '/subscriptions/abc/resourceGroups/rg-activategenai/providers/Microsoft.CognitiveServices/accounts/aoai-lab',
  name: 'aoai-lab',
  location: 'eastus',
  regionName: 'East US',
  kind: 'OpenAI',
  subDomain: 'aoai-lab',
  endpoint: 'http://127.0.0.1:7082/',
  hosts: [],
  isDefault: true,
  key1: '',
  key2: '',
  disableLocalAuth: false,
  deployments: [],
  exports,
});
const call: OpenAiCall = {
  account: accountOf([to]),
  tenantId: 't',
  correlationId: '22222222-2222-2222-2222-222222222222',
  operationName: 'ChatCompletions_Create',
  apiVersion: '2023-05-15',
  receivedAt: Date.parse('2023-11-14T22:13:20.001Z'),
  durationMs: 250,
  timeToResponseMs: 100,
  status: 200,
  callerIpAddress: '81.2.69.142',
  requestLength: 120,
  responseLength: 2000,
  auth: 'key',
  isStreaming: false,
  deployment: {
    name: 'chat',
    model: { format: 'OpenAI', name: 'gpt-35-turbo', version: '0301' },
    sku: 'Standard',
    capacity: 1,
  },
  usage: { promptTokens: 19, completionTokens: 379, totalTokens: 398 },
};
const rows = (more: Partial<OpenAiCall> = {}, table = 'AzureDiagnostics') =>
  (azureDiagnosticsRecord({ ...call, ...more })?.rows ?? [])
    .filter((row) => row.table === table)
    .map(({ values }) => values);

describe('AzureDiagnostics rows of an account', () => {
  it('of a call have Azure’s columns and properties as text', () => {
    const [row] = rows();
    expect(row).toMatchObject({
      Category: 'RequestResponse',
      OperationName: 'ChatCompletions_Create',
      event_s: 'ShoeboxCallResult',
      CallerIPAddress: '81.2.69.***',
      DurationMs: 250,
      ResultSignature: '200',
      Resource: 'AOAI-LAB',
      ResourceGroup: 'RG-ACTIVATEGENAI',
      ResourceProvider: 'MICROSOFT.COGNITIVESERVICES',
      ResourceType: 'ACCOUNTS',
      _ResourceId: call.account.id.toLowerCase(),
    });
    // 1700000000001 ms after 1970 = 638355968000010000 ticks after 0001.
    expect(row?.['properties_s']).toContain('"requestTime":638355968000010000,');
    expect(row?.['properties_s']).toContain('"responseTime":638355968002510000,');
    expect(JSON.parse(String(row?.['properties_s']))).toMatchObject({
      apiName: 'Azure OpenAI API version 2023-05-15',
      streamType: 'Non-Streaming',
      modelDeploymentName: 'chat',
      modelName: 'gpt-35-turbo',
      modelVersion: '0301',
      objectId: '',
    });
  });

  it.each<[string, Partial<OpenAiCall>, readonly string[]]>([
    ['access by key is audited as ListKey', {}, ['RequestResponse ChatCompletions_Create', 'Audit ListKey']],
    ['access by token is not', { auth: 'token', objectId: 'o' }, ['RequestResponse ChatCompletions_Create']],
    [
      'a fault of ours is traced',
      { auth: 'none', status: 500 },
      ['RequestResponse ChatCompletions_Create', 'Trace ChatCompletions_Create'],
    ],
    [
      'usage has its category',
      { account: accountOf([{ ...to, categories: ['AzureOpenAIRequestUsage'] }]) },
      ['AzureOpenAIRequestUsage ChatCompletions_Create'],
    ],
    ['no category, no row', { account: accountOf([{ ...to, categories: [] }]) }, []],
  ])('%s', (_title, more, expected) =>
    expect(rows(more).map((row) => `${String(row['Category'])} ${String(row['OperationName'])}`)).toEqual(expected),
  );

  it('are none where nobody asked', () => {
    expect(azureDiagnosticsRecord({ ...call, account: accountOf([]) })).toBeUndefined();
    expect(
      azureDiagnosticsRecord({ ...call, account: accountOf([{ ...to, categories: [], allMetrics: false }]) }),
    ).toBeUndefined();
  });

  it('of key actions go to Audit', () => {
    const action = { ...call, operationName: 'RegenerateKey' as const, at: call.receivedAt };
    expect(auditRecord(action)?.rows).toMatchObject([
      { values: { Category: 'Audit', OperationName: 'RegenerateKey' } },
    ]);
    expect(auditRecord({ ...action, account: accountOf([{ ...to, categories: ['Trace'] }]) })).toBeUndefined();
  });
});

describe('metric samples of an account', () => {
  const measured = (more: Partial<OpenAiCall>) =>
    Object.fromEntries(rows(more, 'VigiaMetricSample').map((row) => [row['MetricName'], row['Value']]));
  it.each<[string, Partial<OpenAiCall>, object, readonly string[]]>([
    [
      'a success',
      {},
      {
        AzureOpenAIRequests: 1,
        ProcessedPromptTokens: 19,
        GeneratedTokens: 379,
        TokenTransaction: 398,
        TotalCalls: 1,
        SuccessfulCalls: 1,
        Latency: 250,
        DataIn: 120,
        DataOut: 2000,
        AzureOpenAITimeToResponse: 100,
      },
      ['ClientErrors', 'ServerErrors'],
    ],
    ['a limit', { status: 429 }, { ClientErrors: 1, TotalErrors: 1, BlockedCalls: 1 }, ['SuccessfulCalls']],
    ['a fault', { status: 500 }, { ServerErrors: 1 }, ['ClientErrors']],
  ])('of %s', (_title, more, expected, absent) => {
    expect(measured(more)).toMatchObject(expected);
    for (const name of absent) expect(measured(more)).not.toHaveProperty(name);
  });
  it('without usage have no token metric: unknown is not 0', () => {
    const { usage: _usage, ...unknown } = call;
    const found = azureDiagnosticsRecord(unknown)?.rows.map((row) => row.values['MetricName']);
    expect(found).not.toContain('ProcessedPromptTokens');
    expect(found).toContain('AzureOpenAIRequests');
  });
});

it.each([
  ['81.2.69.142', '81.2.69.***'],
  ['::ffff:127.0.0.1', '127.0.0.***'],
  ['2001:db8::1', '2001:db8::***'],
])('%s is masked as %s', (address, masked) => expect(maskedIp(address)).toBe(masked));
