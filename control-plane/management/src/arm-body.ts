import type { JsonObject, JsonValue } from '@vigia/contract';
import { Problem } from '@vigia/problem';
import type { ResourceBody } from '@vigia/resource';
import { findJsonMistake } from './import/find-json-mistake.ts';

const invalidContent = (reason: string): Problem =>
  new Problem({
    code: 'InvalidRequestContent',
    status: 400,
    message: `The request content was invalid and could not be deserialized: '${reason}'.`,
  });

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * A request's body as a JSON object; undefined where it is empty.
 * @throws {Problem} 400 `InvalidRequestContent` with line and position, 415 for another content type.
 */
export function parseArmBody(bytes: Buffer | undefined, contentType: string | undefined): JsonObject | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^(?:application\/(?:[\w.+-]+\+)?json|text\/json)$/.test(mediaType)) {
    throw new Problem({
      code: 'UnsupportedMediaType',
      status: 415,
      message: `The content media type '${mediaType || '(none)'}' is not supported. Only 'application/json' is supported.`,
    });
  }
  const text = textOf(bytes);
  if (text.trim() === '') return undefined;
  const value = jsonOf(text);
  if (!isObject(value)) throw invalidContent('Expected a JSON object.');
  checkTree(value);
  return value;
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem({ ...initOf(invalidContent('The content is not valid UTF-8.')), cause });
  }
}

function jsonOf(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (cause) {
    const mistake = findJsonMistake(text);
    if (mistake === undefined) throw cause;
    const { line, column, message } = mistake;
    const reason = `${message.charAt(0).toUpperCase()}${message.slice(1)}. Line ${line}, position ${column}.`;
    throw new Problem({ ...initOf(invalidContent(reason)), cause });
  }
}

const initOf = ({ code, status, message }: Problem) => ({ code, status, message });

/** No resource nests deeper; what does is made to exhaust somebody's call stack. */
const deepest = 100;

/** Without a call stack of its own. `__proto__` as a property is a trap for whoever merges objects. */
function checkTree(root: JsonObject): void {
  const left: { readonly value: object; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (depth > deepest) throw invalidContent(`The content nests deeper than ${deepest} levels.`);
    if (Object.hasOwn(value, '__proto__')) throw invalidContent("The property name '__proto__' is not allowed.");
    for (const inner of Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) left.push({ value: inner, depth: depth + 1 });
    }
  }
}

/**
 * The envelope of a PUT or PATCH. id, name, type and what else the service sets itself are let go by.
 * @throws {Problem} 400 `InvalidRequestContent`, where a part of the envelope is of the wrong kind.
 */
export function readResourceBody(body: JsonObject | undefined): ResourceBody {
  if (body === undefined) return {};
  const { location, tags, kind, sku, identity, properties } = body;
  return {
    ...(isGiven(location) ? { location: text('location', location) } : {}),
    ...(isGiven(kind) ? { kind: text('kind', kind) } : {}),
    ...(isGiven(tags) ? { tags: texts('tags', tags) } : {}),
    ...(isGiven(sku) ? { sku: readSku(sku) } : {}),
    ...(isGiven(identity) ? { identity: { type: text('identity.type', object('identity', identity)['type']) } } : {}),
    ...(isGiven(properties) ? { properties: object('properties', properties) } : {}),
  };
}

const isGiven = (value: JsonValue | undefined): value is JsonValue => value !== undefined && value !== null;

function wrongKind(path: string, expected: string, value: JsonValue | undefined): Problem {
  const found =
    value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  return invalidContent(`Expected ${expected}, found ${found}. Path '${path}'.`);
}

function text(path: string, value: JsonValue | undefined): string {
  if (typeof value !== 'string') throw wrongKind(path, 'a text', value);
  return value;
}

function object(path: string, value: JsonValue | undefined): JsonObject {
  if (!isObject(value)) throw wrongKind(path, 'an object', value);
  return value;
}

const texts = (path: string, value: JsonValue): Record<string, string> =>
  Object.fromEntries(Object.entries(object(path, value)).map(([name, each]) => [name, text(`${path}.${name}`, each)]));

function readSku(value: JsonValue): NonNullable<ResourceBody['sku']> {
  const { name, capacity, tier } = object('sku', value);
  if (isGiven(capacity) && typeof capacity !== 'number') throw wrongKind('sku.capacity', 'a number', capacity);
  return {
    name: text('sku.name', name),
    ...(isGiven(capacity) && typeof capacity === 'number' ? { capacity } : {}),
    ...(isGiven(tier) ? { tier: text('sku.tier', tier) } : {}),
  };
}
