import type { JsonValue } from '@vigia/contract';
import { type ChatMessageLike, chatPromptTokens } from './chat-prompt.ts';
import { type Encoding, openEncoding } from './encoding.ts';
import { type EncodingName, encodingOf } from './encoding-of.ts';

/** The encoding of one model with its chat rules; all of it synchronous, once it is opened. */
export interface Tokenizer extends Encoding {
  readonly model: string;
  countChatPrompt(messages: readonly ChatMessageLike[], tools?: readonly JsonValue[]): number;
}

/** Undefined where nobody knows the model's encoding: count with `estimateWith` then, and say that it is an estimate. */
export async function openTokenizer(model: string): Promise<Tokenizer | undefined> {
  const name = encodingOf(model);
  return name === undefined ? undefined : tokenizerOf(model, name);
}

/** A tokenizer for a model that nobody knows, with the newest encoding: its counts are estimates. */
export const estimateWith = (model: string): Promise<Tokenizer> => tokenizerOf(model, 'o200k_base');

async function tokenizerOf(model: string, name: EncodingName): Promise<Tokenizer> {
  const encoding = await openEncoding(name);
  return {
    ...encoding,
    model,
    countChatPrompt: (messages, tools) =>
      chatPromptTokens(encoding, messages, { model, ...(tools === undefined ? {} : { tools }) }),
  };
}

/** Tokens of a text; undefined where the model's encoding is not known. */
export async function countText(model: string, text: string): Promise<number | undefined> {
  return (await openTokenizer(model))?.count(text);
}

/** Prompt tokens of a chat; undefined where the model's encoding is not known. */
export async function countChatPrompt(
  model: string,
  messages: readonly ChatMessageLike[],
  tools?: readonly JsonValue[],
): Promise<number | undefined> {
  return (await openTokenizer(model))?.countChatPrompt(messages, tools);
}

/** Loads what these models need, so that the first request does not wait for it. Unknown names are passed over. */
export async function warmUp(models: readonly string[]): Promise<void> {
  const names = new Set(models.map(encodingOf).filter((name) => name !== undefined));
  await Promise.all([...names].map(async (name) => (await openEncoding(name)).count('Hello, olá, 你好!')));
}
