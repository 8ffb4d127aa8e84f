import type { JsonObject, JsonValue } from '@vigia/contract';
import type { Change, Resource, ResourceBody, ResourceStore } from '@vigia/resource';
import type { ArmCall } from '../../arm-call.ts';
import { sameText } from '../../arm-path.ts';
import type { DefinitionInput, ImportedApi, ImportedOperation } from '../../import/import-definition.ts';
import { notSupportedHere, validationError } from '../../refusals.ts';
import type { ChangesOf } from '../../rules.ts';
import { serviceIdOf, serviceType } from './service-id.ts';

const apiType = `${serviceType}/apis`;
const operationType = `${apiType}/operations`;
const schemaType = `${apiType}/schemas`;

/** Schemas that an import made, and the next one may take away again. */
const importedSchemas = /^application\/vnd\.(?:oai\.openapi\.components|ms-azure-apim\.swagger\.definitions)\+json$/i;

/**
 * PUT of an API. With `format` and `value` an import: what the document says fills in what the body does not say, and
 * what neither says stays as it is. Operations are matched by id, else by method and template; matched ones keep their
 * policies, others go. All of it is one list of changes, so that a failure leaves the API as it was.
 */
export async function putApi(call: ArmCall, body: ResourceBody): Promise<ChangesOf> {
  const { store, importer, logger } = call.context;
  const id = call.target.kind === 'resource' ? call.target.id : '';
  const {
    format,
    value,
    wsdlSelector,
    apiType: kind,
    translateRequiredQueryParameters,
    ...own
  } = body.properties ?? {};
  const properties: JsonObject = typeof kind === 'string' && own['type'] === undefined ? { ...own, type: kind } : own;
  if (!isGiven(format) && !isGiven(value)) {
    return (existing) =>
      existing === undefined && isGiven(properties['sourceApiId']) && !/;rev=[^/]*$/i.test(id)
        ? copyOf(store, id, properties)
        : [{ kind: 'put', id, body: { ...body, properties } }];
  }
  if (isGiven(wsdlSelector)) throw notSupportedHere("The import property 'wsdlSelector'");
  const imported = await importer(readInput({ format, value, translateRequiredQueryParameters }));
  if (imported.notes.length > 0) {
    logger.info('An imported definition was changed', {
      api: id,
      correlationId: call.correlationId,
      notes: imported.notes,
    });
  }
  return (existing) => importChanges({ store, id, existing, properties, imported });
}

const isGiven = (value: JsonValue | undefined): value is JsonValue => value !== undefined && value !== null;

function readInput(given: Readonly<Record<string, JsonValue | undefined>>): DefinitionInput {
  const { format, value, translateRequiredQueryParameters: translate } = given;
  const mistakes = [
    ...(typeof format === 'string'
      ? []
      : [{ target: 'format', message: "A 'value' needs its 'format': openapi+json, openapi-link …" }]),
    ...(typeof value === 'string' && value !== ''
      ? []
      : [{ target: 'value', message: "A 'format' needs the 'value': the definition, or its address." }]),
    ...(!isGiven(translate) || translate === 'template' || translate === 'query'
      ? []
      : [{ target: 'translateRequiredQueryParameters', message: "It is one of 'template' and 'query'." }]),
  ];
  if (typeof format !== 'string' || typeof value !== 'string' || mistakes.length > 0) throw validationError(mistakes);
  return {
    format,
    value,
    ...(translate === 'template' || translate === 'query' ? { translateRequiredQueryParameters: translate } : {}),
  };
}

interface ImportGiven {
  readonly store: ResourceStore;
  readonly id: string;
  readonly existing: Resource | undefined;
  readonly properties: JsonObject;
  readonly imported: ImportedApi;
}

function importChanges({ store, id, existing, properties, imported }: ImportGiven): readonly Change[] {
  const operations = store.list({ type: operationType, under: id });
  const names = new Map(imported.operations.map((each) => [each, nameIn(operations, each)]));
  const kept = new Set([...names.values()].map((name) => name.toLowerCase()));
  const schemas = store.list({ type: schemaType, under: id });
  const schemaNames = new Set(imported.schemas.map(({ name }) => name.toLowerCase()));
  const stale = [
    ...operations.filter(({ name }) => !kept.has(name.toLowerCase())),
    ...schemas.filter(
      ({ name, properties: { contentType } }) =>
        !schemaNames.has(name.toLowerCase()) && importedSchemas.test(String(contentType ?? '')),
    ),
  ];
  return [
    { kind: 'put', id, body: { properties: mergedProperties({ existing, properties, imported }) } },
    ...stale.map((each): Change => ({ kind: 'delete', id: each.id })),
    ...imported.schemas.map(
      (schema): Change => ({
        kind: 'put',
        id: `${id}/schemas/${schema.name}`,
        body: { properties: schema.properties },
      }),
    ),
    ...imported.operations.map(
      (operation): Change => ({
        kind: 'put',
        id: `${id}/operations/${names.get(operation) ?? operation.name}`,
        body: { properties: operation.properties },
      }),
    ),
    { kind: 'attach', id, file: 'specification', ...imported.specification },
  ];
}

/** The body before the document, the document before what is there. */
function mergedProperties(given: Pick<ImportGiven, 'existing' | 'properties' | 'imported'>): JsonObject {
  const { displayName, description, serviceUrl, protocols, termsOfServiceUrl, contact, license } = given.imported;
  const fromDocument: JsonObject = {
    displayName,
    ...(description === undefined ? {} : { description }),
    ...(serviceUrl === undefined ? {} : { serviceUrl }),
    ...(protocols.length === 0 ? {} : { protocols }),
    ...(termsOfServiceUrl === undefined ? {} : { termsOfServiceUrl }),
    ...(contact === undefined ? {} : { contact }),
    ...(license === undefined ? {} : { license }),
  };
  const existing = Object.fromEntries(
    Object.entries(given.existing?.properties ?? {}).filter(([, value]) => isGiven(value)),
  );
  const said = Object.fromEntries(Object.entries(given.properties).filter(([, value]) => isGiven(value)));
  return { path: '', ...existing, ...fromDocument, ...said };
}

/** Name of the operation that an imported one stands for; its own where there is none. */
function nameIn(operations: readonly Resource[], imported: ImportedOperation): string {
  const byName = operations.find(({ name }) => sameText(name, imported.name));
  if (byName !== undefined) return byName.name;
  const { method, urlTemplate } = imported.properties;
  const byTemplate = operations.find(
    ({ properties }) =>
      sameText(String(properties['method']), String(method)) &&
      sameText(String(properties['urlTemplate']), String(urlTemplate)),
  );
  return byTemplate?.name ?? imported.name;
}

/** What a new version takes along from the API that `sourceApiId` names. (A new revision is the store's own.) */
const copiedTypes = [
  schemaType,
  operationType,
  `${operationType}/policies`,
  `${apiType}/policies`,
  `${apiType}/diagnostics`,
];

function copyOf(store: ResourceStore, id: string, given: JsonObject): readonly Change[] {
  const { sourceApiId, ...own } = given;
  const asked = String(sourceApiId);
  const source = store.get(/^\/subscriptions\//i.test(asked) ? asked : `${serviceIdOf(id)}${asked}`);
  if (source === undefined) {
    throw validationError([{ target: 'sourceApiId', message: `The API '${asked}' was not found.` }]);
  }
  const below = copiedTypes.flatMap((type) => store.list({ type, under: source.id }));
  const specification = store.attachment(source.id, 'specification');
  const properties = Object.fromEntries(
    Object.entries({ ...source.properties, ...own }).filter(([name, value]) => isGiven(value) && name !== 'isCurrent'),
  );
  return [
    { kind: 'put', id, body: { properties } },
    ...below.map(
      (each): Change => ({
        kind: 'put',
        id: `${id}${each.id.slice(source.id.length)}`,
        body: { properties: each.properties },
      }),
    ),
    ...(specification === undefined
      ? []
      : [{ kind: 'attach', id, file: 'specification', ...specification } satisfies Change]),
  ];
}
