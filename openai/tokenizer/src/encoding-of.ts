export type EncodingName = 'cl100k_base' | 'o200k_base';

/** First match wins. Azure spells `gpt-35-turbo` where OpenAI spells `gpt-3.5-turbo`. Source: azure-openai.md §2.7. */
const encodings: readonly (readonly [RegExp, EncodingName])[] = [
  [/^gpt-(4|3\.?5)(-|$)/, 'cl100k_base'],
  [/^(chatgpt|gpt)-4o/, 'o200k_base'],
  [/^gpt-4\.[1-9]/, 'o200k_base'],
  [/^gpt-([5-9]|\d\d)/, 'o200k_base'],
  [/^gpt-oss/, 'o200k_base'],
  [/^o[1-9]/, 'o200k_base'],
  [/^(codex-mini|computer-use|model-router)/, 'o200k_base'],
  [/^text-embedding-(ada-002|3-)/, 'cl100k_base'],
  [/^(babbage|davinci)-002$/, 'cl100k_base'],
];

/** The encoding of a model by its name (with or without a date), undefined where the name is not known. */
export function encodingOf(model: string): EncodingName | undefined {
  const name = model.toLowerCase();
  return encodings.find(([pattern]) => pattern.test(name))?.[1];
}
