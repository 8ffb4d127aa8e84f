import { factsOf } from './model.ts';

export interface DeployableModel {
  readonly format: 'OpenAI';
  readonly name: string;
  readonly version: string;
  /** As Azure's list of an account's models spells them: `{ chatCompletion: 'true', maxContextToken: '128000' }`. */
  readonly capabilities: Readonly<Record<string, string>>;
}

/** Names and versions as Azure's model catalogue has them; other names can be deployed too and answer as chat models. */
const versions: Readonly<Record<string, readonly string[]>> = {
  'gpt-35-turbo': ['0301', '0613', '1106', '0125'],
  'gpt-35-turbo-16k': ['0613'],
  'gpt-35-turbo-instruct': ['0914'],
  'gpt-4': ['0613', '1106-Preview', '0125-Preview', 'turbo-2024-04-09'],
  'gpt-4-32k': ['0613'],
  'gpt-4o': ['2024-05-13', '2024-08-06', '2024-11-20'],
  'gpt-4o-mini': ['2024-07-18'],
  'gpt-4.1': ['2025-04-14'],
  'gpt-4.1-mini': ['2025-04-14'],
  'gpt-4.1-nano': ['2025-04-14'],
  'gpt-5': ['2025-08-07'],
  'gpt-5-mini': ['2025-08-07'],
  'gpt-5-nano': ['2025-08-07'],
  o1: ['2024-12-17'],
  'o3-mini': ['2025-01-31'],
  o3: ['2025-04-16'],
  'o4-mini': ['2025-04-16'],
  'text-embedding-ada-002': ['1', '2'],
  'text-embedding-3-small': ['1'],
  'text-embedding-3-large': ['1'],
};

const capabilityNames = { chat: 'chatCompletion', completion: 'completion', embedding: 'embeddings' } as const;

/** What an embedded account offers for deployment. */
export const deployableModels: readonly DeployableModel[] = Object.entries(versions).flatMap(([name, all]) =>
  all.map((version) => {
    const { kinds, window } = factsOf({ name, version });
    return {
      format: 'OpenAI',
      name,
      version,
      capabilities: {
        ...Object.fromEntries(kinds.map((kind) => [capabilityNames[kind], 'true'])),
        maxContextToken: String(window),
      },
    };
  }),
);
