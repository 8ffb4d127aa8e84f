import type { Resource } from '../azure-client.ts';
import { type CommandSpec, groupOption } from '../command-spec.ts';

const columns = {
  Name: (row: Resource) => row.name,
  Location: (row: Resource) => row.location,
  Status: (row: Resource) => row.properties['provisioningState'],
};
const nameOption = { flags: '-n, --name <name>', description: 'name of the resource group', isRequired: true };

export const groupCommands: readonly CommandSpec[] = [
  {
    name: 'group create',
    summary: 'Create a resource group.',
    options: [nameOption, { flags: '-l, --location <region>', description: 'Azure region', default: 'eastus' }],
    examples: ['group create --name rg-activategenai --location eastus'],
    columns,
    run: ({ client, options }) =>
      client.arm('PUT', client.groupId(options.required('name')), { location: options.text('location') }),
  },
  {
    name: 'group list',
    summary: 'List resource groups.',
    examples: ['group list --output table'],
    columns,
    run: ({ client }) => client.list(`/subscriptions/${client.connection.subscriptionId}/resourcegroups`),
  },
  {
    name: 'group show',
    summary: 'Show a resource group.',
    options: [nameOption],
    examples: ['group show --name rg-activategenai'],
    columns,
    run: ({ client, options }) => client.arm('GET', client.groupId(options.required('name'))),
  },
  {
    name: 'group delete',
    summary: 'Delete a resource group and everything in it.',
    options: [nameOption],
    examples: ['group delete --name rg-old'],
    run: ({ client, options }) => client.arm('DELETE', client.groupId(options.required('name'))),
  },
  {
    name: 'resource list',
    summary: 'List the resources of a group.',
    options: [groupOption],
    examples: ['resource list --output table'],
    columns: {
      Name: (row: Resource) => row.name,
      Type: (row: Resource) => row.type,
      Location: (row: Resource) => row.location,
    },
    run: ({ client, options }) => client.list(`${client.groupId(options.text('resourceGroup'))}/resources`),
  },
];
