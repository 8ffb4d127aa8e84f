import type { Command } from 'commander';
import { Agent, request } from 'undici';
import { type AzureClient, parseJson, type QueryTable, type Resource } from './azure-client.ts';
import {
  type ApiWithOperations,
  apisOf,
  chatOperationId,
  isChatModel,
  type ModelDeployment,
  type Operation,
  operationNamed,
  type SubscriptionProperties,
  subscriptionsFor,
} from './chat-api.ts';
import { CommandError } from './command-error.ts';
import { readText } from './commands/apim-api.ts';
import { isObject } from './error-text.ts';
import { idOf, resourcesOf, workspaceOf } from './find-resource.ts';
import type { Io } from './io.ts';
import { cellText } from './result-formats.ts';
import { debugCredential, debugHeader, showTrace, traceHeader } from './show-trace.ts';

export interface TestCallFlags {
  readonly prompt?: string;
  readonly serviceName?: string;
  readonly resourceGroup?: string;
  readonly apiId?: string;
  readonly operationId: string;
  readonly deployment?: string;
  readonly apiVersion: string;
  readonly subscriptionKey?: string;
  readonly stream?: boolean;
  readonly row: boolean;
  readonly timeout: string;
}

type Run = (command: Command, action: (client: AzureClient) => Promise<void>) => Promise<void>;

export function addTestCall(parent: Command, run: Run, io: Io): void {
  const command = callCommand(parent, 'test')
    .summary('call a model through the gateway and show its row')
    .description(
      'Sends a request body through the gateway as the test console does: prints request, answer, and the row in ApiManagementGatewayLogs.',
    )
    .option('--no-row', 'do not look for the row')
    .option('--timeout <seconds>', 'how long to wait for the row', '10');
  command.action((body: string | undefined) =>
    run(command, async (client) =>
      testCall(client, await bodyOf(body, command.opts<TestCallFlags>(), io), command.opts<TestCallFlags>(), io),
    ),
  );
}

/** The same call with a debug credential; instead of the row, each policy that ran. */
export function addTraceCall(parent: Command, run: Run, io: Io): void {
  const command = callCommand(parent, 'trace')
    .summary('call a model through the gateway and show what each policy did')
    .description(
      'Sends a request body through the gateway with a debug credential, as the test console does for a trace: prints request, answer, and each policy with its scope, place, time and what it changed; secrets are masked.',
    );
  command.action((body: string | undefined) =>
    run(command, async (client) => {
      const flags = { ...command.opts<TestCallFlags>(), row: false, timeout: '10' };
      await testCall(client, await bodyOf(body, flags, io), flags, io, true);
    }),
  );
}

function callCommand(parent: Command, group: 'test' | 'trace'): Command {
  return parent
    .command('call')
    .argument('[body]', 'a file, the JSON itself, or - for standard input')
    .option('-p, --prompt <text>', 'instead of a body: one user message')
    .option('-n, --service-name <service>', 'API Management service; may be left out where the group has one')
    .option('-g, --resource-group <name>', 'its resource group')
    .option('--api-id <api>', 'API; default: the one that has the operation')
    .option('--operation-id <operation>', 'operation', chatOperationId)
    .option(
      '--deployment <name>',
      'what {deployment-id} becomes; default: the deployment that the body names as model, else the first chat model',
    )
    .option('--api-version <version>', 'api-version', '2023-05-15')
    .option(
      '--subscription-key <key>',
      'subscription key (VIGIA_SUBSCRIPTION_KEY); default: of a subscription that opens the API',
    )
    .option('--stream', 'ask for a streamed answer')
    .addHelpText(
      'after',
      `\nExamples:\n  vigia ${group} call chat-request.json\n  vigia ${group} call --prompt 'What is artificial intelligence?' --stream\n  vigia ${group} call '{"messages":[{"role":"user","content":"Hello!"}]}' --deployment gpt-4o`,
    );
}

async function bodyOf(given: string | undefined, flags: TestCallFlags, io: Io): Promise<Record<string, unknown>> {
  if (flags.prompt !== undefined) return { messages: [{ role: 'user', content: flags.prompt }] };
  if (given === undefined)
    throw new CommandError('What to send is missing: a file, JSON, - for standard input, or --prompt TEXT.', 2);
  const text = given === '-' ? await io.stdin() : given.trimStart().startsWith('{') ? given : readText(given);
  const body = parseJson(text);
  if (!isObject(body)) throw new CommandError('The body is not a JSON object.', 2);
  return body;
}

interface Target {
  readonly serviceId: string;
  readonly apiId: string;
  readonly url: string;
  /** Sent where the group has several services: the gateway tells them apart by it. */
  readonly host: string | undefined;
  readonly method: string;
  readonly keyHeader: string;
  readonly key: string | undefined;
}

async function testCall(
  client: AzureClient,
  body: Record<string, unknown>,
  flags: TestCallFlags,
  io: Io,
  isTraced = false,
): Promise<void> {
  const sent = JSON.stringify(flags.stream ? { ...body, stream: true } : body);
  const target = await targetOf(client, body, flags, io);
  const headers = {
    'content-type': 'application/json',
    ...(target.key === undefined ? {} : { [target.keyHeader]: target.key }),
    ...(isTraced ? { [debugHeader]: await debugCredential(client, target) } : {}),
  };
  io.out(
    `${target.method} ${target.url}\n${target.key === undefined ? '' : `${target.keyHeader}: ••••\n`}content-type: application/json\n\n${sent}\n\n`,
  );

  const startedAt = new Date();
  const { status, answer, traceId } = await send(client, target, headers, sent, io);
  io.out('\n');
  if (isTraced) await showTrace(client, target, traceId, io);
  if (flags.row) await showRow(client, target, { startedAt, status, answer }, flags, io);
  if (status >= 400) throw new CommandError(`The call was answered with ${status}.`);
}

async function targetOf(
  client: AzureClient,
  body: Record<string, unknown>,
  flags: TestCallFlags,
  io: Io,
): Promise<Target> {
  const serviceId = await idOf(client, 'service', flags.serviceName, flags.resourceGroup);
  const { api, operation } = chosenOperation(await apisOf(client, serviceId), flags);
  const { path, subscriptionRequired, subscriptionKeyParameterNames } = api.api.properties;
  const template = operation.properties.urlTemplate;
  const deployment = template.includes('{deployment-id}') ? await deploymentOf(client, body, flags) : '';
  const route = template
    .replaceAll('{deployment-id}', encodeURIComponent(deployment))
    .replaceAll('{api-version}', encodeURIComponent(flags.apiVersion));
  const left = /\{[^}]*\}/.exec(route)?.[0];
  if (left !== undefined)
    throw new CommandError(
      `The operation ${operation.name} has the parameter ${left}, which this command cannot fill.`,
    );
  const [pathPart = '', query] = [path, route.replace(/^\//, '')]
    .filter((part) => part !== '')
    .join('/')
    .split('?');
  const search = query ?? `api-version=${encodeURIComponent(flags.apiVersion)}`;
  const services = await resourcesOf(client, 'service', flags.resourceGroup);
  return {
    serviceId,
    apiId: api.api.name,
    url: `${client.connection.gateway}/${pathPart}?${search}`,
    host: services.length > 1 ? `${serviceId.split('/').at(-1)}.azure-api.net` : undefined,
    method: operation.properties.method,
    keyHeader: subscriptionKeyParameterNames?.header ?? 'Ocp-Apim-Subscription-Key',
    key:
      flags.subscriptionKey ??
      io.env['VIGIA_SUBSCRIPTION_KEY'] ??
      (subscriptionRequired === false ? undefined : await keyFor(client, serviceId, api.api.name)),
  };
}

function chosenOperation(
  apis: readonly ApiWithOperations[],
  flags: TestCallFlags,
): { api: ApiWithOperations; operation: Operation } {
  const named =
    flags.apiId === undefined ? apis : apis.filter(({ api }) => api.name.toLowerCase() === flags.apiId?.toLowerCase());
  for (const api of named) {
    const operation = operationNamed(api, flags.operationId);
    if (operation) return { api, operation };
  }
  throw new CommandError(
    `No API${flags.apiId === undefined ? '' : ` ${flags.apiId}`} has the operation ${flags.operationId}. Import one: vigia apim api import --path openai --specification-url URL`,
  );
}

async function deploymentOf(client: AzureClient, body: Record<string, unknown>, flags: TestCallFlags): Promise<string> {
  if (flags.deployment !== undefined) return flags.deployment;
  const accounts = await resourcesOf(client, 'account', flags.resourceGroup);
  const all = (
    await Promise.all(accounts.map(({ id }) => client.list<Resource<ModelDeployment>>(`${id}/deployments`)))
  ).flat();
  const found =
    all.find(({ name }) => name === body['model']) ??
    all.find(({ properties }) => properties.model.name === body['model']) ??
    all.find(({ properties }) => isChatModel(properties.model.name));
  if (found === undefined) throw new CommandError('No chat model is deployed; name the deployment with --deployment.');
  return found.name;
}

async function keyFor(client: AzureClient, service: string, api: string): Promise<string> {
  const [subscriptions, products] = await Promise.all([
    client.list<Resource<SubscriptionProperties>>(`${service}/subscriptions`),
    client.list(`${service}/apis/${encodeURIComponent(api)}/products`),
  ]);
  const [first] = subscriptionsFor(
    subscriptions,
    api,
    products.map(({ name }) => name),
  );
  if (first === undefined) {
    throw new CommandError(
      `No active subscription opens the API ${api}. Create one: vigia apim subscription create --sid test --api-id ${api}`,
    );
  }
  const { primaryKey } = await client.arm<{ primaryKey: string }>(
    'POST',
    `${service}/subscriptions/${encodeURIComponent(first.name)}/listSecrets`,
  );
  return primaryKey;
}

/** Prints the answer as it comes, so that a streamed one is seen streaming. */
async function send(
  client: AzureClient,
  { url, method, host }: Target,
  headers: Record<string, string>,
  body: string,
  io: Io,
): Promise<{ status: number; answer: string; traceId: string | undefined }> {
  const agent = new Agent();
  try {
    const response = await request(url, {
      method: method as 'POST',
      headers: { ...headers, ...(host === undefined ? {} : { host }) },
      body,
      dispatcher: agent,
    });
    io.out(`${response.statusCode}\n`);
    for (const [name, value] of Object.entries(response.headers)) io.out(`${name}: ${String(value)}\n`);
    io.out('\n');
    const decoder = new TextDecoder();
    let answer = '';
    for await (const chunk of response.body) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      io.out(text);
      answer += text;
    }
    if (!answer.endsWith('\n')) io.out('\n');
    const traceId = response.headers[traceHeader];
    return { status: response.statusCode, answer, traceId: typeof traceId === 'string' ? traceId : undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code : error;
    throw new CommandError(`The gateway at ${client.connection.gateway} gave no whole answer: ${reason}`);
  } finally {
    await agent.close();
  }
}

const between = 100;

/** The newest row of this operation since the call began whose status agrees; waits for it to become visible. */
async function showRow(
  client: AzureClient,
  { serviceId }: Target,
  call: { startedAt: Date; status: number; answer: string },
  flags: TestCallFlags,
  io: Io,
): Promise<void> {
  const seconds = Number(flags.timeout);
  if (!(seconds > 0)) throw new CommandError(`--timeout is ${JSON.stringify(flags.timeout)}; expected seconds.`, 2);
  const [setting] = (
    await client.list<Resource<{ workspaceId?: string }>>(
      `${serviceId}/providers/Microsoft.Insights/diagnosticSettings`,
    )
  ).filter(({ properties }) => properties.workspaceId);
  if (setting === undefined) {
    io.err(
      `No row is written: the service sends its logs nowhere. Turn them on: vigia monitor diagnostic-settings create --name lab --resource ${serviceId.split('/').at(-1)}\n`,
    );
    return;
  }
  const workspace = await workspaceOf(client, setting.properties.workspaceId);
  const id = /"id"\s*:\s*"([^"\\]+)"/.exec(call.answer)?.[1];
  const kql = [
    'ApiManagementGatewayLogs',
    `| where TimeGenerated >= datetime(${call.startedAt.toISOString()}) and ResponseCode == ${call.status}`,
    // The id of a completion is unique, so another call of the same moment is not taken for this one.
    ...(id === undefined ? [] : [`| extend isThisOne = iff(BackendResponseBody contains ${JSON.stringify(id)}, 1, 0)`]),
    `| order by ${id === undefined ? '' : 'isThisOne desc, '}TimeGenerated desc`,
    '| take 1',
    ...(id === undefined ? [] : ['| project-away isThisOne']),
  ].join('\n');
  const since = Date.now();
  for (;;) {
    const [table] = (await client.query(workspace.properties.customerId, kql)).tables;
    const visibleAfter = Date.now() - since;
    if (table?.rows[0] !== undefined) {
      io.out(`Row in ApiManagementGatewayLogs, visible ${visibleAfter} ms after the answer:\n${rowText(table)}`);
      return;
    }
    if (Date.now() - since > seconds * 1000) {
      throw new CommandError(`The call has no row in ApiManagementGatewayLogs after ${seconds} s.`);
    }
    await new Promise((done) => setTimeout(done, between));
  }
}

/** One column a line; those without a value are left out. */
function rowText({ columns, rows: [row = []] }: QueryTable): string {
  const cells = columns
    .map(({ name }, index) => ({ name, text: cellText(row[index]) }))
    .filter(({ text }) => text !== '');
  const width = Math.max(...cells.map(({ name }) => name.length));
  return `${cells.map(({ name, text }) => `  ${name.padEnd(width)}  ${text.length > 2000 ? `${text.slice(0, 2000)}… (${text.length} characters)` : text}`).join('\n')}\n`;
}
