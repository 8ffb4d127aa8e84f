import { bodyText, isEventStream, isObject, parseObject } from '../body-text.ts';
import type { PolicyContext, PolicyResponse } from '../context.ts';
import type { CompiledElement } from '../definition.ts';
import { type LlmRequest, promptTokens } from './llm-request.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Tokens of one call. */
export interface LlmUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  /** The model did not say: counted here. */
  readonly isEstimated: boolean;
}

/** What an answer says of itself: its usage, and the text that was generated. */
export interface LlmAnswer {
  readonly usage: Omit<LlmUsage, 'isEstimated'> | undefined;
  readonly text: string;
}

export function llmAnswerOf(text: string, isStream: boolean): LlmAnswer {
  if (!isStream) {
    const body = parseObject(text);
    return body ? { usage: usageOf(body), text: generatedText(body) } : { usage: undefined, text: '' };
  }
  let usage: LlmAnswer['usage'];
  let generated = '';
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith('data:')) continue;
    const event = parseObject(line.slice(5).trim());
    if (!event) continue;
    usage = usageOf(event) ?? usage;
    generated += deltaText(event);
  }
  return { usage, text: generated };
}

const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

function usageOf(body: Fields): LlmAnswer['usage'] {
  const response = body['response'];
  const given = body['usage'] ?? (isObject(response) ? response['usage'] : undefined);
  if (!isObject(given)) return undefined;
  // The Responses API and Anthropic's name them input and output.
  const prompt = numberOf(given['prompt_tokens']) ?? numberOf(given['input_tokens']) ?? 0;
  const completion = numberOf(given['completion_tokens']) ?? numberOf(given['output_tokens']) ?? 0;
  return {
    promptTokens: prompt,
    completionTokens: completion,
    totalTokens: numberOf(given['total_tokens']) ?? prompt + completion,
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const objectsOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isObject) : []);

function messageText(message: unknown): string {
  if (!isObject(message)) return '';
  const calls = objectsOf(message['tool_calls'])
    .map((call) => call['function'])
    .filter(isObject)
    .map((called) => textOf(called['name']) + textOf(called['arguments']));
  const content = message['content'];
  const parts = objectsOf(content).map((part) => textOf(part['text']));
  return [textOf(content), ...parts, ...calls].join('');
}

export function generatedText(body: Fields): string {
  const choices = objectsOf(body['choices']).map((choice) => textOf(choice['text']) + messageText(choice['message']));
  const output = objectsOf(body['output']).map(messageText);
  // Anthropic's answer is one message.
  const own = body['choices'] === undefined && body['output'] === undefined ? [messageText(body)] : [];
  return [...choices, ...output, ...own].join('');
}

function deltaText(event: Fields): string {
  const choices = objectsOf(event['choices']).map((choice) => textOf(choice['text']) + messageText(choice['delta']));
  const delta = event['delta'];
  return choices.join('') + (isObject(delta) ? textOf(delta['text']) : textOf(delta));
}

/** The usage that the answer tells; else, of a successful answer, counted here. */
export async function completeUsage(answer: LlmAnswer, request: LlmRequest, context: PolicyContext): Promise<LlmUsage> {
  if (answer.usage) return { ...answer.usage, isEstimated: false };
  const prompt = await promptTokens(request, context.services.tokens);
  const completion = await context.services.tokens.text(request.model, answer.text);
  return { promptTokens: prompt, completionTokens: completion, totalTokens: prompt + completion, isEstimated: true };
}

/**
 * Gives the answer to `seen` as soon as it is whole: before outbound where it is one JSON object, when it has passed
 * where it is a stream (then nobody waits for it but the record). An answer that broke off is given as far as it came.
 */
export function onLlmAnswer(
  context: PolicyContext,
  element: Pick<CompiledElement, 'locate'>,
  seen: (answer: LlmAnswer, response: PolicyResponse) => Promise<void>,
): void {
  context.followUps.onBackendAnswer(element, async () => {
    const { response } = context;
    if (!response?.body) return;
    if (!isEventStream(response.headers)) {
      const text = bodyText(await response.body.buffer(), response.headers);
      if (text === undefined) tellUnread(context, response);
      else await seen(llmAnswerOf(text, false), response);
      return;
    }
    const chunks: Uint8Array[] = [];
    response.body.watch({
      chunk: (bytes) => chunks.push(bytes),
      end: () => {
        const text = bodyText(Buffer.concat(chunks), response.headers);
        if (text === undefined) tellUnread(context, response);
        else context.followUps.keep(seen(llmAnswerOf(text, true), response));
      },
    });
  });
}

function tellUnread(context: PolicyContext, { headers }: PolicyResponse): void {
  const encoding = headers.get('Content-Encoding')?.join(',') ?? '';
  const message = `The tokens of the answer are not counted: its Content-Encoding '${encoding}' cannot be read.`;
  context.trace({ source: 'llm-usage', level: 'error', message });
}
