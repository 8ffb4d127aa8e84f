import type { JsonObject, JsonValue } from '@vigia/contract';

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);

/** A document's own field: a name like `constructor` finds nothing that the document did not say. */
export const fieldOf = (object: JsonObject | undefined, name: string): JsonValue | undefined =>
  object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;

export function objectOf(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = fieldOf(object, name);
  return isObject(value) ? value : undefined;
}

export function listOf(object: JsonObject | undefined, name: string): readonly JsonValue[] {
  const value = fieldOf(object, name);
  return isList(value) ? value : [];
}

/** Absent for what is not text, and for an empty one. */
export function textOf(object: JsonObject | undefined, name: string): string | undefined {
  const value = fieldOf(object, name);
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

/** Text as it is, anything else as JSON: how ARM holds defaults, allowed values and examples of parameters. */
export const asText = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** `#/paths/~1pets/get`: how Azure names a place in a document. */
export const pointerOf = (path: readonly (string | number)[]): string =>
  ['#', ...path.map((segment) => String(segment).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');

/** Without its undefined fields. */
export function compact(fields: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
