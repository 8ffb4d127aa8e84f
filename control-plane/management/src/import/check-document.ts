import { Validator } from '@seriousme/openapi-schema-validator';
import type { JsonObject, JsonValue } from '@vigia/contract';
import { describeMistakes } from './describe-mistakes.ts';
import { fieldOf, isList, isObject, pointerOf } from './document-fields.ts';
import { definingEntries, isMapOfNames } from './document-parts.ts';
import { unreadableDefinition } from './invalid-definition.ts';
import { resolvePointer } from './resolve-references.ts';

export type Dialect = '2.0' | '3.0' | '3.1';

const limits = { depth: 200, values: 1_000_000, comparisons: 200_000_000 };
const shownMistakes = 10;

/**
 * Whether a tree is an OpenAPI document of a version that is read, within what may be spent on it, and with references
 * that lead somewhere inside it.
 * @throws {Problem} with up to ten mistakes, each with its place.
 */
export async function checkDocument(root: JsonObject): Promise<Dialect> {
  measure(root);
  const dialect = dialectOf(root);
  const lost = brokenReferences(root);
  if (lost.length > 0) throw unreadableDefinition(cut(lost));
  const mistakes = await schemaMistakes(withoutData(root, false), dialect);
  if (mistakes.length > 0) throw unreadableDefinition(cut(mistakes));
  return dialect;
}

const cut = (mistakes: readonly string[]): readonly string[] =>
  mistakes.length <= shownMistakes
    ? mistakes
    : [...mistakes.slice(0, shownMistakes), `${mistakes.length - shownMistakes} more mistakes are not shown.`];

/** Everything after this may walk the tree by recursion, and compare the items of a list with each other. */
function measure(root: JsonObject): void {
  const waiting: { readonly value: JsonObject | readonly JsonValue[]; readonly path: readonly (string | number)[] }[] =
    [{ value: root, path: [] }];
  let values = 1;
  let comparisons = 0;
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { value, path } = next;
    const entries = isList(value) ? value.entries() : Object.entries(value);
    // A YAML alias inside its own anchor is endless, and is caught by this as well.
    if (path.length > limits.depth)
      throw unreadableDefinition([
        `The document is nested deeper than ${limits.depth} levels [${pointerOf(path.slice(0, 5))}/…].`,
      ]);
    if (Object.hasOwn(value, '__proto__'))
      throw unreadableDefinition([`The name '__proto__' is not allowed [${pointerOf(path)}].`]);
    if (isList(value) && isCompared(path)) comparisons += value.length ** 2;
    if (comparisons > limits.comparisons)
      throw unreadableDefinition([`The list is too long: ${Object.keys(value).length} items [${pointerOf(path)}].`]);
    for (const [name, item] of entries) {
      if (++values > limits.values)
        throw unreadableDefinition([`The document has more than ${limits.values} values, the most that are read.`]);
      if (isList(item) || isObject(item)) waiting.push({ value: item, path: [...path, name] });
    }
  }
}

/** The schemas of OpenAPI want the items of these lists to differ, which is found by comparing all pairs. */
const isCompared = (path: readonly (string | number)[]): boolean =>
  ['enum', 'tags', 'parameters', 'required', 'security', 'schemes', 'type'].includes(String(path.at(-1)));

function dialectOf(root: JsonObject): Dialect {
  const openapi = fieldOf(root, 'openapi');
  const swagger = fieldOf(root, 'swagger');
  const version = openapi ?? swagger;
  const supported = 'Versions 2.0, 3.0.x and 3.1.x are imported.';
  if (version === undefined)
    throw unreadableDefinition(["This is no OpenAPI document: it has neither 'openapi' nor 'swagger' at its top."]);
  if (typeof version !== 'string')
    throw unreadableDefinition([
      `The OpenAPI version must be text, found ${JSON.stringify(version)} [#/${openapi === undefined ? 'swagger' : 'openapi'}]. ${supported}`,
    ]);
  if (openapi === undefined && version === '2.0') return '2.0';
  const minor = openapi === undefined ? undefined : /^3\.([01])(?:\.\d+)?(?:-.+)?$/.exec(version)?.[1];
  if (minor === undefined)
    throw unreadableDefinition([`The OpenAPI version '${version}' is not supported. ${supported}`]);
  return minor === '0' ? '3.0' : '3.1';
}

function brokenReferences(root: JsonObject): string[] {
  const found: string[] = [];
  const walk = (value: JsonValue, path: readonly (string | number)[], isMap: boolean): void => {
    if (isList(value)) for (const [index, item] of value.entries()) walk(item, [...path, index], false);
    if (!isObject(value)) return;
    const reference = isMap ? undefined : fieldOf(value, '$ref');
    if (typeof reference === 'string') {
      const place = `[${pointerOf([...path, '$ref'])}]`;
      if (!reference.startsWith('#'))
        found.push(
          `The reference '${reference}' leads to another document; only references inside the document are supported ${place}.`,
        );
      else if (resolvePointer(root, reference) === undefined)
        found.push(`The reference '${reference}' leads to nothing ${place}.`);
    }
    for (const [name, item] of definingEntries(value, isMap)) walk(item, [...path, name], isMapOfNames(name, isMap));
  };
  walk(root, [], false);
  return found;
}

/**
 * What the validator is to see: no extensions, no data. References were checked before, and the validator's own check
 * follows them into prototypes: all of them become one that leads to a place without harm.
 */
function withoutData(value: JsonValue, isMap: boolean): JsonValue {
  if (isList(value)) return value.map((item) => withoutData(item, false));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    definingEntries(value, isMap)
      .filter(([name]) => isMap || !['$id', '$anchor', '$dynamicAnchor', '$dynamicRef', '$schema'].includes(name))
      .map(([name, item]) => [
        name,
        name === '$ref' && typeof item === 'string' ? '#/info' : withoutData(item, isMapOfNames(name, isMap)),
      ]),
  );
}

// Compiling the schemas takes a fifth of a second: once each, when first needed.
const firstMistake = new Validator();
const allMistakes = new Validator({ allErrors: true });

async function schemaMistakes(value: JsonValue, dialect: Dialect): Promise<readonly string[]> {
  if (!isObject(value)) return [];
  // `3.1` is as clear as `3.1.0`, which the schemas insist on.
  const tree = dialect === '2.0' ? value : { ...value, openapi: `${dialect}.0` };
  const quick = await validate(firstMistake, tree);
  if (quick.length === 0) return [];
  // All mistakes of a large document that is wrong everywhere would be too many to hold.
  const isLarge = JSON.stringify(tree).length > 1_000_000;
  return describeMistakes(isLarge ? quick : await validate(allMistakes, tree), tree);
}

async function validate(validator: Validator, tree: JsonObject) {
  const { errors } = await validator.validate(tree);
  validator.specification = {};
  // Text instead of a list is the validator's opinion on references, of which it saw none.
  return errors === undefined || typeof errors === 'string' ? [] : errors;
}
