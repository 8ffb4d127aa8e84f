import type { JsonObject, JsonValue } from '@vigia/contract';

/** Their keys are names of the author's choice, so a key that begins with `x-` is no extension there. */
const mapsOfNames: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  'schemas',
  'definitions',
  '$defs',
  'dependentSchemas',
  'parameters',
  'headers',
  'responses',
  'requestBodies',
  'callbacks',
  'links',
  'securitySchemes',
  'securityDefinitions',
  'pathItems',
  'content',
  'encoding',
  'variables',
  'mapping',
]);

/** Values of the API's own data: whatever they look like, they are no part of the definition. */
const data: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'const']);

/** The only extension that holds paths. */
const pathsExtension = 'x-ms-paths';

/**
 * What of an object defines the API, by position: extensions are left out, and data with an inside.
 * `isMap`: its keys are names.
 */
export function definingEntries(object: JsonObject, isMap: boolean): [string, JsonValue][] {
  return Object.entries(object).filter(
    (entry): entry is [string, JsonValue] => entry[1] !== undefined && (isMap || isDefining(entry[0], entry[1])),
  );
}

function isDefining(name: string, value: JsonValue): boolean {
  if (name.startsWith('x-')) return name === pathsExtension;
  return !data.has(name) || typeof value !== 'object' || value === null;
}

/** Whether the keys of the value under `key` are names. A property called `headers` holds a schema, not a map. */
export const isMapOfNames = (key: string, isInsideMap: boolean): boolean => !isInsideMap && mapsOfNames.has(key);
