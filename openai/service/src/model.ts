/** What the models can do: which operation they answer, how much text they see, what their vectors measure. */
export type OperationKind = 'chat' | 'completion' | 'embedding';

export interface ModelFacts {
  readonly kinds: readonly OperationKind[];
  /** Tokens of prompt and answer together. */
  readonly window: number;
  /** Reasoning models take `max_completion_tokens` alone and no temperature. */
  readonly isReasoning?: boolean;
  readonly dimensions?: number;
  /** `dimensions` may be asked for. */
  readonly isShortenable?: boolean;
}

interface Row extends ModelFacts {
  /** Matches the model's name in lower case. The first row that matches counts. */
  readonly name: RegExp;
  readonly version?: RegExp;
}

const rows: readonly Row[] = [
  { name: /^text-embedding-3-large/, kinds: ['embedding'], window: 8192, dimensions: 3072, isShortenable: true },
  { name: /^text-embedding-3/, kinds: ['embedding'], window: 8192, dimensions: 1536, isShortenable: true },
  { name: /embedding|^ada/, kinds: ['embedding'], window: 8192, dimensions: 1536 },
  { name: /^gpt-3\.?5-turbo-instruct/, kinds: ['completion'], window: 4097 },
  { name: /^gpt-3\.?5-turbo-16k/, kinds: ['chat'], window: 16_385 },
  { name: /^gpt-3\.?5-turbo/, version: /^0301$/, kinds: ['chat', 'completion'], window: 4096 },
  { name: /^gpt-3\.?5-turbo/, version: /^0613$/, kinds: ['chat'], window: 4096 },
  { name: /^gpt-3\.?5-turbo/, kinds: ['chat'], window: 16_385 },
  { name: /^(davinci|babbage|curie|text-davinci)/, kinds: ['completion'], window: 16_384 },
  { name: /^gpt-4-32k/, kinds: ['chat'], window: 32_768 },
  { name: /^gpt-4\.1/, kinds: ['chat'], window: 1_047_576 },
  { name: /^gpt-4$/, version: /^(0314|0613)$/, kinds: ['chat'], window: 8192 },
  { name: /^gpt-4/, kinds: ['chat'], window: 128_000 },
  { name: /^gpt-5.*chat/, kinds: ['chat'], window: 128_000 },
  { name: /^gpt-5/, kinds: ['chat'], window: 400_000, isReasoning: true },
  { name: /^o\d/, kinds: ['chat'], window: 200_000, isReasoning: true },
  { name: /^(dall-e|whisper|tts|gpt-image|sora)/, kinds: [], window: 0 },
];

/** A name that no row knows is taken for a chat model of today. */
export function factsOf(model: { readonly name: string; readonly version: string }): ModelFacts {
  const name = model.name.toLowerCase();
  return (
    rows.find((row) => row.name.test(name) && (row.version === undefined || row.version.test(model.version))) ?? {
      kinds: ['chat'],
      window: 128_000,
    }
  );
}

/** What Azure writes into the answer's `model`: newer models with their date, the older ones without. */
export function modelInAnswer(model: { readonly name: string; readonly version: string }): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(model.version) ? `${model.name}-${model.version}` : model.name;
}
