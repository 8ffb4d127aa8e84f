import type { JsonObject, JsonValue } from '@vigia/contract';
import type { Tokenizer } from '@vigia/tokenizer';
import { type GenerationContext, numberOf } from './answer-chat.ts';
import { decodeTokens } from './answer-completion.ts';
import { breathing } from './breath.ts';
import { embed } from './engine/embed.ts';
import { factsOf, modelInAnswer } from './model.ts';
import { jsonHeaders, type Outcome, usageOf } from './outcome.ts';
import { checkParameters, embeddingParameters, missing } from './parameter.ts';
import { countTokens } from './prompt-tokens.ts';
import { invalidRequest, promptExceeded } from './refusal.ts';

const MOST_INPUTS = 2048;

/** Vectors of texts. Lexical: texts that share words and letters lie near each other. */
export async function answerEmbedding(
  body: JsonObject,
  { deployment, tokenizer, signal }: GenerationContext,
): Promise<Outcome> {
  checkParameters(body, embeddingParameters);
  const facts = factsOf(deployment.model);
  const whole = facts.dimensions ?? 1536;
  const asked = numberOf(body['dimensions']);
  if (asked !== undefined && facts.isShortenable !== true) {
    throw invalidRequest('This model does not support specifying dimensions.');
  }
  if (asked !== undefined && asked > whole) {
    throw invalidRequest(
      `Invalid value for 'dimensions' = ${asked}. Must be less than or equal to ${whole}.`,
      'dimensions',
    );
  }
  const inputs = inputsOf(body['input'], tokenizer);
  const breathe = breathing(signal);
  let promptTokens = 0;
  for (const input of inputs) {
    const count = await countTokens(input, tokenizer, breathe);
    if (count > facts.window) throw promptExceeded(facts.window, count, 0);
    promptTokens += count;
    await breathe();
  }
  // Written item by item: two thousand vectors at once would hold up every other call.
  const items: string[] = [];
  for (const [index, input] of inputs.entries()) {
    const vector = embed(input, { dimensions: whole, keep: asked ?? whole });
    items.push(itemText(index, vector, body['encoding_format'] === 'base64'));
    await breathe();
  }
  const answer = [
    '{',
    '  "object": "list",',
    '  "data": [',
    items.join(',\n'),
    '  ],',
    `  "model": ${JSON.stringify(modelInAnswer(deployment.model))},`,
    '  "usage": {',
    `    "prompt_tokens": ${promptTokens},`,
    `    "total_tokens": ${promptTokens}`,
    '  }',
    '}',
    '',
  ].join('\n');
  return { kind: 'body', status: 200, headers: jsonHeaders, body: answer, usage: usageOf(promptTokens, 0) };
}

/** One item of `data` as `JSON.stringify(answer, null, 2)` would write it, several times as fast. */
function itemText(index: number, vector: Float32Array, isBase64: boolean): string {
  const embedding = isBase64
    ? `"${Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')}"`
    : `[\n        ${vector.join(',\n        ')}\n      ]`;
  return `    {\n      "object": "embedding",\n      "index": ${index},\n      "embedding": ${embedding}\n    }`;
}

const invalidInput = () =>
  invalidRequest(
    "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.",
  );

function inputsOf(value: JsonValue | undefined, tokenizer: Tokenizer): readonly string[] {
  if (value === undefined || value === null) throw missing('input');
  if (typeof value === 'string') {
    if (value === '') throw invalidInput();
    return [value];
  }
  if (!Array.isArray(value) || value.length === 0) throw invalidInput();
  if (value.every((one) => typeof one === 'number')) return [decodeTokens(value, tokenizer)];
  if (value.length > MOST_INPUTS) {
    throw invalidRequest(
      `Invalid 'input': array too long. Expected an array with maximum length ${MOST_INPUTS}, but got an array with length ${value.length} instead.`,
      'input',
      'array_above_max_length',
    );
  }
  return value.map((one: JsonValue) => {
    if (typeof one === 'string' && one !== '') return one;
    if (Array.isArray(one) && one.length > 0) return decodeTokens(one, tokenizer);
    throw invalidInput();
  });
}
