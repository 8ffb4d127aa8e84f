/** A built-in role of Azure. Patterns are of the form `Microsoft.X/y/action`, `*` stands for any characters. */
export interface RoleDefinition {
  /** The guid, the same in every tenant. */
  readonly id: string;
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

const openAi = 'Microsoft.CognitiveServices/accounts/OpenAI';

/** Ids and permissions are Azure's (built-in roles, categories General, Monitor, AI + machine learning). */
export const roleDefinitions: readonly RoleDefinition[] = [
  {
    id: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    roleName: 'Owner',
    description: 'Manages everything, access to it included.',
    actions: ['*'],
    notActions: [],
    dataActions: [],
    notDataActions: [],
  },
  {
    id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    roleName: 'Contributor',
    description: 'Manages everything, except access to it.',
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
    ],
    dataActions: [],
    notDataActions: [],
  },
  {
    id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    roleName: 'Reader',
    description: 'Sees everything and changes nothing.',
    actions: ['*/read'],
    notActions: [],
    dataActions: [],
    notDataActions: [],
  },
  {
    id: 'a97b65f3-24c7-4388-baec-2e87135dc908',
    roleName: 'Cognitive Services User',
    description: 'Reads Cognitive Services and lists their keys; calls every one of their APIs.',
    actions: [
      'Microsoft.CognitiveServices/*/read',
      'Microsoft.CognitiveServices/accounts/listkeys/action',
      'Microsoft.Insights/alertRules/read',
      'Microsoft.Insights/diagnosticSettings/read',
      'Microsoft.Insights/logDefinitions/read',
      'Microsoft.Insights/metricdefinitions/read',
      'Microsoft.Insights/metrics/read',
      'Microsoft.ResourceHealth/availabilityStatuses/read',
      'Microsoft.Resources/deployments/operations/read',
      'Microsoft.Resources/subscriptions/operationresults/read',
      'Microsoft.Resources/subscriptions/read',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
    notActions: [],
    dataActions: ['Microsoft.CognitiveServices/*'],
    notDataActions: [],
  },
  {
    id: '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd',
    roleName: 'Cognitive Services OpenAI User',
    description: 'Reads Azure OpenAI accounts and calls their models; creates nothing.',
    actions: [
      'Microsoft.CognitiveServices/*/read',
      'Microsoft.Authorization/roleAssignments/read',
      'Microsoft.Authorization/roleDefinitions/read',
    ],
    notActions: [],
    dataActions: [
      `${openAi}/*/read`,
      `${openAi}/engines/completions/action`,
      `${openAi}/engines/search/action`,
      `${openAi}/engines/generate/action`,
      `${openAi}/deployments/audio/action`,
      `${openAi}/deployments/search/action`,
      `${openAi}/deployments/completions/action`,
      `${openAi}/deployments/chat/completions/action`,
      `${openAi}/deployments/extensions/chat/completions/action`,
      `${openAi}/deployments/embeddings/action`,
      `${openAi}/deployments/realtime/action`,
      `${openAi}/images/generations/action`,
      `${openAi}/assistants/*`,
    ],
    notDataActions: [`${openAi}/stored-completions/read`],
  },
  {
    id: '3913510d-42f4-4e42-8a64-420c390055eb',
    roleName: 'Monitoring Metrics Publisher',
    description: 'Publishes metrics and log rows.',
    actions: [
      'Microsoft.Insights/Register/Action',
      'Microsoft.Support/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
    ],
    notActions: [],
    dataActions: [
      'Microsoft.Insights/Metrics/Write',
      'Microsoft.Insights/Telemetry/Write',
      'Microsoft.Insights/DataCollectionRules/Data/Write',
    ],
    notDataActions: [],
  },
  {
    id: '73c42c96-874c-492b-b04d-ab87d138a893',
    roleName: 'Log Analytics Reader',
    description: 'Reads and searches all monitoring data and the settings of monitoring.',
    actions: [
      '*/read',
      'Microsoft.OperationalInsights/workspaces/analytics/query/action',
      'Microsoft.OperationalInsights/workspaces/search/action',
      'Microsoft.Support/*',
    ],
    notActions: ['Microsoft.OperationalInsights/workspaces/sharedKeys/read'],
    dataActions: [],
    notDataActions: [],
  },
];

const byId = new Map(roleDefinitions.map((role) => [role.id, role]));
const byName = new Map(roleDefinitions.map((role) => [role.roleName.toLowerCase(), role]));

/** Takes the guid or a whole ARM id that ends in it. */
export const roleDefinitionById = (id: string): RoleDefinition | undefined =>
  byId.get((id.split('/').at(-1) ?? '').toLowerCase());

/** Case makes no difference. */
export const roleDefinitionByName = (roleName: string): RoleDefinition | undefined =>
  byName.get(roleName.toLowerCase());
