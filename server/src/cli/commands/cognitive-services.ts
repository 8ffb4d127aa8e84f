import type { Resource } from '../azure-client.ts';
import { type CommandSpec, groupOption } from '../command-spec.ts';
import { accountIdOf, accountOption, resourceId, resourcesOf } from '../find-resource.ts';

interface AccountProperties {
  readonly endpoint?: string;
  readonly provisioningState?: string;
}
interface DeploymentProperties {
  readonly model?: { readonly name: string; readonly version?: string };
}

const accountColumns = {
  Name: (row: Resource) => row.name,
  Kind: (row: Resource) => row.kind,
  Location: (row: Resource) => row.location,
  Endpoint: (row: Resource<AccountProperties>) => row.properties.endpoint,
};
const deploymentColumns = {
  Name: (row: Resource) => row.name,
  Model: (row: Resource<DeploymentProperties>) => row.properties.model?.name,
  Version: (row: Resource<DeploymentProperties>) => row.properties.model?.version,
  Sku: (row: Resource) => row.sku?.name,
  Capacity: (row: Resource) => row.sku?.capacity,
};
const deploymentOption = { flags: '--deployment-name <name>', description: 'name of the deployment', isRequired: true };

export const cognitiveServicesCommands: readonly CommandSpec[] = [
  {
    name: 'cognitiveservices account list',
    summary: 'List Azure OpenAI accounts.',
    options: [groupOption],
    examples: ['cognitiveservices account list --output table'],
    columns: accountColumns,
    run: ({ client, options }) => resourcesOf(client, 'account', options.text('resourceGroup')),
  },
  {
    name: 'cognitiveservices account show',
    summary: 'Show an account, with its endpoint.',
    options: [accountOption, groupOption],
    examples: ['cognitiveservices account show --query properties.endpoint --output tsv'],
    columns: accountColumns,
    run: async ({ client, options }) => client.arm('GET', await accountIdOf(client, options)),
  },
  {
    name: 'cognitiveservices account create',
    summary: 'Create an Azure OpenAI account, answered by the embedded service.',
    options: [
      { ...accountOption, description: 'name of the account', isRequired: true },
      groupOption,
      { flags: '-l, --location <region>', description: 'Azure region', default: 'eastus' },
      { flags: '--kind <kind>', description: 'OpenAI or AIServices', default: 'OpenAI' },
      { flags: '--sku <sku>', description: 'pricing tier', default: 'S0' },
      { flags: '--custom-domain <name>', description: 'sub-domain of its endpoint; default: its name' },
    ],
    examples: ['cognitiveservices account create --name contoso-openai --location eastus'],
    columns: accountColumns,
    run: ({ client, options }) =>
      client.arm('PUT', resourceId(client, 'account', options.required('name'), options.text('resourceGroup')), {
        location: options.text('location'),
        kind: options.text('kind'),
        sku: { name: options.text('sku') },
        properties: { customSubDomainName: options.text('customDomain') ?? options.required('name').toLowerCase() },
      }),
  },
  {
    name: 'cognitiveservices account delete',
    summary: 'Delete an account.',
    options: [{ ...accountOption, description: 'name of the account', isRequired: true }, groupOption],
    examples: ['cognitiveservices account delete --name contoso-openai'],
    run: async ({ client, options }) => client.arm('DELETE', await accountIdOf(client, options)),
  },
  {
    name: 'cognitiveservices account keys list',
    summary: 'Show both keys of an account.',
    options: [accountOption, groupOption],
    examples: ['cognitiveservices account keys list --query key1 --output tsv'],
    columns: { Key1: (row: { key1: string }) => row.key1, Key2: (row: { key2: string }) => row.key2 },
    run: async ({ client, options }) => client.arm('POST', `${await accountIdOf(client, options)}/listKeys`),
  },
  {
    name: 'cognitiveservices account keys regenerate',
    summary: 'Replace a key; the old one stops working at once.',
    options: [
      accountOption,
      groupOption,
      {
        flags: '--key-name <key>',
        description: 'which one',
        choices: ['Key1', 'Key2', 'key1', 'key2'],
        isRequired: true,
      },
    ],
    examples: ['cognitiveservices account keys regenerate --key-name Key1'],
    columns: { Key1: (row: { key1: string }) => row.key1, Key2: (row: { key2: string }) => row.key2 },
    run: async ({ client, options }) =>
      client.arm('POST', `${await accountIdOf(client, options)}/regenerateKey`, {
        keyName: options.required('keyName').toLowerCase() === 'key1' ? 'Key1' : 'Key2',
      }),
  },
  {
    name: 'cognitiveservices account deployment list',
    summary: 'List the models deployed in an account.',
    options: [accountOption, groupOption],
    examples: ['cognitiveservices account deployment list --output table'],
    columns: deploymentColumns,
    run: async ({ client, options }) => client.list(`${await accountIdOf(client, options)}/deployments`),
  },
  {
    name: 'cognitiveservices account deployment create',
    summary: 'Deploy a model.',
    options: [
      accountOption,
      groupOption,
      deploymentOption,
      {
        flags: '--model-name <model>',
        description: 'gpt-35-turbo, gpt-4o, text-embedding-ada-002 …',
        isRequired: true,
      },
      { flags: '--model-version <version>', description: '0613 and the like', isRequired: true },
      { flags: '--model-format <format>', description: 'OpenAI', default: 'OpenAI' },
      { flags: '--sku-name <sku>', description: 'Standard, GlobalStandard …', default: 'Standard' },
      { flags: '--sku-capacity <thousands>', description: 'thousands of tokens a minute', default: '30' },
    ],
    examples: [
      'cognitiveservices account deployment create --deployment-name gpt-4o --model-name gpt-4o --model-version 2024-11-20',
    ],
    columns: deploymentColumns,
    run: async ({ client, options }) =>
      client.arm(
        'PUT',
        `${await accountIdOf(client, options)}/deployments/${encodeURIComponent(options.required('deploymentName'))}`,
        {
          sku: { name: options.text('skuName'), capacity: options.number('skuCapacity') },
          properties: {
            model: {
              format: options.text('modelFormat'),
              name: options.required('modelName'),
              version: options.required('modelVersion'),
            },
          },
        },
      ),
  },
  {
    name: 'cognitiveservices account deployment delete',
    summary: 'Delete a deployment.',
    options: [accountOption, groupOption, deploymentOption],
    examples: ['cognitiveservices account deployment delete --deployment-name gpt-4o'],
    run: async ({ client, options }) =>
      client.arm(
        'DELETE',
        `${await accountIdOf(client, options)}/deployments/${encodeURIComponent(options.required('deploymentName'))}`,
      ),
  },
];
