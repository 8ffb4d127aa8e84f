import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '@vigia/contract';
import { isObject, objectOf, textOf } from './document-fields.ts';
import type { ImportNotes } from './import-notes.ts';
import { recursiveSchemas } from './recursive-schemas.ts';
import { decodeSegment } from './resolve-references.ts';

/** How an operation refers to a schema: ARM's `schemaId` and `typeName`. */
export interface SchemaReference {
  readonly schemaId: string;
  readonly typeName: string;
}

/**
 * The schemas of an API, in the one entity that Azure makes of them. A schema that stands inside an operation becomes
 * an entry of its own, marked `x-apim-inline`.
 */
export interface SchemaLibrary {
  /** `place`: what an unnamed schema is called after (`PetsPostRequest`). */
  refer(schema: JsonValue | undefined, place: string): SchemaReference | undefined;
  entity(): { readonly name: string; readonly properties: JsonObject } | undefined;
}

const kinds = {
  openapi: {
    prefix: '#/components/schemas/',
    contentType: 'application/vnd.oai.openapi.components+json',
    document: (schemas: JsonObject): JsonObject => ({ components: { schemas } }),
  },
  swagger: {
    prefix: '#/definitions/',
    contentType: 'application/vnd.ms-azure-apim.swagger.definitions+json',
    document: (schemas: JsonObject): JsonObject => ({ definitions: schemas }),
  },
};

export function createSchemaLibrary(root: JsonObject, notes: ImportNotes): SchemaLibrary {
  const isSwagger = 'swagger' in root;
  const kind = isSwagger ? kinds.swagger : kinds.openapi;
  const named = (isSwagger ? objectOf(root, 'definitions') : objectOf(objectOf(root, 'components'), 'schemas')) ?? {};
  // A map takes any name, `constructor` too.
  const schemas = new Map<string, JsonValue>(
    Object.entries(named).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
  const schemaId = schemaName(root, named);
  if (recursiveSchemas(named, kind.prefix).length > 0)
    notes.add('Some schemas contain themselves: they are kept as they are, where Azure supports no recursion.');
  const numbers = new Map<string, number>();
  return {
    refer(schema, place) {
      if (!isObject(schema)) return undefined;
      const reference = textOf(schema, '$ref');
      if (reference?.startsWith(kind.prefix)) {
        const typeName = decodeSegment(reference.slice(kind.prefix.length));
        if (schemas.has(typeName)) return { schemaId, typeName };
      }
      let number = numbers.get(place) ?? 0;
      const name = () => (number === 0 ? place : `${place}-${number}`);
      while (schemas.has(name())) number++;
      numbers.set(place, number + 1);
      const typeName = name();
      schemas.set(typeName, { ...schema, 'x-apim-inline': true });
      return { schemaId, typeName };
    },
    entity: () =>
      schemas.size === 0
        ? undefined
        : {
            name: schemaId,
            properties: { contentType: kind.contentType, document: kind.document(Object.fromEntries(schemas)) },
          },
  };
}

/**
 * 24 hexadecimal digits, as Azure's generated ids have. Made of the document's paths and schemas, so that the same
 * document imported again names the same entity.
 */
const schemaName = (root: JsonObject, named: JsonObject): string =>
  createHash('sha256')
    .update(JSON.stringify([named, root['paths'] ?? null, root['x-ms-paths'] ?? null]))
    .digest('hex')
    .slice(0, 24);

/** `/personas/{id}/info-robo`, `GET` → `Personas-id-Info-roboGet`: how Azure names what stands inside an operation. */
export function operationStem(path: string, method: string): string {
  const segments =
    path
      .split('?', 1)[0]
      ?.split('/')
      .filter((segment) => segment !== '') ?? [];
  const named = segments.map((segment) => capital(segment.replace(/[{}]/g, '-'))).join('');
  return `${named}${capital(method.toLowerCase())}`;
}

/** `application/json` → `ApplicationJson`. */
export const mediaTypeStem = (contentType: string): string =>
  (contentType.split(';', 1)[0] ?? '')
    .split(/[^a-zA-Z0-9]+/)
    .map(capital)
    .join('');

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
