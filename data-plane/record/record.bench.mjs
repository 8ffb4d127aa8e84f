/** Prints what a record costs: made, spooled, shipped. Run after a build: `node data-plane/record/record.bench.mjs` */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createShipper, gatewayRecord, openSpool } from './dist/index.js';

const quiet = { info: () => {}, warn: () => {}, error: console.error };
const logging = { headers: [], bodyBytes: 8192, maskedHeaders: [], maskedQuery: [] };
const text = 'The service stands between callers and models. '.repeat(40);
const asked = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'Hello! What is this?' }] }));
const plain = Buffer.from(
  JSON.stringify({
    choices: [{ finish_reason: 'stop', index: 0, message: { content: text, role: 'assistant' } }],
    id: 'chatcmpl-1',
    model: 'gpt-35-turbo',
    usage: { prompt_tokens: 19, completion_tokens: 320, total_tokens: 339 },
  }),
);
const chunk = (content) => ({ id: 'c', model: 'gpt-35-turbo', choices: [{ index: 0, delta: { content } }] });
const stream = Buffer.from(
  text
    .split(/(?= )/)
    .map((word) => `data: ${JSON.stringify(chunk(word))}\n\n`)
    .join(''),
);

function exchangeOf(n, body, type) {
  const request = { headers: { 'content-type': 'application/json' }, bytes: asked.length, body: asked };
  const response = { headers: { 'content-type': type }, bytes: body.length, body, status: 200 };
  const url = 'https://lab.openai.azure.com/openai/deployments/chat/chat/completions?api-version=2023-05-15';
  return {
    correlationId: `c-${n}`,
    service: {
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
      exports: [
        {
          settingName: 's',
          workspaceId: '11111111-1111-1111-1111-111111111111',
          isDedicated: true,
          categories: ['GatewayLogs', 'GatewayLlmLogs'],
          allMetrics: true,
        },
      ],
    },
    receivedAt: Date.now(),
    callerIpAddress: '127.0.0.1',
    method: 'POST',
    url,
    clientProtocol: 'HTTP/1.1',
    request,
    response,
    backend: { method: 'POST', url, protocol: 'HTTP/1.1', request, response, time: 1, isComplete: true },
    isClientComplete: true,
    clientTime: 1,
    totalTime: 2,
    cache: 'none',
    errors: [],
    traceRecords: [],
    diagnostic: {
      alwaysLogErrors: true,
      samplingPercentage: 100,
      verbosity: 'information',
      logClientIp: true,
      frontendRequest: logging,
      frontendResponse: logging,
      backendRequest: logging,
      backendResponse: logging,
    },
  };
}

const round = (value) => value.toFixed(1);
const folder = await mkdtemp(join(tmpdir(), 'vigia-bench-'));
try {
  for (const [title, body, type] of [
    ['answer of 2 KB', plain, 'application/json'],
    ['stream of 280 events, counted', stream, 'text/event-stream'],
  ]) {
    for (let n = 0; n < 200; n += 1) await gatewayRecord(exchangeOf(n, body, type));
    const start = performance.now();
    for (let n = 0; n < 1_000; n += 1) await gatewayRecord(exchangeOf(n, body, type));
    console.log(`made, ${title}: ${round(performance.now() - start)} µs/record`);
  }
  const record = await gatewayRecord(exchangeOf(1, plain, 'application/json'));
  if (record === undefined) throw new Error('nothing was recorded');
  const count = 20_000;
  for (const durability of ['os', 'disk']) {
    const spools = join(folder, durability);
    const spool = await openSpool({
      folder: spools,
      name: 'bench',
      limitBytes: 4e9,
      segmentBytes: 64e6,
      overflow: 'block',
      durability,
      logger: quiet,
    });
    let rows = 0;
    const store = {
      append: async (batch) => {
        for (const each of batch.records) rows += each.rows.length;
        return { isDuplicate: false, rows: batch.records.length, rejected: [] };
      },
      deliveredUpTo: async () => undefined,
    };
    const start = performance.now();
    for (let n = 0; n < count; n += 50)
      await Promise.all(Array.from({ length: 50 }, (_, k) => spool.write({ ...record, id: `r-${n + k}` })));
    const written = performance.now() - start;
    const shipper = createShipper({ folder: spools, store, logger: quiet });
    await shipper.start();
    await shipper.flush();
    const shipped = performance.now() - start - written;
    console.log(
      `spool (${durability}, 50 at once): ${round((written * 1000) / count)} µs/record, ${Math.round((count * 1000) / written)} records/s; ` +
        `shipper: ${Math.round((count * 1000) / shipped)} records/s, ${rows} rows`,
    );
    const single = performance.now();
    for (let n = 0; n < 500; n += 1) await spool.write({ ...record, id: `s-${n}` });
    console.log(
      `spool (${durability}, one at a time): ${round(((performance.now() - single) * 1000) / 500)} µs/record`,
    );
    await shipper.close();
    await spool.close();
  }
} finally {
  await rm(folder, { recursive: true });
}
