import type { Resource } from '../azure-client.ts';
import { type CommandSpec, groupOption } from '../command-spec.ts';
import { resourceId, resourcesOf, serviceIdOf, serviceOption } from '../find-resource.ts';

interface ServiceProperties {
  readonly gatewayUrl?: string;
}
const columns = {
  Name: (row: Resource) => row.name,
  Location: (row: Resource) => row.location,
  Sku: (row: Resource) => row.sku?.name,
  Identity: (row: Resource) => row.identity?.principalId,
  Gateway: (row: Resource<ServiceProperties>) => row.properties.gatewayUrl,
};
const identityOption = {
  flags: '--enable-managed-identity [true|false]',
  description: 'turn the system-assigned managed identity on (or, with false, off)',
};
const skuOption = {
  flags: '--sku-name <sku>',
  description: 'Developer, Basic, Standard, Premium, Consumption, BasicV2, StandardV2, PremiumV2',
};

const identityOf = (value: string | boolean | undefined) =>
  value === undefined ? {} : { identity: { type: value === true || value === 'true' ? 'SystemAssigned' : 'None' } };

export const apimCommands: readonly CommandSpec[] = [
  {
    name: 'apim create',
    summary: 'Create an API Management service.',
    options: [
      { ...serviceOption, description: 'name of the service', isRequired: true },
      groupOption,
      { flags: '-l, --location <region>', description: 'Azure region', default: 'eastus' },
      { ...skuOption, default: 'Standard' },
      { flags: '--sku-capacity <units>', description: 'units', default: '1' },
      { flags: '--publisher-name <name>', description: 'organisation', default: 'Contoso' },
      { flags: '--publisher-email <address>', description: 'its address', default: 'admin@contoso.com' },
      identityOption,
    ],
    examples: ['apim create --service-name apim-contoso --sku-name Standard --enable-managed-identity'],
    columns,
    run: ({ client, options }) =>
      client.arm('PUT', resourceId(client, 'service', options.required('serviceName'), options.text('resourceGroup')), {
        location: options.text('location'),
        sku: { name: options.text('skuName'), capacity: options.number('skuCapacity') },
        ...identityOf(options.flag('enableManagedIdentity') ?? options.text('enableManagedIdentity')),
        properties: { publisherName: options.text('publisherName'), publisherEmail: options.text('publisherEmail') },
      }),
  },
  {
    name: 'apim list',
    summary: 'List API Management services.',
    options: [groupOption],
    examples: ['apim list --output table'],
    columns,
    run: ({ client, options }) => resourcesOf(client, 'service', options.text('resourceGroup')),
  },
  {
    name: 'apim show',
    summary: 'Show a service.',
    options: [serviceOption, groupOption],
    examples: ['apim show --query identity.principalId --output tsv'],
    columns,
    run: async ({ client, options }) => client.arm('GET', await serviceIdOf(client, options)),
  },
  {
    name: 'apim update',
    summary: 'Change the tier or the managed identity of a service.',
    options: [
      serviceOption,
      groupOption,
      skuOption,
      { flags: '--sku-capacity <units>', description: 'units' },
      identityOption,
    ],
    examples: ['apim update --enable-managed-identity', 'apim update --sku-name Standard'],
    columns,
    async run({ client, options }) {
      const sku = options.text('skuName');
      const capacity = options.number('skuCapacity');
      const id = await serviceIdOf(client, options);
      const current = await client.arm('GET', id);
      return client.arm('PATCH', id, {
        ...(sku === undefined && capacity === undefined
          ? {}
          : { sku: { name: sku ?? current.sku?.name, capacity: capacity ?? current.sku?.capacity ?? 1 } }),
        ...identityOf(options.flag('enableManagedIdentity') ?? options.text('enableManagedIdentity')),
      });
    },
  },
  {
    name: 'apim delete',
    summary: 'Delete a service.',
    options: [{ ...serviceOption, description: 'name of the service', isRequired: true }, groupOption],
    examples: ['apim delete --service-name apim-contoso'],
    run: async ({ client, options }) => client.arm('DELETE', await serviceIdOf(client, options)),
  },
];
