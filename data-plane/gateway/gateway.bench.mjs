/**
 * CPU per request of the gateway beside a bare node:http proxy, in one run. Backend and clients live in a child process, so
 * `process.cpuUsage()` here is the proxy's alone. Run after a build: `npm run bench:gateway`.
 */
import { fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const calls = 4000;
const parallel = 16;
const rounds = 4;
const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'word '.repeat(200) }] });
const answer = JSON.stringify({
  model: 'gpt-4o',
  choices: [{ message: { role: 'assistant', content: 'answer '.repeat(300) } }],
  usage: { prompt_tokens: 203, completion_tokens: 301, total_tokens: 504 },
});
const path = '/openai/deployments/gpt-4o/chat/completions?api-version=2023-05-15';

if (process.send === undefined) await measure();
else await drive();

/** The child: a backend, and clients that come when they are told to. */
async function drive() {
  const backend = createServer((req, res) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };
    req.resume().on('end', () => res.writeHead(200, headers).end(answer));
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  process.send({ backend: backend.address().port });
  process.on('message', async (port) => {
    const agent = new Agent({ keepAlive: true, maxSockets: parallel });
    let left = calls;
    const client = async () => {
      while (left-- > 0) {
        const headers = { 'api-key': 'k', 'content-type': 'application/json' };
        const req = request({ host: '127.0.0.1', port, method: 'POST', path, agent, headers });
        req.end(body);
        const [res] = await once(req, 'response');
        if (res.statusCode !== 200) throw new Error(`Answered with ${res.statusCode}.`);
        res.resume();
        await once(res, 'end');
      }
    };
    await Promise.all(Array.from({ length: parallel }, client));
    agent.destroy();
    process.send({ done: true });
  });
}

async function measure() {
  const [{ createBackendClient }, { loadCSharp }, { createPolicyCompiler }, { openSpool }, { createGateway }] =
    await Promise.all(['backend', 'expression', 'policy', 'record', 'gateway'].map((room) => import(`@vigia/${room}`)));
  const child = fork(fileURLToPath(import.meta.url));
  const [{ backend: backendPort }] = await once(child, 'message');
  const folder = mkdtempSync(join(tmpdir(), 'vigia-bench-'));
  const agent = new Agent({ keepAlive: true });
  const bare = createServer((req, res) => {
    const { method, url, headers } = req;
    const out = request({ host: '127.0.0.1', port: backendPort, method, path: url, agent, headers });
    out.on('response', (back) => {
      res.writeHead(back.statusCode ?? 0, back.headers);
      back.pipe(res);
    });
    req.pipe(out);
  }).listen(0, '127.0.0.1');
  await once(bare, 'listening');

  const logger = { info() {}, warn: console.warn, error: console.error };
  const compiler = createPolicyCompiler(await loadCSharp());
  const spool = await openSpool({
    folder,
    name: 'bench',
    limitBytes: 4 * 2 ** 30,
    segmentBytes: 64 * 2 ** 20,
    overflow: 'block',
    durability: 'os',
    logger,
  });
  const backend = createBackendClient();
  const gatewayWith = async ({ policy, isRecorded }) => {
    const gateway = await createGateway({
      snapshot: snapshotOf(backendPort, policy, isRecorded),
      compiler,
      spool,
      backend,
      tokens: { text: async () => 0, chat: async () => 0 },
      managedIdentityToken: async () => 'a-token',
      logger,
    });
    return { gateway, port: (await gateway.listen({ host: '127.0.0.1', port: 0 })).port };
  };
  const ways = {
    'node:http proxy': { port: bare.address().port },
    'gateway, nothing recorded': await gatewayWith({ policy: undefined, isRecorded: false }),
    "gateway, the lab's policy": await gatewayWith({ policy: labPolicy(backendPort), isRecorded: false }),
    'gateway, policy, whole bodies and LLM log on the spool': await gatewayWith({
      policy: labPolicy(backendPort),
      isRecorded: true,
    }),
  };

  const cost = async (port) => {
    const before = process.cpuUsage();
    child.send(port);
    await once(child, 'message');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  };
  const best = {};
  for (let round = 0; round < rounds; round += 1)
    for (const [name, { port }] of Object.entries(ways)) {
      const found = await cost(port);
      // The first round warms all up.
      if (round > 0) best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, found);
    }
  console.log(`CPU of the proxy's process per request, best of ${rounds - 1} rounds of ${calls} calls:`);
  for (const [name, micros] of Object.entries(best))
    console.log(
      `  ${name.padEnd(56)} ${micros.toFixed(0).padStart(4)} µs  ×${(micros / best['node:http proxy']).toFixed(2)}`,
    );

  child.kill();
  bare.closeAllConnections();
  bare.close();
  agent.destroy();
  for (const { gateway } of Object.values(ways)) await gateway?.close({ graceMs: 1000 });
  await backend.close();
  await spool.close();
  rmSync(folder, { recursive: true });
}

function labPolicy(port) {
  return `<policies><inbound><base />
    <set-header name="api-key" exists-action="delete" />
    <authentication-managed-identity resource="https://cognitiveservices.azure.com" output-token-variable-name="token" />
    <set-header name="Authorization" exists-action="override"><value>@("Bearer " + (string)context.Variables["token"])</value></set-header>
    <set-backend-service base-url="http://127.0.0.1:${port}/openai" />
  </inbound><backend><base /></backend><outbound><base /></outbound><on-error><base /></on-error></policies>`;
}

function snapshotOf(port, policy, isRecorded) {
  const secret = Buffer.from('a secret of thirty-two bytes ...');
  const hash = createHmac('sha256', secret).update('k').digest('hex');
  const side = { headers: ['content-type'], bodyBytes: 8192, maskedHeaders: [], maskedQuery: [] };
  const diagnostic = {
    alwaysLogErrors: true,
    samplingPercentage: 100,
    verbosity: 'information',
    logClientIp: true,
    frontendRequest: side,
    frontendResponse: side,
    backendRequest: side,
    backendResponse: side,
    largeLanguageModel: {
      requestMessages: true,
      requestMaxBytes: 262_144,
      responseMessages: true,
      responseMaxBytes: 262_144,
    },
  };
  const logExport = {
    settingName: 'lab',
    workspaceId: '00000000-0000-0000-0000-000000000001',
    isDedicated: true,
    categories: ['GatewayLogs', 'GatewayLlmLogs'],
    allMetrics: true,
  };
  const chat = {
    id: 'ChatCompletions_Create',
    displayName: 'chat',
    method: 'POST',
    urlTemplate: '/deployments/{deployment-id}/chat/completions?api-version={api-version}',
  };
  const api = {
    id: 'azure-openai',
    displayName: 'Azure OpenAI',
    revision: '1',
    isCurrent: true,
    path: 'openai',
    serviceUrl: `http://127.0.0.1:${port}/openai`,
    protocols: ['https'],
    subscriptionRequired: true,
    subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' },
    operations: [chat],
    ...(policy === undefined ? {} : { policy }),
    ...(isRecorded ? { diagnostic } : {}),
  };
  const subscription = {
    id: 'bench',
    displayName: 'bench',
    scope: { kind: 'allApis' },
    state: 'active',
    primaryKey: hash,
    secondaryKey: hash,
    allowTracing: false,
    createdDate: '2026-01-01T00:00:00Z',
  };
  const service = {
    id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/apim',
    name: 'apim',
    location: 'eastus',
    regionName: 'East US',
    sku: 'Developer',
    hosts: [],
    isDefault: true,
    identity: { principalId: 'p', clientId: 'c', tenantId: 't' },
    namedValues: [],
    fragments: [],
    products: [],
    backends: [],
    exports: isRecorded ? [logExport] : [],
    apis: [api],
    subscriptions: [subscription],
  };
  return {
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    tenantId: 't',
    subscriptionId: 's',
    keyHashSecret: secret.toString('base64'),
    accounts: [],
    roleAssignments: [],
    services: [service],
  };
}
