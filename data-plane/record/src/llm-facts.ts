import type { JsonObject, JsonValue } from '@vigia/contract';
import { type ChatMessageLike, estimateWith, openTokenizer, type Tokenizer } from '@vigia/tokenizer';
import { type BodyText, bodyText, isEventStream } from './body-text.ts';
import type { Exchange, SeenMessage } from './exchange.ts';
import { asArray, asCount, asObject, asText, isObject, parseJson } from './json-reading.ts';
import type { TokenUsage } from './openai-call.ts';
import { reassembleStream } from './reassemble-stream.ts';

/** reported: the answer's `usage`; tokenised: counted exactly by us; estimated: with another model's tokenizer. */
export type TokenSource = 'reported' | 'tokenised' | 'estimated' | 'none';

/** What is known of the model call that a request made. */
export interface LlmFacts {
  readonly deployment: string;
  readonly model: string;
  readonly apiVersion: string;
  /** `chatcmpl-…`, the answer's own id. */
  readonly answerId: string;
  readonly isStreaming: boolean;
  readonly usage: TokenUsage;
  readonly tokenSource: TokenSource;
  /** Parses the request's body when it is asked. */
  requestMessages(): readonly JsonValue[];
  readonly responseMessages: readonly JsonValue[];
  /** The answer of a stream as one object; absent where the answer was no stream. */
  readonly reassembled?: JsonObject;
}

const modelPath = /(?:\/deployments\/([^/?]+))?\/(?:chat\/completions|completions|embeddings|responses)(?:\?|$)/i;

/** Undefined where the request was no call of a model, or never got to a backend or the cache. */
export async function llmFactsOf(exchange: Exchange): Promise<LlmFacts | undefined> {
  const { backend } = exchange;
  if (backend === undefined && exchange.cache !== 'hit') return undefined;
  const path = modelPath.exec(backend?.url ?? '') ?? modelPath.exec(exchange.url);
  if (path === null) return undefined;
  const seen = keptOf(backend?.response, exchange.response);
  const isStreaming = isEventStream(seen);
  const text = bodyText(seen);
  const answer = answerOf(text, isStreaming);
  const request = once(() => requestOf(exchange));
  const reported = usageOf(answer?.['usage']);
  const model = asText(answer?.['model']) || asText(request()?.['model']) || '';
  const base = {
    deployment: decodeURIComponentOrKeep(path[1] ?? asText(request()?.['model']) ?? ''),
    model,
    apiVersion: /[?&]api-version=([^&]+)/.exec(backend?.url ?? exchange.url)?.[1] ?? 'v1',
    answerId: asText(answer?.['id']) ?? '',
    isStreaming,
    requestMessages: () => messagesAsked(request() ?? {}),
    responseMessages: messagesAnswered(answer),
  };
  const stream = isStreaming && answer !== undefined ? { reassembled: answer } : {};
  if (reported !== undefined) return { ...base, ...stream, usage: reported, tokenSource: 'reported' };
  if (base.responseMessages.length === 0) return { ...base, ...stream, usage: {}, tokenSource: 'none' };
  const asked = request();
  const exact = await openTokenizer(model);
  const tokenizer = exact ?? (await estimateWith(model));
  const completionTokens = base.responseMessages.reduce<number>((sum, said) => sum + answerTokens(tokenizer, said), 0);
  const promptTokens = asked === undefined ? undefined : promptTokensOf(tokenizer, asked);
  const usage = {
    completionTokens,
    ...(promptTokens === undefined ? {} : { promptTokens, totalTokens: promptTokens + completionTokens }),
  };
  return {
    ...base,
    ...('reassembled' in stream ? { reassembled: { ...stream.reassembled, usage: wireUsage(usage) } } : {}),
    usage,
    tokenSource: exact === undefined ? 'estimated' : 'tokenised',
  };
}

const keptOf = (first?: SeenMessage, second?: SeenMessage): SeenMessage | undefined =>
  first?.body === undefined ? second : first;

function answerOf(text: BodyText | undefined, isStreaming: boolean): JsonObject | undefined {
  if (text === undefined || !text.isText) return undefined;
  return isStreaming ? reassembleStream(text.text) : asObject(parseJson(text.text));
}

function requestOf(exchange: Exchange): JsonObject | undefined {
  const text = bodyText(keptOf(exchange.backend?.request, exchange.request));
  return text?.isText ? asObject(parseJson(text.text)) : undefined;
}

/** Both spellings: chat completions and responses. */
function usageOf(value: JsonValue | undefined): TokenUsage | undefined {
  if (!isObject(value)) return undefined;
  const promptTokens = asCount(value['prompt_tokens']) ?? asCount(value['input_tokens']);
  const completionTokens = asCount(value['completion_tokens']) ?? asCount(value['output_tokens']);
  const totalTokens = asCount(value['total_tokens']);
  if (promptTokens === undefined && completionTokens === undefined && totalTokens === undefined) return undefined;
  return {
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
    ...(totalTokens === undefined ? {} : { totalTokens }),
  };
}

const wireUsage = (usage: TokenUsage): JsonObject => ({
  completion_tokens: usage.completionTokens ?? null,
  prompt_tokens: usage.promptTokens ?? null,
  total_tokens: usage.totalTokens ?? null,
});

function messagesAsked(request: JsonObject): readonly JsonValue[] {
  if (Array.isArray(request['messages'])) return asArray(request['messages']);
  const input = request['prompt'] ?? request['input'];
  if (input === undefined || input === null) return [];
  const texts = Array.isArray(input) ? asArray(input) : [input];
  return texts.map((text) => (isObject(text) ? text : { role: 'user', content: text }));
}

function messagesAnswered(answer: JsonObject | undefined): readonly JsonValue[] {
  if (Array.isArray(answer?.['output']))
    return asArray(answer['output']).filter((item) => isObject(item) && item['type'] !== 'reasoning');
  return asArray(answer?.['choices']).flatMap((choice) => {
    if (!isObject(choice)) return [];
    if (isObject(choice['message'])) return [choice['message']];
    return typeof choice['text'] === 'string' ? [{ role: 'assistant', content: choice['text'] }] : [];
  });
}

/** Undefined where the prompt is not of text (token ids, images): unknown is not 0. */
function promptTokensOf(tokenizer: Tokenizer, request: JsonObject): number | undefined {
  const tools = Array.isArray(request['tools']) ? asArray(request['tools']) : undefined;
  if (Array.isArray(request['messages']))
    return tokenizer.countChatPrompt(
      asArray(request['messages']).filter((message): message is ChatMessageLike => isObject(message)),
      tools,
    );
  const prompt = request['prompt'] ?? request['input'];
  const texts = Array.isArray(prompt) ? asArray(prompt) : [prompt];
  if (!texts.every((text) => typeof text === 'string')) return undefined;
  return texts.reduce<number>((sum, text) => sum + tokenizer.count(text), 0);
}

function answerTokens(tokenizer: Tokenizer, message: JsonValue): number {
  if (!isObject(message)) return 0;
  const content = message['content'];
  const texts = [
    asText(content),
    ...asArray(content).map((part) => asText(asObject(part)?.['text'])),
    asText(message['refusal']),
    ...asArray(message['tool_calls']).flatMap((call) => {
      const called = asObject(asObject(call)?.['function']);
      return [asText(called?.['name']), asText(called?.['arguments'])];
    }),
  ];
  return texts.reduce<number>((sum, text) => sum + (text === undefined ? 0 : tokenizer.count(text)), 0);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function decodeURIComponentOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
