import type { AzureClient, Resource } from '../azure-client.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { serviceIdOf, serviceOption } from '../find-resource.ts';
import { apiOption } from './apim-api.ts';

interface ProductProperties {
  readonly displayName?: string;
  readonly state?: string;
  readonly path?: string;
}
const columns = {
  Id: (row: Resource) => row.name,
  Name: (row: Resource<ProductProperties>) => row.properties.displayName,
  State: (row: Resource<ProductProperties>) => row.properties.state,
};
const apiColumns = {
  Id: (row: Resource) => row.name,
  Name: (row: Resource<ProductProperties>) => row.properties.displayName,
  Path: (row: Resource<ProductProperties>) => row.properties.path,
};
const productOption = { flags: '--product-id <product>', description: 'id of the product', isRequired: true };

const productPath = async (client: AzureClient, options: Options): Promise<string> =>
  `${await serviceIdOf(client, options)}/products/${encodeURIComponent(options.required('productId'))}`;

export const apimProductCommands: readonly CommandSpec[] = [
  {
    name: 'apim product create',
    summary: 'Create a product, published unless told otherwise.',
    options: [
      serviceOption,
      groupOption,
      productOption,
      { flags: '--product-name <name>', description: 'display name; default: its id' },
      { flags: '--description <text>', description: 'what it is' },
      { flags: '--state <state>', description: 'state', choices: ['published', 'notPublished'], default: 'published' },
      {
        flags: '--subscription-required <true|false>',
        description: 'whether a subscription is asked for',
        choices: ['true', 'false'],
        default: 'true',
      },
    ],
    examples: ['apim product create --product-id openai --product-name OpenAI'],
    columns,
    run: async ({ client, options }) => {
      const description = options.text('description');
      return client.arm('PUT', await productPath(client, options), {
        properties: {
          displayName: options.text('productName') ?? options.required('productId'),
          ...(description === undefined ? {} : { description }),
          state: options.text('state'),
          subscriptionRequired: options.text('subscriptionRequired') === 'true',
        },
      });
    },
  },
  {
    name: 'apim product list',
    summary: 'List products.',
    options: [serviceOption, groupOption],
    examples: ['apim product list --output table'],
    columns,
    run: async ({ client, options }) => client.list(`${await serviceIdOf(client, options)}/products`),
  },
  {
    name: 'apim product delete',
    summary: 'Delete a product and its subscriptions.',
    options: [serviceOption, groupOption, productOption],
    examples: ['apim product delete --product-id starter'],
    run: async ({ client, options }) =>
      client.arm('DELETE', `${await productPath(client, options)}?deleteSubscriptions=true`),
  },
  {
    name: 'apim product api add',
    summary: 'Link an API to a product.',
    options: [serviceOption, groupOption, productOption, apiOption],
    examples: ['apim product api add --product-id openai --api-id azure-openai'],
    columns: apiColumns,
    run: async ({ client, options }) =>
      client.arm('PUT', `${await productPath(client, options)}/apis/${encodeURIComponent(options.required('apiId'))}`),
  },
  {
    name: 'apim product api list',
    summary: 'List the APIs of a product.',
    options: [serviceOption, groupOption, productOption],
    examples: ['apim product api list --product-id openai --output table'],
    columns: apiColumns,
    run: async ({ client, options }) => client.list(`${await productPath(client, options)}/apis`),
  },
  {
    name: 'apim product api delete',
    summary: 'Take an API out of a product.',
    options: [serviceOption, groupOption, productOption, apiOption],
    examples: ['apim product api delete --product-id openai --api-id azure-openai'],
    run: async ({ client, options }) =>
      client.arm(
        'DELETE',
        `${await productPath(client, options)}/apis/${encodeURIComponent(options.required('apiId'))}`,
      ),
  },
];
