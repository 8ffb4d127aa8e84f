/**
 * CPU per request of the gateway beside a bare node:http proxy, in one run: backend and clients live in a child
 * process, so `process.cpuUsage()` here is the proxy's alone. Run after a build:
 * `node --import ./scripts/… ` is not needed: `npx vite-node --options.conditions=source`, or bundle it (see README).
 */
import { fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackendClient } from '@vigia/backend';
import type { DiagnosticSnapshot, Snapshot } from '@vigia/contract';
import type { Pipeline } from '@vigia/policy';
import { createGateway } from './gateway.ts';

const calls = 4000;
const parallel = 16;
const body = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(1000) }] });
const answer = JSON.stringify({ choices: [{ message: { content: 'y'.repeat(2000) } }], usage: { total_tokens: 3 } });
const path = '/openai/deployments/gpt/chat/completions?api-version=2023-05-15';

if (process.send === undefined) await measure();
else await drive();

/** The child: a backend, and clients that come when they are told to. */
async function drive(): Promise<void> {
  const backend = createServer((req, res) => {
    req.resume().on('end', () => res.writeHead(200, { 'content-length': answer.length }).end(answer));
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  process.send?.({ backend: (backend.address() as AddressInfo).port });
  process.on('message', async (port: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: parallel });
    let left = calls;
    const client = async (): Promise<void> => {
      while (left-- > 0) {
        const req = request({ host: '127.0.0.1', port, method: 'POST', path, agent, headers: { 'api-key': 'k' } });
        req.end(body);
        const [res] = await once(req, 'response');
        if (res.statusCode !== 200) throw new Error(`Answered with ${res.statusCode}.`);
        res.resume();
        await once(res, 'end');
      }
    };
    await Promise.all(Array.from({ length: parallel }, client));
    agent.destroy();
    process.send?.({ done: true });
  });
}

async function measure(): Promise<void> {
  const child = fork(process.argv[1] ?? '');
  const [{ backend: backendPort }] = (await once(child, 'message')) as [{ backend: number }];
  const agent = new Agent({ keepAlive: true });
  const bare = createServer((req, res) => {
    const out = request({
      host: '127.0.0.1',
      port: backendPort,
      method: req.method,
      path: req.url,
      agent,
      headers: req.headers,
    });
    out.on('response', (back) => {
      res.writeHead(back.statusCode ?? 0, back.headers);
      back.pipe(res);
    });
    req.pipe(out);
  }).listen(0, '127.0.0.1');
  await once(bare, 'listening');
  const backend = createBackendClient();
  const gateway = await createGateway({
    snapshot: snapshotOf(backendPort),
    compiler: { compile: () => ({ pipeline, diagnostics: [] }) },
    spool: { admit: () => true, write: () => Promise.resolve() },
    backend,
    toRecord: ({ correlationId }) => ({ id: correlationId, rows: [] }),
    tokens: { text: async () => 0, chat: async () => 0 },
    managedIdentityToken: () => Promise.reject(new Error('no identity')),
    logger: console,
  });
  const { port } = await gateway.listen({ host: '127.0.0.1', port: 0 });
  const cost = async (of: number): Promise<number> => {
    const before = process.cpuUsage();
    child.send(of);
    await once(child, 'message');
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  };
  const barePort = (bare.address() as AddressInfo).port;
  const costs: { bare: number; gateway: number }[] = [];
  for (let round = 0; round < 4; round++) costs.push({ bare: await cost(barePort), gateway: await cost(port) });
  // The first round warms both up.
  const best = (of: 'bare' | 'gateway'): number => Math.min(...costs.slice(1).map((each) => each[of]));
  const ratio = best('gateway') / best('bare');
  console.log(
    `CPU per request: node:http proxy ${best('bare').toFixed(0)} µs, gateway ${best('gateway').toFixed(0)} µs, ratio ${ratio.toFixed(2)}`,
  );
  child.kill();
  bare.closeAllConnections();
  bare.close();
  agent.destroy();
  await gateway.close({ graceMs: 1000 });
  await backend.close();
}

const pipeline: Pipeline = {
  preflight: () => false,
  needs: { requestBody: false, responseBody: false },
  fail: async (context, _error, response) => {
    context.response = response;
  },
  run: async (context) => {
    context.response = await context.services.forward(context, {
      timeoutMs: 10_000,
      followRedirects: false,
      bufferRequestBody: false,
      bufferResponse: false,
    });
  },
};

function snapshotOf(port: number): Snapshot {
  const secret = Buffer.from('a secret of thirty-two bytes ...');
  const hash = createHmac('sha256', secret).update('k').digest('hex');
  const side = { headers: [], bodyBytes: 8192, maskedHeaders: [], maskedQuery: [] };
  const diagnostic: DiagnosticSnapshot = {
    alwaysLogErrors: true,
    samplingPercentage: 100,
    verbosity: 'information',
    logClientIp: true,
    frontendRequest: side,
    frontendResponse: side,
    backendRequest: side,
    backendResponse: side,
  };
  const urlTemplate = '/deployments/{deployment-id}/chat/completions?api-version={api-version}';
  return {
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    tenantId: 't',
    subscriptionId: 's',
    keyHashSecret: secret.toString('base64'),
    accounts: [],
    roleAssignments: [],
    services: [
      {
        id: '/s',
        name: 's',
        location: 'eastus',
        regionName: 'East US',
        sku: 'Developer',
        hosts: [],
        isDefault: true,
        namedValues: [],
        fragments: [],
        products: [],
        backends: [],
        exports: [],
        apis: [
          {
            id: 'openai',
            displayName: 'openai',
            revision: '1',
            isCurrent: true,
            path: 'openai',
            serviceUrl: `http://127.0.0.1:${port}`,
            protocols: ['https'],
            subscriptionRequired: true,
            subscriptionKeyParameterNames: { header: 'api-key', query: 'api-key' },
            operations: [{ id: 'chat', displayName: 'chat', method: 'POST', urlTemplate }],
            diagnostic,
          },
        ],
        subscriptions: [
          {
            id: 'sub',
            displayName: 'sub',
            scope: { kind: 'allApis' },
            state: 'active',
            primaryKey: hash,
            secondaryKey: hash,
            allowTracing: false,
            createdDate: '2026-01-01T00:00:00Z',
          },
        ],
      },
    ],
  };
}
