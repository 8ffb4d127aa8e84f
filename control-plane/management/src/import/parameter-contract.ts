import type { JsonObject, JsonValue } from '@vigia/contract';
import { asText, compact, fieldOf, isList, isObject, listOf, objectOf, textOf } from './document-fields.ts';
import type { ImportNotes } from './import-notes.ts';
import { dereference } from './resolve-references.ts';
import type { SchemaLibrary } from './schema-library.ts';

export interface ParameterContext {
  readonly root: JsonObject;
  readonly library: SchemaLibrary;
  readonly notes: ImportNotes;
  /** `POST /pets`. */
  readonly where: string;
  /** What an unnamed schema is called after. */
  readonly place: string;
}

const longestDescription = 1000;

/** ARM's parameter contract of a parameter, or of a header of an answer. */
export function parameterContract(name: string, parameter: JsonObject, context: ParameterContext): JsonObject {
  const written = fieldOf(parameter, 'schema') ?? firstMediaSchema(parameter);
  const schema = dereference(context.root, written);
  const reference = context.library.refer(written, context.place);
  return compact({
    name,
    description: cutDescription(textOf(parameter, 'description') ?? textOf(schema, 'description'), context),
    type: schemaType(schema),
    required: fieldOf(parameter, 'required') === true,
    ...valuesOf(schema),
    ...(reference ? { ...reference } : {}),
    examples: firstExample(parameter, context, true) ?? firstExample(schema, context, true),
  });
}

/** ARM's form parameters: the properties of a form's schema. */
export function formParameters(schema: JsonValue | undefined, context: ParameterContext): readonly JsonObject[] {
  const form = dereference(context.root, schema);
  const required = listOf(form, 'required');
  return Object.entries(objectOf(form, 'properties') ?? {}).map(([name, value]) => {
    const property = dereference(context.root, value);
    return compact({
      name,
      description: cutDescription(textOf(property, 'description'), context),
      type: schemaType(property),
      required: required.includes(name),
      ...valuesOf(property),
    });
  });
}

const firstMediaSchema = (parameter: JsonObject): JsonValue | undefined => {
  const [media] = Object.values(objectOf(parameter, 'content') ?? {});
  return isObject(media) ? fieldOf(media, 'schema') : undefined;
};

/** ARM's `type` is text; 3.1 allows several types, of which the first that is not null counts. */
function schemaType(schema: JsonObject | undefined): string {
  const type = fieldOf(schema, 'type');
  const first = isList(type) ? type.find((one) => one !== 'null') : type;
  return typeof first === 'string' ? first : 'string';
}

function valuesOf(schema: JsonObject | undefined): { defaultValue?: string; values?: readonly string[] } {
  const initial = fieldOf(schema, 'default');
  const values = listOf(schema, 'enum').filter((value) => value !== null);
  const only = fieldOf(schema, 'const');
  return {
    ...(initial === undefined || initial === null ? {} : { defaultValue: asText(initial) }),
    ...(values.length > 0 ? { values: values.map(asText) } : {}),
    ...(values.length === 0 && only !== undefined && only !== null ? { values: [asText(only)] } : {}),
  };
}

/**
 * ARM's `examples` of the first example: `{ default: { value } }`, or under its own name. Parameters hold it as text.
 * An example that lies elsewhere (`externalValue`, another document) is left out.
 */
export function firstExample(
  holder: JsonObject | undefined,
  { root, notes, where }: Pick<ParameterContext, 'root' | 'notes' | 'where'>,
  isText: boolean,
): JsonObject | undefined {
  const shown = (value: JsonValue): JsonValue => (isText ? asText(value) : value);
  const example = fieldOf(holder, 'example');
  if (example !== undefined) return { default: { value: shown(example) } };
  const examples = fieldOf(holder, 'examples');
  // A schema of 3.1 holds a list of values, a media type or parameter a map of examples.
  if (isList(examples)) return examples[0] === undefined ? undefined : { default: { value: shown(examples[0]) } };
  if (!isObject(examples)) return undefined;
  const [first, ...others] = Object.entries(examples);
  if (first === undefined) return undefined;
  if (others.length > 0) notes.add('Of several examples the first is kept.', where);
  const found = dereference(root, first[1]);
  const value = fieldOf(found, 'value');
  if (value === undefined) {
    notes.add('An example that stands outside the document is left out.', where);
    return undefined;
  }
  const { summary, description } = { summary: textOf(found, 'summary'), description: textOf(found, 'description') };
  return { [first[0]]: compact({ summary, description, value: shown(value) }) };
}

export function cutDescription(
  text: string | undefined,
  { notes, where }: Pick<ParameterContext, 'notes' | 'where'>,
): string | undefined {
  if (text === undefined || text.length <= longestDescription) return text;
  notes.add(`A description is cut to ${longestDescription} characters.`, where);
  return text.slice(0, longestDescription);
}
