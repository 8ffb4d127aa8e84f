import type { JsonObject, JsonValue } from '@vigia/contract';
import { fieldOf, isList, isObject, textOf } from './document-fields.ts';
import { unreadableDefinition } from './invalid-definition.ts';

const longestChain = 50;

/** What `#/components/schemas/Pet` leads to; undefined: nothing that the document itself holds. */
export function resolvePointer(root: JsonObject, reference: string): JsonValue | undefined {
  if (reference === '#' || reference === '#/') return root;
  if (!reference.startsWith('#/')) return undefined;
  let value: JsonValue | undefined = root;
  for (const segment of reference.slice(2).split('/')) {
    const name = decodeSegment(segment);
    if (isObject(value)) value = fieldOf(value, name);
    else if (isList(value)) value = /^\d+$/.test(name) ? value[Number(name)] : undefined;
    else return undefined;
  }
  return value;
}

export function decodeSegment(segment: string): string {
  let decoded = segment;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    // A lone '%' is a character like any other.
  }
  return decoded.replaceAll('~1', '/').replaceAll('~0', '~');
}

/**
 * The object itself, or what its `$ref` leads to in the end. Fields beside a `$ref` (3.1: summary, description) win.
 * @throws {Problem} when references lead in a circle.
 */
export function dereference(root: JsonObject, value: JsonValue | undefined): JsonObject | undefined {
  let current = value;
  const beside: JsonObject[] = [];
  for (let steps = 0; isObject(current); steps++) {
    const reference = textOf(current, '$ref');
    if (reference === undefined) return beside.length === 0 ? current : Object.assign({}, current, ...beside.reverse());
    if (steps > longestChain) throw unreadableDefinition([`The reference '${reference}' leads in a circle.`]);
    const { $ref: _, ...rest } = current;
    beside.push(rest);
    current = resolvePointer(root, reference);
  }
  return undefined;
}
