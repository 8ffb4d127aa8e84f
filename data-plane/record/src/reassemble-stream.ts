import type { JsonObject, JsonValue } from '@vigia/contract';
import { eventData } from './event-stream.ts';
import { asArray, asCount, asObject, asText, isObject, parseJson } from './json-reading.ts';

type Draft = Record<string, JsonValue | undefined>;

/** What no answer without streaming has. */
const onlyInStreams = new Set(['obfuscation', 'choices', 'usage', 'object', 'id', 'created', 'model']);

/**
 * The object that the same call would have returned without streaming, from the events of its stream: chat
 * completions, completions and responses. A stream cut short gives what came, with `finish_reason` null.
 * Undefined where the stream holds none of these. Source: azure-openai.md §2.5, §2.6.
 */
export function reassembleStream(text: string): JsonObject | undefined {
  const chunks = eventData(text)
    .map(parseJson)
    .filter((chunk) => isObject(chunk));
  if (chunks.some((chunk) => asText(chunk['type'])?.startsWith('response.') === true)) return responseOf(chunks);
  if (!chunks.some((chunk) => Array.isArray(chunk['choices']) || isObject(chunk['error']))) return undefined;
  const answer: Draft = {};
  const choices = new Map<number, Draft>();
  for (const chunk of chunks) {
    for (const name of ['id', 'model', 'created'] as const) if (chunk[name]) answer[name] ??= chunk[name];
    const object = asText(chunk['object']);
    if (object) answer['object'] ??= object.replace(/\.chunk$/, '');
    if (isObject(chunk['usage'])) answer['usage'] = chunk['usage'];
    for (const [name, value] of Object.entries(chunk)) {
      if (!onlyInStreams.has(name) && value !== undefined && (value !== null || !(name in answer)))
        answer[name] = value;
    }
    for (const part of asArray(chunk['choices'])) if (isObject(part)) mergeChoice(choices, part);
  }
  if (choices.size > 0 || answer['id'] !== undefined)
    answer['choices'] = [...choices].sort(([a], [b]) => a - b).map(([, choice]) => sortedKeys(finished(choice)));
  return sortedKeys(answer);
}

function mergeChoice(choices: Map<number, Draft>, part: JsonObject): void {
  const index = asCount(part['index']) ?? 0;
  let choice = choices.get(index);
  if (choice === undefined) {
    choice = { finish_reason: null, index, logprobs: null };
    choices.set(index, choice);
  }
  for (const [name, value] of Object.entries(part)) {
    if (value === undefined || value === null || name === 'index') continue;
    if (name === 'delta') {
      if (isObject(value)) choice['message'] = mergedMessage(asObject(choice['message']) ?? {}, value);
    } else if (name === 'text') choice['text'] = (asText(choice['text']) ?? '') + (asText(value) ?? '');
    else if (name === 'content_filter_results') choice[name] = { ...asObject(choice[name]), ...asObject(value) };
    else if (name === 'logprobs') choice[name] = joinedLists(asObject(choice[name]) ?? {}, asObject(value) ?? {});
    else choice[name] = value;
  }
}

function mergedMessage(message: JsonObject, delta: JsonObject): JsonObject {
  const merged: Draft = { ...message };
  for (const [name, value] of Object.entries(delta)) {
    const before = merged[name];
    if (name === 'tool_calls') merged[name] = mergedCalls(asArray(before), asArray(value));
    else if (name === 'role') merged[name] ??= value;
    else if (typeof value === 'string') merged[name] = (asText(before) ?? '') + value;
    else if (Array.isArray(value)) merged[name] = [...asArray(before), ...asArray(value)];
    else if (isObject(value)) merged[name] = mergedMessage(asObject(before) ?? {}, value);
    else if (before === undefined) merged[name] = value;
  }
  return merged;
}

function mergedCalls(before: readonly JsonValue[], parts: readonly JsonValue[]): readonly JsonValue[] {
  const calls = [...before];
  for (const part of parts) {
    if (!isObject(part)) continue;
    const { index, ...rest } = part;
    const at = asCount(index) ?? Math.max(calls.length - 1, 0);
    const { function: called, ...others } = rest;
    const earlier = asObject(calls[at]) ?? {};
    calls[at] = {
      ...earlier,
      ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== null && value !== '')),
      ...(isObject(called) ? { function: mergedMessage(asObject(earlier['function']) ?? {}, called) } : {}),
    };
  }
  return Array.from(calls, (call) => call ?? {});
}

const joinedLists = (before: JsonObject, more: JsonObject): JsonObject => ({
  ...before,
  ...Object.fromEntries(
    Object.entries(more).map(([name, value]) =>
      Array.isArray(value) ? [name, [...asArray(before[name]), ...asArray(value)]] : [name, value ?? before[name]],
    ),
  ),
});

/** A chat answer always has content, which is null where only tools are called. */
function finished(choice: Draft): Draft {
  const message = asObject(choice['message']);
  if (message === undefined || Object.keys(message).length === 0) {
    const { message: _none, ...rest } = choice;
    return rest;
  }
  return { ...choice, message: sortedKeys({ content: null, role: 'assistant', ...message }) };
}

/** Azure's own answers have their keys in alphabetical order. */
const sortedKeys = (draft: Draft): JsonObject =>
  Object.fromEntries(Object.entries(draft).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A Responses stream carries the whole object in its last event; one cut short has the deltas of its text. */
function responseOf(chunks: readonly JsonObject[]): JsonObject | undefined {
  const last = chunks.findLast((chunk) => isObject(chunk['response']));
  const response = asObject(last?.['response']);
  if (response === undefined) return undefined;
  if (/^response\.(completed|incomplete|failed)$/.test(asText(last?.['type']) ?? '')) return response;
  const text = chunks
    .filter((chunk) => chunk['type'] === 'response.output_text.delta')
    .map((chunk) => asText(chunk['delta']) ?? '')
    .join('');
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { ...response, output: [{ type: 'message', role: 'assistant', status: 'incomplete', content }] };
}
