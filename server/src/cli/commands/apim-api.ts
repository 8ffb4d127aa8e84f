import { readFileSync } from 'node:fs';
import type { AzureClient, Resource } from '../azure-client.ts';
import { CommandError } from '../command-error.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { serviceIdOf, serviceOption } from '../find-resource.ts';

interface ApiProperties {
  readonly displayName?: string;
  readonly path?: string;
  readonly subscriptionKeyParameterNames?: { readonly header?: string; readonly query?: string };
}
interface OperationProperties {
  readonly displayName?: string;
  readonly method?: string;
  readonly urlTemplate?: string;
}

const columns = {
  Id: (row: Resource) => row.name,
  Name: (row: Resource<ApiProperties>) => row.properties.displayName,
  Path: (row: Resource<ApiProperties>) => row.properties.path,
  KeyHeader: (row: Resource<ApiProperties>) =>
    row.properties.subscriptionKeyParameterNames?.header ?? 'Ocp-Apim-Subscription-Key',
};
const operationColumns = {
  Id: (row: Resource) => row.name,
  Method: (row: Resource<OperationProperties>) => row.properties.method,
  UrlTemplate: (row: Resource<OperationProperties>) => row.properties.urlTemplate,
  Name: (row: Resource<OperationProperties>) => row.properties.displayName,
};
export const apiOption = { flags: '--api-id <api>', description: 'id of the API', isRequired: true };

/** az's `--specification-format` → ARM's `format` of a text and of a link. */
const formats: Readonly<Record<string, { readonly text: string; readonly link: string }>> = {
  OpenApi: { text: 'openapi', link: 'openapi-link' },
  OpenApiJson: { text: 'openapi+json', link: 'openapi+json-link' },
  Swagger: { text: 'swagger-json', link: 'swagger-link-json' },
  Wsdl: { text: 'wsdl', link: 'wsdl-link' },
  Wadl: { text: 'wadl-xml', link: 'wadl-link-json' },
};

function specificationOf(options: Options): { format: string; value: string } {
  const url = options.text('specificationUrl');
  const path = options.text('specificationPath');
  if ((url === undefined) === (path === undefined)) {
    throw new CommandError('Say where the specification is: either --specification-url or --specification-path.', 2);
  }
  const value = url ?? readText(path ?? '');
  const isYaml = url === undefined ? !value.trimStart().startsWith('{') : /\.ya?ml(?:[?#]|$)/i.test(url);
  const format = formats[options.text('specificationFormat') ?? (isYaml ? 'OpenApi' : 'OpenApiJson')];
  if (format === undefined)
    throw new CommandError(`--specification-format takes one of ${Object.keys(formats).join(', ')}.`, 2);
  return { format: url === undefined ? format.text : format.link, value };
}

export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`The file ${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

export const apiPath = async (client: AzureClient, options: Options): Promise<string> =>
  `${await serviceIdOf(client, options)}/apis/${encodeURIComponent(options.required('apiId'))}`;

export const apimApiCommands: readonly CommandSpec[] = [
  {
    name: `apim api import`,
    summary: 'Create an API from an OpenAPI document, or update the one that exists.',
    options: [
      serviceOption,
      groupOption,
      { flags: '--api-id <api>', description: 'id of the API; an existing one is updated', default: 'azure-openai' },
      { flags: '--path <suffix>', description: 'API URL suffix, for instance openai; default when updating: as it is' },
      { flags: '--specification-url <url>', description: 'where the service fetches the document' },
      { flags: '--specification-path <file>', description: 'a file of this machine' },
      {
        flags: '--specification-format <format>',
        description: 'default: OpenApiJson, or OpenApi for YAML',
        choices: Object.keys(formats),
      },
      { flags: '--display-name <name>', description: 'default: title of the document' },
      { flags: '--service-url <url>', description: 'backend address; default: first server of the document' },
      { flags: '--subscription-key-header-name <name>', description: 'header that carries the subscription key' },
    ],
    examples: [
      'apim api import --path openai --specification-url http://127.0.0.1:7082/openai/openapi.json',
      'apim api import --api-id azure-openai --path openai --specification-path inference.json',
    ],
    columns,
    async run({ client, options }) {
      const path = await apiPath(client, options);
      const existing = await client.find<Resource<ApiProperties>>(path);
      const suffix = options.text('path') ?? existing?.properties.path;
      if (suffix === undefined) throw new CommandError('A new API needs --path, its URL suffix: --path openai', 2);
      const displayName = options.text('displayName');
      const serviceUrl = options.text('serviceUrl');
      const names = keyNames(options) ?? existing?.properties.subscriptionKeyParameterNames;
      return client.arm('PUT', path, {
        properties: {
          ...specificationOf(options),
          path: suffix,
          ...(displayName === undefined ? {} : { displayName }),
          ...(serviceUrl === undefined ? {} : { serviceUrl }),
          ...(names === undefined ? {} : { subscriptionKeyParameterNames: names }),
        },
      });
    },
  },
  {
    name: 'apim api list',
    summary: 'List the APIs of a service.',
    options: [serviceOption, groupOption],
    examples: ['apim api list --output table'],
    columns,
    run: async ({ client, options }) => client.list(`${await serviceIdOf(client, options)}/apis`),
  },
  {
    name: 'apim api show',
    summary: 'Show an API.',
    options: [serviceOption, groupOption, apiOption],
    examples: ['apim api show --api-id azure-openai'],
    columns,
    run: async ({ client, options }) => client.arm('GET', await apiPath(client, options)),
  },
  {
    name: 'apim api update',
    summary: 'Change settings of an API.',
    options: [
      serviceOption,
      groupOption,
      apiOption,
      {
        flags: '--subscription-key-header-name <name>',
        description: 'header that carries the subscription key, for instance api-key',
      },
      { flags: '--subscription-key-query-param-name <name>', description: 'query parameter that carries it' },
      {
        flags: '--subscription-required <true|false>',
        description: 'whether a key is asked for',
        choices: ['true', 'false'],
      },
      { flags: '--path <suffix>', description: 'API URL suffix' },
      { flags: '--display-name <name>', description: 'name' },
      { flags: '--service-url <url>', description: 'backend address' },
    ],
    examples: ['apim api update --api-id azure-openai --subscription-key-header-name api-key'],
    columns,
    async run({ client, options }) {
      const path = await apiPath(client, options);
      const current = await client.arm<Resource<ApiProperties>>('GET', path);
      const names = keyNames(options);
      const required = options.text('subscriptionRequired');
      const changes = Object.fromEntries(
        (['path', 'displayName', 'serviceUrl'] as const).flatMap((name) => {
          const value = options.text(name);
          return value === undefined ? [] : [[name, value]];
        }),
      );
      return client.arm('PATCH', path, {
        properties: {
          ...changes,
          ...(required === undefined ? {} : { subscriptionRequired: required === 'true' }),
          // A PATCH replaces the object: the name that is not changed goes along.
          ...(names === undefined
            ? {}
            : {
                subscriptionKeyParameterNames: {
                  header: 'Ocp-Apim-Subscription-Key',
                  query: 'subscription-key',
                  ...current.properties.subscriptionKeyParameterNames,
                  ...names,
                },
              }),
        },
      });
    },
  },
  {
    name: 'apim api delete',
    summary: 'Delete an API.',
    options: [serviceOption, groupOption, apiOption],
    examples: ['apim api delete --api-id echo-api'],
    run: async ({ client, options }) => client.arm('DELETE', await apiPath(client, options)),
  },
  {
    name: 'apim api operation list',
    summary: 'List the operations of an API.',
    options: [serviceOption, groupOption, apiOption],
    examples: ['apim api operation list --api-id azure-openai --output table'],
    columns: operationColumns,
    run: async ({ client, options }) => client.list(`${await apiPath(client, options)}/operations`),
  },
];

function keyNames(options: Options): { header?: string; query?: string } | undefined {
  const header = options.text('subscriptionKeyHeaderName');
  const query = options.text('subscriptionKeyQueryParamName');
  if (header === undefined && query === undefined) return undefined;
  return { ...(header === undefined ? {} : { header }), ...(query === undefined ? {} : { query }) };
}
