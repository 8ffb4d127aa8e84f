import type { JsonValue } from '@vigia/contract';
import type { Encoding } from './encoding.ts';

/** A message as a client sent it: only its own fields count. */
export type ChatMessageLike = Readonly<Record<string, JsonValue | undefined>>;

/** What a message costs beside its values, by model. Source: azure-openai.md §2.7. */
const usual = { message: 3, name: 1 };
const oldest = { message: 4, name: -1 };
const REPLY = 3;

/**
 * Prompt tokens of a chat: 3 a message, the tokens of its values (role, content, name …), 1 more for a name, 3 for
 * the reply. Images and audio are not counted: their price is not a matter of text.
 */
export function chatPromptTokens(
  encoding: Encoding,
  messages: readonly ChatMessageLike[],
  options: { readonly model: string; readonly tools?: readonly JsonValue[] },
): number {
  const cost = options.model.endsWith('-0301') ? oldest : usual;
  let sum = REPLY;
  let hasTools = options.tools !== undefined && options.tools.length > 0;
  for (const message of messages) {
    sum += cost.message;
    for (const [key, value] of Object.entries(message)) {
      if (value === undefined || value === null) continue;
      if (key === 'name') sum += cost.name;
      // The tools stand at the end of the first system message, which then is not a message of its own.
      if (key === 'content' && message['role'] === 'system' && hasTools && typeof value === 'string') {
        sum += encoding.count(`${value}\n`);
        continue;
      }
      sum += valueTokens(encoding, key, value);
    }
    if (message['role'] === 'system' && hasTools) {
      sum -= TOOLS_IN_SYSTEM;
      hasTools = false;
    }
  }
  if (options.tools !== undefined && options.tools.length > 0) sum += toolTokens(encoding, options.tools);
  return sum;
}

const TOOLS_IN_SYSTEM = 4;
const TOOLS = 9;
const CALL = 3;

function valueTokens(encoding: Encoding, key: string, value: JsonValue): number {
  if (typeof value === 'string') return key === 'tool_call_id' ? 0 : encoding.count(value);
  if (Array.isArray(value)) {
    if (key === 'content') return value.reduce<number>((sum, part) => sum + partTokens(encoding, part), 0);
    if (key === 'tool_calls') return value.reduce<number>((sum, call) => sum + callTokens(encoding, call), 0);
    return 0;
  }
  return key === 'function_call' ? callTokens(encoding, { function: value }) : 0;
}

function partTokens(encoding: Encoding, part: JsonValue): number {
  const text = field(part, 'text') ?? field(part, 'refusal');
  return typeof text === 'string' ? encoding.count(text) : 0;
}

function callTokens(encoding: Encoding, call: JsonValue): number {
  const called = field(call, 'function');
  const name = field(called, 'name');
  const given = field(called, 'arguments');
  return (
    CALL +
    (typeof name === 'string' ? encoding.count(name) : 0) +
    (typeof given === 'string' ? encoding.count(given) : 0)
  );
}

/** Tools reach the model as a TypeScript namespace; counted as that text, which gave the recorded numbers. */
function toolTokens(encoding: Encoding, tools: readonly JsonValue[]): number {
  const lines = ['namespace functions {', ''];
  for (const tool of tools) {
    const called = field(tool, 'function');
    const name = field(called, 'name');
    if (typeof name !== 'string') continue;
    const description = field(called, 'description');
    if (typeof description === 'string' && description !== '') lines.push(`// ${description}`);
    const properties = field(field(called, 'parameters'), 'properties');
    const isEmpty = !isRecord(properties) || Object.keys(properties).length === 0;
    if (isEmpty) lines.push(`type ${name} = () => any;`);
    else {
      lines.push(`type ${name} = (_: {`);
      lines.push(...parameterLines(field(called, 'parameters'), 0));
      lines.push('}) => any;');
    }
    lines.push('');
  }
  lines.push('} // namespace functions');
  return encoding.count(lines.join('\n')) + TOOLS;
}

function parameterLines(schema: JsonValue | undefined, indent: number): string[] {
  const properties = field(schema, 'properties');
  if (!isRecord(properties)) return [];
  const required = field(schema, 'required');
  const lines: string[] = [];
  for (const [name, property] of Object.entries(properties)) {
    const description = field(property, 'description');
    if (typeof description === 'string' && description !== '' && indent < 2) lines.push(`// ${description}`);
    const isRequired = Array.isArray(required) && required.includes(name);
    lines.push(`${name}${isRequired ? '' : '?'}: ${typeText(property, indent)},`);
  }
  return lines.map((line) => ' '.repeat(indent) + line);
}

function typeText(schema: JsonValue | undefined, indent: number): string {
  const type = field(schema, 'type');
  const choices = field(schema, 'enum');
  if (type === 'string') return Array.isArray(choices) ? choices.map((v) => `"${String(v)}"`).join(' | ') : 'string';
  if (type === 'number' || type === 'integer')
    return Array.isArray(choices) ? choices.map((v) => String(v)).join(' | ') : 'number';
  if (type === 'array') {
    const items = field(schema, 'items');
    return items === undefined ? 'any[]' : `${typeText(items, indent)}[]`;
  }
  if (type === 'object') return ['{', ...parameterLines(schema, indent + 2), '}'].join('\n');
  if (type === 'boolean' || type === 'null') return type;
  return 'any';
}

const isRecord = (value: JsonValue | undefined): value is { readonly [key: string]: JsonValue | undefined } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const field = (value: JsonValue | undefined, name: string): JsonValue | undefined =>
  isRecord(value) ? value[name] : undefined;
