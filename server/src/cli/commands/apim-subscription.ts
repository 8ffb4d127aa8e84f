import type { AzureClient, Resource } from '../azure-client.ts';
import { CommandError } from '../command-error.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { serviceIdOf, serviceOption } from '../find-resource.ts';

interface SubscriptionProperties {
  readonly displayName?: string | null;
  readonly scope: string;
  readonly state: string;
}
interface Secrets {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}
const columns = {
  Id: (row: Resource) => row.name,
  Name: (row: Resource<SubscriptionProperties>) => row.properties.displayName,
  Scope: (row: Resource<SubscriptionProperties>) => row.properties.scope.replace(/^.*?\/service\/[^/]+/i, ''),
  State: (row: Resource<SubscriptionProperties>) => row.properties.state,
};
const keyColumns = { Primary: (row: Secrets) => row.primaryKey, Secondary: (row: Secrets) => row.secondaryKey };
const subscriptionOption = { flags: '--sid <subscription>', description: 'id of the subscription', isRequired: true };

const subscriptionPath = async (client: AzureClient, options: Options): Promise<string> =>
  `${await serviceIdOf(client, options)}/subscriptions/${encodeURIComponent(options.required('sid'))}`;

function scopeOf(options: Options): string {
  const product = options.text('productId');
  const api = options.text('apiId');
  const scope = options.text('scope');
  if ([product, api, scope].filter((each) => each !== undefined).length > 1) {
    throw new CommandError('Give one of --product-id, --api-id and --scope.', 2);
  }
  if (product !== undefined) return `/products/${product}`;
  if (api !== undefined) return `/apis/${api}`;
  return scope ?? '/apis';
}

export const apimSubscriptionCommands: readonly CommandSpec[] = [
  {
    name: 'apim subscription create',
    summary: 'Create a subscription with two keys.',
    options: [
      serviceOption,
      groupOption,
      subscriptionOption,
      { flags: '--display-name <name>', description: 'default: its id' },
      { flags: '--product-id <product>', description: 'for the APIs of a product' },
      { flags: '--api-id <api>', description: 'for one API' },
      { flags: '--scope <scope>', description: 'as ARM has it; default: /apis, all APIs' },
      {
        flags: '--state <state>',
        description: 'state',
        choices: ['active', 'suspended', 'submitted'],
        default: 'active',
      },
    ],
    examples: ['apim subscription create --sid aoai-test --display-name "AOAI Test" --product-id openai'],
    columns,
    run: async ({ client, options }) =>
      client.arm('PUT', await subscriptionPath(client, options), {
        properties: {
          displayName: options.text('displayName') ?? options.required('sid'),
          scope: scopeOf(options),
          state: options.text('state'),
        },
      }),
  },
  {
    name: 'apim subscription list',
    summary: 'List subscriptions.',
    options: [serviceOption, groupOption],
    examples: ['apim subscription list --output table'],
    columns,
    run: async ({ client, options }) => client.list(`${await serviceIdOf(client, options)}/subscriptions`),
  },
  {
    name: 'apim subscription delete',
    summary: 'Delete a subscription; its keys stop working at once.',
    options: [serviceOption, groupOption, subscriptionOption],
    examples: ['apim subscription delete --sid aoai-test'],
    run: async ({ client, options }) => client.arm('DELETE', await subscriptionPath(client, options)),
  },
  {
    name: 'apim subscription keys list',
    summary: 'Show both keys of a subscription.',
    options: [serviceOption, groupOption, subscriptionOption],
    examples: ['apim subscription keys list --sid aoai-test --query primaryKey --output tsv'],
    columns: keyColumns,
    run: async ({ client, options }) => client.arm('POST', `${await subscriptionPath(client, options)}/listSecrets`),
  },
  {
    name: 'apim subscription keys regenerate',
    summary: 'Replace a key and show both; the old one stops working at once.',
    options: [
      serviceOption,
      groupOption,
      subscriptionOption,
      { flags: '--key-name <key>', description: 'which one', choices: ['primary', 'secondary'], isRequired: true },
    ],
    examples: ['apim subscription keys regenerate --sid aoai-test --key-name primary'],
    columns: keyColumns,
    async run({ client, options }) {
      const path = await subscriptionPath(client, options);
      await client.arm(
        'POST',
        `${path}/${options.text('keyName') === 'primary' ? 'regeneratePrimaryKey' : 'regenerateSecondaryKey'}`,
      );
      return client.arm('POST', `${path}/listSecrets`);
    },
  },
];
