import type { AnswerShape } from './answer-shape.ts';
import type { FilterResult } from './content-filter.ts';
import type { FinishReason } from './generation.ts';

/** Bodies of chat completions with keys in Azure's (alphabetical) order. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly model: string;
  /** Says that the answer is simulated: `fp_vigia_simulated_…`. */
  readonly fingerprint: string;
  readonly promptFilter: FilterResult;
  readonly shape: AnswerShape;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface ChatChoice {
  readonly index: number;
  readonly finishReason: FinishReason;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly filter: FilterResult;
  readonly logprobs: unknown;
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export const promptFilterResults = (filter: FilterResult) => [
  { prompt_index: 0, content_filter_results: filter.result },
];

const completionDetails = {
  accepted_prediction_tokens: 0,
  audio_tokens: 0,
  reasoning_tokens: 0,
  rejected_prediction_tokens: 0,
};
const promptDetails = { audio_tokens: 0, cached_tokens: 0 };

export function usageBody({ promptTokens, completionTokens }: Usage, { hasUsageDetails }: AnswerShape): object {
  return {
    completion_tokens: completionTokens,
    ...(hasUsageDetails ? { completion_tokens_details: completionDetails } : {}),
    prompt_tokens: promptTokens,
    ...(hasUsageDetails ? { prompt_tokens_details: promptDetails } : {}),
    total_tokens: promptTokens + completionTokens,
  };
}

export const toolCallBody = (call: ToolCall) => ({
  function: { arguments: call.arguments, name: call.name },
  id: call.id,
  type: 'function',
});

export function chatBody(head: AnswerHead, choices: readonly ChatChoice[], usage: Usage): object {
  const { shape } = head;
  return {
    choices: choices.map((choice) => ({
      ...(shape.hasFilterResults ? { content_filter_results: choice.filter.result } : {}),
      finish_reason: choice.finishReason,
      index: choice.index,
      ...(shape.hasFingerprint ? { logprobs: choice.logprobs } : {}),
      // A filtered answer has no message at all.
      ...(choice.finishReason === 'content_filter' ? {} : { message: messageOf(choice, shape) }),
    })),
    created: head.created,
    id: head.id,
    model: head.model,
    object: 'chat.completion',
    ...(shape.hasFilterResults ? { prompt_filter_results: promptFilterResults(head.promptFilter) } : {}),
    ...fingerprintIn(head),
    usage: usageBody(usage, shape),
  };
}

export const fingerprintIn = ({ shape, fingerprint }: Pick<AnswerHead, 'shape' | 'fingerprint'>) =>
  shape.hasFingerprint ? { system_fingerprint: fingerprint } : {};

const messageOf = (choice: ChatChoice, { hasAnnotations, hasRefusal }: AnswerShape) => ({
  ...(hasAnnotations ? { annotations: [] } : {}),
  content: choice.toolCalls.length > 0 ? null : choice.text,
  ...(hasRefusal ? { refusal: null } : {}),
  role: 'assistant',
  ...(choice.toolCalls.length > 0 ? { tool_calls: choice.toolCalls.map(toolCallBody) } : {}),
});

/** The first event of a stream, which carries what the filter said of the prompt and nothing else. */
export const promptFilterChunk = (head: Pick<AnswerHead, 'promptFilter'>) => ({
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: promptFilterResults(head.promptFilter),
});

export interface ChunkChoice {
  readonly index: number;
  readonly delta: object;
  readonly finishReason?: FinishReason;
  readonly filter?: FilterResult;
  readonly logprobs?: unknown;
}

export function chatChunk(head: AnswerHead, choice: ChunkChoice, withUsage: boolean): object {
  return {
    choices: [
      {
        ...(head.shape.hasFilterResults ? { content_filter_results: choice.filter?.result ?? {} } : {}),
        delta: choice.delta,
        finish_reason: choice.finishReason ?? null,
        index: choice.index,
        ...(head.shape.hasFingerprint ? { logprobs: choice.logprobs ?? null } : {}),
      },
    ],
    created: head.created,
    id: head.id,
    model: head.model,
    object: 'chat.completion.chunk',
    ...fingerprintIn(head),
    ...(withUsage ? { usage: null } : {}),
  };
}

export const usageChunk = (head: AnswerHead, usage: Usage) => ({
  choices: [],
  created: head.created,
  id: head.id,
  model: head.model,
  object: 'chat.completion.chunk',
  ...fingerprintIn(head),
  usage: usageBody(usage, head.shape),
});
