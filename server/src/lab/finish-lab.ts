import { randomUUID } from 'node:crypto';
import { roleDefinitionByName } from '@vigia/access';
import type { AzureClient, Resource } from '../cli/azure-client.ts';
import { chatOperationId, isBuiltIn, operationNamed, subscriptionsFor } from '../cli/chat-api.ts';
import { CommandError } from '../cli/command-error.ts';
import { diagnosticBody, ensureLogger } from '../cli/commands/apim-diagnostic.ts';
import { resourceId } from '../cli/find-resource.ts';
import { checkLab, type StepResult } from './check-lab.ts';
import { type AccountFacts, type LabFacts, labGroup, readLabFacts, type ServiceFacts } from './lab-facts.ts';
import { endpointHost } from './steps-part-2.ts';

const serviceName = 'apim-contoso';
const apiId = 'azure-openai';
const productId = 'openai';
const subscriptionId = 'aoai-test';
const settingName = 'lab';
const teacher = 'You are an AI teacher who helps people learn about AI.';

/** Our own, of the lab's shape: the key stays out, the service's identity signs the call. */
const inboundPolicy = (host: string): string => `<policies>
  <inbound>
    <base />
    <set-header name="api-key" exists-action="delete" />
    <authentication-managed-identity resource="https://cognitiveservices.azure.com" output-token-variable-name="identity-token" ignore-error="false" />
    <set-header name="Authorization" exists-action="override">
      <value>@("Bearer " + (string)context.Variables["identity-token"])</value>
    </set-header>
    <set-backend-service base-url="https://${host}/openai" />
  </inbound>
  <backend>
    <base />
  </backend>
  <outbound>
    <base />
  </outbound>
  <on-error>
    <base />
  </on-error>
</policies>
`;

/** One thing that the lab does, by the number of its step; `facts` are what the steps before have left. */
interface Deed {
  readonly steps: readonly string[];
  readonly title: string;
  run(facts: LabFacts): Promise<unknown>;
}

const accountOf = ({ account }: LabFacts): AccountFacts => {
  if (account === undefined) throw new CommandError(`The resource group ${labGroup} has no Azure OpenAI account.`);
  return account;
};
const serviceOf = ({ service }: LabFacts): ServiceFacts => {
  if (service === undefined) throw new CommandError(`The resource group ${labGroup} has no API Management service.`);
  return service;
};
const apiOf = (facts: LabFacts): Resource => {
  const api = serviceOf(facts).api?.api;
  if (api === undefined) throw new CommandError(`No API has the operation ${chatOperationId}.`);
  return api as unknown as Resource;
};

const deeds: readonly Deed[] = [
  {
    steps: ['1.1'],
    title: 'diagnostic settings of the account',
    run: (facts) => sendLogs(facts, accountOf(facts).account.id),
  },
  {
    steps: ['2.1', '2.2'],
    title: 'API Management service with a managed identity',
    run: ({ client, service }) => {
      const identity = { type: 'SystemAssigned' };
      const sku = { name: 'Standard', capacity: 1 };
      if (service !== undefined) return client.arm('PATCH', service.service.id, { sku, identity });
      return client.arm('PUT', resourceId(client, 'service', serviceName, labGroup), {
        location: 'eastus',
        sku,
        identity,
        properties: { publisherName: 'Contoso', publisherEmail: 'admin@contoso.com' },
      });
    },
  },
  {
    steps: ['2.3'],
    title: 'role Cognitive Services User for that identity',
    run: (facts) => {
      const { client } = facts;
      const role = roleDefinitionByName('Cognitive Services User')?.id;
      return client.arm(
        'PUT',
        `${accountOf(facts).account.id}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`,
        {
          properties: {
            roleDefinitionId: `/subscriptions/${client.connection.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
            principalId: serviceOf(facts).service.identity?.principalId,
            principalType: 'ServicePrincipal',
          },
        },
      );
    },
  },
  {
    steps: ['2.5'],
    title: 'Azure OpenAI API',
    run: (facts) => {
      const { service, apis } = serviceOf(facts);
      if (apis.some((each) => operationNamed(each, chatOperationId) !== undefined)) {
        throw new CommandError(
          'The Azure OpenAI API is there several times; which one to keep is not for a program to say.',
        );
      }
      return facts.client.arm('PUT', `${service.id}/apis/${apiId}`, {
        properties: {
          format: 'openapi+json-link',
          value: `${facts.client.connection.openai}/openai/openapi.json`,
          path: 'openai',
          subscriptionRequired: true,
        },
      });
    },
  },
  {
    steps: ['2.6'],
    title: 'subscription key in the header api-key',
    run: (facts) =>
      facts.client.arm('PATCH', `${serviceOf(facts).service.id}/apis/${apiOf(facts).name}`, {
        properties: { subscriptionKeyParameterNames: { header: 'api-key', query: 'subscription-key' } },
      }),
  },
  {
    steps: ['2.7'],
    title: 'product',
    async run(facts) {
      const product = `${serviceOf(facts).service.id}/products/${productId}`;
      await facts.client.arm('PUT', product, {
        properties: { displayName: 'OpenAI', state: 'published', subscriptionRequired: true },
      });
      await facts.client.arm('PUT', `${product}/apis/${apiOf(facts).name}`);
    },
  },
  {
    steps: ['2.8'],
    title: 'subscription',
    run: (facts) => {
      const { service, products } = serviceOf(facts);
      const linked = products.find(({ apis }) => apis.includes(apiOf(facts).name))?.product.name ?? productId;
      return facts.client.arm('PUT', `${service.id}/subscriptions/${subscriptionId}`, {
        properties: { displayName: 'AOAI Test', scope: `/products/${linked}`, state: 'active' },
      });
    },
  },
  {
    steps: ['2.9'],
    title: 'inbound policy',
    run: (facts) =>
      facts.client.arm('PUT', `${serviceOf(facts).service.id}/apis/${apiOf(facts).name}/policies/policy`, {
        properties: { format: 'rawxml', value: inboundPolicy(endpointHost(facts)) },
      }),
  },
  {
    steps: ['2.10'],
    title: 'diagnostics with headers, bodies, prompts and answers',
    async run(facts) {
      const { client } = facts;
      const { service } = serviceOf(facts);
      await ensureLogger(client, service.id);
      const headers = ['User-Agent', 'Content-Type', 'x-ms-region', 'apim-request-id'];
      await client.arm(
        'PUT',
        `${service.id}/apis/${apiOf(facts).name}/diagnostics/azuremonitor`,
        diagnosticBody({ bytes: 8192, headers, hasLlmLogs: true }),
      );
      // The lab's query reads ApiManagementGatewayLogs.
      await sendLogs(facts, service.id, { logAnalyticsDestinationType: 'Dedicated' });
    },
  },
  {
    steps: ['1.2', '1.3'],
    title: 'chats with the account itself',
    async run(facts) {
      const { account, keys } = accountOf(facts);
      const [key] = await keys();
      for (const question of ['What is artificial intelligence?', 'Which kinds of AI are there?']) {
        await chat(
          facts.client,
          `${facts.client.connection.openai}/openai/deployments/${chatDeployment(facts)}/chat/completions?api-version=2024-10-21`,
          key,
          [
            { role: 'system', content: teacher },
            { role: 'user', content: question },
          ],
        );
      }
      return account;
    },
  },
  {
    steps: ['2.11'],
    title: 'test call through the gateway',
    async run(facts) {
      const { client } = facts;
      const { service, subscriptions, products } = serviceOf(facts);
      const api = apiOf(facts);
      const linked = products.filter(({ apis }) => apis.includes(api.name)).map(({ product }) => product.name);
      const subscription = subscriptionsFor(subscriptions, api.name, linked).find((each) => !isBuiltIn(each));
      if (subscription === undefined) throw new CommandError(`No active subscription opens the API ${api.name}.`);
      const { primaryKey } = await client.arm<{ primaryKey: string }>(
        'POST',
        `${service.id}/subscriptions/${subscription.name}/listSecrets`,
      );
      const path = String((api.properties as { path?: string }).path ?? '');
      await chat(
        client,
        `${client.connection.gateway}/${path}/deployments/${chatDeployment(facts)}/chat/completions?api-version=2023-05-15`,
        primaryKey,
        [{ role: 'user', content: 'What does an API gateway do in front of a language model?' }],
      );
    },
  },
];

/**
 * Does whatever step of the lab is not done, by the REST that a learner would use, each at most once. What is done
 * stays as it is. Throws CommandError or RestError with the reason where a step cannot be done.
 */
export async function finishLab(client: AzureClient, log: (line: string) => void): Promise<void> {
  for (const deed of deeds) {
    const open = stillOpen(await checkLab(client, deed.steps), deed.steps);
    if (open.length === 0) continue;
    log(`${open.join(', ')}: ${deed.title}`);
    await deed.run(await readLabFacts(client));
  }
}

/** Missing or waiting: a deed comes after those that its steps wait for. */
const stillOpen = (results: readonly StepResult[], steps: readonly string[]): readonly string[] =>
  results.filter(({ id, status }) => steps.includes(id) && status !== 'ok').map(({ id }) => id);

const chatDeployment = (facts: LabFacts): string => {
  const found = accountOf(facts).deployments.find(({ properties }) =>
    /^gpt-35-turbo|^gpt-3\.5|^gpt-4/.test(properties.model.name),
  );
  if (found === undefined)
    throw new CommandError(`${accountOf(facts).account.name} has no deployment of a chat model.`);
  return encodeURIComponent(found.name);
};

async function sendLogs(
  { client, workspaces }: LabFacts,
  resource: string,
  destination: { readonly logAnalyticsDestinationType?: 'Dedicated' } = {},
): Promise<void> {
  const [workspace] = workspaces;
  if (workspace === undefined) throw new CommandError(`The resource group ${labGroup} has no Log Analytics workspace.`);
  const categories = await client.list<Resource<{ categoryType: 'Logs' | 'Metrics' }>>(
    `${resource}/providers/Microsoft.Insights/diagnosticSettingsCategories`,
  );
  const enabled = (kind: 'Logs' | 'Metrics') =>
    categories
      .filter(({ properties }) => properties.categoryType === kind)
      .map(({ name }) => ({ category: name, enabled: true }));
  await client.arm('PUT', `${resource}/providers/Microsoft.Insights/diagnosticSettings/${settingName}`, {
    properties: { workspaceId: workspace.id, ...destination, logs: enabled('Logs'), metrics: enabled('Metrics') },
  });
}

async function chat(
  client: AzureClient,
  url: string,
  key: string | undefined,
  messages: readonly { role: string; content: string }[],
): Promise<void> {
  if (key === undefined) throw new CommandError(`There is no key to call ${url} with.`);
  const response = await client.send(url, {
    method: 'POST',
    headers: { 'api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ messages, max_tokens: 200 }),
  });
  const text = await response.text();
  if (!response.ok) throw new CommandError(`POST ${url} was answered with ${response.status}: ${text}`);
}
