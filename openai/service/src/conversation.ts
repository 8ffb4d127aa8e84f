import type { JsonObject, JsonValue } from '@vigia/contract';
import { missing, wrongChoice, wrongType } from './parameter.ts';
import { invalidRequest } from './refusal.ts';

export type Role = 'system' | 'developer' | 'user' | 'assistant' | 'tool';

/** One message, reduced to what the engine reads. */
export interface Turn {
  readonly role: Role;
  readonly text: string;
  readonly name?: string;
  readonly toolCallId?: string;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** Image and file parts, which are counted but not looked at. */
  readonly images: number;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
}

export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json_object' }
  | { readonly type: 'json_schema'; readonly name: string; readonly schema: JsonObject };

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer'] as const;

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `messages` of a chat request; refuses what Azure refuses. */
export function turnsOf(body: JsonObject): readonly Turn[] {
  const messages = body['messages'];
  if (!Array.isArray(messages)) throw missing('messages');
  if (messages.length === 0) {
    throw invalidRequest(
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'messages',
      'empty_array',
    );
  }
  const turns: Turn[] = [];
  messages.forEach((message: JsonValue, index: number) => {
    turns.push(turnOf(message, index, turns));
  });
  return turns;
}

function turnOf(message: JsonValue, index: number, before: readonly Turn[]): Turn {
  const at = `messages[${index}]`;
  if (!isObject(message)) throw wrongType(at, 'an object', message);
  const role = message['role'];
  if (role === undefined) throw missing(`${at}.role`);
  if (typeof role !== 'string') throw wrongType(`${at}.role`, 'a string', role);
  if (!(roles as readonly string[]).includes(role)) throw wrongChoice(`${at}.role`, role, roles);
  const toolCalls = role === 'assistant' ? toolCallsOf(message['tool_calls'], at) : undefined;
  const { text, images } = contentOf(message['content'], `${at}.content`, toolCalls !== undefined);
  const name = message['name'];
  if (name !== undefined && name !== null && typeof name !== 'string') throw wrongType(`${at}.name`, 'a string', name);
  const toolCallId = message['tool_call_id'];
  if (role === 'tool') {
    const asked = [...before].reverse().find((turn) => turn.role !== 'tool');
    if (typeof toolCallId !== 'string') throw missing(`${at}.tool_call_id`);
    if (!asked?.toolCalls?.some((call) => call.id === toolCallId)) {
      throw invalidRequest(
        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
        `messages.[${index}].role`,
      );
    }
  }
  return {
    role: role === 'function' ? 'tool' : (role as Role),
    text,
    images,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof toolCallId === 'string' ? { toolCallId } : {}),
    ...(toolCalls === undefined ? {} : { toolCalls }),
  };
}

function contentOf(value: JsonValue | undefined, at: string, mayBeEmpty: boolean): { text: string; images: number } {
  if (typeof value === 'string') return { text: value, images: 0 };
  if (value === null || value === undefined) {
    if (mayBeEmpty) return { text: '', images: 0 };
    throw invalidRequest(`Invalid value for '${at.replace(/^.*\./, '')}': expected a string, got null.`, at);
  }
  if (!Array.isArray(value)) throw wrongType(at, 'one of a string or array of objects', value);
  const texts: string[] = [];
  let images = 0;
  value.forEach((part: JsonValue, index: number) => {
    const partAt = `${at}[${index}]`;
    if (!isObject(part)) throw wrongType(partAt, 'an object', part);
    const type = part['type'];
    if (type === 'text' || type === 'refusal') {
      const text = part[type];
      if (typeof text !== 'string') throw missing(`${partAt}.${type}`);
      texts.push(text);
    } else if (type === 'image_url' || type === 'input_audio' || type === 'file') images += 1;
    else throw wrongChoice(`${partAt}.type`, String(type), ['text', 'image_url', 'input_audio', 'refusal', 'file']);
  });
  return { text: texts.join('\n'), images };
}

function toolCallsOf(value: JsonValue | undefined, at: string): Turn['toolCalls'] {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(`${at}.tool_calls`, 'an array', value);
  return value.map((call: JsonValue, index: number) => {
    const callAt = `${at}.tool_calls[${index}]`;
    if (!isObject(call)) throw wrongType(callAt, 'an object', call);
    const callee = call['function'];
    if (typeof call['id'] !== 'string') throw missing(`${callAt}.id`);
    if (!isObject(callee) || typeof callee['name'] !== 'string') throw missing(`${callAt}.function`);
    return { id: call['id'], name: callee['name'], arguments: String(callee['arguments'] ?? '') };
  });
}

export function toolsOf(body: JsonObject): readonly Tool[] {
  const tools = body['tools'];
  if (!Array.isArray(tools)) return [];
  return tools.map((tool: JsonValue, index: number) => {
    const at = `tools[${index}]`;
    if (!isObject(tool)) throw wrongType(at, 'an object', tool);
    if (tool['type'] !== 'function') throw wrongChoice(`${at}.type`, String(tool['type']), ['function']);
    const callee = tool['function'];
    if (!isObject(callee)) throw missing(`${at}.function`);
    const name = callee['name'];
    if (typeof name !== 'string') throw missing(`${at}.function.name`);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      throw invalidRequest(
        `Invalid '${at}.function.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        `${at}.function.name`,
        'invalid_value',
      );
    }
    const parameters = callee['parameters'];
    return {
      name,
      description: String(callee['description'] ?? ''),
      parameters: isObject(parameters) ? parameters : {},
    };
  });
}

export function toolChoiceOf(body: JsonObject, tools: readonly Tool[]): ToolChoice {
  const choice = body['tool_choice'];
  if (choice === undefined || choice === null) return tools.length > 0 ? 'auto' : 'none';
  if (tools.length === 0) {
    throw invalidRequest(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
      'tool_choice',
    );
  }
  if (choice === 'none' || choice === 'auto' || choice === 'required') return choice;
  if (typeof choice === 'string') throw wrongChoice('tool_choice', choice, ['none', 'auto', 'required']);
  const callee = isObject(choice) ? choice['function'] : undefined;
  const name = isObject(callee) ? callee['name'] : undefined;
  if (typeof name !== 'string') throw missing('tool_choice.function.name');
  if (!tools.some((tool) => tool.name === name)) {
    throw invalidRequest(
      `Invalid value for 'tool_choice': no function named '${name}' was specified in the 'tools' parameter.`,
      'tool_choice',
    );
  }
  return { name };
}

export function responseFormatOf(body: JsonObject, turns: readonly Turn[]): ResponseFormat {
  const format = body['response_format'];
  if (!isObject(format)) return { type: 'text' };
  const type = format['type'];
  if (type === 'text') return { type };
  if (type === 'json_object') {
    if (!turns.some((turn) => /json/i.test(turn.text))) {
      throw invalidRequest(
        "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
        'messages',
      );
    }
    return { type };
  }
  if (type !== 'json_schema') {
    throw wrongChoice('response_format.type', String(type), ['json_object', 'json_schema', 'text']);
  }
  const described = format['json_schema'];
  if (!isObject(described)) throw missing('response_format.json_schema');
  const name = described['name'];
  if (typeof name !== 'string') throw missing('response_format.json_schema.name');
  const schema = described['schema'];
  if (!isObject(schema)) throw missing('response_format.json_schema.schema');
  return { type, name, schema };
}
