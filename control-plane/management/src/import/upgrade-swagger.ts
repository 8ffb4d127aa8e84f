import type { JsonObject, JsonValue } from '@vigia/contract';
import { compact, fieldOf, isObject, listOf, objectOf, textOf } from './document-fields.ts';
import type { OperationReading } from './import-operations.ts';
import { dereference } from './resolve-references.ts';

/** Fields of a parameter that are its schema in OpenAPI 3. */
const schemaFields = [
  'type',
  'format',
  'items',
  'default',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'pattern',
  'minItems',
  'maxItems',
  'uniqueItems',
  'multipleOf',
];

/** The parameters, body and answers of an operation of OpenAPI 2.0, in the shape of OpenAPI 3. */
export function upgradeOperation(
  root: JsonObject,
  operation: JsonObject,
  parameters: readonly JsonObject[],
): OperationReading {
  const consumes = mediaTypes(operation, root, 'consumes');
  const produces = mediaTypes(operation, root, 'produces');
  const body = parameters.find((parameter) => fieldOf(parameter, 'in') === 'body');
  const form = parameters.filter((parameter) => fieldOf(parameter, 'in') === 'formData');
  const requestBody = body ? fromBody(body, consumes) : form.length > 0 ? fromForm(form, consumes) : undefined;
  return {
    parameters: parameters
      .filter((parameter) => !['body', 'formData'].includes(String(fieldOf(parameter, 'in'))))
      .map((parameter) => ({ ...parameter, schema: schemaOf(parameter) })),
    ...(requestBody ? { requestBody } : {}),
    responses: Object.entries(objectOf(operation, 'responses') ?? {}).flatMap(([status, value]) => {
      const response = dereference(root, value);
      return response ? [[status, fromResponse(response, produces)] as const] : [];
    }),
  };
}

function mediaTypes(operation: JsonObject, root: JsonObject, field: 'consumes' | 'produces'): readonly string[] {
  const own = fieldOf(operation, field) === undefined ? listOf(root, field) : listOf(operation, field);
  const named = own.filter((type): type is string => typeof type === 'string');
  return named.length > 0 ? named : ['application/json'];
}

const schemaOf = (parameter: JsonObject): JsonObject =>
  compact(Object.fromEntries(schemaFields.map((name) => [name, fieldOf(parameter, name)])));

const content = (types: readonly string[], media: JsonObject): JsonObject =>
  Object.fromEntries(types.map((type) => [type, media]));

const fromBody = (body: JsonObject, consumes: readonly string[]): JsonObject =>
  compact({
    description: textOf(body, 'description'),
    content: content(consumes, compact({ schema: fieldOf(body, 'schema') })),
  });

function fromForm(form: readonly JsonObject[], consumes: readonly string[]): JsonObject {
  const types = consumes.filter((type) => /^(?:multipart\/form-data|application\/x-www-form-urlencoded)/i.test(type));
  const hasFile = form.some((parameter) => fieldOf(parameter, 'type') === 'file');
  const properties = form.flatMap((parameter): [string, JsonValue][] => {
    const name = textOf(parameter, 'name');
    const schema = hasTypeFile(parameter) ? { type: 'string', format: 'binary' } : schemaOf(parameter);
    return name === undefined ? [] : [[name, compact({ ...schema, description: textOf(parameter, 'description') })]];
  });
  const required = form.filter((parameter) => fieldOf(parameter, 'required') === true).map(({ name }) => name ?? '');
  return {
    content: content(
      types.length > 0 ? types : [hasFile ? 'multipart/form-data' : 'application/x-www-form-urlencoded'],
      {
        schema: { type: 'object', properties: Object.fromEntries(properties), required },
      },
    ),
  };
}

const hasTypeFile = (parameter: JsonObject): boolean => fieldOf(parameter, 'type') === 'file';

function fromResponse(response: JsonObject, produces: readonly string[]): JsonObject {
  const examples = objectOf(response, 'examples') ?? {};
  const schema = fieldOf(response, 'schema');
  const types = new Set([...(schema === undefined ? [] : produces), ...Object.keys(examples)]);
  const headers = Object.entries(objectOf(response, 'headers') ?? {}).filter(([, header]) => isObject(header));
  return compact({
    description: textOf(response, 'description'),
    content: Object.fromEntries(
      [...types].map((type) => [type, compact({ schema, example: fieldOf(examples, type) })]),
    ),
    headers: Object.fromEntries(
      headers.map(([name, header]) => [name, isObject(header) ? { ...header, schema: schemaOf(header) } : {}]),
    ),
  });
}
