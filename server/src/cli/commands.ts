import type { CommandSpec } from './command-spec.ts';
import { apimCommands } from './commands/apim.ts';
import { apimApiCommands } from './commands/apim-api.ts';
import { apimDiagnosticCommands } from './commands/apim-diagnostic.ts';
import { apimPolicyCommands } from './commands/apim-policy.ts';
import { apimProductCommands } from './commands/apim-product.ts';
import { apimSubscriptionCommands } from './commands/apim-subscription.ts';
import { cognitiveServicesCommands } from './commands/cognitive-services.ts';
import { groupCommands } from './commands/group.ts';
import { monitorCommands } from './commands/monitor.ts';
import { restCommands } from './commands/rest.ts';
import { roleCommands } from './commands/role.ts';

/** Every command that calls one of Azure's REST interfaces, in the order of the help. */
export const commands: readonly CommandSpec[] = [
  ...groupCommands,
  ...cognitiveServicesCommands,
  ...monitorCommands,
  ...apimCommands,
  ...apimApiCommands,
  ...apimProductCommands,
  ...apimSubscriptionCommands,
  ...apimPolicyCommands,
  ...apimDiagnosticCommands,
  ...roleCommands,
  ...restCommands,
];

/** What the words say that only group commands. */
export const commandGroups: Readonly<Record<string, string>> = {
  group: 'resource groups',
  resource: 'resources of a group',
  cognitiveservices: 'Azure OpenAI',
  'cognitiveservices account': 'accounts, their keys and deployments',
  'cognitiveservices account keys': 'the two keys of an account',
  'cognitiveservices account deployment': 'deployed models',
  monitor: 'Azure Monitor',
  'monitor diagnostic-settings': 'what a resource logs, and where to',
  'monitor diagnostic-settings categories': 'what a resource can log',
  'monitor log-analytics': 'Log Analytics',
  'monitor log-analytics workspace': 'workspaces',
  apim: 'API Management',
  'apim api': 'APIs',
  'apim api operation': 'operations of an API',
  'apim product': 'products',
  'apim product api': 'APIs of a product',
  'apim subscription': 'subscriptions',
  'apim subscription keys': 'the two keys of a subscription',
  'apim policy': 'policy documents',
  'apim diagnostic': 'what of each call goes to Azure Monitor',
  role: 'access control (IAM)',
  'role assignment': 'who has which role',
  'role definition': 'the roles',
  test: 'try an API through the gateway',
  trace: 'see what each policy does with a call',
  lab: 'the monitoring lab',
  policy: 'policy documents in files: mistakes and tests',
};
