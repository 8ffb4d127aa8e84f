import { randomUUID } from 'node:crypto';
import type { DeploymentSnapshot, JsonObject, JsonValue } from '@vigia/contract';
import type { ChatMessageLike, Tokenizer } from '@vigia/tokenizer';
import { shapeOf } from './answer-shape.ts';
import { breathing } from './breath.ts';
import {
  type AnswerHead,
  type ChatChoice,
  chatBody,
  chatChunk,
  promptFilterChunk,
  type ToolCall,
  usageChunk,
} from './chat-answer.ts';
import { filterPrompt } from './content-filter.ts';
import { responseFormatOf, type Turn, toolChoiceOf, toolsOf, turnsOf } from './conversation.ts';
import { type Composition, compose } from './engine/compose.ts';
import { finish, type Generation, generate } from './generation.ts';
import { chatLogprobs } from './logprobs.ts';
import { factsOf, modelInAnswer } from './model.ts';
import { doneEvent, event, jsonHeaders, type Outcome, type StreamEvent, streamHeaders, usageOf } from './outcome.ts';
import { chatParameters, checkParameters } from './parameter.ts';
import { countChat } from './prompt-tokens.ts';
import { contextExceeded, invalidRequest, promptFiltered } from './refusal.ts';

/** Tokens of a picture whose size is not known: 4 tiles of 170 and a base of 85. */
const IMAGE_TOKENS = 765;

export interface GenerationContext {
  readonly deployment: DeploymentSnapshot;
  readonly tokenizer: Tokenizer;
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly apiVersion: string;
  /** Aborts when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** A chat completion, from the checked body to what the client gets. */
export async function answerChat(body: JsonObject, context: GenerationContext): Promise<Outcome> {
  checkParameters(body, chatParameters);
  const { deployment, tokenizer } = context;
  const facts = factsOf(deployment.model);
  if (facts.isReasoning) checkReasoning(body);
  const turns = turnsOf(body);
  const tools = toolsOf(body);
  const toolChoice = toolChoiceOf(body, tools);
  const format = responseFormatOf(body, turns);
  checkLogprobs(body);

  const breathe = breathing(context.signal);
  const promptTokens = await countPrompt(body, turns, { tokenizer, breathe });
  const asked = numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens']);
  if (promptTokens + (asked ?? 1) > facts.window) {
    throw contextExceeded({ window: facts.window, promptTokens, maxTokens: asked });
  }
  const promptFilter = await filterPrompt(
    turns.map(({ text }) => text),
    breathe,
  );
  if (promptFilter.isFiltered) throw promptFiltered(promptFilter.result);

  const head: AnswerHead = {
    id: `chatcmpl-${randomUUID().replaceAll('-', '')}`,
    created: context.created,
    model: modelInAnswer(deployment.model),
    fingerprint: fingerprintOf(deployment),
    promptFilter,
    shape: shapeOf(context.apiVersion),
  };
  const drafts = Array.from({ length: numberOf(body['n']) ?? 1 }, (_, index): Draft => {
    const composition = compose({
      turns,
      tools,
      toolChoice,
      format,
      variation: variationOf(body, index),
      mayCallSeveral: body['parallel_tool_calls'] !== false,
      ...(asked === undefined ? {} : { maxTokens: asked }),
    });
    const limits = { maxTokens: asked ?? facts.window - promptTokens, stop: stopsOf(body['stop']) };
    const blocks = composition.kind === 'text' ? composition.blocks : [];
    return { index, generation: generate(blocks, limits, tokenizer), toolCalls: toolCallsOf(composition) };
  });

  const completionTokens = () =>
    drafts.reduce((sum, draft) => sum + draft.generation.tokens + toolTokens(draft.toolCalls, tokenizer), 0);
  if (body['stream'] === true) {
    return {
      kind: 'stream',
      status: 200,
      headers: streamHeaders,
      events: chatEvents(head, drafts, {
        body,
        tokenizer,
        usage: () => ({ promptTokens, completionTokens: completionTokens() }),
      }),
      usage: () => usageOf(promptTokens, completionTokens()),
    };
  }
  const choices: ChatChoice[] = [];
  for (const draft of drafts) choices.push(await choiceOf(draft, body, { tokenizer, breathe }));
  const usage = { promptTokens, completionTokens: completionTokens() };
  return {
    kind: 'body',
    status: 200,
    headers: jsonHeaders,
    body: `${JSON.stringify(chatBody(head, choices, usage))}\n`,
    usage: usageOf(usage.promptTokens, usage.completionTokens),
  };
}

interface Draft {
  readonly index: number;
  readonly generation: Generation;
  readonly toolCalls: readonly ToolCall[];
}

interface Work {
  readonly tokenizer: Tokenizer;
  readonly breathe: () => Promise<void>;
}

async function choiceOf(draft: Draft, body: JsonObject, { tokenizer, breathe }: Work): Promise<ChatChoice> {
  const { generation, toolCalls, index } = draft;
  await finish(generation, breathe);
  const logprobs =
    body['logprobs'] === true && toolCalls.length === 0
      ? await allLogprobs(generation.text, numberOf(body['top_logprobs']) ?? 0, { tokenizer, breathe })
      : null;
  return {
    index,
    finishReason: toolCalls.length > 0 ? 'tool_calls' : generation.finishReason,
    text: generation.text,
    toolCalls,
    filter: generation.filter,
    logprobs,
  };
}

/** Pieces whose log probabilities are drawn at a time. */
const LOGPROBS_A_TURN = 100;

async function allLogprobs(text: string, top: number, { tokenizer, breathe }: Work): Promise<object> {
  const pieces = tokenizer.pieces(text);
  const content: object[] = [];
  for (let from = 0; from < pieces.length; from += LOGPROBS_A_TURN) {
    content.push(...chatLogprobs(pieces.slice(from, from + LOGPROBS_A_TURN), { top, from }).content);
    await breathe();
  }
  return { content, refusal: null };
}

interface StreamContext {
  readonly body: JsonObject;
  readonly tokenizer: Tokenizer;
  usage(): { readonly promptTokens: number; readonly completionTokens: number };
}

/** Azure's order: filter of the prompt, role, a token each, finish, usage where asked, `[DONE]`. */
function* chatEvents(head: AnswerHead, drafts: readonly Draft[], context: StreamContext): Generator<StreamEvent> {
  const options = context.body['stream_options'];
  const withUsage = isObject(options) && options['include_usage'] === true;
  const top = numberOf(context.body['top_logprobs']) ?? 0;
  const withLogprobs = context.body['logprobs'] === true;
  if (head.shape.hasFilterResults) yield event(promptFilterChunk(head));
  for (const draft of drafts) {
    yield* draft.toolCalls.length > 0 ? toolEvents(head, draft, context, withUsage) : roleEvent(head, draft, withUsage);
  }
  const open = drafts
    .filter((draft) => draft.toolCalls.length === 0)
    .map((draft) => ({ draft, pieces: draft.generation.pieces(), sent: 0 }));
  while (open.length > 0) {
    for (const one of [...open]) {
      const next = one.pieces.next();
      const { index, generation } = one.draft;
      if (next.done === true) {
        open.splice(open.indexOf(one), 1);
        const finishReason = generation.finishReason;
        const filter = finishReason === 'content_filter' ? { filter: generation.filter } : {};
        yield event(chatChunk(head, { index, delta: {}, finishReason, ...filter }, withUsage));
        continue;
      }
      const { text, tokens, filter } = next.value;
      const logprobs = withLogprobs ? { logprobs: chatLogprobs([{ text, tokens }], { top, from: one.sent }) } : {};
      one.sent += 1;
      yield event(chatChunk(head, { index, delta: { content: text }, filter, ...logprobs }, withUsage), tokens);
    }
  }
  if (withUsage) yield event(usageChunk(head, context.usage()));
  yield doneEvent;
}

function* roleEvent(head: AnswerHead, { index }: Draft, withUsage: boolean): Generator<StreamEvent> {
  const delta = { content: '', ...(head.shape.hasRefusal ? { refusal: null } : {}), role: 'assistant' };
  yield event(chatChunk(head, { index, delta }, withUsage));
}

function* toolEvents(
  head: AnswerHead,
  { index, toolCalls }: Draft,
  { tokenizer }: StreamContext,
  withUsage: boolean,
): Generator<StreamEvent> {
  for (const [position, call] of toolCalls.entries()) {
    const start = {
      tool_calls: [{ function: { arguments: '', name: call.name }, id: call.id, index: position, type: 'function' }],
    };
    const delta =
      position === 0
        ? { content: null, ...(head.shape.hasRefusal ? { refusal: null } : {}), role: 'assistant', ...start }
        : start;
    yield event(chatChunk(head, { index, delta }, withUsage));
    for (const piece of tokenizer.pieces(call.arguments)) {
      const part = { tool_calls: [{ function: { arguments: piece.text }, index: position }] };
      yield event(chatChunk(head, { index, delta: part }, withUsage), piece.tokens);
    }
  }
  yield event(chatChunk(head, { index, delta: {}, finishReason: 'tool_calls' }, withUsage));
}

async function countPrompt(body: JsonObject, turns: readonly Turn[], work: Work): Promise<number> {
  const tools = body['tools'];
  const messages = body['messages'] as readonly ChatMessageLike[];
  const images = turns.reduce((sum, turn) => sum + turn.images, 0);
  return (
    (await countChat(messages, { ...work, tools: Array.isArray(tools) ? tools : undefined })) + images * IMAGE_TOKENS
  );
}

function checkReasoning(body: JsonObject): void {
  if (body['max_tokens'] !== undefined && body['max_tokens'] !== null) {
    throw invalidRequest(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  }
  for (const name of ['temperature', 'top_p']) {
    const value = body[name];
    if (value !== undefined && value !== null && value !== 1) {
      throw invalidRequest(
        `Unsupported value: '${name}' does not support ${JSON.stringify(value)} with this model. Only the default (1) value is supported.`,
        name,
        'unsupported_value',
      );
    }
  }
}

function checkLogprobs(body: JsonObject): void {
  if (numberOf(body['top_logprobs']) !== undefined && body['logprobs'] !== true) {
    throw invalidRequest("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", 'top_logprobs');
  }
}

/** What makes one answer differ from the next: everything that samples, nothing that only cuts. */
export function variationOf(body: JsonObject, index: number): string {
  return JSON.stringify([
    body['seed'] ?? null,
    body['temperature'] ?? null,
    body['top_p'] ?? null,
    body['presence_penalty'] ?? null,
    body['frequency_penalty'] ?? null,
    index,
  ]);
}

function toolCallsOf(composition: Composition): readonly ToolCall[] {
  if (composition.kind !== 'toolCalls') return [];
  return composition.calls.map((call) => ({ ...call, id: `call_${randomUUID().replaceAll('-', '').slice(0, 24)}` }));
}

const toolTokens = (calls: readonly ToolCall[], tokenizer: Tokenizer) =>
  calls.reduce((sum, call) => sum + tokenizer.count(call.name) + tokenizer.count(call.arguments), 0);

export function stopsOf(value: JsonValue | undefined): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** Tells who looks that no model answered. */
export const fingerprintOf = (deployment: DeploymentSnapshot) =>
  `fp_simulated_${deployment.model.name.replaceAll(/[^a-z0-9]/gi, '')}`;

export const numberOf = (value: JsonValue | undefined) => (typeof value === 'number' ? value : undefined);
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
