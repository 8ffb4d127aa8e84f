import type { JsonObject, JsonValue } from '@vigia/contract';

/** The text as JSON; undefined where it is none: bodies may be anything, and cut ones are common. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const asObject = (value: JsonValue | undefined): JsonObject | undefined => (isObject(value) ? value : undefined);
export const asArray = (value: JsonValue | undefined): readonly JsonValue[] =>
  Array.isArray(value) ? (value as readonly JsonValue[]) : [];
export const asText = (value: JsonValue | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
export const asCount = (value: JsonValue | undefined): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
