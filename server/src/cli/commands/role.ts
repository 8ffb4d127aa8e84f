import { randomUUID } from 'node:crypto';
import { roleDefinitionById } from '@vigia/access';
import type { AzureClient, Resource } from '../azure-client.ts';
import { CommandError } from '../command-error.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { anyResourceId, resourcesOf } from '../find-resource.ts';

interface AssignmentProperties {
  readonly roleDefinitionId: string;
  readonly principalId: string;
  readonly scope?: string;
}
interface DefinitionProperties {
  readonly roleName: string;
  readonly description: string;
}
type Assignment = Resource<AssignmentProperties>;

const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const columns = {
  Name: (row: Assignment) => row.name,
  Principal: (row: Assignment) => row.properties.principalId,
  Role: (row: Assignment) =>
    roleDefinitionById(row.properties.roleDefinitionId)?.roleName ?? row.properties.roleDefinitionId.split('/').at(-1),
  Scope: (row: Assignment) => row.properties.scope,
};
const scopeOption = {
  flags: '--scope <id>',
  description: 'ARM id, or the name of an account or service; default: the resource group',
};
const assigneeOption = {
  flags: '--assignee <principal>',
  description: 'principalId, or the name of a service with a managed identity',
};
const roleOption = { flags: '--role <role>', description: 'name or id of the role' };

async function scopeOf(client: AzureClient, options: Options): Promise<string> {
  const scope = options.text('scope');
  return scope === undefined
    ? client.groupId(options.text('resourceGroup'))
    : anyResourceId(client, scope, options.text('resourceGroup'));
}

async function principalOf(client: AzureClient, assignee: string, group: string | undefined): Promise<string> {
  if (guid.test(assignee)) return assignee;
  const services = await resourcesOf(client, 'service', group);
  const service = services.find(({ name }) => name.toLowerCase() === assignee.toLowerCase());
  if (service === undefined)
    throw new CommandError(
      `${assignee} is neither a principalId nor the name of an API Management service of the group.`,
    );
  const principalId = service.identity?.principalId;
  if (principalId === undefined) {
    throw new CommandError(
      `The service ${service.name} has no managed identity. Turn it on with \`vigia apim update --service-name ${service.name} --enable-managed-identity\`.`,
    );
  }
  return principalId;
}

/** Roles are asked of the running system, so that the command knows what it knows. */
async function roleIdOf(client: AzureClient, scope: string, role: string): Promise<string> {
  const base = `${scope}/providers/Microsoft.Authorization/roleDefinitions`;
  if (role.startsWith('/')) return role;
  if (guid.test(role))
    return `/subscriptions/${client.connection.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const [found] = await client.list(
    `${base}?$filter=${encodeURIComponent(`roleName eq '${role.replaceAll("'", "''")}'`)}`,
  );
  if (found === undefined)
    throw new CommandError(
      `No role is named ${JSON.stringify(role)}. \`vigia role definition list --output table\` lists them.`,
    );
  return found.id;
}

export const roleCommands: readonly CommandSpec[] = [
  {
    name: 'role assignment create',
    summary: 'Give a role to an identity.',
    options: [{ ...assigneeOption, isRequired: true }, { ...roleOption, isRequired: true }, scopeOption, groupOption],
    examples: [
      'role assignment create --assignee apim-contoso --role "Cognitive Services User" --scope contoso-openai',
    ],
    columns,
    async run({ client, options }) {
      const scope = await scopeOf(client, options);
      const [principalId, roleDefinitionId] = await Promise.all([
        principalOf(client, options.required('assignee'), options.text('resourceGroup')),
        roleIdOf(client, scope, options.required('role')),
      ]);
      return client.arm('PUT', `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`, {
        properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' },
      });
    },
  },
  {
    name: 'role assignment list',
    summary: 'List who has which role.',
    options: [assigneeOption, scopeOption, groupOption],
    examples: ['role assignment list --scope contoso-openai --output table'],
    columns,
    run: ({ client, options }) => assignmentsOf(client, options),
  },
  {
    name: 'role assignment delete',
    summary: 'Take a role away; it counts at once.',
    options: [
      assigneeOption,
      roleOption,
      scopeOption,
      groupOption,
      { flags: '--ids <id>', description: 'ARM id of the assignment' },
    ],
    examples: [
      'role assignment delete --assignee apim-contoso --role "Cognitive Services User" --scope contoso-openai',
    ],
    async run({ client, options }) {
      const id = options.text('ids');
      if (id !== undefined) return client.arm('DELETE', id);
      const role = options.text('role');
      if (options.text('assignee') === undefined && role === undefined) {
        throw new CommandError('Say what to delete: --ids, or --assignee with --role and --scope.', 2);
      }
      const scope = await scopeOf(client, options);
      const wanted = role === undefined ? undefined : roleGuid(await roleIdOf(client, scope, role));
      const found = (await assignmentsOf(client, options)).filter(
        ({ properties }) =>
          (wanted === undefined || roleGuid(properties.roleDefinitionId) === wanted) &&
          // What is inherited from above belongs to another scope.
          (properties.scope === undefined || properties.scope.toLowerCase() === scope.toLowerCase()),
      );
      if (found.length === 0) throw new CommandError(`No such role assignment exists at ${scope}.`);
      for (const each of found) await client.arm('DELETE', each.id);
      return undefined;
    },
  },
  {
    name: 'role definition list',
    summary: 'List the roles.',
    options: [groupOption],
    examples: ['role definition list --output table'],
    columns: {
      Id: (row: Resource) => row.name,
      Role: (row: Resource<DefinitionProperties>) => row.properties.roleName,
    },
    run: ({ client, options }) =>
      client.list(`${client.groupId(options.text('resourceGroup'))}/providers/Microsoft.Authorization/roleDefinitions`),
  },
];

const roleGuid = (id: string): string => (id.split('/').at(-1) ?? '').toLowerCase();

async function assignmentsOf(client: AzureClient, options: Options): Promise<readonly Assignment[]> {
  const assignee = options.text('assignee');
  const principalId =
    assignee === undefined ? undefined : await principalOf(client, assignee, options.text('resourceGroup'));
  const all = await client.list<Assignment>(
    `${await scopeOf(client, options)}/providers/Microsoft.Authorization/roleAssignments`,
  );
  return all.filter(
    ({ properties }) => principalId === undefined || properties.principalId.toLowerCase() === principalId.toLowerCase(),
  );
}
