import type { AzureClient, Resource } from '../azure-client.ts';
import { CommandError } from '../command-error.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { serviceIdOf, serviceOption } from '../find-resource.ts';
import { readText } from './apim-api.ts';

interface PolicyProperties {
  readonly value: string;
}
const scopeOptions = [
  serviceOption,
  groupOption,
  { flags: '--api-id <api>', description: 'policy of an API (All operations)' },
  { flags: '--operation-id <operation>', description: 'of one operation; needs --api-id' },
  { flags: '--product-id <product>', description: 'of a product' },
];

/** Without any scope it is the policy of the whole service. */
async function policyPath(client: AzureClient, options: Options): Promise<string> {
  const service = await serviceIdOf(client, options);
  const [api, operation, product] = ['apiId', 'operationId', 'productId'].map((name) => options.text(name));
  if (product !== undefined && (api !== undefined || operation !== undefined)) {
    throw new CommandError('A policy belongs to a product or to an API: give --product-id or --api-id.', 2);
  }
  if (operation !== undefined && api === undefined) throw new CommandError('--operation-id needs --api-id.', 2);
  const scope = [
    product === undefined ? '' : `/products/${encodeURIComponent(product)}`,
    api === undefined ? '' : `/apis/${encodeURIComponent(api)}`,
    operation === undefined ? '' : `/operations/${encodeURIComponent(operation)}`,
  ].join('');
  return `${service}${scope}/policies/policy`;
}

const columns = {
  Name: (row: Resource) => row.name,
  Policy: (row: Resource<PolicyProperties>) => row.properties.value,
};

export const apimPolicyCommands: readonly CommandSpec[] = [
  {
    name: 'apim policy set',
    summary: 'Check and save a policy document.',
    options: [
      ...scopeOptions,
      { flags: '--file <file>', description: 'the document; - reads standard input', isRequired: true },
      { flags: '--set <name=value...>', description: 'fills a placeholder: <<name>> becomes value' },
    ],
    examples: [
      'apim policy set --api-id azure-openai --file inbound.xml',
      'apim policy set --api-id azure-openai --file inbound-policy.xml --set Azure_OpenAI_Endpoint=contoso-openai.openai.azure.com',
    ],
    columns,
    async run({ client, options, io }) {
      const file = options.required('file');
      const text = file === '-' ? await io.stdin() : readText(file);
      return client.arm('PUT', await policyPath(client, options), {
        properties: { format: 'rawxml', value: fill(text, options.list('set')) },
      });
    },
  },
  {
    name: 'apim policy show',
    summary: 'Print a policy document as it was saved.',
    options: scopeOptions,
    examples: ['apim policy show --api-id azure-openai --query properties.value --output tsv'],
    columns,
    run: async ({ client, options }) => client.arm('GET', `${await policyPath(client, options)}?format=rawxml`),
  },
  {
    name: 'apim policy delete',
    summary: 'Delete a policy document; what is above it goes on counting.',
    options: scopeOptions,
    examples: ['apim policy delete --api-id azure-openai'],
    run: async ({ client, options }) => client.arm('DELETE', await policyPath(client, options)),
  },
];

function fill(text: string, settings: readonly string[]): string {
  return settings.reduce((filled, setting) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined || value === undefined)
      throw new CommandError(`--set ${setting} is not of the form name=value.`, 2);
    const placeholder = `<<${name}>>`;
    if (!filled.includes(placeholder)) throw new CommandError(`The document has no placeholder ${placeholder}.`);
    return filled.replaceAll(placeholder, value);
  }, text);
}
