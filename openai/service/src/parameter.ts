import type { JsonObject, JsonValue } from '@vigia/contract';
import { invalidJson, invalidRequest } from './refusal.ts';

/** What a parameter of a request may be. */
type Rule =
  | { readonly type: 'integer' | 'decimal'; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean' | 'string' | 'object' | 'array' | 'any' }
  | { readonly type: 'stop' }
  | { readonly type: 'choice'; readonly of: readonly string[] };

export type ParameterTable = Readonly<Record<string, Rule>>;

const integer = (min?: number, max?: number): Rule => ({
  type: 'integer',
  ...(min === undefined ? {} : { min }),
  ...(max === undefined ? {} : { max }),
});
const decimal = (min: number, max: number): Rule => ({ type: 'decimal', min, max });
const any: Rule = { type: 'any' };

const sampling: ParameterTable = {
  model: { type: 'string' },
  temperature: decimal(0, 2),
  top_p: decimal(0, 1),
  n: integer(1, 128),
  stream: { type: 'boolean' },
  stream_options: { type: 'object' },
  stop: { type: 'stop' },
  max_tokens: integer(1),
  presence_penalty: decimal(-2, 2),
  frequency_penalty: decimal(-2, 2),
  logit_bias: { type: 'object' },
  user: { type: 'string' },
  seed: integer(),
};

export const chatParameters: ParameterTable = {
  ...sampling,
  messages: { type: 'array' },
  max_completion_tokens: integer(1),
  logprobs: { type: 'boolean' },
  top_logprobs: integer(0, 20),
  response_format: { type: 'object' },
  tools: { type: 'array' },
  tool_choice: any,
  parallel_tool_calls: { type: 'boolean' },
  metadata: { type: 'object' },
  store: { type: 'boolean' },
  modalities: { type: 'array' },
  reasoning_effort: { type: 'choice', of: ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] },
  verbosity: { type: 'choice', of: ['low', 'medium', 'high'] },
  service_tier: { type: 'string' },
  prediction: { type: 'object' },
  prompt_cache_key: { type: 'string' },
  safety_identifier: { type: 'string' },
  user_security_context: { type: 'object' },
};

export const completionParameters: ParameterTable = {
  ...sampling,
  prompt: any,
  suffix: { type: 'string' },
  max_tokens: integer(0),
  logprobs: integer(0, 5),
  echo: { type: 'boolean' },
  best_of: integer(1, 20),
};

export const embeddingParameters: ParameterTable = {
  model: { type: 'string' },
  input: any,
  user: { type: 'string' },
  encoding_format: { type: 'choice', of: ['float', 'base64'] },
  dimensions: integer(1),
  input_type: { type: 'string' },
};

/** The body as an object, or OpenAI's refusal of it. */
export function parseBody(bytes: Uint8Array): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw invalidJson();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidJson();
  return value as JsonObject;
}

/** Refuses the first parameter that is unknown, of another type, or out of range, in OpenAI's words. */
export function checkParameters(body: JsonObject, table: ParameterTable): void {
  const unknown = Object.keys(body).filter((name) => !Object.hasOwn(table, name));
  if (unknown.length > 0) {
    throw invalidRequest(
      `Unrecognized request argument${unknown.length > 1 ? 's' : ''} supplied: ${unknown.join(', ')}`,
    );
  }
  for (const [name, rule] of Object.entries(table)) {
    const value = body[name];
    if (value !== undefined && value !== null) checkValue(name, value, rule);
  }
}

function checkValue(name: string, value: JsonValue, rule: Rule): void {
  switch (rule.type) {
    case 'any':
      return;
    case 'integer':
    case 'decimal':
      checkNumber(name, value, rule);
      return;
    case 'stop':
      checkStop(name, value);
      return;
    case 'choice':
      if (typeof value !== 'string') throw wrongType(name, 'a string', value);
      if (!rule.of.includes(value)) throw wrongChoice(name, value, rule.of);
      return;
    case 'array':
      if (!Array.isArray(value)) throw wrongType(name, 'an array', value);
      return;
    case 'object':
      if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(name, 'an object', value);
      return;
    case 'boolean':
    case 'string':
      if (typeof value !== rule.type) throw wrongType(name, `a ${rule.type}`, value);
      return;
    default:
      rule satisfies never;
  }
}

function checkNumber(
  name: string,
  value: JsonValue,
  rule: { readonly type: 'integer' | 'decimal'; readonly min?: number; readonly max?: number },
): void {
  const isInteger = rule.type === 'integer';
  if (typeof value !== 'number' || (isInteger && !Number.isInteger(value))) {
    throw wrongType(name, isInteger ? 'an integer' : 'a decimal', value);
  }
  if (rule.min !== undefined && value < rule.min) {
    throw invalidRequest(
      `Invalid '${name}': ${rule.type} below minimum value. Expected a value >= ${rule.min}, but got ${value} instead.`,
      name,
      `${rule.type}_below_min_value`,
    );
  }
  if (rule.max !== undefined && value > rule.max) {
    throw invalidRequest(
      `Invalid '${name}': ${rule.type} above maximum value. Expected a value <= ${rule.max}, but got ${value} instead.`,
      name,
      `${rule.type}_above_max_value`,
    );
  }
}

function checkStop(name: string, value: JsonValue): void {
  if (typeof value === 'string') return;
  if (!Array.isArray(value)) throw wrongType(name, 'one of a string or array of strings', value);
  if (value.length > 4) {
    throw invalidRequest(
      `Invalid '${name}': array too long. Expected an array with maximum length 4, but got an array with length ${value.length} instead.`,
      name,
      'array_above_max_length',
    );
  }
  value.forEach((item: JsonValue, index: number) => {
    if (typeof item !== 'string') throw wrongType(`${name}[${index}]`, 'a string', item);
  });
}

export const wrongType = (name: string, expected: string, value: JsonValue | undefined) =>
  invalidRequest(
    `Invalid type for '${name}': expected ${expected}, but got ${nounOf(value)} instead.`,
    name,
    'invalid_type',
  );

export const wrongChoice = (name: string, value: string, of: readonly string[]) =>
  invalidRequest(`Invalid value: '${value}'. Supported values are: ${enumerate(of)}.`, name, 'invalid_value');

export const missing = (name: string) =>
  invalidRequest(`Missing required parameter: '${name}'.`, name, 'missing_required_parameter');

function enumerate(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1)}`;
}

function nounOf(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return `a ${typeof value}`;
}
