/** Prints what the store costs. Run after a build: `node log-plane/store-duckdb/store.bench.mjs [rows of the token query]` */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKqlCompiler } from '../kql/dist/index.js';
import { tableSchemas } from '../store/dist/index.js';
import { openDuckDbStore } from './dist/index.js';

const logger = { info: () => {}, warn: console.warn, error: console.error };
const workspaceId = '11111111-1111-1111-1111-111111111111';
const _ResourceId = '/subscriptions/s/resourcegroups/r/providers/microsoft.apimanagement/service/apim';
const shared = { _ResourceId, Region: 'East US', CorrelationId: '' };

/** A generator with a seed, so that every run has the same texts. */
let seed = 1;
const random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
};
const words = Array.from({ length: 4_000 }, () =>
  Math.floor(random() * 36 ** 6)
    .toString(36)
    .slice(0, 2 + Math.floor(random() * 7)),
);
const text = (length) => {
  let all = '';
  while (all.length < length) all += `${words[Math.floor(words.length * random() ** 2)]} `;
  return all;
};

/** One call: a gateway row with bodies, tokens with messages, the usage and metric samples. */
function callOf(n, bodyLength) {
  const correlationId = `c-${n}`;
  const TimeGenerated = new Date(1_767_225_600_000 + n * 200).toISOString();
  const prompt = text(bodyLength / 8);
  const answer = text(bodyLength);
  const usage = { prompt_tokens: 20 + (n % 90), completion_tokens: 300 + (n % 700), total_tokens: 320 + (n % 700) };
  const request = JSON.stringify({ messages: [{ role: 'user', content: prompt }] });
  const response = JSON.stringify({
    choices: [{ finish_reason: 'stop', index: 0, message: { content: answer, role: 'assistant' } }],
    id: `chatcmpl-${n}`,
    model: n % 3 === 0 ? 'gpt-35-turbo' : 'gpt-4o-mini',
    usage,
  });
  const row = (table, values) => ({ table, workspaceId, values: { TimeGenerated, ...values } });
  const log = { ...shared, CorrelationId: correlationId };
  return {
    id: `${correlationId}/gateway`,
    rows: [
      row('ApiManagementGatewayLogs', {
        ...log,
        OperationName: 'Microsoft.ApiManagement/GatewayLogs',
        Category: 'GatewayLogs',
        ApiId: 'azure-openai',
        OperationId: 'ChatCompletions_Create',
        Method: 'POST',
        Url: 'https://apim.azure-api.net/openai/deployments/chat/chat/completions?api-version=2023-05-15',
        CallerIpAddress: `10.0.${n % 16}.${n % 200}`,
        ResponseCode: n % 50 === 0 ? 429 : 200,
        BackendResponseCode: 200,
        IsRequestSuccess: true,
        TotalTime: 900 + (n % 300),
        RequestHeaders: { 'content-type': 'application/json' },
        RequestBody: request,
        ResponseBody: response,
        BackendRequestBody: request,
        BackendResponseBody: response,
      }),
      row('ApiManagementGatewayLlmLog', {
        ...log,
        SequenceNumber: 0,
        ModelName: 'gpt-35-turbo',
        TotalTokens: usage.total_tokens,
      }),
      row('ApiManagementGatewayLlmLog', {
        ...log,
        SequenceNumber: 0,
        RequestMessages: [{ role: 'user', content: prompt }],
      }),
      row('ApiManagementGatewayLlmLog', {
        ...log,
        SequenceNumber: 0,
        ResponseMessages: [{ role: 'assistant', content: answer }],
      }),
      row('VigiaTokenUsage', {
        _ResourceId,
        CorrelationId: correlationId,
        TotalTokens: usage.total_tokens,
        TokenSource: 'usage',
      }),
      ...['Requests', 'Duration', 'BackendDuration', 'TotalRequests', 'SuccessfulRequests'].map((MetricName) =>
        row('VigiaMetricSample', {
          _ResourceId,
          ResourceId: _ResourceId.toUpperCase(),
          MetricName,
          UnitName: 'Count',
          Value: 1,
          Dimensions: { Location: 'East US', ApiId: 'azure-openai' },
        }),
      ),
    ],
  };
}

const at = (values, share) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)].toFixed(1);
const spread = (values) => `p50 ${at(values, 0.5)}, p99 ${at(values, 0.99)}, max ${at(values, 1)} ms`;

async function sizeOf(folder) {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

const parent = await mkdtemp(join(tmpdir(), 'vigia-bench-'));
let next = 0;
let offset = 0;
const append = async (store, calls, bodyLength) => {
  const records = Array.from({ length: calls }, () => callOf(next++, bodyLength));
  const from = { segment: 1, offset };
  offset += calls;
  const start = performance.now();
  const { rejected } = await store.append({ source: 'bench', from, to: { segment: 1, offset }, records });
  if (rejected.length > 0) throw new Error(rejected[0].reason);
  return performance.now() - start;
};

try {
  const folder = join(parent, 'rates');
  let started = performance.now();
  let store = await openDuckDbStore({ folder, memoryLimit: 1e9, logger });
  console.log(`opened, new: ${(performance.now() - started).toFixed(0)} ms`);
  for (const [calls, rounds] of [
    [1, 200],
    [10, 100],
    [100, 50],
    [1_000, 10],
  ]) {
    const times = [];
    for (let round = 0; round < rounds; round += 1) times.push(await append(store, calls, 2_000));
    const total = times.reduce((sum, time) => sum + time, 0);
    const perSecond = Math.round((calls * rounds * 1000) / total);
    console.log(
      `append, ${calls} calls of 10 rows at once: ${spread(times)}; ${perSecond} calls/s, ${perSecond * 10} rows/s`,
    );
  }
  const visible = [];
  const count = `select count(*) from ${store.relation('ApiManagementGatewayLogs', workspaceId)}`;
  for (let round = 0; round < 100; round += 1) {
    const start = performance.now();
    await append(store, 1, 2_000);
    const { rows } = await store.query({ sql: count, parameters: [], types: ['long'], maxRows: 1, timeoutMs: 10_000 });
    if (Number(rows[0][0]) !== next) throw new Error(`${rows[0][0]} of ${next} rows are visible`);
    visible.push(performance.now() - start);
  }
  console.log(`append and see the row (made, written, counted): ${spread(visible)}`);
  await store.close();
  started = performance.now();
  store = await openDuckDbStore({ folder, memoryLimit: 1e9, logger });
  console.log(`opened, ${next} calls in it: ${(performance.now() - started).toFixed(0)} ms, ${await sizeOf(folder)}`);
  await store.close();

  const rows = Number(process.argv[2] ?? 100_000);
  const large = join(parent, 'large');
  store = await openDuckDbStore({ folder: large, memoryLimit: 1e9, logger });
  next = 0;
  offset = 0;
  const times = [];
  while (next < rows) times.push(await append(store, 500, 4_000));
  console.log(`filled with ${next} calls with bodies of 4 KB, 500 at once: ${spread(times)}, ${await sizeOf(large)}`);
  const compiler = createKqlCompiler({
    name: 'bench',
    tables: tableSchemas.map(({ name, columns }) => {
      const facts = store.facts(name, workspaceId);
      return { name, columns, relation: store.relation(name, workspaceId), ...(facts === undefined ? {} : { facts }) };
    }),
  });
  for (const [title, kql] of [
    [
      'tokens by ip and model (the lab)',
      `ApiManagementGatewayLogs
       | where tolower(OperationId) in ('completions_create','chatcompletions_create')
       | where ResponseCode  == '200'
       | extend modelkey = substring(parse_json(BackendResponseBody)['model'], 0, indexof(parse_json(BackendResponseBody)['model'], '-', 0, -1, 2))
       | extend model = tostring(parse_json(BackendResponseBody)['model'])
       | extend prompttokens = parse_json(parse_json(BackendResponseBody)['usage'])['prompt_tokens']
       | extend completiontokens = parse_json(parse_json(BackendResponseBody)['usage'])['completion_tokens']
       | extend totaltokens = parse_json(parse_json(BackendResponseBody)['usage'])['total_tokens']
       | extend ip = CallerIpAddress
       | where model !=  ''
       | summarize sum(todecimal(prompttokens)), sum(todecimal(completiontokens)), sum(todecimal(totaltokens)), avg(todecimal(totaltokens)) by ip, model`,
    ],
    ['one word in the bodies', "ApiManagementGatewayLogs | where BackendResponseBody has 'nosuchword' | count"],
    ['codes by hour', 'ApiManagementGatewayLogs | summarize count() by ResponseCode, bin(TimeGenerated, 1h)'],
    [
      'metrics of ten minutes',
      'AzureMetrics | where TimeGenerated between (datetime(2026-01-01T02:00) .. 10m) | count',
    ],
    ['metrics, all', 'AzureMetrics | summarize sum(Total) by MetricName'],
    ['one call by its id', "ApiManagementGatewayLogs | where CorrelationId == 'c-777'"],
    ['ten newest rows whole', 'ApiManagementGatewayLogs | top 10 by TimeGenerated'],
  ]) {
    const compiled = compiler.compile(kql, { now: 639_000_000_000_000_000n });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
    const runs = [];
    for (let run = 0; run < 5; run += 1) {
      const start = performance.now();
      await store.query({
        sql: compiled.sql,
        parameters: compiled.parameters,
        types: compiled.columns.map(({ type }) => type),
        maxRows: 500_000,
        timeoutMs: 60_000,
      });
      runs.push(performance.now() - start);
    }
    console.log(`query over ${next} calls, ${title}: ${spread(runs)}`);
  }
  await store.close();
  store = await openDuckDbStore({ folder: large, memoryLimit: 1e9, logger });
  started = performance.now();
  await store.newest('ApiManagementGatewayLogs', workspaceId);
  console.log(`newest row, first time: ${(performance.now() - started).toFixed(1)} ms; closed: ${await sizeOf(large)}`);
  await store.close();
} finally {
  await rm(parent, { recursive: true });
}
