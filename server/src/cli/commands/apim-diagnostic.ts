import type { AzureClient, Resource } from '../azure-client.ts';
import { type CommandSpec, groupOption, type Options } from '../command-spec.ts';
import { serviceIdOf, serviceOption } from '../find-resource.ts';

interface Message {
  readonly headers?: readonly string[];
  readonly body?: { readonly bytes?: number };
}
export interface DiagnosticProperties {
  readonly loggerId?: string;
  readonly frontend?: { readonly request?: Message; readonly response?: Message };
  readonly backend?: { readonly request?: Message; readonly response?: Message };
  readonly largeLanguageModel?: { readonly logs?: string };
}
type DiagnosticResource = Resource<DiagnosticProperties>;

const columns = {
  Name: (row: DiagnosticResource) => row.name,
  Headers: (row: DiagnosticResource) => row.properties.frontend?.request?.headers?.join(' '),
  RequestBytes: (row: DiagnosticResource) => row.properties.frontend?.request?.body?.bytes,
  ResponseBytes: (row: DiagnosticResource) => row.properties.backend?.response?.body?.bytes,
  LlmLogs: (row: DiagnosticResource) => row.properties.largeLanguageModel?.logs,
};
const scopeOptions = [
  serviceOption,
  groupOption,
  { flags: '--api-id <api>', description: 'of one API, instead of the whole service' },
];

const scopePath = async (client: AzureClient, options: Options): Promise<string> => {
  const api = options.text('apiId');
  return `${await serviceIdOf(client, options)}${api === undefined ? '' : `/apis/${encodeURIComponent(api)}`}/diagnostics/azuremonitor`;
};

export interface DiagnosticChoice {
  readonly bytes: number;
  readonly headers: readonly string[];
  readonly hasLlmLogs: boolean;
}

/** The body of an `azuremonitor` diagnostic with the same capture in all four places. */
export function diagnosticBody({ bytes, headers, hasLlmLogs }: DiagnosticChoice) {
  const message = { headers, body: { bytes } };
  const sides = { request: message, response: message };
  const llm = { messages: 'all', maxSizeInBytes: 262_144 };
  return {
    properties: {
      loggerId: '/loggers/azuremonitor',
      alwaysLog: 'allErrors',
      sampling: { samplingType: 'fixed', percentage: 100 },
      verbosity: 'information',
      logClientIp: true,
      frontend: sides,
      backend: sides,
      ...(hasLlmLogs ? { largeLanguageModel: { logs: 'enabled', requests: llm, responses: llm } } : {}),
    },
  };
}

export const apimDiagnosticCommands: readonly CommandSpec[] = [
  {
    name: 'apim diagnostic set',
    summary: 'Say what of each call goes to Azure Monitor: headers, bodies, prompts and answers.',
    options: [
      ...scopeOptions,
      { flags: '--body-bytes <bytes>', description: '0: no bodies; 8192, the highest: whole bodies', default: '8192' },
      {
        flags: '--headers <names>',
        description: 'headers to log, separated by commas',
        default: 'User-Agent,Content-Type,x-ms-region,apim-request-id',
      },
      { flags: '--no-llm-logs', description: 'do not write ApiManagementGatewayLlmLog' },
    ],
    examples: [
      'apim diagnostic set --api-id azure-openai',
      'apim diagnostic set --api-id azure-openai --body-bytes 0 --no-llm-logs',
    ],
    columns,
    async run({ client, options }) {
      const service = await serviceIdOf(client, options);
      await ensureLogger(client, service);
      const headers = (options.text('headers') ?? '')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '');
      return client.arm(
        'PUT',
        await scopePath(client, options),
        diagnosticBody({
          bytes: options.number('bodyBytes') ?? 0,
          headers,
          hasLlmLogs: options.flag('llmLogs') !== false,
        }),
      );
    },
  },
  {
    name: 'apim diagnostic show',
    summary: 'Show what goes to Azure Monitor.',
    options: scopeOptions,
    examples: ['apim diagnostic show --api-id azure-openai'],
    columns,
    run: async ({ client, options }) => client.arm('GET', await scopePath(client, options)),
  },
  {
    name: 'apim diagnostic delete',
    summary: 'Delete a diagnostic.',
    options: scopeOptions,
    examples: ['apim diagnostic delete --api-id azure-openai'],
    run: async ({ client, options }) => client.arm('DELETE', await scopePath(client, options)),
  },
];

/** A diagnostic needs the logger that stands for Azure Monitor; the portal makes it unasked, and so does this. */
export async function ensureLogger(client: AzureClient, service: string): Promise<void> {
  const path = `${service}/loggers/azuremonitor`;
  if ((await client.find(path)) === undefined)
    await client.arm('PUT', path, { properties: { loggerType: 'azureMonitor' } });
}
