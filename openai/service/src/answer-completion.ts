import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@vigia/contract';
import type { Tokenizer } from '@vigia/tokenizer';
import { fingerprintOf, type GenerationContext, numberOf, stopsOf, variationOf } from './answer-chat.ts';
import { promptFilterResults, usageBody } from './chat-answer.ts';
import { type FilterResult, filterPrompt } from './content-filter.ts';
import { compose } from './engine/compose.ts';
import { type FinishReason, finish, type Generation, generate } from './generation.ts';
import { completionLogprobs } from './logprobs.ts';
import { factsOf, modelInAnswer } from './model.ts';
import { doneEvent, event, jsonHeaders, type Outcome, type StreamEvent, streamHeaders, usageOf } from './outcome.ts';
import { checkParameters, completionParameters, wrongType } from './parameter.ts';
import { invalidRequest, promptExceeded, promptFiltered } from './refusal.ts';

const DEFAULT_MAX_TOKENS = 16;

interface Draft {
  readonly index: number;
  /** What `echo` puts before the text. */
  readonly prefix: string;
  readonly generation: Generation;
}

/** A completion of the older, message-less kind. */
export function answerCompletion(body: JsonObject, context: GenerationContext): Outcome {
  checkParameters(body, completionParameters);
  const { deployment, tokenizer } = context;
  const prompts = promptsOf(body['prompt'], tokenizer);
  const window = factsOf(deployment.model).window;
  const maxTokens = numberOf(body['max_tokens']) ?? DEFAULT_MAX_TOKENS;
  const n = numberOf(body['n']) ?? 1;
  const bestOf = numberOf(body['best_of']);
  if (bestOf !== undefined && bestOf < n) {
    throw invalidRequest(
      'You requested that the server return more choices than it will generate (HINT: best_of must be greater than or equal to n)',
      'best_of',
    );
  }
  const counts = prompts.map((prompt) => tokenizer.count(prompt));
  for (const count of counts) if (count + maxTokens > window) throw promptExceeded(window, count, maxTokens);
  const promptFilter = filterPrompt(prompts.join('\n'));
  if (promptFilter.isFiltered) throw promptFiltered(promptFilter.result);

  const promptTokens = counts.reduce((sum, count) => sum + count, 0);
  const drafts = prompts.flatMap((prompt, position) =>
    Array.from({ length: n }, (_, choice): Draft => {
      const composition = compose({
        turns: [{ role: 'user', text: prompt, images: 0 }],
        tools: [],
        toolChoice: 'none',
        format: { type: 'text' },
        variation: variationOf(body, choice),
        mayCallSeveral: false,
      });
      const blocks = composition.kind === 'text' && maxTokens > 0 ? composition.blocks : [];
      return {
        index: position * n + choice,
        prefix: body['echo'] === true ? prompt : '',
        generation: generate(blocks, { maxTokens, stop: stopsOf(body['stop']) }, tokenizer),
      };
    }),
  );
  const head: Head = {
    id: `cmpl-${randomUUID().replaceAll('-', '')}`,
    created: context.created,
    model: modelInAnswer(deployment.model),
    fingerprint: fingerprintOf(deployment),
    promptFilter,
  };
  const usage = () =>
    usageOf(
      promptTokens,
      drafts.reduce((sum, draft) => sum + draft.generation.tokens, 0),
    );
  if (body['stream'] === true) {
    const events = completionEvents(head, drafts, { body, usage });
    return { kind: 'stream', status: 200, headers: streamHeaders, events, usage };
  }
  const logprobs = numberOf(body['logprobs']);
  const choices = drafts.map(({ index, prefix, generation }) => {
    finish(generation);
    const pieces = tokenizer.pieces(generation.text);
    return choiceBody(index, {
      text: prefix + generation.text,
      finishReason: generation.finishReason,
      filter: generation.filter,
      logprobs: logprobs === undefined ? null : completionLogprobs(pieces, { top: logprobs, offset: prefix.length }),
    });
  });
  return {
    kind: 'body',
    status: 200,
    headers: jsonHeaders,
    body: `${JSON.stringify({ ...envelope(head, choices), usage: usageBody(usage()) })}\n`,
    usage: usage(),
  };
}

interface Head {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
  readonly promptFilter: FilterResult;
}

const envelope = (head: Head, choices: readonly object[]) => ({
  choices,
  created: head.created,
  id: head.id,
  model: head.model,
  object: 'text_completion',
  prompt_filter_results: promptFilterResults(head.promptFilter),
  system_fingerprint: head.fingerprint,
});

interface ChoiceFacts {
  readonly text: string;
  readonly finishReason: FinishReason | null;
  readonly filter: FilterResult;
  readonly logprobs: unknown;
}

const choiceBody = (index: number, { text, finishReason, filter, logprobs }: ChoiceFacts) => ({
  content_filter_results: filter.result,
  finish_reason: finishReason,
  index,
  logprobs,
  text,
});

function* completionEvents(
  head: Head,
  drafts: readonly Draft[],
  context: { readonly body: JsonObject; usage(): { readonly promptTokens: number; readonly completionTokens: number } },
): Generator<StreamEvent> {
  const options = context.body['stream_options'] as JsonObject | null | undefined;
  const withUsage = options?.['include_usage'] === true;
  const none = withUsage ? { usage: null } : {};
  const top = numberOf(context.body['logprobs']);
  for (const { index, prefix, generation } of drafts) {
    let offset = prefix.length;
    if (prefix !== '') {
      const choice = choiceBody(index, { text: prefix, finishReason: null, filter: generation.filter, logprobs: null });
      yield event({ ...envelope(head, [choice]), ...none });
    }
    for (const { text, tokens, filter } of generation.pieces()) {
      const logprobs = top === undefined ? null : completionLogprobs([{ text, tokens }], { top, offset });
      offset += text.length;
      const choice = choiceBody(index, { text, finishReason: null, filter, logprobs });
      yield event({ ...envelope(head, [choice]), ...none }, tokens);
    }
    const { finishReason, filter } = generation;
    const last = choiceBody(index, { text: '', finishReason, filter, logprobs: null });
    yield event({ ...envelope(head, [last]), ...none });
  }
  if (withUsage) yield event({ ...envelope(head, []), usage: usageBody(context.usage()) });
  yield doneEvent;
}

/** One prompt or many, as text or as tokens. */
function promptsOf(value: JsonValue | undefined, tokenizer: Tokenizer): readonly string[] {
  if (value === undefined || value === null) return ['<|endoftext|>'];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) throw wrongType('prompt', 'one of a string or array', value);
  if (value.length > 0 && value.every((one) => typeof one === 'number')) return [decodeTokens(value, tokenizer)];
  return value.map((one: JsonValue, index: number) => {
    if (typeof one === 'string') return one;
    if (Array.isArray(one)) return decodeTokens(one, tokenizer);
    throw wrongType(`prompt[${index}]`, 'one of a string or array of integers', one);
  });
}

/** Token ids as text; an id that the encoding does not have is the client's mistake. */
export function decodeTokens(ids: readonly JsonValue[], tokenizer: Tokenizer): string {
  const numbers = ids.map((id) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) throw invalidRequest('Invalid token id in input.');
    return id;
  });
  try {
    return tokenizer.decode(numbers);
  } catch (cause) {
    const refusal = invalidRequest('Invalid token id in input.');
    refusal.cause = cause;
    throw refusal;
  }
}
