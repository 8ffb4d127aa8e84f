import type { AzureClient, Resource } from '../azure-client.ts';
import { CommandError } from '../command-error.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { anyResourceId, resourceId, resourcesOf, type WorkspaceProperties, workspaceOf } from '../find-resource.ts';

interface SettingProperties {
  readonly workspaceId?: string;
  readonly logs?: readonly { readonly category?: string; readonly categoryGroup?: string; readonly enabled: boolean }[];
  readonly metrics?: readonly { readonly category: string; readonly enabled: boolean }[];
}
interface CategoryProperties {
  readonly categoryType: 'Logs' | 'Metrics';
}

const enabled = (
  list: readonly { category?: string; categoryGroup?: string; enabled: boolean }[] | undefined,
): string =>
  (list ?? [])
    .filter((each) => each.enabled)
    .map((each) => each.category ?? each.categoryGroup)
    .join(' ');

const settingColumns = {
  Name: (row: Resource) => row.name,
  Logs: (row: Resource<SettingProperties>) => enabled(row.properties.logs),
  Metrics: (row: Resource<SettingProperties>) => enabled(row.properties.metrics),
  Workspace: (row: Resource<SettingProperties>) => row.properties.workspaceId?.split('/').at(-1),
};
const workspaceColumns = {
  Name: (row: Resource) => row.name,
  Location: (row: Resource) => row.location,
  CustomerId: (row: Resource<WorkspaceProperties>) => row.properties.customerId,
};
const resourceOption = {
  flags: '--resource <id>',
  description: 'ARM id of the resource, or the name of an account or service of the group',
  isRequired: true,
};
const settingOption = { flags: '-n, --name <name>', description: 'name of the setting', isRequired: true };

const settingPath = async (client: AzureClient, options: Options): Promise<string> =>
  `${await anyResourceId(client, options.required('resource'), options.text('resourceGroup'))}/providers/Microsoft.Insights/diagnosticSettings`;

/** az takes a JSON list; names alone, comma separated, are shorter to type. */
function categoriesOf(text: string | undefined, flag: string): unknown[] | undefined {
  if (text === undefined) return undefined;
  if (!text.trim().startsWith('[')) {
    return text.split(',').map((category) => ({ category: category.trim(), enabled: true }));
  }
  try {
    return JSON.parse(text) as unknown[];
  } catch (error) {
    throw new CommandError(`--${flag} is not a JSON list: ${error instanceof Error ? error.message : error}`, 2);
  }
}

export const monitorCommands: readonly CommandSpec[] = [
  {
    name: 'monitor diagnostic-settings create',
    summary: 'Send the logs and metrics of a resource to a workspace.',
    options: [
      settingOption,
      resourceOption,
      groupOption,
      { flags: '--workspace <workspace>', description: 'name or id; may be left out where the group has one' },
      {
        flags: '--logs <categories>',
        description: 'JSON list as az takes it, or names separated by commas; default: every category',
      },
      { flags: '--metrics <categories>', description: 'likewise; default: AllMetrics' },
      {
        flags: '--export-to-resource-specific',
        description: 'write to resource-specific tables instead of AzureDiagnostics',
      },
    ],
    examples: [
      'monitor diagnostic-settings create --name lab --resource contoso-openai',
      'monitor diagnostic-settings create --name lab --resource contoso-openai --logs Audit,RequestResponse --metrics AllMetrics',
    ],
    columns: settingColumns,
    async run({ client, options }) {
      const path = await settingPath(client, options);
      const workspace = await workspaceOf(client, options.text('workspace'), options.text('resourceGroup'));
      const all = await client.list<Resource<CategoryProperties>>(`${path}Categories`);
      const named = (kind: CategoryProperties['categoryType']) =>
        all
          .filter(({ properties }) => properties.categoryType === kind)
          .map(({ name }) => ({ category: name, enabled: true }));
      return client.arm('PUT', `${path}/${encodeURIComponent(options.required('name'))}`, {
        properties: {
          workspaceId: workspace.id,
          logs: categoriesOf(options.text('logs'), 'logs') ?? named('Logs'),
          metrics: categoriesOf(options.text('metrics'), 'metrics') ?? named('Metrics'),
          ...(options.isSet('exportToResourceSpecific') ? { logAnalyticsDestinationType: 'Dedicated' } : {}),
        },
      });
    },
  },
  {
    name: 'monitor diagnostic-settings list',
    summary: 'List the diagnostic settings of a resource.',
    options: [resourceOption, groupOption],
    examples: ['monitor diagnostic-settings list --resource contoso-openai --output table'],
    columns: settingColumns,
    run: async ({ client, options }) => client.list(await settingPath(client, options)),
  },
  {
    name: 'monitor diagnostic-settings show',
    summary: 'Show a diagnostic setting.',
    options: [settingOption, resourceOption, groupOption],
    examples: ['monitor diagnostic-settings show --name lab --resource contoso-openai'],
    columns: settingColumns,
    run: async ({ client, options }) =>
      client.arm('GET', `${await settingPath(client, options)}/${encodeURIComponent(options.required('name'))}`),
  },
  {
    name: 'monitor diagnostic-settings delete',
    summary: 'Delete a diagnostic setting; nothing more is logged through it.',
    options: [settingOption, resourceOption, groupOption],
    examples: ['monitor diagnostic-settings delete --name lab --resource contoso-openai'],
    run: async ({ client, options }) =>
      client.arm('DELETE', `${await settingPath(client, options)}/${encodeURIComponent(options.required('name'))}`),
  },
  {
    name: 'monitor diagnostic-settings categories list',
    summary: 'List what a resource can log.',
    options: [resourceOption, groupOption],
    examples: ['monitor diagnostic-settings categories list --resource contoso-openai --output table'],
    columns: {
      Name: (row: Resource) => row.name,
      Type: (row: Resource<CategoryProperties>) => row.properties.categoryType,
    },
    run: async ({ client, options }) => client.list(`${await settingPath(client, options)}Categories`),
  },
  {
    name: 'monitor log-analytics workspace create',
    summary: 'Create a Log Analytics workspace.',
    options: [
      { flags: '-n, --workspace-name <name>', description: 'name of the workspace', isRequired: true },
      groupOption,
      { flags: '-l, --location <region>', description: 'Azure region', default: 'eastus' },
      { flags: '--retention-time <days>', description: '30 to 730', default: '30' },
    ],
    examples: ['monitor log-analytics workspace create --workspace-name law-contoso'],
    columns: workspaceColumns,
    run: ({ client, options }) =>
      client.arm(
        'PUT',
        resourceId(client, 'workspace', options.required('workspaceName'), options.text('resourceGroup')),
        {
          location: options.text('location'),
          properties: { sku: { name: 'PerGB2018' }, retentionInDays: options.number('retentionTime') },
        },
      ),
  },
  {
    name: 'monitor log-analytics workspace list',
    summary: 'List Log Analytics workspaces.',
    options: [groupOption],
    examples: ['monitor log-analytics workspace list --output table'],
    columns: workspaceColumns,
    run: ({ client, options }) => resourcesOf(client, 'workspace', options.text('resourceGroup')),
  },
  {
    name: 'monitor log-analytics workspace show',
    summary: 'Show a workspace, with its id (customerId).',
    options: [
      { flags: '-n, --workspace-name <name>', description: 'name; may be left out where the group has one' },
      groupOption,
    ],
    examples: ['monitor log-analytics workspace show --query properties.customerId --output tsv'],
    columns: workspaceColumns,
    run: ({ client, options }) => workspaceOf(client, options.text('workspaceName'), options.text('resourceGroup')),
  },
];
