import { createHmac } from 'node:crypto';
import type { AccountSnapshot, DeploymentSnapshot } from '@vigia/contract';
import type { OpenAiCall } from '@vigia/record';
import { AzureOpenAI, OpenAI } from 'openai';
import { createOpenAiService, type OpenAiService, type OpenAiServiceOptions } from '../src/index.ts';

const secret = Buffer.from('a secret of thirty-two bytes ...');
const hash = (key: string): string => createHmac('sha256', secret).update(key, 'utf8').digest('hex');

export const key = 'key-one-of-the-lab';
export const secondKey = 'key-two-of-the-lab';

const deployment = (name: string, model: string, version: string, capacity = 100_000): DeploymentSnapshot => ({
  name,
  model: { format: 'OpenAI', name: model, version },
  sku: 'Standard',
  capacity,
});

export const accountOf = (more: Partial<AccountSnapshot> = {}): AccountSnapshot => ({
  id: '/subscriptions/s/resourceGroups/rg-activategenai/providers/Microsoft.CognitiveServices/accounts/aoai-lab',
  name: 'aoai-lab',
  location: 'eastus',
  regionName: 'East US',
  kind: 'OpenAI',
  subDomain: 'aoai-lab',
  endpoint: 'http://127.0.0.1/',
  hosts: ['aoai-lab.openai.azure.com', 'aoai-lab.cognitiveservices.azure.com'],
  isDefault: true,
  key1: hash(key),
  key2: hash(secondKey),
  disableLocalAuth: false,
  deployments: [
    deployment('text-turbo', 'gpt-35-turbo', '0125'),
    deployment('oldest', 'gpt-35-turbo', '0301'),
    deployment('gpt-4o', 'gpt-4o', '2024-11-20'),
    deployment('thinker', 'o3-mini', '2025-01-31'),
    deployment('text-ada-002', 'text-embedding-ada-002', '2'),
    deployment('small-3', 'text-embedding-3-small', '1'),
    deployment('tiny', 'gpt-35-turbo', '0125', 1),
  ],
  exports: [],
  ...more,
});

export interface StartedService extends AsyncDisposable {
  readonly service: OpenAiService;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Calls in the order in which their records were made. */
  readonly calls: readonly OpenAiCall[];
  /** What was logged as a warning or an error. */
  readonly logged: readonly string[];
  readonly azure: (apiVersion?: string) => AzureOpenAI;
  readonly openAi: OpenAI;
  /** POST of JSON to a path after `/openai`. */
  readonly post: (path: string, body: unknown, init?: PostOptions) => Promise<Response>;
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** The service on a free port, with a spool in memory. Nobody is let in by token unless `authenticate` says so. */
export async function startService(
  more: Partial<OpenAiServiceOptions> & { readonly accounts?: readonly AccountSnapshot[] } = {},
): Promise<StartedService> {
  const calls: OpenAiCall[] = [];
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const { accounts = [accountOf()], ...options } = more;
  const service = createOpenAiService({
    snapshot: () => ({ accounts, keyHashSecret: secret.toString('base64'), tenantId: 't' }),
    authenticate: async () => ({ refused: 'token' }),
    spool: { admit: () => true, write: async () => {} },
    toRecord: (call) => {
      calls.push(call);
      return { id: call.correlationId, rows: [] };
    },
    clock: { now: () => Date.now() },
    logger: { warn: log, error: log },
    ...options,
  });
  const { port } = await service.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${port}`;
  return {
    service,
    url,
    calls,
    logged,
    azure: (apiVersion = '2024-10-21') => new AzureOpenAI({ endpoint: url, apiKey: key, apiVersion, maxRetries: 0 }),
    openAi: new OpenAI({ baseURL: `${url}/openai/v1/`, apiKey: key, maxRetries: 0 }),
    post: (path, body, init = {}) =>
      fetch(`${url}/openai${path}`, {
        method: 'POST',
        headers: { 'api-key': key, 'content-type': 'application/json', ...init.headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(init.signal === undefined ? {} : { signal: init.signal }),
      }),
    async [Symbol.asyncDispose]() {
      await service.close({ graceMs: 0 });
    },
  };
}

/** The events of a stream as the client gets them, each without its `data: ` and blank line. */
export const eventsOf = (text: string): readonly string[] =>
  text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => event.replace(/^data: /, ''));
