import type { JsonObject, JsonValue } from '@vigia/contract';
import { compact, fieldOf, isObject, listOf, objectOf, pointerOf, textOf } from './document-fields.ts';
import type { ImportedOperation } from './import-definition.ts';
import type { ImportNotes } from './import-notes.ts';
import { unreadableDefinition } from './invalid-definition.ts';
import { createOperationNames } from './operation-names.ts';
import { cutDescription, type ParameterContext, parameterContract } from './parameter-contract.ts';
import { representations } from './representation-contract.ts';
import { dereference } from './resolve-references.ts';
import { operationStem, type SchemaLibrary } from './schema-library.ts';
import { upgradeOperation } from './upgrade-swagger.ts';
import { buildUrlTemplate, templateKey } from './url-template.ts';

export interface OperationsInput {
  readonly root: JsonObject;
  readonly library: SchemaLibrary;
  readonly notes: ImportNotes;
  readonly requiredQuery: 'template' | 'query';
}

/** What is imported of an operation, references resolved, in the shape of OpenAPI 3 whatever the version. */
export interface OperationReading {
  readonly parameters: readonly JsonObject[];
  readonly requestBody?: JsonObject;
  readonly responses: readonly (readonly [status: string, response: JsonObject])[];
}

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);
const withoutBody: ReadonlySet<string> = new Set(['get', 'head', 'options']);
const longestDisplayName = 300;

/**
 * Paths × methods as ARM operations, in the document's order.
 * @throws {Problem} with all operations that Azure could not hold.
 */
export function importOperations(input: OperationsInput): readonly ImportedOperation[] {
  const { root, notes } = input;
  const nameOf = createOperationNames(notes);
  const placesOfTemplates = new Map<string, string>();
  const mistakes: string[] = [];
  const operations: ImportedOperation[] = [];
  for (const field of ['paths', 'x-ms-paths'])
    for (const [path, written] of Object.entries(objectOf(root, field) ?? {})) {
      const item = path.startsWith('x-') ? undefined : dereference(root, written);
      if (item === undefined) continue;
      noteLeftOut(item, path, notes);
      for (const [method, value] of Object.entries(item)) {
        if (!methods.has(method) || !isObject(value)) continue;
        const where = `${method.toUpperCase()} ${path}`;
        const place = pointerOf([field, path, method]);
        const built = importOperation({ ...input, path, method, item, operation: value, where });
        mistakes.push(...built.mistakes.map((mistake) => `${mistake} [${place}].`));
        const key = `${method} ${templateKey(String(built.properties['urlTemplate']))}`;
        const other = placesOfTemplates.get(key);
        if (other === undefined) placesOfTemplates.set(key, where);
        else mistakes.push(`It has the same method and URL template as ${other} [${place}].`);
        operations.push({
          name: nameOf({ operationId: textOf(value, 'operationId'), method, path, where }),
          properties: built.properties,
        });
      }
    }
  if (mistakes.length > 0) throw unreadableDefinition(mistakes.slice(0, 10));
  if (operations.length === 0) notes.add('The document has no operations.');
  return operations;
}

function noteLeftOut(item: JsonObject, path: string, notes: ImportNotes): void {
  if (fieldOf(item, 'trace') !== undefined) notes.add('TRACE operations are left out.', path);
  if (fieldOf(item, 'servers') !== undefined) notes.add('Servers of single paths and operations are left out.', path);
}

interface OperationInput extends OperationsInput {
  readonly path: string;
  readonly method: string;
  readonly item: JsonObject;
  readonly operation: JsonObject;
  readonly where: string;
}

function importOperation(input: OperationInput): { properties: JsonObject; mistakes: readonly string[] } {
  const { root, library, notes, path, method, item, operation, where } = input;
  const stem = operationStem(path, method);
  const context: ParameterContext = { root, library, notes, where, place: `${stem}Request` };
  const reading = readOperation(root, operation, allParameters(root, item, operation));
  const parametersIn = (location: string) =>
    reading.parameters.filter((parameter) => fieldOf(parameter, 'in') === location);
  if (parametersIn('cookie').length > 0) notes.add('Parameters in cookies are left out.', where);
  if (fieldOf(operation, 'servers') !== undefined)
    notes.add('Servers of single paths and operations are left out.', where);
  if (fieldOf(operation, 'callbacks') !== undefined) notes.add('Callbacks are left out.', where);
  const { urlTemplate, templateParameters, queryParameters, mistakes } = buildUrlTemplate({
    path,
    pathParameters: parametersIn('path'),
    query: parametersIn('query'),
    requiredQuery: input.requiredQuery,
    notes,
    where,
  });
  const contracts = (parameters: readonly JsonObject[]) =>
    parameters.map((parameter) => parameterContract(textOf(parameter, 'name') ?? '', parameter, context));
  return {
    mistakes,
    properties: compact({
      displayName: displayName(input),
      method: method.toUpperCase(),
      urlTemplate,
      templateParameters: contracts(templateParameters),
      description: cutDescription(textOf(operation, 'description') ?? textOf(operation, 'summary'), context),
      request: requestContract(reading.requestBody, {
        queryParameters: contracts(queryParameters),
        headers: contracts(parametersIn('header')),
        isBodyLeftOut: withoutBody.has(method),
        context: { ...context, place: stem },
      }),
      responses: responseContracts(reading, { ...context, place: stem }),
    }),
  };
}

function displayName({ operation, path, method, notes, where }: OperationInput): string {
  const name = textOf(operation, 'summary') ?? textOf(operation, 'operationId') ?? `${path} - ${method.toUpperCase()}`;
  if (name.length <= longestDisplayName) return name;
  notes.add(`A display name is cut to ${longestDisplayName} characters.`, where);
  return name.slice(0, longestDisplayName);
}

/** Those of the path, replaced by those of the operation with the same name and place. */
function allParameters(root: JsonObject, item: JsonObject, operation: JsonObject): readonly JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const written of [...listOf(item, 'parameters'), ...listOf(operation, 'parameters')]) {
    const parameter = dereference(root, written);
    if (parameter) found.set(`${textOf(parameter, 'in')} ${textOf(parameter, 'name')}`, parameter);
  }
  return [...found.values()];
}

function readOperation(root: JsonObject, operation: JsonObject, parameters: readonly JsonObject[]): OperationReading {
  if ('swagger' in root) return upgradeOperation(root, operation, parameters);
  const requestBody = dereference(root, fieldOf(operation, 'requestBody'));
  return {
    parameters,
    ...(requestBody ? { requestBody } : {}),
    responses: Object.entries(objectOf(operation, 'responses') ?? {}).flatMap(([status, written]) => {
      const response = status.startsWith('x-') ? undefined : dereference(root, written);
      return response ? [[status, response] as const] : [];
    }),
  };
}

interface RequestParts {
  readonly queryParameters: readonly JsonObject[];
  readonly headers: readonly JsonObject[];
  readonly isBodyLeftOut: boolean;
  readonly context: ParameterContext;
}

function requestContract(body: JsonObject | undefined, parts: RequestParts): JsonObject {
  const { queryParameters, headers, isBodyLeftOut, context } = parts;
  if (body && isBodyLeftOut)
    context.notes.add('The body of a GET, HEAD or OPTIONS operation is left out.', context.where);
  const kept = isBodyLeftOut ? undefined : body;
  return compact({
    description: cutDescription(textOf(kept, 'description'), context),
    queryParameters,
    headers,
    representations: representations(kept, 'Request', context),
  });
}

function responseContracts({ responses }: OperationReading, context: ParameterContext): readonly JsonValue[] {
  const { notes, root, where } = context;
  return responses.flatMap(([status, response]) => {
    if (!/^[1-5]\d\d$/.test(status)) {
      notes.add(`The response '${status}' is left out: an operation's responses have status codes.`, where);
      return [];
    }
    if (fieldOf(response, 'links') !== undefined) notes.add('Links of responses are left out.', where);
    const place = `${context.place}${status}`;
    return [
      compact({
        statusCode: Number(status),
        description: cutDescription(textOf(response, 'description'), context),
        headers: Object.entries(objectOf(response, 'headers') ?? {}).flatMap(([name, written]) => {
          const header = dereference(root, written);
          return header ? [parameterContract(name, header, { ...context, place: `${place}Response` })] : [];
        }),
        representations: representations(response, 'Response', { ...context, place }),
      }),
    ];
  });
}
