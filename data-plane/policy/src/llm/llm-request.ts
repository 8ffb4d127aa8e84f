import { bodyObject, isObject } from '../body-text.ts';
import type { PolicyContext } from '../context.ts';
import type { TokenCounter } from '../services/policy-services.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a call of a language model's API asks for. */
export interface LlmRequest {
  /** Named by the body, else the deployment of the path; '' where nobody names one. */
  readonly model: string;
  readonly isStreaming: boolean;
  /** Of a chat (also the input of the Responses API); undefined for the other kinds. */
  readonly messages: readonly Fields[] | undefined;
  readonly tools: readonly unknown[] | undefined;
  /** Of a completion or an embedding. */
  readonly texts: readonly string[];
  /** Pictures in the messages. */
  readonly images: number;
}

/** The request's body must be whole. undefined: it is not a call of a language model. */
export function llmRequestOf(context: PolicyContext): LlmRequest | undefined {
  const { request } = context;
  const body = bodyObject(request.body?.bytes, request.headers);
  if (!body) return undefined;
  const messages = messagesOf(body);
  const texts = [...textsOf(body['prompt']), ...(messages ? [] : textsOf(body['input']))];
  if (!messages && texts.length === 0) return undefined;
  return {
    model: textOf(body['model']) || deploymentOf(context),
    isStreaming: body['stream'] === true,
    messages,
    tools: Array.isArray(body['tools']) ? body['tools'] : undefined,
    texts,
    images: (messages ?? []).flatMap(partsOf).filter(isImage).length,
  };
}

/** `deployment-id` of the operation's template, or what stands behind `/deployments/`. */
export function deploymentOf({ request }: PolicyContext): string {
  const matched = request.matchedParameters['deployment-id'];
  return matched ?? /\/deployments\/([^/]+)/.exec(request.originalUrl.path)?.[1] ?? '';
}

function messagesOf(body: Fields): readonly Fields[] | undefined {
  const messages = body['messages'] ?? body['input'];
  if (Array.isArray(messages) && messages.length > 0 && messages.every(isObject)) {
    const instructions = textOf(body['instructions']) || textOf(body['system']);
    return instructions === '' ? messages : [{ role: 'system', content: instructions }, ...messages];
  }
  // The Responses API takes a text for a whole chat; so do embeddings, which have neither of these.
  if (
    typeof body['input'] === 'string' &&
    (body['instructions'] !== undefined || body['max_output_tokens'] !== undefined)
  )
    return [{ role: 'user', content: body['input'] }];
  return undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
const partsOf = ({ content }: Fields): readonly Fields[] => (Array.isArray(content) ? content.filter(isObject) : []);
const isImage = ({ type }: Fields): boolean => type === 'image_url' || type === 'input_image' || type === 'image';

/** The text of one message. */
export function messageText(message: Fields): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  return partsOf(message)
    .map(({ text }) => textOf(text))
    .filter((text) => text !== '')
    .join('\n');
}

/** API Management counts a picture with its highest price. */
const tokensOfAnImage = 1_200;

/** An estimate of the prompt's tokens, made before the model has seen it. */
export async function promptTokens(request: LlmRequest, tokens: TokenCounter): Promise<number> {
  const { model, messages, tools, texts, images } = request;
  let sum = images * tokensOfAnImage;
  if (messages) sum += await tokens.chat(model, messages, tools);
  for (const text of texts) sum += await tokens.text(model, text);
  return sum;
}
