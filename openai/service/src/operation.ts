import type { OperationKind } from './model.ts';

/** One operation of the data plane. Paths are lower case and start after `/openai`. */
export interface Operation {
  /** Azure's operation id, as it stands in `OperationName`. */
  readonly id: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** As Azure names it in a refusal for a missing role. */
  readonly route: string;
  readonly surface: 'dated' | 'v1';
  readonly kind: OperationKind | 'models' | 'model' | 'deployments' | 'unserved';
  /** What Azure calls it where the model cannot do it. */
  readonly modelOperation?: string;
  /** Versions up to 2023-05-15 name the operation by this in a 429. */
  readonly displayText?: string;
  readonly dataAction: string;
}

const action = (rest: string) => `Microsoft.CognitiveServices/accounts/OpenAI/${rest}`;

const chat = {
  id: 'ChatCompletions_Create',
  method: 'POST',
  kind: 'chat',
  modelOperation: 'chatCompletion',
  displayText: 'Creates a completion for the chat message',
  dataAction: action('deployments/chat/completions/action'),
} as const;
const completion = {
  id: 'Completions_Create',
  method: 'POST',
  kind: 'completion',
  modelOperation: 'completion',
  displayText: 'Creates a completion for the provided prompt, parameters and chosen model',
  dataAction: action('deployments/completions/action'),
} as const;
const embedding = {
  id: 'embeddings_create',
  method: 'POST',
  kind: 'embedding',
  modelOperation: 'embeddings',
  displayText: 'Get a vector representation of a given input that can be easily consumed by machine learning models',
  dataAction: action('deployments/embeddings/action'),
} as const;

/** The table of what is served; what Azure also has and this service does not, is named as such. */
export const operations: readonly Operation[] = [
  {
    ...chat,
    surface: 'dated',
    path: /^\/deployments\/([^/]+)\/chat\/completions$/,
    route: '/openai/deployments/{deployment-id}/chat/completions',
  },
  {
    ...completion,
    surface: 'dated',
    path: /^\/deployments\/([^/]+)\/completions$/,
    route: '/openai/deployments/{deployment-id}/completions',
  },
  {
    ...embedding,
    surface: 'dated',
    path: /^\/deployments\/([^/]+)\/embeddings$/,
    route: '/openai/deployments/{deployment-id}/embeddings',
  },
  { ...chat, surface: 'v1', path: /^\/v1\/chat\/completions$/, route: '/openai/v1/chat/completions' },
  { ...completion, surface: 'v1', path: /^\/v1\/completions$/, route: '/openai/v1/completions' },
  { ...embedding, surface: 'v1', path: /^\/v1\/embeddings$/, route: '/openai/v1/embeddings' },
  {
    id: 'Models_List',
    method: 'GET',
    kind: 'models',
    surface: 'dated',
    path: /^\/models$/,
    route: '/openai/models',
    dataAction: action('models/read'),
  },
  {
    id: 'Models_Get',
    method: 'GET',
    kind: 'model',
    surface: 'dated',
    path: /^\/models\/([^/]+)$/,
    route: '/openai/models/{model-id}',
    dataAction: action('models/read'),
  },
  {
    id: 'Models_List',
    method: 'GET',
    kind: 'models',
    surface: 'v1',
    path: /^\/v1\/models$/,
    route: '/openai/v1/models',
    dataAction: action('models/read'),
  },
  {
    id: 'Models_Get',
    method: 'GET',
    kind: 'model',
    surface: 'v1',
    path: /^\/v1\/models\/([^/]+)$/,
    route: '/openai/v1/models/{model-id}',
    dataAction: action('models/read'),
  },
  {
    id: 'Deployments_List',
    method: 'GET',
    kind: 'deployments',
    surface: 'dated',
    path: /^\/deployments$/,
    route: '/openai/deployments',
    dataAction: action('deployments/read'),
  },
  {
    id: 'Responses_Create',
    method: 'POST',
    kind: 'unserved',
    surface: 'dated',
    path: /^\/responses$/,
    route: '/openai/responses',
    dataAction: action('responses/write'),
  },
  {
    id: 'Responses_Create',
    method: 'POST',
    kind: 'unserved',
    surface: 'v1',
    path: /^\/v1\/responses$/,
    route: '/openai/v1/responses',
    dataAction: action('responses/write'),
  },
  {
    id: 'ImageGenerations_Create',
    method: 'POST',
    kind: 'unserved',
    surface: 'dated',
    path: /^\/deployments\/([^/]+)\/images\/generations$/,
    route: '/openai/deployments/{deployment-id}/images/generations',
    dataAction: action('images/generations/action'),
  },
  {
    id: 'Transcriptions_Create',
    method: 'POST',
    kind: 'unserved',
    surface: 'dated',
    path: /^\/deployments\/([^/]+)\/audio\/transcriptions$/,
    route: '/openai/deployments/{deployment-id}/audio/transcriptions',
    dataAction: action('deployments/audio/action'),
  },
  {
    id: 'Translations_Create',
    method: 'POST',
    kind: 'unserved',
    surface: 'dated',
    path: /^\/deployments\/([^/]+)\/audio\/translations$/,
    route: '/openai/deployments/{deployment-id}/audio/translations',
    dataAction: action('deployments/audio/action'),
  },
];

export interface OperationMatch {
  readonly operation: Operation;
  /** What stands in the path for the deployment or model, as the client wrote it. */
  readonly name: string | undefined;
}

/** `path`: what follows `/openai`, as sent. */
export function matchOperation(method: string, path: string): OperationMatch | undefined {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const match = operation.path.exec(trimmed.toLowerCase());
    if (match === null) continue;
    return { operation, name: match[1] === undefined ? undefined : nameIn(trimmed, match[1]) };
  }
  return undefined;
}

function nameIn(path: string, lower: string): string {
  const at = path.toLowerCase().indexOf(`/${lower}`) + 1;
  const raw = path.slice(at, at + lower.length);
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw; // not percent-encoded text: no deployment can have that name, the look-up says so
  }
}

const datedVersion = /^\d{4}-\d{2}-\d{2}(-preview)?$/;
const looseVersions = new Set(['v1', 'preview', 'latest']);

/** On deployment paths the version is required; the AI SDK sends `v1` there, which Azure takes. */
export const isVersionForDated = (version: string | null) =>
  version !== null && (datedVersion.test(version) || looseVersions.has(version));

export const isVersionForV1 = (version: string | null) => version === null || looseVersions.has(version);
