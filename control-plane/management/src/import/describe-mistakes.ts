import type { JsonObject } from '@vigia/contract';
import { asText, fieldOf, isObject } from './document-fields.ts';
import { resolvePointer } from './resolve-references.ts';

/** What the validator reports, as far as it is needed here. */
export interface SchemaMistake {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** These only say that one of the others is wrong. */
const summaries: ReadonlySet<string> = new Set([
  'if',
  'oneOf',
  'anyOf',
  'allOf',
  'not',
  '$ref',
  'contains',
  'discriminator',
]);

const longestValue = 60;

/** The validator's errors as sentences, one a mistake, each with its place as Azure writes it. */
export function describeMistakes(mistakes: readonly SchemaMistake[], root: JsonObject): readonly string[] {
  const told = mistakes.filter((mistake) => !summaries.has(mistake.keyword) && !isOfAnotherKind(mistake, root));
  const sentences = (told.length > 0 ? told : mistakes).map((mistake) => describe(mistake, root));
  return [...new Set(sentences)];
}

const locationsOfSwagger: ReadonlySet<string> = new Set(['path', 'query', 'header', 'formData', 'body']);
const locations: ReadonlySet<string> = new Set(['path', 'query', 'header', 'cookie']);

/**
 * Where one of several kinds may stand, the validator tells of each kind why it is not that one: that something is no
 * reference, or that a parameter of the path is none of the query. That is no news.
 */
function isOfAnotherKind({ keyword, params, instancePath }: SchemaMistake, root: JsonObject): boolean {
  if (keyword === 'required' && params['missingProperty'] === '$ref') return true;
  const parameter = /^(.*\/parameters\/\d+)(\/in)?$/.exec(instancePath);
  const value = parameter ? resolvePointer(root, `#${(parameter[1] ?? '').replaceAll('%', '%25')}`) : undefined;
  if (!isObject(value)) return false;
  const location = String(fieldOf(value, 'in'));
  const isSwagger = Object.hasOwn(root, 'swagger');
  if (parameter?.[2] !== undefined) return (isSwagger ? locationsOfSwagger : locations).has(location);
  if (!isSwagger || !locationsOfSwagger.has(location)) return false;
  if (keyword === 'required') {
    const missing = params['missingProperty'];
    return location === 'body' ? missing === 'type' || missing === 'required' : missing === 'schema';
  }
  return (
    keyword === 'additionalProperties' && ['name', 'in', 'required'].includes(String(params['additionalProperty']))
  );
}

function describe(mistake: SchemaMistake, root: JsonObject): string {
  const { keyword, params, instancePath } = mistake;
  const place = `[#${instancePath}]`;
  const name = (key: string) => `'${String(params[key])}'`;
  switch (keyword) {
    case 'required':
      return `${name('missingProperty')} is missing ${place}.`;
    case 'additionalProperties':
      return `${name('additionalProperty')} does not belong here ${place}.`;
    case 'unevaluatedProperties':
      return `${name('unevaluatedProperty')} does not belong here ${place}.`;
    case 'type':
      return `Expected ${String(params['type'])}, found ${found(mistake, root)} ${place}.`;
    case 'enum': {
      const allowed = Array.isArray(params['allowedValues']) ? params['allowedValues'].join(', ') : '';
      return `Expected one of ${allowed}, found ${found(mistake, root)} ${place}.`;
    }
    case 'const':
      return `Expected ${JSON.stringify(params['allowedValue'])}, found ${found(mistake, root)} ${place}.`;
    case 'pattern':
      return `${found(mistake, root)} does not have the form ${String(params['pattern'])} ${place}.`;
    case 'format':
      return `${found(mistake, root)} is no ${String(params['format'])} ${place}.`;
    default:
      return `It ${mistake.message ?? `breaks the rule '${keyword}'`} ${place}.`;
  }
}

function found({ instancePath }: SchemaMistake, root: JsonObject): string {
  const value = resolvePointer(root, `#${instancePath.replaceAll('%', '%25')}`);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? `'${value}'` : asText(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}
