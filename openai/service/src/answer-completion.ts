import { randomUUID } from 'node:crypto';
import type { JsonObject, JsonValue } from '@vigia/contract';
import type { Tokenizer } from '@vigia/tokenizer';
import { fingerprintOf, type GenerationContext, numberOf, stopsOf, variationOf } from './answer-chat.ts';
import { type AnswerShape, shapeOf } from './answer-shape.ts';
import { breathing } from './breath.ts';
import { fingerprintIn, promptFilterChunk, promptFilterResults, usageBody } from './chat-answer.ts';
import { type FilterResult, filterPrompt } from './content-filter.ts';
import { compose } from './engine/compose.ts';
import { type FinishReason, finish, type Generation, generate } from './generation.ts';
import { type CompletionLogprobs, completionLogprobs, logprobOf } from './logprobs.ts';
import { factsOf, modelInAnswer } from './model.ts';
import { doneEvent, event, jsonHeaders, type Outcome, type StreamEvent, streamHeaders, usageOf } from './outcome.ts';
import { checkParameters, completionParameters, wrongType } from './parameter.ts';
import { countTokens } from './prompt-tokens.ts';
import { invalidRequest, promptExceeded, promptFiltered } from './refusal.ts';

const DEFAULT_MAX_TOKENS = 16;

interface Draft {
  readonly index: number;
  /** What `echo` puts before the text. */
  readonly prefix: string;
  /** `best_of` of them; the first one is what is sent, unless another one is likelier. */
  readonly generations: readonly [Generation, ...Generation[]];
}

/** A completion of the older, message-less kind. */
export async function answerCompletion(body: JsonObject, context: GenerationContext): Promise<Outcome> {
  checkParameters(body, completionParameters);
  const { deployment, tokenizer } = context;
  const prompts = promptsOf(body['prompt'], tokenizer);
  const window = factsOf(deployment.model).window;
  const maxTokens = numberOf(body['max_tokens']) ?? DEFAULT_MAX_TOKENS;
  const n = numberOf(body['n']) ?? 1;
  const bestOf = numberOf(body['best_of']) ?? n;
  checkBestOf(body, n, bestOf);
  const breathe = breathing(context.signal);
  let promptTokens = 0;
  for (const prompt of prompts) {
    const count = await countTokens(prompt, tokenizer, breathe);
    if (count + maxTokens > window) throw promptExceeded(window, count, maxTokens);
    promptTokens += count;
  }
  const promptFilter = await filterPrompt(prompts, breathe);
  if (promptFilter.isFiltered) throw promptFiltered(promptFilter.result);

  const limits = { maxTokens, stop: stopsOf(body['stop']) };
  const generationOf = (prompt: string, choice: number): Generation => {
    const composition = compose({
      turns: [{ role: 'user', text: prompt, images: 0 }],
      tools: [],
      toolChoice: 'none',
      format: { type: 'text' },
      variation: variationOf(body, choice),
      mayCallSeveral: false,
      maxTokens,
    });
    return generate(composition.kind === 'text' ? composition.blocks : [], limits, tokenizer);
  };
  const prefixOf = (prompt: string) => (body['echo'] === true ? prompt : '');
  // With n choices of best_of, the candidates are dealt out to the choices in turn.
  const drafts = prompts.flatMap((prompt, position) =>
    Array.from({ length: n }, (_, choice): Draft => {
      const others = Array.from({ length: Math.ceil((bestOf - n - choice) / n) }, (__, turn) =>
        generationOf(prompt, choice + n * (turn + 1)),
      );
      const generations = [generationOf(prompt, choice), ...others] as const;
      return { index: position * n + choice, prefix: prefixOf(prompt), generations };
    }),
  );
  const head: Head = {
    id: `cmpl-${randomUUID().replaceAll('-', '')}`,
    created: context.created,
    model: modelInAnswer(deployment.model),
    fingerprint: fingerprintOf(deployment),
    promptFilter,
    shape: shapeOf(context.apiVersion),
  };
  // Candidates that nobody gets to see were generated, and are charged, too.
  const usage = () =>
    usageOf(
      promptTokens,
      drafts.reduce((sum, { generations }) => sum + generations.reduce((all, one) => all + one.tokens, 0), 0),
    );
  if (body['stream'] === true) {
    const events = completionEvents(head, drafts, { body, usage, tokenizer });
    return { kind: 'stream', status: 200, headers: streamHeaders, events, usage };
  }
  const top = numberOf(body['logprobs']);
  const choices: object[] = [];
  for (const { index, prefix, generations } of drafts) {
    for (const one of generations) await finish(one, breathe);
    const generation = likeliest(generations, tokenizer);
    choices.push(
      choiceBody(index, {
        text: prefix + generation.text,
        finishReason: generation.finishReason,
        filter: generation.filter,
        shape: head.shape,
        logprobs: top === undefined ? null : wholeLogprobs(prefix, generation.text, { top, tokenizer }),
      }),
    );
  }
  return {
    kind: 'body',
    status: 200,
    headers: jsonHeaders,
    body: `${JSON.stringify({ ...envelope(head, choices), ...promptFilterIn(head), usage: usageBody(usage(), head.shape) })}\n`,
    usage: usage(),
  };
}

function checkBestOf(body: JsonObject, n: number, bestOf: number): void {
  if (bestOf < n) {
    throw invalidRequest(
      'You requested that the server return more choices than it will generate (HINT: best_of must be greater than or equal to n)',
      'best_of',
    );
  }
  if (bestOf > n && body['stream'] === true) {
    throw invalidRequest('Results cannot be streamed when best_of is greater than n.', 'best_of');
  }
}

/** By the mean of its (simulated) log probabilities. */
function likeliest(generations: Draft['generations'], tokenizer: Tokenizer): Generation {
  if (generations.length === 1) return generations[0];
  const mean = ({ text }: Generation) => {
    const pieces = tokenizer.pieces(text);
    return pieces.reduce((sum, piece, index) => sum + logprobOf(piece.text, index), 0) / Math.max(1, pieces.length);
  };
  return generations.reduce((best, one) => (mean(one) > mean(best) ? one : best));
}

interface LogprobOptions {
  readonly top: number;
  readonly tokenizer: Tokenizer;
}

/** The first token of an echoed prompt has no probability: nothing came before it. */
function wholeLogprobs(prefix: string, text: string, { top, tokenizer }: LogprobOptions): object {
  const before = prefix === '' ? [] : tokenizer.pieces(prefix);
  const told = completionLogprobs([...before, ...tokenizer.pieces(text)], { top, offset: 0, from: 0 });
  return before.length === 0 ? told : withoutFirst(told);
}

function withoutFirst(told: CompletionLogprobs): CompletionLogprobs {
  const top = told.top_logprobs;
  return {
    ...told,
    token_logprobs: [null, ...told.token_logprobs.slice(1)],
    top_logprobs: top === null ? null : [null, ...top.slice(1)],
  };
}

interface Head {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly fingerprint: string;
  readonly promptFilter: FilterResult;
  readonly shape: AnswerShape;
}

const envelope = (head: Head, choices: readonly object[]) => ({
  choices,
  created: head.created,
  id: head.id,
  model: head.model,
  object: 'text_completion',
  ...fingerprintIn(head),
});

const promptFilterIn = ({ shape, promptFilter }: Head) =>
  shape.hasFilterResults ? { prompt_filter_results: promptFilterResults(promptFilter) } : {};

interface ChoiceFacts {
  readonly text: string;
  readonly finishReason: FinishReason | null;
  readonly filter: FilterResult;
  readonly logprobs: unknown;
  readonly shape: AnswerShape;
}

const choiceBody = (index: number, { text, finishReason, filter, logprobs, shape }: ChoiceFacts) => ({
  ...(shape.hasFilterResults ? { content_filter_results: filter.result } : {}),
  finish_reason: finishReason,
  index,
  logprobs,
  text,
});

interface EventContext {
  readonly body: JsonObject;
  readonly tokenizer: Tokenizer;
  usage(): { readonly promptTokens: number; readonly completionTokens: number };
}

function* completionEvents(head: Head, drafts: readonly Draft[], context: EventContext): Generator<StreamEvent> {
  const options = context.body['stream_options'] as JsonObject | null | undefined;
  const withUsage = options?.['include_usage'] === true;
  const none = withUsage ? { usage: null } : {};
  const top = numberOf(context.body['logprobs']);
  const { shape } = head;
  const send = (index: number, facts: Omit<ChoiceFacts, 'shape'>, tokens = 0) =>
    event({ ...envelope(head, [choiceBody(index, { ...facts, shape })]), ...none }, tokens);
  if (shape.hasFilterResults) yield event(promptFilterChunk(head));
  for (const { index, prefix, generations } of drafts) {
    const [generation] = generations;
    let offset = prefix.length;
    let sent = 0;
    if (prefix !== '') {
      const { tokenizer } = context;
      const logprobs = top === undefined ? null : wholeLogprobs(prefix, '', { top, tokenizer });
      if (top !== undefined) sent = tokenizer.pieces(prefix).length;
      yield send(index, { text: prefix, finishReason: null, filter: generation.filter, logprobs });
    }
    for (const { text, tokens, filter } of generation.pieces()) {
      const logprobs = top === undefined ? null : completionLogprobs([{ text, tokens }], { top, offset, from: sent });
      offset += text.length;
      sent += 1;
      yield send(index, { text, finishReason: null, filter, logprobs }, tokens);
    }
    const { finishReason, filter } = generation;
    yield send(index, { text: '', finishReason, filter, logprobs: null });
  }
  if (withUsage) yield event({ ...envelope(head, []), usage: usageBody(context.usage(), shape) });
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
